"""Changes that no list shows are found by the first run of the next day."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from end_to_end.scene import BASE, CLIENT_ROLE, CONSULTATION, OPERATOR, STAFF_GROUP
from run.reading.cached_site import HISTORIES, CachedSite
from support.worlds import ADMIN


@pytest.fixture
def ids(site: CachedSite) -> list[int]:
    site.add_person("aide", CLIENT_ROLE, is_staff=True)
    filed = [site.diary.file("Mon 09:00"), site.diary.file("Mon 09:00", OPERATOR, BASE, CONSULTATION)]
    with site.diary.at("Mon 09:02", filed[0]) as world:
        world.note("aide", filed[0], "Жауап")
    site.run_until_idle("Mon 09:05", "Mon 09:10", "Mon 09:15")
    return filed


def a_note_is_emptied(site: CachedSite, ids: list[int]) -> None:
    journal = next(each for each in site.world.see(ADMIN, ids[0])["journals"] if each["user"]["name"] == "Aide")
    site.world.edit_note(ADMIN, journal["id"], "")


def a_person_leaves_the_staff(site: CachedSite, _ids: list[int]) -> None:
    aide = next(each for each in site.world.tracker.users if each.login == "aide")
    staff = next(each for each in site.world.tracker.groups if each.name == STAFF_GROUP)
    staff.users.remove(aide)


ACTIONS: list[Callable[[CachedSite, list[int]], None]] = [
    a_note_is_emptied,
    a_person_leaves_the_staff,
]


@pytest.mark.parametrize("act", ACTIONS, ids=lambda each: each.__name__)
def test_change_without_a_trace_is_seen_by_the_first_run_of_the_next_day(
    site: CachedSite, ids: list[int], act: Callable[[CachedSite, list[int]], None]
) -> None:
    act(site, ids)
    site.is_compared = False  # until the day is over
    assert site.run("Mon 10:00").is_idle
    site.is_compared = True
    after = site.run("Tue 00:01")
    assert after.requests[HISTORIES] >= len(ids)
    assert after.result.outcomes
    site.run("Tue 00:06")
    assert site.run("Tue 00:11").is_idle


def test_deleted_request_is_removed_from_the_cache_after_a_check_of_its_project(
    site: CachedSite, ids: list[int]
) -> None:
    site.world.tracker.issues.remove(site.issue(ids[1]))
    site.run("Mon 09:20")
    assert site.cached_ids() == set(ids)
    site.run("Mon 09:25")
    assert site.cached_ids() == {ids[0]}
    site.run_until_idle("Mon 09:30")


def test_request_that_is_moved_without_a_trace_is_read_after_a_check_of_its_project(
    site: CachedSite, ids: list[int]
) -> None:
    site.issue(ids[1]).project = site.issue(ids[0]).project
    site.is_compared = False  # until the move is seen
    site.run("Mon 10:00")
    after = site.run("Mon 10:05")
    assert (after.histories, set(after.result.outcomes)) == ((ids[1],), {ids[1]})
    site.is_compared = True
    site.run("Mon 10:10")
    site.run_until_idle("Mon 10:15")
