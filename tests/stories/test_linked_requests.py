"""Requests that Redmine links with the one that is closed for want of an answer: duplicates, subtasks, blockers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from stories.story import Story

from sup_sync.errors import UnsafePlan
from sup_sync.planning.limits import Limits
from sup_sync.planning.mistakes import Background, require_safe
from sup_sync.planning.plan import Plan, make_plan

MakeStory = Callable[[str], Story]

# Closed on Tue 14:00, if its client does not answer.
ASKED = """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: asks and waiting for client
    Mon 17:00 sup-sync runs
    Tue 14:00 now
"""
CLOSED = "Жабылды"


def related(story: Story, kind: str, *others: Story) -> Story:
    """Add relations of others to a request."""
    rows = [(other.request.issue_id, story.request.issue_id) for other in others]
    story.request.raw.setdefault("relations", []).extend(
        {"issue_id": issue_id, "issue_to_id": to, "relation_type": kind} for issue_id, to in rows
    )
    return story


def plan_of(stories: Sequence[Story], **given: Any) -> Plan:
    first = stories[0]
    return make_plan([each.judgement for each in stories], first.rules, first.directory, first._now(), **given)


def statuses(plan: Plan) -> dict[int, str]:
    return {change.issue_id: change.new for change in plan.changes if change.field == "status"}


def findings(plan: Plan) -> dict[int, tuple[str, str]]:
    return {each.issue_id: (each.kind, each.text) for each in plan.findings}


def test_request_is_not_closed_while_a_duplicate_was_not_asked(make_story: MakeStory) -> None:
    main, duplicate = make_story(ASKED), make_story("Mon 09:00 filed by client, VIP, error\nTue 14:00 now")
    related(main, "duplicates", duplicate)
    plan = plan_of([main, duplicate])
    assert statuses(plan) == {}
    assert findings(plan)[1] == (
        "unasked_duplicate",
        "not closed, because Redmine would also close duplicate #2, whose client was not asked and reminded;"
        " ask there too, or close the requests by hand",
    )


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("Mon 17:30 client: answers", id="answered"),
        pytest.param("Tue 13:00 staff: asks", id="asked-later"),
        pytest.param("Mon 17:30 staff: sets the reason to insult", id="stopped"),
    ],
)
def test_request_is_not_closed_while_the_client_of_a_duplicate_has_time(make_story: MakeStory, answer: str) -> None:
    main, duplicate = make_story(ASKED), make_story(ASKED.replace("Tue 14:00", f"{answer}\n    Tue 14:00"))
    related(main, "duplicates", duplicate)
    assert statuses(plan_of([main, duplicate])) == {}


def test_request_is_not_closed_before_the_time_of_a_reminded_duplicate_is_over(make_story: MakeStory) -> None:
    later = "Mon 16:00 staff: asks and waiting for client\n Tue 12:00 sup-sync runs\n Tue 14:00 now"
    main, duplicate = make_story(ASKED), other_request(make_story, later)
    related(main, "duplicates", duplicate)
    assert "reminder" in duplicate.value("marker")
    assert statuses(plan_of([main, duplicate])) == {}


def test_request_is_not_closed_while_a_duplicate_was_not_reminded(make_story: MakeStory) -> None:
    main, duplicate = make_story(ASKED), make_story(ASKED.replace("    Mon 17:00 sup-sync runs\n", ""))
    related(main, "duplicates", duplicate)
    assert statuses(plan_of([main, duplicate])) == {2: CLOSED}


def test_closing_counts_the_duplicates_that_it_closes(make_story: MakeStory) -> None:
    main, duplicate, of_duplicate = (make_story(ASKED) for _ in range(3))
    related(main, "duplicates", duplicate)
    related(duplicate, "duplicates", of_duplicate)
    plan = plan_of([main, duplicate, of_duplicate])
    also = {change.issue_id: change.also_closes for change in plan.changes if change.field == "status"}
    assert also == {1: (2, 3), 2: (3,), 3: ()}
    (reason,) = (change.reason for change in plan.changes if (change.issue_id, change.field) == (1, "status"))
    assert reason.endswith("; Redmine also closes #2, #3")
    assert list(dict.fromkeys(change.issue_id for change in plan.changes)) == [3, 2, 1]
    assert (plan.notes, plan.status_changes) == (3, 3)
    plan_of_main = plan_of([main], linked={2: duplicate.judgement, 3: of_duplicate.judgement}.get)
    assert (plan_of_main.notes, plan_of_main.status_changes) == (3, 3)
    with pytest.raises(UnsafePlan, match=r"3 new statuses \(limit 2\)"):
        require_safe(plan_of_main, Limits(notes=2, status_changes=2, changed_share=1), Background(main.now))


def test_duplicate_of_a_duplicate_that_was_not_asked_holds_the_closing_back(make_story: MakeStory) -> None:
    main, duplicate = make_story(ASKED), make_story(ASKED)
    of_duplicate = make_story("Mon 09:00 filed by client, VIP, error\nTue 14:00 now")
    related(main, "duplicates", duplicate)
    related(duplicate, "duplicates", of_duplicate)
    assert statuses(plan_of([main, duplicate, of_duplicate])) == {}


def test_closed_duplicates_change_nothing(make_story: MakeStory) -> None:
    main = make_story(ASKED)
    duplicate = make_story("Mon 09:00 filed by client, VIP, error\nMon 10:00 staff: closes\nTue 14:00 now")
    related(main, "duplicates", duplicate)
    plan = plan_of([main, duplicate])
    assert statuses(plan) == {1: CLOSED}
    assert [change.also_closes for change in plan.changes if change.field == "status"] == [()]


def test_duplicate_that_was_not_read_holds_the_closing_back(make_story: MakeStory) -> None:
    main, duplicate = make_story(ASKED), make_story(ASKED)
    related(main, "duplicates", duplicate)
    assert statuses(plan_of([main])) == {}
    assert statuses(plan_of([main], linked={2: duplicate.judgement}.get)) == {1: CLOSED}


def test_original_is_no_duplicate(make_story: MakeStory) -> None:
    duplicate, original = make_story(ASKED), make_story("Mon 09:00 filed by client, VIP, error\nTue 14:00 now")
    related(original, "duplicates", duplicate)
    duplicate.request.raw["relations"] = original.request.raw["relations"]
    assert statuses(plan_of([duplicate, original])) == {1: CLOSED}


def test_requests_that_are_duplicates_of_each_other_are_closed(make_story: MakeStory) -> None:
    one, other = make_story(ASKED), make_story(ASKED)
    related(one, "duplicates", other)
    related(other, "duplicates", one)
    assert statuses(plan_of([one, other])) == {1: CLOSED, 2: CLOSED}


FORBIDDEN = ASKED.replace("error\n", "error, the account may set only «in progress, waiting for client»\n")
OPEN, DONE = "Tue 14:00 now", "Mon 10:00 staff: closes\nTue 14:00 now"


def other_request(make_story: MakeStory, rest: str) -> Story:
    return make_story(f"Mon 09:00 filed by client, VIP, error\n{rest}")


@pytest.mark.parametrize(
    ("rest", "kind", "text"),
    [
        (OPEN, "open_subtasks", "not closed, because subtask #2 is open; close the subtasks first"),
        (DONE, "forbidden_transition", f'the account may not set status "{CLOSED}"'),
    ],
)
def test_open_subtask_of_a_request_that_cannot_be_closed_is_named(
    make_story: MakeStory, rest: str, kind: str, text: str
) -> None:
    parent, child = make_story(FORBIDDEN), other_request(make_story, rest)
    parent.request.raw["children"] = [{"id": 2}]
    found = [each for each in plan_of([parent, child]).findings if each.kind in (kind, "open_subtasks")]
    assert [each.kind for each in found] == [kind]
    assert found[0].text.startswith(text)


@pytest.mark.parametrize(("rest", "kind"), [(OPEN, "blocked"), (DONE, "forbidden_transition")])
def test_open_blocker_of_a_request_that_cannot_be_closed_is_named(make_story: MakeStory, rest: str, kind: str) -> None:
    blocked, blocker = make_story(FORBIDDEN), other_request(make_story, rest)
    related(blocked, "blocks", blocker)
    assert findings(plan_of([blocked, blocker]))[1][0] == kind


def test_subtask_that_was_not_read_counts_as_open(make_story: MakeStory) -> None:
    parent = make_story(FORBIDDEN)
    parent.request.raw["children"] = [{"id": 2}]
    assert "subtask #2 is open" in " ".join(each.text for each in plan_of([parent]).findings)


def test_request_without_relations_in_an_old_snapshot_is_closed(make_story: MakeStory) -> None:
    story = make_story(ASKED)
    assert "relations" not in story.request.raw
    assert statuses(plan_of([story])) == {1: CLOSED}
