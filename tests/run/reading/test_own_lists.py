"""Each project's own list: the list over all projects may lack a project, as with MariaDB 10.11."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Any

import pytest
import requests
from end_to_end.scene import BASE, CLIENT, CONSULTATION, OPERATOR, PROJECTS, VIP
from run.reading.cached_site import ABOUT, LISTS, CachedSite
from stories.moments import read_moment

from sup_sync.redmine.session import RedmineSession
from sup_sync.run import own_lists
from sup_sync.run.gather import IncrementalReader
from sup_sync.run.write import OutcomeKind

KIND = "not_listed"


def findings(trace: Any) -> list[str]:
    return [each.text for each in trace.result.done.plan.findings if each.kind == KIND]


@pytest.fixture
def lacking(site: CachedSite) -> CachedSite:
    """A site with two idle requests, whose list over all projects then lacks the first project."""
    site.diary.file("Mon 09:00")
    site.diary.file("Mon 09:00", OPERATOR, BASE, CONSULTATION)
    site.run_until_idle("Mon 09:05", "Mon 09:10", "Mon 09:15")
    site.world.tracker.unlisted = {VIP}
    return site


def test_idle_run_checks_a_few_projects_in_turn(site: CachedSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_lists, "CHECKED_PER_RUN", 2)
    site.diary.file("Mon 09:00")
    assert site.run("Mon 09:05").checks == 2 * len(PROJECTS)
    assert [site.run(now).checks for now in ("Mon 09:10", "Mon 09:15")] == [2, 2]


def test_first_run_reads_a_project_that_the_list_lacks_and_reports_it_once(site: CachedSite) -> None:
    issue_id = site.diary.file("Mon 09:00", CLIENT)
    site.world.tracker.unlisted = {VIP}
    first = site.run("Mon 09:05")
    assert first.result.outcomes == {issue_id: OutcomeKind.APPLIED}
    (text,) = findings(first)
    assert PROJECTS[VIP] in text
    assert "optimizer_switch" in text
    later = [site.run(now) for now in ("Mon 09:10", "Mon 09:15", "Mon 09:20")]
    assert [findings(each) for each in later] == [[], [], []]
    assert later[-1].requests[LISTS] == 2
    assert later[-1].histories == ()


def test_new_request_of_a_project_that_the_list_lacks_is_found(lacking: CachedSite) -> None:
    new = lacking.diary.file("Mon 09:17", CLIENT)
    trace = lacking.run("Mon 09:20")
    assert trace.result.outcomes == {new: OutcomeKind.APPLIED}
    assert len(findings(trace)) == 1
    assert lacking.run("Mon 09:25").histories == (new,)
    assert lacking.run("Mon 09:30").histories == ()


@pytest.mark.parametrize("status", [None, "Жабылды"])
def test_change_in_a_project_that_the_list_lacks_is_found(lacking: CachedSite, status: str | None) -> None:
    issue_id = lacking.world.tracker.issues[0].id
    with lacking.diary.at("Mon 09:17", issue_id) as world:
        world.set_status(OPERATOR, issue_id, status, "Жауап") if status else world.note(OPERATOR, issue_id, "Жауап")
    assert lacking.run("Mon 09:20").result.outcomes == {issue_id: OutcomeKind.APPLIED}


def test_new_request_is_found_when_it_is_its_projects_turn(
    lacking: CachedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_lists, "CHECKED_PER_RUN", 1)
    new = lacking.diary.file("Mon 09:17", CLIENT)
    lacking.is_compared = False
    outcomes = [lacking.run(f"Mon 09:{20 + 5 * number}").result.outcomes for number in range(len(PROJECTS))]
    assert outcomes.count({new: OutcomeKind.APPLIED}) == 1


def test_change_within_the_last_minute_is_left_to_the_lists_of_the_next_run(lacking: CachedSite) -> None:
    lacking.is_compared = False
    new = lacking.diary.file("Mon 09:19", CLIENT)
    lacking.issue(new).updated_at = read_moment("Mon 09:20")
    trace = lacking.run("Mon 09:20")
    assert (trace.histories, findings(trace)) == ((), [])
    assert lacking.run("Mon 09:25").result.outcomes == {new: OutcomeKind.APPLIED}


def test_next_day_finds_the_project_whole(lacking: CachedSite) -> None:
    lacking.diary.file("Mon 09:17", CLIENT)
    lacking.run("Mon 09:20")
    lacking.world.tracker.unlisted = set()
    assert lacking.run("Mon 09:25").requests[LISTS] == 2
    lacking.run("Tue 09:00")
    lacking.run("Tue 09:05")
    last = lacking.run("Tue 09:10")
    assert (last.requests[LISTS], last.checks) == (1, len(PROJECTS))


def test_next_day_does_not_report_a_project_again_that_is_still_lacking(lacking: CachedSite) -> None:
    lacking.diary.file("Mon 09:17", CLIENT)
    assert len(findings(lacking.run("Mon 09:20"))) == 1
    assert findings(lacking.run("Tue 09:00")) == []
    assert lacking.run("Tue 09:05").requests[LISTS] == 2


def change_answers(session: RedmineSession, path: str, change: Any) -> None:
    """Change the JSON of the answers to GET requests whose path and query match."""

    def hook(response: requests.Response, *_: Any, **__: Any) -> None:
        if response.request.method == "GET" and re.search(path, response.request.path_url or ""):
            response._content = json.dumps(change(response.json())).encode()

    session._http.hooks["response"].append(hook)


def test_failed_check_concerns_its_project_alone(lacking: CachedSite) -> None:
    lacking.world.tracker.unlisted = set()
    new = lacking.diary.file("Mon 09:17", OPERATOR, BASE, CONSULTATION)
    project = next(each for each in lacking.world.tracker.projects if each.identifier == VIP)
    session = lacking.diary.session()
    change_answers(
        session, rf"(?=.*project_id={project.id}(&|$))(?=.*limit=1(&|$))", lambda answer: answer | {"total_count": -1}
    )
    trace = lacking.run("Mon 09:20", session=session)
    assert list(trace.result.done.unread_projects) == [PROJECTS[VIP]]
    assert trace.result.outcomes == {new: OutcomeKind.APPLIED}
    assert not lacking.run("Mon 09:25").result.done.unread_projects


def test_list_with_a_gap_is_replaced_by_the_own_lists(lacking: CachedSite) -> None:
    lacking.world.tracker.unlisted = set()
    new = lacking.diary.file("Mon 09:17", CLIENT)
    session = lacking.diary.session()
    change_answers(session, r"/issues\.json\?(?!.*project_id)", lambda answer: answer | {"total_count": 7})
    trace = lacking.run("Mon 09:20", session=session)
    assert trace.requests[LISTS] >= 2 + len(PROJECTS)
    assert (trace.result.outcomes, trace.requests[ABOUT]) == ({new: OutcomeKind.APPLIED}, 0)
    assert trace.result.done.is_complete


def test_issues_that_are_left_out_of_scope_are_not_listed_again_and_again(
    site: CachedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.diary.file("Mon 09:00")
    left_out = site.diary.file("Mon 09:01")
    in_scope = IncrementalReader._in_scope

    def without_one(reading: IncrementalReader, rows: Collection[Any]) -> list[Any]:
        return [row for row in in_scope(reading, rows) if row["id"] != left_out]

    monkeypatch.setattr(IncrementalReader, "_in_scope", without_one)
    site.run_until_idle("Mon 09:05", "Mon 09:10", "Mon 09:15")
    assert findings(site.run("Mon 09:20")) == []
