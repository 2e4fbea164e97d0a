"""The number of requests of a run: two if nothing happened, besides the checks of a few projects."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from end_to_end.scene import CLIENT, CONSULTATION, OPERATOR, VIP
from run.reading.cached_site import ABOUT, ACCOUNT, FORMS, HISTORIES, LISTS, PUTS, CachedSite
from stories.moments import read_moment

from sup_sync.config.load import Config
from sup_sync.planning.limits import Limits

LARGEST = 2_000
LARGEST_OF_ALL = 20_000  # only with `--all`: its first run takes minutes in the fake


def unlimited(site: CachedSite) -> Config:
    return replace(site.diary.config, limits=Limits(notes=10_000, status_changes=10_000, changed_share=1.0))


def file_and_process(site: CachedSite) -> int:
    """File a request on Monday at 9:00, and run until an idle run at 9:25."""
    issue_id = site.diary.file("Mon 09:00")
    site.run_until_idle("Mon 09:15", "Mon 09:20", "Mon 09:25")
    return issue_id


@pytest.mark.parametrize("count", [10, 1_000, LARGEST, LARGEST_OF_ALL])
def test_an_idle_run_makes_two_requests_besides_its_checks_and_writes_nothing(
    site: CachedSite, count: int, request: pytest.FixtureRequest
) -> None:
    if count > LARGEST and not request.config.getoption("--all"):
        pytest.skip("minutes long: with --all")
    issue_id = file_and_process(site)
    site.copy_issue(issue_id, count)
    site.delete_cache()
    site.is_compared = False
    first = site.run("Mon 09:30")
    assert (first.requests[HISTORIES], first.requests[PUTS]) == (count + 1, 0)
    for now in ("Mon 09:35", "Mon 09:40"):
        assert site.run(now).is_idle
    assert site.cache_reports == []


def test_idle_run_reads_only_the_index_of_the_cache(site: CachedSite, monkeypatch: pytest.MonkeyPatch) -> None:
    file_and_process(site)
    statements: list[str] = []
    plans: list[str] = []

    class TracedConnection(sqlite3.Connection):
        def close(self) -> None:
            self.set_trace_callback(None)
            searches = [each for each in statements if each.startswith("SELECT") and " history " in each]
            plans.extend(str(row[3]) for each in searches for row in self.execute(f"EXPLAIN QUERY PLAN {each}"))
            super().close()

    def connect(path: str, **options: Any) -> sqlite3.Connection:
        connection = TracedConnection(path, **options)
        connection.set_trace_callback(statements.append)
        return connection

    monkeypatch.setattr(sqlite3, "connect", connect)
    site.is_compared = False
    assert site.run("Mon 09:30").is_idle
    scans = [each for each in plans if not each.endswith("(scope=? AND id=?)")]
    assert len(scans) > 1
    assert all("COVERING INDEX" in each for each in scans), scans


@pytest.mark.parametrize(("changed", "lists"), [(1, 1), (3, 1), (100, 1), (150, 2)])
def test_changed_requests_are_read_once_by_lists_of_a_hundred(site: CachedSite, changed: int, lists: int) -> None:
    issue_id = file_and_process(site)
    others = site.copy_issue(issue_id, changed + 5)
    site.delete_cache()
    assert len(site.run("Mon 09:30").histories) == changed + 6
    assert site.run("Mon 09:35").is_idle
    for each in others[:changed]:
        site.issue(each).description = "басқаша"
        site.issue(each).updated_at = read_moment("Mon 09:36")
    trace = site.run("Mon 09:40")
    assert trace.requests == {ACCOUNT: 1, LISTS: lists, HISTORIES: changed}
    assert trace.histories == tuple(others[:changed])
    assert site.run("Mon 09:45").is_idle


@pytest.mark.parametrize("count", [1, 3, 150])
def test_a_silent_write_is_one_request_and_a_hundredth_of_a_list(site: CachedSite, count: int) -> None:
    issue_id = file_and_process(site)
    others = site.copy_issue(issue_id, count)
    for each in others:
        site.issue(each).due_on = None  # as if it was removed without a trace
    site.issue(issue_id).updated_at = read_moment("Mon 09:00")
    site.delete_cache()
    trace = site.run("Mon 09:30", config=unlimited(site))
    lists_of_reading = -(-(count + 1) // 100) + 1
    assert trace.requests[PUTS] == count
    assert trace.requests[LISTS] - lists_of_reading <= -(-count // 100) + 1
    assert (trace.requests[FORMS], trace.requests[HISTORIES]) == (0, count + 1)


def test_guarded_write_is_four_requests(site: CachedSite) -> None:
    file_and_process(site)
    new = site.diary.file("Mon 09:28", CLIENT, VIP, CONSULTATION)
    trace = site.run("Mon 09:30")
    assert trace.requests.pop(ABOUT) > 0  # the first request on its tracker shows new fields
    assert (trace.requests, trace.histories) == (
        {ACCOUNT: 1, LISTS: 1, HISTORIES: 3, FORMS: 1, PUTS: 1},
        (new, new, new),
    )
    again = site.diary.file("Mon 09:32", CLIENT, VIP, CONSULTATION)
    trace = site.run("Mon 09:35")
    assert set(trace.histories) == {again, new}
    assert trace.requests == {ACCOUNT: 1, LISTS: 1, HISTORIES: 4, FORMS: 1, PUTS: 1}


def test_written_request_is_reread_exactly_once(site: CachedSite) -> None:
    issue_id = site.diary.file("Mon 09:00")
    assert site.run("Mon 09:05").requests[PUTS] == 1
    after = site.run("Mon 09:10")
    assert (after.requests, after.histories) == ({ACCOUNT: 1, LISTS: 1, HISTORIES: 1}, (issue_id,))
    assert site.run("Mon 09:15").is_idle


def test_step_that_becomes_due_is_found_without_rereading_a_history(site: CachedSite) -> None:
    """The first response to a VIP has two hours: staff get a note after three quarters and after the whole."""
    issue_id = file_and_process(site)
    for due, after, idle in (("Mon 10:31", "Mon 10:35", "Mon 11:00"), ("Mon 11:01", "Mon 11:06", "Mon 13:00")):
        trace = site.run(due)
        assert trace.requests == {ACCOUNT: 1, LISTS: 1, FORMS: 1, HISTORIES: 2, PUTS: 1}
        assert site.run(after).histories == (issue_id,)
        assert site.run(idle).is_idle
    assert len(site.diary.notes(OPERATOR, issue_id)) == 2


def test_requests_closed_long_ago_are_never_read_without_open_ones(site: CachedSite) -> None:
    closed = site.diary.file("2026-05-05 09:00")
    with site.diary.at("2026-05-05 12:00", closed):
        site.world.set_status(OPERATOR, closed, "Жабылды")
    for now in ("Mon 09:00", "Mon 09:05", "Mon 09:10"):
        assert site.run(now).histories == ()


def test_changes_out_of_scope_are_listed_once(site: CachedSite) -> None:
    file_and_process(site)
    other = site.world.tracker.add_project("other", "Бөтен жоба", is_public=True)
    model = site.issue(site.world.tracker.issues[0].id)
    for number in range(250):
        changed_at = read_moment("Mon 09:26") + timedelta(seconds=number)
        copy = replace(model, id=site.world.tracker._new(), project=other, updated_at=changed_at)
        site.world.tracker.issues.append(copy)
    assert site.run("Mon 09:40").requests == {ACCOUNT: 1, LISTS: 3}
    assert site.run("Mon 09:45").is_idle
