"""The decision of a run: its plan, its idle requests, and its use of memory."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from stories.story import Story

from sup_sync.model.directory import Directory
from sup_sync.redmine.decode import decode_issue
from sup_sync.run.decide import Decision, decide

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class Issue(dict[str, Any]):
    """The JSON of an issue that can have weak references."""


def make_decision(story: Story, *raw_issues: Any, closed_since: datetime = LONG_AGO) -> Decision:
    assert story.now
    return decide(raw_issues, story.directory, story.rules, closed_since, story.now, is_adopting=False)


def raw_after_run(story: Story) -> Any:
    """Return the JSON of a story's request after its plan is written."""
    assert story.now
    return story._applied(story.plan, story.now)


def test_a_request_with_changes_is_planned_and_not_idle(story: Story) -> None:
    """
    Mon 09:00 filed by client, VIP, error, normal
    Mon 10:00 now
    """
    decision = make_decision(story, story.request.raw)
    assert decision.plan == story.plan
    assert (decision.idle, decision.skipped) == ((), frozenset())


def test_a_request_without_changes_is_idle_until_its_next_check(story: Story) -> None:
    """
    Mon 09:00 filed by client, VIP, error, normal
    Mon 10:00 now
    """
    decision = make_decision(story, raw_after_run(story))
    assert decision.plan.changes == ()
    assert [(each.id, each.until) for each in decision.idle] == [(1, story.next_check_at)]


def test_invalid_request_is_skipped_with_a_finding(story: Story) -> None:
    """
    Mon 09:00 filed by client, VIP, error, normal
    Mon 10:00 now
    """
    decision = make_decision(story, {"id": 5}, raw_after_run(story))
    assert (decision.skipped, decision.plan.judged) == ({5}, 1)
    assert (5, "unreadable") in {(each.issue_id, each.kind) for each in decision.plan.findings}


def test_only_one_request_is_in_memory_at_a_time(story: Story) -> None:
    """
    Mon 09:00 filed by client, VIP, error, normal
    Mon 10:00 now
    """
    references: list[weakref.ref[Issue]] = []
    most_alive = 0

    def issues() -> Iterator[Issue]:
        nonlocal most_alive
        for number in range(1, 6):
            story.request.raw["id"] = number
            issue = Issue(raw_after_run(story))
            references.append(weakref.ref(issue))
            yield issue
            del issue
            most_alive = max(most_alive, sum(each() is not None for each in references))

    assert story.now
    decision = decide(issues(), story.directory, story.rules, LONG_AGO, story.now, is_adopting=False)
    assert [each.id for each in decision.idle] == [1, 2, 3, 4, 5]
    assert most_alive == 1


def test_unexpected_error_while_a_request_is_decoded_skips_this_request(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Mon 09:00 filed by client, VIP, error, normal
    Mon 10:00 now
    """
    raw = raw_after_run(story)

    def fail_for_one(issue: Any, directory: Directory, now: datetime | None) -> Any:
        if issue["id"] == 5:
            raise ArithmeticError("client text")
        return decode_issue(issue, directory, now)

    monkeypatch.setattr("sup_sync.run.caseload.decode_issue", fail_for_one)
    decision = make_decision(story, {**raw, "id": 5}, raw)
    assert (decision.skipped, decision.plan.judged) == ({5}, 1)
    (finding,) = [each for each in decision.plan.findings if each.kind == "internal_error"]
    assert "ArithmeticError" in finding.text
    assert "client text" not in finding.text
