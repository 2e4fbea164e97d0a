"""Two processes that use the cache at the same time, since `plan` and `queue` hold no lock."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from end_to_end.scene import BASE, CONSULTATION, HEAD, OPERATOR, PROJECTS
from run.reading.cached_site import CachedSite, once
from stories.moments import read_moment

from sup_sync.redmine.reader import Reader
from sup_sync.run import cache, decide
from sup_sync.run.cache import Cache
from sup_sync.run.gather import IncrementalReader
from sup_sync.run.write import OutcomeKind


def open_reader(site: CachedSite, now: str, cache: Cache) -> IncrementalReader:
    reader = Reader(site.diary.session())
    return IncrementalReader.open(reader, site.diary.config, cache, read_moment(now), lambda _done, _of: None)


def plan(site: CachedSite, now: str) -> None:
    """Read as `sup-sync plan` does at that time."""
    site.diary.cache.use(lambda opened: open_reader(site, now, opened).current())


def test_run_of_another_configuration_during_a_reading_leaves_no_gap(site: CachedSite) -> None:
    ids = {site.diary.file("Mon 09:00") for _ in range(2)}
    other = site.diary.file("Mon 09:00", OPERATOR, BASE, CONSULTATION)
    fewer = replace(site.diary.config, projects=tuple(each for each in PROJECTS if each != BASE))
    site.run("Mon 09:05")
    site.delete_cache()
    readers: list[IncrementalReader] = []
    with Cache(str(site.path)) as opened:
        reading = partial(open_reader, site, "Mon 09:10", opened)
        site.run("Mon 09:10", config=fewer, progress=once(lambda: readers.append(reading()), when=0))
        assert {each["id"] for each in readers[0].current().raw_issues} == {*ids, other}
    assert site.run("Mon 09:15").is_idle
    assert site.cached_ids() == {*ids, other}
    assert set(site.run("Mon 11:05").result.outcomes) == ids
    assert site.run("Mon 11:10", config=fewer).result.outcomes == {}
    assert site.cached_ids(fewer) == ids


def test_request_reread_by_another_run_during_judging_is_judged_again(
    site: CachedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue_id = site.diary.file("Mon 09:00")
    site.run_until_idle("Mon 09:05", "Mon 09:10", "Mon 09:15")
    with site.diary.at("Mon 09:20", issue_id) as world:
        world.note(OPERATOR, issue_id, "Ішкі", private=True)
    next_check_at, judged = decide.next_check_at, []

    def after_an_answer(*given: Any) -> Any:
        if not judged:
            with site.diary.at("Mon 09:25:30", issue_id) as world:
                world.note(HEAD, issue_id, "Жауап")
            plan(site, "Mon 09:27")
        judged.append(given)
        return next_check_at(*given)

    site.is_compared = False
    monkeypatch.setattr(decide, "next_check_at", after_an_answer)
    assert site.run("Mon 09:25").result.outcomes == {}
    site.is_compared = True
    assert site.run("Mon 09:30").result.outcomes == {issue_id: OutcomeKind.APPLIED}


class InterruptedConnection(sqlite3.Connection):
    """A connection that calls a function once before a script."""

    before: list[Callable[[], object]]

    def executescript(self, script: str, /) -> sqlite3.Cursor:
        if self.before:
            self.before.pop()()
        return super().executescript(script)


def test_file_created_by_another_run_at_the_same_time_is_used(
    site: CachedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue_id = site.diary.file("Mon 09:00")
    interrupted = type("Interrupted", (InterruptedConnection,), {"before": [lambda: plan(site, "Mon 09:05")]})
    monkeypatch.setattr(cache.sqlite3, "connect", partial(sqlite3.connect, factory=interrupted))
    site.is_compared = False  # the comparison would use the same connection
    assert site.run("Mon 09:05").result.outcomes == {issue_id: OutcomeKind.APPLIED}
    assert (interrupted.before, site.cache_reports) == ([], [])
    assert site.run("Mon 09:10").histories == (issue_id,)
    assert site.run("Mon 09:15").is_idle
