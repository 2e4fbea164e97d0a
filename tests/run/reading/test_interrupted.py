"""A reading that was broken off goes on where it stopped, and what could not be read is asked for again."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from end_to_end.diary import once
from end_to_end.scene import BASE, CLIENT, CONSULTATION, HEAD, OPERATOR, PROJECTS, STAFF_ROLE, VIP
from end_to_end.test_refused_runs import spoil
from run.reading.office import HISTORIES, Office
from stories.moments import read_moment

from sup_sync.errors import OutOfTimeError, RedmineUnavailableError
from sup_sync.run.cache import Cache


def interrupt(when: int) -> Callable[[int, int], None]:
    def act() -> None:
        raise KeyboardInterrupt

    return once(act, when=when)


def time_for(requests: int) -> Callable[[], float]:
    left = iter([math.inf] * requests)
    return lambda: next(left, 0.0)


@pytest.fixture
def many(office: Office) -> list[int]:
    """Twenty requests on which all is written, and nothing of them remembered."""
    issue_id = office.diary.file("Mon 09:00")
    office.run("Mon 09:05")
    others = office.multiply(issue_id, 19)
    office.lose()
    return [issue_id, *others]


def test_interrupted_first_run_continues_in_the_next_run(office: Office, many: list[int]) -> None:
    first = office.broken("Mon 09:10", KeyboardInterrupt, progress=interrupt(7))
    second = office.broken("Mon 09:15", KeyboardInterrupt, progress=interrupt(12))
    third = office.run("Mon 09:20")
    assert (len(first.read), len(second.read)) == (7, 5)
    assert Counter(first.read + second.read + third.read) == Counter(many)
    assert office.run("Mon 09:25").is_idle


def test_first_run_that_is_out_of_time_continues_in_the_next_run(office: Office, many: list[int]) -> None:
    first = office.broken("Mon 09:10", OutOfTimeError, session=office.diary.session(time_left=time_for(40)))
    second = office.run("Mon 09:15")
    assert 0 < len(first.read) < len(many)
    assert Counter(first.read + second.read) == Counter(many)


def test_request_changed_after_an_interruption_is_reread(office: Office, many: list[int]) -> None:
    first = office.broken("Mon 09:10", KeyboardInterrupt, progress=interrupt(7))
    changed = first.read[2]
    office.issue(changed).updated_at = read_moment("Mon 09:12")
    second = office.run("Mon 09:15")
    assert Counter(first.read + second.read) == Counter([*many, changed])


KILLED = """
    import os, signal, sys
    from datetime import UTC, datetime
    from pathlib import Path
    from sup_sync.run.cache import Cache

    with Cache(sys.argv[1]) as cache:
        row = {"project": {"name": "P"}, "status": {"is_closed": False}, "updated_on": "2026-06-08T04:00:00Z"}
        for number in range(1, 1001):
            cache.store(row | {"id": number}, {"id": number}, datetime.now(UTC))
            if number == 500:
                print(flush=True)
                sys.stdin.readline()
"""


def test_histories_read_by_a_killed_run_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "cache"
    line = [sys.executable, "-c", dedent(KILLED), str(path)]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
    with Cache(str(path)) as cache:
        assert [each["id"] for each in cache.issues(range(1, 1001), without=())] == list(range(1, 501))


def test_failed_history_is_read_by_the_next_run(office: Office) -> None:
    failing, beside = (office.diary.file("Mon 09:00", OPERATOR, BASE, CONSULTATION) for _ in range(2))
    good = office.diary.file("Mon 09:00")
    office.mark_idle("Mon 09:05", "Mon 09:10", "Mon 09:15")
    for each in (failing, beside, good):
        with office.diary.at("Mon 09:16", each) as world:
            world.note(HEAD, each, "Жауап")
    session = office.diary.session()
    spoil(session, failing, 500, b"")
    gap = office.run("Mon 09:20", session=session)
    assert set(gap.ran.done.unread_projects) == {PROJECTS[BASE]}
    assert (set(gap.ran.outcomes), gap.ran.done.is_complete) == ({good}, False)
    after = office.run("Mon 09:30")
    assert set(after.read) >= {failing, beside}
    assert set(after.ran.outcomes) == {failing, beside}
    office.run("Mon 09:35")
    assert office.run("Mon 09:40").is_idle


def test_request_moved_to_an_unread_project_is_not_judged_by_its_old_project(office: Office) -> None:
    """As a VIP's it would be late, but it was answered since, in the project where it is now."""
    moved, failing = (office.diary.file("Mon 09:00", CLIENT, VIP, CONSULTATION) for _ in range(2))
    office.mark_idle("Mon 09:05", "Mon 09:10", "Mon 09:15")
    for each in (moved, failing):
        office.issue(each).project = next(p for p in office.world.tracker.projects if p.identifier == BASE)
        with office.diary.at("Mon 10:00", each) as world:
            world.note(HEAD, each, "Жауап")
    session = office.diary.session()
    spoil(session, moved, 500, b"")
    gap = office.run("Mon 11:05", session=session)
    assert (set(gap.ran.done.unread_projects), gap.ran.done.plan.changes) == ({PROJECTS[BASE]}, ())
    assert set(office.run("Mon 11:10").ran.outcomes) == {moved, failing}


def test_first_run_of_a_day_with_an_unread_project_is_repeated(office: Office, many: list[int]) -> None:
    failing = office.diary.file("Mon 09:00", OPERATOR, BASE, CONSULTATION)
    session = office.diary.session()
    spoil(session, failing, 500, b"")
    assert set(office.run("Mon 09:10", session=session).read) == {*many, failing}
    after = office.run("Mon 09:15")
    assert set(after.read) == {failing}
    assert set(after.ran.outcomes) == {failing}


def test_new_person_is_looked_up_later_if_the_lists_cannot_be_read(office: Office) -> None:
    """A run that reads the answer of somebody new, and then no more, leaves it to the next one."""
    issue_id = office.diary.file("Mon 09:00")
    office.mark_idle("Mon 09:05", "Mon 09:10", "Mon 09:15")
    office.add_person("newcomer", STAFF_ROLE, is_staff=True)
    with office.diary.at("Mon 09:20", issue_id):
        office.world.note("newcomer", issue_id, "Жауап")
    session = office.diary.session(time_left=time_for(3))
    assert office.broken("Mon 09:25", RedmineUnavailableError, session=session).made[HISTORIES] == 1
    office.run("Mon 09:30")
    assert office.diary.fields(HEAD, issue_id)["first_response_at"] == "2026-06-08 09:20"
