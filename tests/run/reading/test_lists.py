"""The tracker's lists are remembered for a day; who or what is new, refused or mended is looked up before it counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from end_to_end.scene import CLIENT, CONSULTATION, ENDING, HEAD, OPERATOR, STAFF_ROLE, UNMAPPED_TRACKER, VIP
from run.reading.office import ABOUT, HISTORIES, PUTS, Office
from support.fake_records import Named, Status
from support.worlds import ADMIN

from sup_sync.errors import AccessError
from sup_sync.redmine.provision import BOT_ROLE
from sup_sync.run.write import OutcomeKind

Deed = Callable[[Office, int], None]


def a_person(office: Office, issue_id: int) -> None:
    office.add_person("newcomer", STAFF_ROLE, is_staff=True)
    office.world.note("newcomer", issue_id, "Жауап")


def a_status(office: Office, issue_id: int) -> None:
    office.issue(issue_id).status = Status(office.world.tracker._new(), "Жаңа күй")
    office.world.tracker.statuses.append(office.issue(issue_id).status)


def a_priority(office: Office, issue_id: int) -> None:
    office.issue(issue_id).priority = Named(office.world.tracker._new(), "Тым жедел")
    office.world.tracker.priorities.append(office.issue(issue_id).priority)


def a_field(office: Office, issue_id: int) -> None:
    office.world.tracker.add_field({"name": "Жаңа өріс"})
    office.world.note(OPERATOR, issue_id, "Жауап")


def a_tracker(office: Office, issue_id: int) -> None:
    project = office.issue(issue_id).project
    project.trackers.append(next(each for each in office.world.tracker.trackers if each.name == UNMAPPED_TRACKER))
    office.issue(issue_id).tracker = project.trackers[-1]


def a_release(office: Office, issue_id: int) -> None:
    version = office.world.add_version(VIP, "4.9", date(2026, 6, 30))
    status_id = office.world.id_of("issue_statuses", "Әзірлеуге берілді")
    office.world.edit(OPERATOR, issue_id, notes="Әзірлеуде", fixed_version_id=version, status_id=status_id)


@pytest.fixture
def issue_id(office: Office) -> int:
    """A request on which all is written, and remembered."""
    filed = office.diary.file("Mon 09:00")
    office.mark_idle("Mon 09:05", "Mon 09:10", "Mon 09:15")
    return filed


@pytest.mark.parametrize("deed", [a_person, a_status, a_priority, a_field, a_tracker, a_release])
def test_new_id_is_looked_up_once_and_counts_at_once(office: Office, issue_id: int, deed: Deed) -> None:
    with office.diary.at("Mon 09:20", issue_id):
        deed(office, issue_id)
    assert office.run("Mon 09:25").made[ABOUT] > 0
    with office.diary.at("Mon 09:27", issue_id):
        office.world.note(CLIENT, issue_id, "Рақмет")
    again = office.run("Mon 09:30")
    assert (again.made[ABOUT], issue_id in again.read) == (0, True)


def test_response_of_a_new_staff_member_counts(office: Office, issue_id: int) -> None:
    with office.diary.at("Mon 09:20", issue_id):
        a_person(office, issue_id)
    office.run("Mon 09:25")
    assert office.diary.fields(HEAD, issue_id)["first_response_at"] == "2026-06-08 09:20"


def test_id_that_stays_unknown_is_looked_up_once(office: Office, issue_id: int) -> None:
    others = office.multiply(issue_id, 2)
    for each, at, now, is_new in (
        (issue_id, "Mon 09:16", "Mon 09:20", True),
        (others[0], "Mon 09:21", "Mon 09:25", False),
        (others[1], "Mon 09:26", "Mon 09:30", False),
    ):
        with office.diary.at(at, each) as world:
            world.note(ADMIN, each, "Кіммін мен?")
        asked = office.run(now)
        assert (asked.made[ABOUT] > 0, each in asked.read) == (is_new, True)


def test_person_who_left_after_a_lookup_does_not_reread_the_lists(office: Office, issue_id: int) -> None:
    office.add_person("guest")
    office.world.tracker.users[-1].is_admin = True
    with office.diary.at("Mon 09:20", issue_id) as world:
        world.note("guest", issue_id, "Сәлем")
    assert office.run("Mon 09:25").made[ABOUT] > 0
    office.mark_idle("Mon 09:30")


def test_all_requests_are_judged_again_after_the_lists_changed(office: Office, issue_id: int) -> None:
    """Who answered as nobody known, and then joined the staff, counts once another stranger has the lists read."""
    other = office.diary.file("Mon 09:15:30")
    office.mark_idle("Mon 09:16", "Mon 09:17:30", "Mon 09:19")
    office.add_person("aide")
    aide = office.world.tracker.users[-1]
    aide.is_admin = True
    with office.diary.at("Mon 09:20", issue_id) as world:
        world.note("aide", issue_id, "Жауап")
    office.mark_idle("Mon 09:25", "Mon 09:30")
    for project in office.world.tracker.projects:
        office.world.tracker.join(project, aide, [STAFF_ROLE])
    with office.diary.at("Mon 09:35", other):
        a_person(office, other)
    asked = office.run("Mon 09:40")
    assert (set(asked.ran.outcomes), asked.read.count(issue_id)) == ({issue_id, other}, 0)
    assert office.diary.fields(HEAD, issue_id)["first_response_at"] == "2026-06-08 09:20"


def test_release_date_is_reread_before_a_note_depends_on_it(office: Office) -> None:
    issue_id, version = office.diary.file("Mon 09:00"), office.world.add_version(VIP, "4.9", date(2026, 6, 10))
    with office.diary.at("Mon 09:30", issue_id) as world:
        status_id = world.id_of("issue_statuses", "Әзірлеуге берілді")
        world.edit(OPERATOR, issue_id, notes="Әзірлеуде", fixed_version_id=version, status_id=status_id)
    office.mark_idle("Wed 16:00", "Wed 16:05", "Wed 16:10")
    before = office.diary.notes(OPERATOR, issue_id)
    office.world.change_version(version, due_date="2026-06-30")
    asked = office.run("Wed 18:01")
    assert (asked.made[ABOUT], asked.made[PUTS]) == (1, 1)
    (note,) = set(office.diary.notes(OPERATOR, issue_id)) - set(before)
    assert note.startswith("Түзетуі бар нұсқаның мерзімі ауыстырылды.")


def test_private_note_is_not_published_after_its_permission_was_revoked(
    office: Office, issue_id: int
) -> None:
    role = office.world.tracker.role(BOT_ROLE)
    role.permissions -= {"set_notes_private"}
    office.is_compared = False  # a run without a cache ends at its preflight
    asked = office.run("Mon 11:01")
    assert asked.ran.outcomes == {issue_id: OutcomeKind.REFUSED}
    assert "set_notes_private" in asked.ran.done.outcomes[0].text
    assert (asked.made[PUTS], len(office.diary.notes(CLIENT, issue_id, private=False))) == (0, 1)
    assert office.broken("Mon 11:05", AccessError).made[PUTS] == 0
    role.permissions |= {"set_notes_private"}
    assert office.run("Mon 11:10").ran.outcomes == {issue_id: OutcomeKind.APPLIED}
    assert len(office.diary.notes(OPERATOR, issue_id)) == 1


def test_failed_preflight_is_repeated_by_the_next_run(office: Office, issue_id: int) -> None:
    role = office.world.tracker.role(BOT_ROLE)
    role.permissions -= {"edit_issues"}
    office.lose()
    for now in ("Mon 09:20", "Mon 09:25"):
        asked = office.broken(now, AccessError)
        assert (asked.made[ABOUT] > 0, asked.made[HISTORIES]) == (True, 0)
    role.permissions |= {"edit_issues"}
    assert office.run("Mon 09:30").read == (issue_id,)


def test_lists_are_reread_after_a_rejected_write(office: Office) -> None:
    issue_id = office.diary.file("Mon 09:00", OPERATOR, ENDING, CONSULTATION)
    office.mark_idle("Mon 09:05", "Mon 09:10", "Mon 09:15")
    with office.diary.at("Mon 09:16", issue_id) as world:
        world.note(HEAD, issue_id, "Жауап")
    office.world.close_project(ENDING)
    office.is_compared = False  # a run without a cache sees that the project is closed
    assert office.run("Mon 09:20").ran.outcomes == {issue_id: OutcomeKind.REFUSED}
    office.is_compared = True
    after = office.run("Mon 09:25")
    assert after.made[ABOUT] > 0
    assert after.ran.findings == {(issue_id, "closed_project")}
    assert office.run("Mon 09:30").is_idle
