"""How many requests a run makes: two when nothing happened, and for what happened as few as there can be."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from end_to_end.scene import CLIENT, CONSULTATION, OPERATOR, VIP
from run.reading.office import ABOUT, ACCOUNT, FORMS, HISTORIES, LISTS, PUTS, Office
from stories.moments import read_moment

from sup_sync.config.load import Config
from sup_sync.planning.plan import Limits

LARGEST = 2_000
IN_ALL = 20_000
"""The largest tracker of `--all`: its first run takes minutes in the fake."""


def unlimited(office: Office) -> Config:
    return replace(office.diary.config, limits=Limits(notes=10_000, status_changes=10_000, changed_share=1.0))


def settled(office: Office) -> int:
    """A request of Monday 9:00 that runs have read and written, up to an idle one at 9:25."""
    issue_id = office.diary.file("Mon 09:00")
    office.mark_idle("Mon 09:15", "Mon 09:20", "Mon 09:25")
    return issue_id


@pytest.mark.parametrize("count", [10, 1_000, LARGEST, IN_ALL])
def test_an_idle_run_makes_two_requests_and_writes_nothing(
    office: Office, count: int, request: pytest.FixtureRequest
) -> None:
    if count > LARGEST and not request.config.getoption("--all"):
        pytest.skip("minutes long: with --all")
    issue_id = settled(office)
    office.multiply(issue_id, count)
    office.lose()
    office.is_compared = False
    first = office.run("Mon 09:30")
    assert (first.made[HISTORIES], first.made[PUTS]) == (count + 1, 0)
    for now in ("Mon 09:35", "Mon 09:40"):
        assert office.run(now).is_idle
    assert office.told == []


def test_idle_run_reads_only_the_index_of_the_cache(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled(office)
    asked: list[str] = []
    plans: list[str] = []

    class Watched(sqlite3.Connection):
        def close(self) -> None:
            self.set_trace_callback(None)
            searches = [each for each in asked if each.startswith("SELECT") and " history " in each]
            plans.extend(str(row[3]) for each in searches for row in self.execute(f"EXPLAIN QUERY PLAN {each}"))
            super().close()

    def connect(place: str, **how: Any) -> sqlite3.Connection:
        connection = Watched(place, **how)
        connection.set_trace_callback(asked.append)
        return connection

    monkeypatch.setattr(sqlite3, "connect", connect)
    office.is_compared = False
    assert office.run("Mon 09:30").is_idle
    whole = [each for each in plans if not each.endswith("(scope=? AND id=?)")]
    assert len(whole) > 1
    assert all("COVERING INDEX" in each for each in whole), whole


@pytest.mark.parametrize(("changed", "lists"), [(1, 1), (3, 1), (100, 1), (150, 2)])
def test_changed_requests_are_read_once_by_lists_of_a_hundred(office: Office, changed: int, lists: int) -> None:
    issue_id = settled(office)
    others = office.multiply(issue_id, changed + 5)
    office.lose()
    assert len(office.run("Mon 09:30").read) == changed + 6
    assert office.run("Mon 09:35").is_idle
    for each in others[:changed]:
        office.issue(each).description = "басқаша"
        office.issue(each).updated_at = read_moment("Mon 09:36")
    asked = office.run("Mon 09:40")
    assert asked.made == {ACCOUNT: 1, LISTS: lists, HISTORIES: changed}
    assert asked.read == tuple(others[:changed])
    assert office.run("Mon 09:45").is_idle


@pytest.mark.parametrize("count", [1, 3, 150])
def test_a_silent_write_is_one_request_and_a_hundredth_of_a_list(office: Office, count: int) -> None:
    issue_id = settled(office)
    others = office.multiply(issue_id, count)
    for each in others:
        office.issue(each).due_on = None  # as if somebody had taken it away, without a trace
    office.issue(issue_id).updated_at = read_moment("Mon 09:00")
    office.lose()
    asked = office.run("Mon 09:30", config=unlimited(office))
    lists_of_reading = -(-(count + 1) // 100) + 1
    assert asked.made[PUTS] == count
    assert asked.made[LISTS] - lists_of_reading <= -(-count // 100) + 1
    assert (asked.made[FORMS], asked.made[HISTORIES]) == (0, count + 1)


def test_guarded_write_is_four_requests(office: Office) -> None:
    settled(office)
    new = office.diary.file("Mon 09:28", CLIENT, VIP, CONSULTATION)
    asked = office.run("Mon 09:30")
    assert asked.made.pop(ABOUT) > 0  # its tracker has shown no fields yet
    assert (asked.made, asked.read) == ({ACCOUNT: 1, LISTS: 1, HISTORIES: 3, FORMS: 1, PUTS: 1}, (new, new, new))
    again = office.diary.file("Mon 09:32", CLIENT, VIP, CONSULTATION)
    asked = office.run("Mon 09:35")
    assert set(asked.read) == {again, new}
    assert asked.made == {ACCOUNT: 1, LISTS: 1, HISTORIES: 4, FORMS: 1, PUTS: 1}


def test_written_request_is_reread_exactly_once(office: Office) -> None:
    issue_id = office.diary.file("Mon 09:00")
    assert office.run("Mon 09:05").made[PUTS] == 1
    after = office.run("Mon 09:10")
    assert (after.made, after.read) == ({ACCOUNT: 1, LISTS: 1, HISTORIES: 1}, (issue_id,))
    assert office.run("Mon 09:15").is_idle


def test_step_that_becomes_due_is_found_without_rereading_a_history(office: Office) -> None:
    """A VIP's first response has two hours: at three quarters of them, and then at their end, staff are told."""
    issue_id = settled(office)
    for due, after, idle in (("Mon 10:31", "Mon 10:35", "Mon 11:00"), ("Mon 11:01", "Mon 11:06", "Mon 13:00")):
        asked = office.run(due)
        assert asked.made == {ACCOUNT: 1, LISTS: 1, FORMS: 1, HISTORIES: 2, PUTS: 1}
        assert office.run(after).read == (issue_id,)
        assert office.run(idle).is_idle
    assert len(office.diary.notes(OPERATOR, issue_id)) == 2


def test_requests_closed_long_ago_are_never_read_without_open_ones(office: Office) -> None:
    closed = office.diary.file("2026-05-05 09:00")
    with office.diary.at("2026-05-05 12:00", closed):
        office.world.set_status(OPERATOR, closed, "Жабылды")
    for now in ("Mon 09:00", "Mon 09:05", "Mon 09:10"):
        assert office.run(now).read == ()


def test_changes_out_of_scope_are_listed_once(office: Office) -> None:
    settled(office)
    beside = office.world.tracker.add_project("beside", "Бөтен жоба", is_public=True)
    model = office.issue(office.world.tracker.issues[0].id)
    for number in range(250):
        changed_at = read_moment("Mon 09:26") + timedelta(seconds=number)
        copy = replace(model, id=office.world.tracker._new(), project=beside, updated_at=changed_at)
        office.world.tracker.issues.append(copy)
    assert office.run("Mon 09:40").made == {ACCOUNT: 1, LISTS: 3}
    assert office.run("Mon 09:45").is_idle
