"""The lists of Redmine are cached for a day; they are reread for new ids, failed writes and failed preflights."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from end_to_end.scene import CLIENT, CONSULTATION, HEAD, MURAGER, OPERATOR, STAFF_ROLE, UNMAPPED_TRACKER, VIP
from run.reading.cached_site import ABOUT, HISTORIES, PUTS, CachedSite
from support.fake_records import Named, Status
from support.worlds import ADMIN

from sup_sync.errors import AccessError
from sup_sync.redmine.provision import BOT_ROLE
from sup_sync.run.write import OutcomeKind

Action = Callable[[CachedSite, int], None]


def a_person(site: CachedSite, issue_id: int) -> None:
    site.add_person("newcomer", STAFF_ROLE, is_staff=True)
    site.world.note("newcomer", issue_id, "Жауап")


def a_status(site: CachedSite, issue_id: int) -> None:
    site.issue(issue_id).status = Status(site.world.tracker._new(), "Жаңа күй")
    site.world.tracker.statuses.append(site.issue(issue_id).status)


def a_priority(site: CachedSite, issue_id: int) -> None:
    site.issue(issue_id).priority = Named(site.world.tracker._new(), "Тым жедел")
    site.world.tracker.priorities.append(site.issue(issue_id).priority)


def a_field(site: CachedSite, issue_id: int) -> None:
    site.world.tracker.add_field({"name": "Жаңа өріс"})
    site.world.note(OPERATOR, issue_id, "Жауап")


def a_tracker(site: CachedSite, issue_id: int) -> None:
    project = site.issue(issue_id).project
    project.trackers.append(next(each for each in site.world.tracker.trackers if each.name == UNMAPPED_TRACKER))
    site.issue(issue_id).tracker = project.trackers[-1]


def a_release(site: CachedSite, issue_id: int) -> None:
    version = site.world.add_version(VIP, "4.9", date(2026, 6, 30))
    status_id = site.world.id_of("issue_statuses", "Әзірлеуге берілді")
    site.world.edit(OPERATOR, issue_id, notes="Әзірлеуде", fixed_version_id=version, status_id=status_id)


@pytest.fixture
def issue_id(site: CachedSite) -> int:
    """A cached request without pending changes."""
    filed = site.diary.file("Mon 09:00")
    site.run_until_idle("Mon 09:05", "Mon 09:10", "Mon 09:15")
    return filed


@pytest.mark.parametrize("act", [a_person, a_status, a_priority, a_field, a_tracker, a_release])
def test_new_id_is_looked_up_once_and_counts_at_once(site: CachedSite, issue_id: int, act: Action) -> None:
    with site.diary.at("Mon 09:20", issue_id):
        act(site, issue_id)
    assert site.run("Mon 09:25").requests[ABOUT] > 0
    with site.diary.at("Mon 09:27", issue_id):
        site.world.note(CLIENT, issue_id, "Рақмет")
    again = site.run("Mon 09:30")
    assert (again.requests[ABOUT], issue_id in again.histories) == (0, True)


def test_response_of_a_new_staff_member_counts(site: CachedSite, issue_id: int) -> None:
    with site.diary.at("Mon 09:20", issue_id):
        a_person(site, issue_id)
    site.run("Mon 09:25")
    assert site.diary.fields(HEAD, issue_id)["first_response_at"] == "2026-06-08 09:20"


def test_id_that_stays_unknown_is_looked_up_once(site: CachedSite, issue_id: int) -> None:
    others = site.copy_issue(issue_id, 2)
    for each, at, now, is_new in (
        (issue_id, "Mon 09:16", "Mon 09:20", True),
        (others[0], "Mon 09:21", "Mon 09:25", False),
        (others[1], "Mon 09:26", "Mon 09:30", False),
    ):
        with site.diary.at(at, each) as world:
            world.note(ADMIN, each, "Кіммін мен?")
        trace = site.run(now)
        assert (trace.requests[ABOUT] > 0, each in trace.histories) == (is_new, True)


def test_person_who_left_after_a_lookup_does_not_reread_the_lists(site: CachedSite, issue_id: int) -> None:
    site.add_person("guest")
    site.world.tracker.users[-1].is_admin = True
    with site.diary.at("Mon 09:20", issue_id) as world:
        world.note("guest", issue_id, "Сәлем")
    assert site.run("Mon 09:25").requests[ABOUT] > 0
    site.run_until_idle("Mon 09:30")


def test_all_requests_are_judged_again_after_the_lists_changed(site: CachedSite, issue_id: int) -> None:
    """A response of a later staff member counts after another unknown person makes a run reread the lists."""
    other = site.diary.file("Mon 09:15:30")
    site.run_until_idle("Mon 09:16", "Mon 09:17:30", "Mon 09:19")
    site.add_person("aide")
    aide = site.world.tracker.users[-1]
    aide.is_admin = True
    with site.diary.at("Mon 09:20", issue_id) as world:
        world.note("aide", issue_id, "Жауап")
    site.run_until_idle("Mon 09:25", "Mon 09:30")
    for project in site.world.tracker.projects:
        site.world.tracker.join(project, aide, [STAFF_ROLE])
    with site.diary.at("Mon 09:35", other):
        a_person(site, other)
    trace = site.run("Mon 09:40")
    assert (set(trace.result.outcomes), trace.histories.count(issue_id)) == ({issue_id, other}, 0)
    assert site.diary.fields(HEAD, issue_id)["first_response_at"] == "2026-06-08 09:20"


def test_release_date_is_reread_before_a_note_depends_on_it(site: CachedSite) -> None:
    issue_id, version = site.diary.file("Mon 09:00"), site.world.add_version(VIP, "4.9", date(2026, 6, 10))
    with site.diary.at("Mon 09:30", issue_id) as world:
        status_id = world.id_of("issue_statuses", "Әзірлеуге берілді")
        world.edit(OPERATOR, issue_id, notes="Әзірлеуде", fixed_version_id=version, status_id=status_id)
    site.run_until_idle("Wed 16:00", "Wed 16:05", "Wed 16:10")
    before = site.diary.notes(OPERATOR, issue_id)
    site.world.change_version(version, due_date="2026-06-30")
    trace = site.run("Wed 18:01")
    assert (trace.requests[ABOUT], trace.requests[PUTS]) == (1, 1)
    (note,) = set(site.diary.notes(OPERATOR, issue_id)) - set(before)
    assert note.startswith("Түзетуі бар нұсқаның мерзімі ауыстырылды.")


def test_private_note_is_not_published_after_its_permission_was_revoked(site: CachedSite, issue_id: int) -> None:
    role = site.world.tracker.role(BOT_ROLE)
    role.permissions -= {"set_notes_private"}
    site.is_compared = False  # a run without a cache fails in its preflight
    trace = site.run("Mon 11:01")
    assert trace.result.outcomes == {issue_id: OutcomeKind.REFUSED}
    assert "set_notes_private" in trace.result.done.outcomes[0].text
    assert (trace.requests[PUTS], len(site.diary.notes(CLIENT, issue_id, private=False))) == (0, 1)
    assert site.run_with_error("Mon 11:05", AccessError).requests[PUTS] == 0
    role.permissions |= {"set_notes_private"}
    assert site.run("Mon 11:10").result.outcomes == {issue_id: OutcomeKind.APPLIED}
    assert len(site.diary.notes(OPERATOR, issue_id)) == 1


def test_failed_preflight_is_repeated_by_the_next_run(site: CachedSite, issue_id: int) -> None:
    role = site.world.tracker.role(BOT_ROLE)
    role.permissions -= {"edit_issues"}
    site.delete_cache()
    for now in ("Mon 09:20", "Mon 09:25"):
        trace = site.run_with_error(now, AccessError)
        assert (trace.requests[ABOUT] > 0, trace.requests[HISTORIES]) == (True, 0)
    role.permissions |= {"edit_issues"}
    assert site.run("Mon 09:30").histories == (issue_id,)


def test_lists_are_reread_after_a_rejected_write(site: CachedSite) -> None:
    issue_id = site.diary.file("Mon 09:00", OPERATOR, MURAGER, CONSULTATION)
    site.run_until_idle("Mon 09:05", "Mon 09:10", "Mon 09:15")
    with site.diary.at("Mon 09:16", issue_id) as world:
        world.note(HEAD, issue_id, "Жауап")
    site.world.close_project(MURAGER)
    site.is_compared = False  # a run without a cache sees that the project is closed
    assert site.run("Mon 09:20").result.outcomes == {issue_id: OutcomeKind.REFUSED}
    site.is_compared = True
    after = site.run("Mon 09:25")
    assert after.requests[ABOUT] > 0
    assert after.result.findings == {(issue_id, "closed_project")}
    assert site.run("Mon 09:30").is_idle
