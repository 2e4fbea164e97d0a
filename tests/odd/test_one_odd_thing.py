"""One odd request, person, name or project harms no other: in a world of 60 requests, and in random combinations."""

from __future__ import annotations

import time
from collections.abc import Container, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from end_to_end.scene import HEAD
from odd import changes, odd_people, odd_requests  # noqa: F401 - they fill the catalogue
from odd.busy_site import CHANGES as CHANGES_AT
from odd.busy_site import FIRST_RUN, NEXT_DAY, SECOND_RUN, BusySite, State, Victims, base_files
from odd.catalogue import CHANGES, PEOPLE, REQUESTS, Odd
from stories.moments import read_moment

from sup_sync.model.change import Change

CATALOGUE = (*REQUESTS, *PEOPLE, *CHANGES)


@cache
def fresh_site() -> BusySite:
    """Return the site before the first run; tests copy it."""
    folder = Path(mkdtemp())
    return BusySite(base_files(folder), folder)


@cache
def used_site() -> BusySite:
    """Return the site after a first run and some work of people; its folder has the cache of that run."""
    folder = Path(mkdtemp())
    site = fresh_site().copy(folder)
    assert site.run(FIRST_RUN, cache=folder / "cache").code == 0
    site.let_people_work()
    site.tracker.now = read_moment(CHANGES_AT)
    return site


@cache
def expected_states(is_used: bool) -> Mapping[int, State]:
    """Return the states after a run without anything odd."""
    site = (used_site() if is_used else fresh_site()).copy(Path(mkdtemp()))
    assert site.run(SECOND_RUN if is_used else FIRST_RUN).code == 0
    return site.states()


def names_head(state: State) -> bool:
    return any(HEAD in text for _, text in state.notes)


def without_people(state: State) -> Any:
    """Return what does not depend on the people of the ladder: all but the assignee and the texts."""
    return replace(state, assignee=None, notes=tuple((is_private, "") for is_private, _ in state.notes))


def differences(
    expected: Mapping[int, State], states: Mapping[int, State], ids: Iterable[int], people: Container[int]
) -> dict[int, tuple[State, State | None]]:
    """Return the requests whose states differ; of those in `people`, only in what does not depend on people."""
    different = {}
    for each in ids:
        pair = expected[each], states.get(each)
        compared = [without_people(state) if state and each in people else state for state in pair]
        if compared[0] != compared[1]:
            different[each] = pair
    return different


def by_request(planned: Iterable[Change] | None, ids: Container[int] | None = None) -> list[Change] | None:
    """Return the changes of some requests, by default of all; a run writes those that failed before last."""
    if planned is None:
        return None
    return sorted((each for each in planned if ids is None or each.issue_id in ids), key=lambda each: each.issue_id)


def make_odd(site: BusySite, odds: tuple[Odd, ...], seed: str) -> set[int]:
    """Make odd things, and return the requests that they may affect; odd requests count as changed now.

    One that an earlier one made impossible is left out, such as a change of a deleted project.
    """
    victims, affected = Victims(site, seed), set()
    for each in odds:
        numbers: set[int] = set()
        with suppress(StopIteration):
            numbers = set(each.change(site, victims))
        affected |= numbers
        for issue in site.tracker.issues if each in REQUESTS else ():
            if issue.id in numbers:
                issue.updated_at = max(issue.updated_at, site.tracker.now)
                issue.lock_version += 1
    return affected


def check_others(odds: tuple[Odd, ...], seed: str, folder: Path, *, is_used: bool, is_thorough: bool) -> None:
    """Check that a run with these odd things gives the other requests what a run without them does.

    `is_thorough`: check also that another run writes nothing to them. On a used site, the cache changes no decision.
    """
    at = SECOND_RUN if is_used else FIRST_RUN
    start, expected = (used_site() if is_used else fresh_site()), expected_states(is_used)
    site = start.copy(folder / "files")
    affected = make_odd(site, odds, seed)
    cache_path = folder / "cache"
    if is_used:
        cache_path.write_bytes((start.folder / "cache").read_bytes())
    without_cache = site.copy(folder / "files").plan(at) if is_used else None

    ran = site.run(at, cache=cache_path)
    codes = frozenset().union(*(each.codes for each in odds))
    assert ran.code in codes, ran.text
    is_head_odd = any(each.of_head for each in odds)
    people = {key for key, state in expected.items() if names_head(state)} if is_head_odd else set()
    others = [each for each in site.ids if each not in affected]
    wrong = differences(expected, site.states(), others, people)
    assert not wrong, f"{wrong} {ran.code} {ran.text}"
    if is_used and not is_head_odd:
        assert by_request(ran.changes, others) == by_request(without_cache, others), "the cache changes decisions"
    if is_used and any(each.is_unseen for each in odds):
        at = NEXT_DAY
        without_cache = site.copy(folder / "files").plan(at)
        ran = site.run(at, cache=cache_path)
    if is_used:
        assert by_request(ran.changes) == by_request(without_cache), "the cache changes decisions"
    if is_thorough:
        assert not site.run(at, cache=cache_path).written.intersection(others), "written again"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)


EACH_ODD_THING = pytest.mark.parametrize("each", [pytest.param(each, id=each.name) for each in CATALOGUE])


def skip_unless_all(request: pytest.FixtureRequest, *, is_common: bool) -> bool:
    """Skip a test that is run only with --all, unless it is common; return whether all are run."""
    is_all: bool = request.config.getoption("--all")
    if not (is_all or is_common):
        pytest.skip("alike; run with --all")
    return is_all


@EACH_ODD_THING
def test_others_are_written_as_usual_in_a_first_run_with_an_odd_thing(
    each: Odd, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    is_all = skip_unless_all(request, is_common=each in REQUESTS and not each.is_alike)
    check_others((each,), each.name, tmp_path, is_used=False, is_thorough=is_all)


@EACH_ODD_THING
def test_others_are_written_as_usual_after_something_became_odd(
    each: Odd, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    is_all = skip_unless_all(request, is_common=each not in REQUESTS and not each.is_alike)
    check_others((each,), each.name, tmp_path, is_used=True, is_thorough=is_all)
