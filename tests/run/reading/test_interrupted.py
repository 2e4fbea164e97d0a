"""Interrupted reading continues where it stopped, and histories that could not be read are requested again."""

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
from end_to_end.scene import BASE, CLIENT, CONSULTATION, HEAD, OPERATOR, STAFF_ROLE, VIP
from end_to_end.test_refused_runs import spoil
from run.reading.cached_site import HISTORIES, CachedSite, once
from stories.moments import read_moment

from sup_sync.errors import OutOfTimeError, RedmineUnavailableError
from sup_sync.run.cache import Cache

LOG = "Redmine's log"


def interrupt(when: int) -> Callable[[int, int], None]:
    def act() -> None:
        raise KeyboardInterrupt

    return once(act, when=when)


def time_for(requests: int) -> Callable[[], float]:
    left = iter([math.inf] * requests)
    return lambda: next(left, 0.0)


@pytest.fixture
def many(site: CachedSite) -> list[int]:
    """Twenty requests without pending changes, none of them in the cache."""
    issue_id = site.diary.file("Mon 09:00")
    site.run("Mon 09:05")
    others = site.copy_issue(issue_id, 19)
    site.delete_cache()
    return [issue_id, *others]


def test_interrupted_first_run_continues_in_the_next_run(site: CachedSite, many: list[int]) -> None:
    first = site.run_with_error("Mon 09:10", KeyboardInterrupt, progress=interrupt(7))
    second = site.run_with_error("Mon 09:15", KeyboardInterrupt, progress=interrupt(12))
    third = site.run("Mon 09:20")
    assert (len(first.histories), len(second.histories)) == (7, 5)
    assert Counter(first.histories + second.histories + third.histories) == Counter(many)
    assert site.run("Mon 09:25").is_idle


def test_first_run_that_is_out_of_time_continues_in_the_next_run(site: CachedSite, many: list[int]) -> None:
    first = site.run_with_error("Mon 09:10", OutOfTimeError, session=site.diary.session(time_left=time_for(40)))
    second = site.run("Mon 09:15")
    assert 0 < len(first.histories) < len(many)
    assert Counter(first.histories + second.histories) == Counter(many)


def test_request_changed_after_an_interruption_is_reread(site: CachedSite, many: list[int]) -> None:
    first = site.run_with_error("Mon 09:10", KeyboardInterrupt, progress=interrupt(7))
    changed = first.histories[2]
    site.issue(changed).updated_at = read_moment("Mon 09:12")
    second = site.run("Mon 09:15")
    assert Counter(first.histories + second.histories) == Counter([*many, changed])


KILLED = """
    import os, signal, sys
    from datetime import UTC, datetime
    from pathlib import Path
    from sup_sync.run.cache import Cache

    with Cache(sys.argv[1]) as cache:
        row = {"project": {"id": 1}, "status": {"is_closed": False}, "updated_on": "2026-06-08T04:00:00Z"}
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
        assert [each["id"] for each in cache.issues(range(1, 1001), {1})] == list(range(1, 501))


def test_failed_history_is_read_by_the_next_run(site: CachedSite) -> None:
    failing, neighbour = (site.diary.file("Mon 09:00", OPERATOR, BASE, CONSULTATION) for _ in range(2))
    good = site.diary.file("Mon 09:00")
    site.run_until_idle("Mon 09:05", "Mon 09:10", "Mon 09:15")
    for each in (failing, neighbour, good):
        with site.diary.at("Mon 09:16", each) as world:
            world.note(HEAD, each, "Жауап")
    session = site.diary.session()
    spoil(session, failing, 500, b"")
    gap = site.run("Mon 09:20", session=session)
    assert gap.result.unread == {failing: f"GET /issues/{failing}.json: answered 500; try again later, and check {LOG}"}
    assert (set(gap.result.outcomes), gap.result.done.is_complete) == ({neighbour, good}, False)
    after = site.run("Mon 09:30")
    assert set(after.histories) == {failing, neighbour, good}
    assert set(after.result.outcomes) == {failing}
    site.run("Mon 09:35")
    assert site.run("Mon 09:40").is_idle


def test_unread_request_is_not_judged_by_its_old_history(site: CachedSite) -> None:
    """It would be late, but it was answered and moved to another project."""
    moved, other = (site.diary.file("Mon 09:00", CLIENT, VIP, CONSULTATION) for _ in range(2))
    site.run_until_idle("Mon 09:05", "Mon 09:10", "Mon 09:15")
    for each in (moved, other):
        site.issue(each).project = next(p for p in site.world.tracker.projects if p.identifier == BASE)
        with site.diary.at("Mon 10:00", each) as world:
            world.note(HEAD, each, "Жауап")
    session = site.diary.session()
    spoil(session, moved, 500, b"")
    gap = site.run("Mon 11:05", session=session)
    assert (set(gap.result.unread), set(gap.result.outcomes)) == ({moved}, {other})
    assert set(site.run("Mon 11:10").result.outcomes) == {moved}


def test_only_the_unread_request_is_read_again_after_the_first_run_of_a_day(site: CachedSite, many: list[int]) -> None:
    failing = site.diary.file("Mon 09:00", OPERATOR, BASE, CONSULTATION)
    session = site.diary.session()
    spoil(session, failing, 500, b"")
    assert set(site.run("Mon 09:10", session=session).histories) == {*many, failing}
    after = site.run("Mon 09:15")
    assert set(after.histories) == {failing}
    assert set(after.result.outcomes) == {failing}


def test_new_person_is_looked_up_later_if_the_lists_cannot_be_read(site: CachedSite) -> None:
    """A run stops after it reads the response of a new person; the next run looks the person up."""
    issue_id = site.diary.file("Mon 09:00")
    site.run_until_idle("Mon 09:05", "Mon 09:10", "Mon 09:15")
    site.add_person("newcomer", STAFF_ROLE, is_staff=True)
    with site.diary.at("Mon 09:20", issue_id):
        site.world.note("newcomer", issue_id, "Жауап")
    session = site.diary.session(time_left=time_for(3))
    assert site.run_with_error("Mon 09:25", RedmineUnavailableError, session=session).requests[HISTORIES] == 1
    site.run("Mon 09:30")
    assert site.diary.fields(HEAD, issue_id)["first_response_at"] == "2026-06-08 09:20"
