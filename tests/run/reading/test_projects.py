"""A project that cannot be used is left out with its cause, the others are served; it is read whole when it is back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from end_to_end.scene import BASE, CONSULTATION, HEAD, OPERATOR, PROJECTS, VIP
from run.reading.cached_site import ABOUT, CachedSite
from support.fake_records import Project
from support.worlds import BOT

from sup_sync.errors import AccessError
from sup_sync.redmine.provision import BOT_ROLE
from sup_sync.run.write import OutcomeKind


def project_of(site: CachedSite, identifier: str) -> Project:
    return next(each for each in site.world.tracker.projects if each.identifier == identifier)


def archive(_site: CachedSite, project: Project) -> None:
    project.is_archived = True


def unarchive(_site: CachedSite, project: Project) -> None:
    project.is_archived = False


def remove_account(_site: CachedSite, project: Project) -> None:
    project.members = [each for each in project.members if getattr(each.who, "login", "") != BOT]


def add_account(site: CachedSite, project: Project) -> None:
    site.world.tracker.join(project, next(each for each in site.world.tracker.users if each.login == BOT), [BOT_ROLE])


def turn_tracking_off(_site: CachedSite, project: Project) -> None:
    project.has_issue_tracking = False


def turn_tracking_off_in_6_1(site: CachedSite, project: Project) -> None:
    site.world.tracker.hides_trackers, project.has_issue_tracking = True, False


def turn_tracking_on(_site: CachedSite, project: Project) -> None:
    project.has_issue_tracking = True


def give_role_without(*permissions: str) -> Callable[[CachedSite, Project], None]:
    def act(site: CachedSite, project: Project) -> None:
        tracker = site.world.tracker
        if not any(each.name == "weak" for each in tracker.roles):
            tracker.add_role("weak", tracker.role(BOT_ROLE).permissions - set(permissions))
        (member,) = (each for each in project.members if getattr(each.who, "login", "") == BOT)
        member.roles = {tracker.role("weak"): False}

    return act


def give_weak_role_in_6_1(site: CachedSite, project: Project) -> None:
    site.world.tracker.hides_trackers = True
    give_role_without("view_issues")(site, project)


def give_own_role(site: CachedSite, project: Project) -> None:
    remove_account(site, project)
    add_account(site, project)


def delete(site: CachedSite, project: Project) -> None:
    tracker = site.world.tracker
    tracker.issues = [each for each in tracker.issues if each.project is not project]
    tracker.projects.remove(project)


@dataclass(frozen=True)
class Change:
    spoil: Callable[[CachedSite, Project], None]
    repair: Callable[[CachedSite, Project], None]
    cause: str


CHANGES = {
    "archived": Change(archive, unarchive, "archived; unarchive it in Redmine, or remove it"),
    "account removed": Change(remove_account, add_account, "the account is not a member; add the account"),
    "tracking off": Change(turn_tracking_off, turn_tracking_on, "issue tracking is turned off; turn on this module"),
    "tracking off in 6.1": Change(
        turn_tracking_off_in_6_1, turn_tracking_on, "issue tracking is turned off; turn on this module"
    ),
    "role without view_issues": Change(
        give_role_without("view_issues"), give_own_role, "the account lacks view_issues; grant it"
    ),
    "role without view_issues in 6.1": Change(
        give_weak_role_in_6_1, give_own_role, "the account lacks view_issues; grant it"
    ),
    "role without set_notes_private": Change(
        give_role_without("set_notes_private"), give_own_role, "the account lacks set_notes_private; grant it"
    ),
}


@pytest.fixture
def ids(site: CachedSite) -> list[int]:
    """Cached requests without pending changes: one of a VIP, one of another project."""
    filed = [site.diary.file("Mon 09:00"), site.diary.file("Mon 09:00", OPERATOR, BASE, CONSULTATION)]
    site.run_until_idle("Mon 09:05", "Mon 09:10", "Mon 09:15")
    return filed


def answer_both(site: CachedSite, ids: list[int], at: str) -> None:
    with site.diary.at(at, *ids) as world:
        for each in ids:
            world.note(HEAD, each, "Жауап")


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_unusable_project_is_left_out_and_read_whole_when_it_is_back(
    site: CachedSite, ids: list[int], change: Change
) -> None:
    answer_both(site, ids, "Mon 09:20")
    change.spoil(site, project_of(site, BASE))
    run = site.run("Tue 10:00" if change.spoil in LATER else "Mon 09:25").result
    assert run.outcomes == {ids[0]: OutcomeKind.APPLIED}
    assert run.done.problems[0].startswith(f"project {BASE}: {change.cause}")
    assert not run.done.is_complete
    change.repair(site, project_of(site, BASE))
    assert site.run("Tue 10:05").result.outcomes.keys() >= {ids[1]}
    assert site.diary.fields(OPERATOR, ids[1])["first_response_at"] == "2026-06-08 09:20"
    assert site.run("Tue 10:10").result.done.is_complete


# changes that the account's memberships do not show: a run of the same day does not see them in the lists
LATER = {turn_tracking_off, turn_tracking_off_in_6_1}


def test_deleted_project_is_left_out(site: CachedSite, ids: list[int]) -> None:
    answer_both(site, ids, "Mon 09:20")
    delete(site, project_of(site, BASE))
    run = site.run("Mon 09:25").result
    assert run.outcomes == {ids[0]: OutcomeKind.APPLIED}
    assert [each.startswith(f"project {BASE}: not found (404); correct `projects`") for each in run.done.problems] == [
        True
    ]


@pytest.mark.usefixtures("ids")
def test_archived_project_costs_idle_runs_nothing(site: CachedSite) -> None:
    archive(site, project_of(site, BASE))
    site.run("Mon 09:20")
    assert site.run("Mon 09:25").requests[ABOUT] == 0


@pytest.mark.usefixtures("ids")
def test_run_stops_if_no_project_is_left(site: CachedSite) -> None:
    for each in site.world.tracker.projects:
        each.is_archived = True
    trace = site.run_with_error("Mon 09:20", AccessError)
    assert trace.requests["puts"] == 0


def test_requests_of_a_project_out_of_reach_are_not_judged_by_the_cache(site: CachedSite, ids: list[int]) -> None:
    """The VIP's first response is overdue while its project is archived: nothing is sent, also not by another level."""
    archive(site, project_of(site, VIP))
    run = site.run("Mon 18:00").result
    assert ids[0] not in run.outcomes
    assert PROJECTS[VIP] not in run.done.unread_projects
