"""Two that use the cache at the same moment take nothing from each other: `plan` and `queue` hold no lock."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from end_to_end.diary import once
from end_to_end.scene import BASE, CONSULTATION, HEAD, OPERATOR, PROJECTS
from run.reading.office import Office
from stories.moments import read_moment

from sup_sync.redmine.reader import Reader
from sup_sync.run import cache, decide
from sup_sync.run.cache import Cache
from sup_sync.run.gather import IncrementalReader
from sup_sync.run.write import OutcomeKind


def reading_of(office: Office, now: str, kept: Cache) -> IncrementalReader:
    reader = Reader(office.diary.session())
    return IncrementalReader.open(reader, office.diary.config, kept, read_moment(now), lambda _done, _of: None)


def plan(office: Office, now: str) -> None:
    """What `sup-sync plan` reads at that moment."""
    office.diary.cache.use(lambda kept: reading_of(office, now, kept).current())


def test_run_of_another_configuration_during_a_reading_leaves_no_gap(office: Office) -> None:
    ids = {office.diary.file("Mon 09:00") for _ in range(2)}
    beside = office.diary.file("Mon 09:00", OPERATOR, BASE, CONSULTATION)
    fewer = replace(office.diary.config, projects=tuple(each for each in PROJECTS if each != BASE))
    office.run("Mon 09:05")
    office.lose()
    begun: list[IncrementalReader] = []
    with Cache(str(office.path)) as kept:
        reading = partial(reading_of, office, "Mon 09:10", kept)
        office.run("Mon 09:10", config=fewer, progress=once(lambda: begun.append(reading()), when=0))
        assert {each["id"] for each in begun[0].current().raw_issues} == {*ids, beside}
    assert office.run("Mon 09:15").is_idle
    assert office.remembered() == {*ids, beside}
    assert set(office.run("Mon 11:05").ran.outcomes) == ids
    assert office.run("Mon 11:10", config=fewer).ran.outcomes == {}
    assert office.remembered(fewer) == ids


def test_request_reread_by_another_run_during_judging_is_judged_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue_id = office.diary.file("Mon 09:00")
    office.mark_idle("Mon 09:05", "Mon 09:10", "Mon 09:15")
    with office.diary.at("Mon 09:20", issue_id) as world:
        world.note(OPERATOR, issue_id, "Ішкі", private=True)
    next_check_at, judged = decide.next_check_at, []

    def after_an_answer(*given: Any) -> Any:
        if not judged:
            with office.diary.at("Mon 09:25:30", issue_id) as world:
                world.note(HEAD, issue_id, "Жауап")
            plan(office, "Mon 09:27")
        judged.append(given)
        return next_check_at(*given)

    office.is_compared = False
    monkeypatch.setattr(decide, "next_check_at", after_an_answer)
    assert office.run("Mon 09:25").ran.outcomes == {}
    office.is_compared = True
    assert office.run("Mon 09:30").ran.outcomes == {issue_id: OutcomeKind.APPLIED}


class Watched(sqlite3.Connection):
    """A connection before whose scripts something is done once."""

    before: list[Callable[[], object]]

    def executescript(self, script: str, /) -> sqlite3.Cursor:
        if self.before:
            self.before.pop()()
        return super().executescript(script)


def test_file_created_by_another_run_at_the_same_time_is_used(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    issue_id = office.diary.file("Mon 09:00")
    watched = type("Watched", (Watched,), {"before": [lambda: plan(office, "Mon 09:05")]})
    monkeypatch.setattr(cache.sqlite3, "connect", partial(sqlite3.connect, factory=watched))
    office.is_compared = False  # by another such file
    assert office.run("Mon 09:05").ran.outcomes == {issue_id: OutcomeKind.APPLIED}
    assert (watched.before, office.told) == ([], [])
    assert office.run("Mon 09:10").read == (issue_id,)
    assert office.run("Mon 09:15").is_idle
