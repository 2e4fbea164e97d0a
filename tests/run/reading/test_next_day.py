"""What leaves no trace in any list is found by the first run of the next day."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from end_to_end.scene import BASE, CLIENT_ROLE, CONSULTATION, OPERATOR, STAFF_GROUP
from run.reading.office import HISTORIES, Office
from support.worlds import ADMIN


@pytest.fixture
def ids(office: Office) -> list[int]:
    office.add_person("aide", CLIENT_ROLE, is_staff=True)
    filed = [office.diary.file("Mon 09:00"), office.diary.file("Mon 09:00", OPERATOR, BASE, CONSULTATION)]
    with office.diary.at("Mon 09:02", filed[0]) as world:
        world.note("aide", filed[0], "Жауап")
    office.mark_idle("Mon 09:05", "Mon 09:10", "Mon 09:15")
    return filed


def a_note_is_emptied(office: Office, ids: list[int]) -> None:
    journal = next(each for each in office.world.see(ADMIN, ids[0])["journals"] if each["user"]["name"] == "Aide")
    office.world.edit_note(ADMIN, journal["id"], "")


def a_request_is_moved(office: Office, ids: list[int]) -> None:
    office.issue(ids[1]).project = office.issue(ids[0]).project


def somebody_leaves_the_staff(office: Office, _ids: list[int]) -> None:
    aide = next(each for each in office.world.tracker.users if each.login == "aide")
    staff = next(each for each in office.world.tracker.groups if each.name == STAFF_GROUP)
    staff.users.remove(aide)


DEEDS: list[Callable[[Office, list[int]], None]] = [a_note_is_emptied, a_request_is_moved, somebody_leaves_the_staff]


@pytest.mark.parametrize("deed", DEEDS, ids=lambda each: each.__name__)
def test_change_without_a_trace_is_seen_by_the_first_run_of_the_next_day(
    office: Office, ids: list[int], deed: Callable[[Office, list[int]], None]
) -> None:
    deed(office, ids)
    office.is_compared = False  # until the day is over
    assert office.run("Mon 10:00").is_idle
    office.is_compared = True
    after = office.run("Tue 00:01")
    assert after.made[HISTORIES] >= len(ids)
    assert after.ran.outcomes
    office.run("Tue 00:06")
    assert office.run("Tue 00:11").is_idle


def test_deleted_request_is_removed_from_the_cache(office: Office, ids: list[int]) -> None:
    office.world.tracker.issues.remove(office.issue(ids[1]))
    office.mark_idle("Mon 09:20")
    assert office.remembered() == set(ids)
    office.run("Tue 00:01")
    assert office.remembered() == {ids[0]}
