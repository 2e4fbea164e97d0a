"""The checks of Redmine: without a problem, and with one problem each, with its text and fix."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from end_to_end.scene import (
    BASE,
    CONSULTATION,
    DEVELOPER_NAME,
    ERROR,
    HEAD_NAME,
    OPERATOR,
    OPERATOR_NAME,
    STAFF_GROUP,
    STAFF_ROLE,
    TRACKERS,
    UNMAPPED_STATUS,
    UNMAPPED_TRACKER,
    VIP,
    make_fake,
)
from stories.shipped import shipped_config
from support.fake_records import CustomField, Project, Role, Status, User
from support.worlds import ADMIN, BOT, FakeWorld, shipped_names

from sup_sync.config.load import Config
from sup_sync.errors import AccessError, RedmineMismatchError
from sup_sync.model.names import MappedPerson
from sup_sync.redmine.permissions import BOT_PERMISSIONS
from sup_sync.redmine.preflight.account import check_permissions, check_visibility, may_write_private_notes
from sup_sync.redmine.preflight.checks import check_redmine
from sup_sync.redmine.preflight.people import check_people
from sup_sync.redmine.preflight.problem import Area, Problem, RedmineState
from sup_sync.redmine.reader import Reader
from sup_sync.redmine.session import RedmineSession
from sup_sync.run.redmine_state import fetch_redmine_state
from sup_sync.run.run_plan import require_matching_redmine

WAITING = "Клиент жауабын күтуде"


class Site:
    """A Redmine in memory that matches the mappings, and its problems."""

    def __init__(self, world: FakeWorld) -> None:
        self.world = world
        self.tracker = world.tracker
        self.config = shipped_config()
        self.project(BASE).trackers = [each for each in self.tracker.trackers if each.name == CONSULTATION]
        for project, names in TRACKERS.items():
            for name in set(names) - {UNMAPPED_TRACKER}:
                world.file(OPERATOR, project, name)

    def project(self, identifier: str) -> Project:
        project: Project = self.tracker.pick(self.tracker.projects, identifier)
        return project

    def field(self, key: str) -> CustomField:
        return next(each for each in self.tracker.fields if each.name == self.world.names.fields[key])

    def status(self, name: str) -> Status:
        return next(each for each in self.tracker.statuses if each.name == name)

    @property
    def role(self) -> Role:
        return self.tracker.role(BOT)

    @property
    def reader(self) -> Reader:
        return Reader(RedmineSession(self.world.url, self.world.user(BOT)))

    def problems(self, *issue_ids: int) -> list[Problem]:
        """Return the problems, without the roles of the scene that are not mapped."""
        reader = self.reader
        issues = tuple(reader.fetch_issue(each) for each in issue_ids)
        problems = check_redmine(replace(fetch_redmine_state(reader, self.config), issues=issues))
        return [each for each in problems if "counts as a client" not in each.text]


def with_people(config: Config, **people: MappedPerson) -> Config:
    """Return a configuration with other `people`, by their keys."""
    return replace(config, rules=replace(config.rules, names=replace(config.rules.names, people=people)))


@pytest.fixture
def site() -> Iterator[Site]:
    world = FakeWorld()
    make_fake(world)
    with world.rest.running():
        yield Site(world)


def test_redmine_that_matches_the_mappings_has_no_problem(site: Site) -> None:
    assert site.problems() == []
    require_matching_redmine(fetch_redmine_state(site.reader, site.config))


# --- access


@pytest.mark.parametrize("permission", [each for each in BOT_PERMISSIONS if each != "view_issues"])
def test_missing_permission_is_reported_for_each_project(site: Site, permission: str) -> None:
    site.role.permissions -= {permission}
    problems = [each for each in site.problems() if f"lacks {permission}" in each.text]
    assert [each.text for each in problems] == [
        f"project {project}: the account lacks {permission}" for project in site.config.projects
    ]
    assert {(each.area, each.is_warning) for each in problems} == {(Area.ACCESS, False)}
    assert all(each.fix.startswith("grant it to its role, so that it can ") for each in problems)


def test_no_project_can_be_read_without_view_issues(site: Site) -> None:
    site.role.permissions -= {"view_issues"}
    with pytest.raises(AccessError) as error:
        site.problems()
    lines = [f"project {project}: the account lacks view_issues" for project in site.config.projects]
    assert [line.split(";")[0] for line in str(error.value).splitlines()] == lines


def state_with(permissions: Iterable[str]) -> RedmineState:
    """Make the state of an account with these permissions; the project's identifier is a permission, too."""
    membership = {"project": {"id": 1}, "roles": [{"id": 2}]}
    projects = [{"id": 1, "identifier": "set_notes_private"}]
    role = {"id": 2, "permissions": list(permissions)}
    return RedmineState(shipped_names(), {"memberships": [membership]}, (role,), {"projects": projects}, "15")


@pytest.mark.parametrize("lacking", BOT_PERMISSIONS)
def test_private_notes_need_only_their_own_permission(lacking: str) -> None:
    state = state_with(each for each in BOT_PERMISSIONS if each != lacking)
    (problem,) = check_permissions(state)
    assert problem.permission == lacking
    assert may_write_private_notes(state) == (lacking != "set_notes_private")


def test_private_notes_need_their_permission_in_every_project(site: Site) -> None:
    assert may_write_private_notes(fetch_redmine_state(site.reader, site.config))
    (member,) = (each for each in site.project(BASE).members if getattr(each.who, "login", "") == BOT)
    member.roles = {site.tracker.role("publisher"): False}
    assert not may_write_private_notes(fetch_redmine_state(site.reader, site.config))
    assert [str(each) for each in site.problems() if each.area is Area.ACCESS] == [
        f"project {BASE}: the account lacks set_notes_private; grant it to its role,"
        " so that it can write private notes (without it Redmine publishes them)"
    ]


def test_admin_account_is_a_warning(site: Site) -> None:
    next(each for each in site.tracker.users if each.login == BOT).is_admin = True
    site.role.permissions = frozenset()
    (problem,) = site.problems()
    assert (
        str(problem) == "warning: the account is an administrator; use an account with the role of `sup-sync provision`"
    )


def test_account_must_be_allowed_to_close_waiting_requests(site: Site) -> None:
    issue_id = site.world.file(OPERATOR, VIP, ERROR)
    site.world.set_status(OPERATOR, issue_id, WAITING)
    other = site.world.file(OPERATOR, VIP, ERROR)
    site.role.transitions = {(WAITING, "Жабылды")}
    assert site.problems(other, issue_id) == []
    site.role.transitions = {(WAITING, "Шешілді")}
    (problem,) = site.problems(other, issue_id)
    assert (problem.area, problem.is_warning) == (Area.ACCESS, False)
    assert str(problem) == (
        f'tracker "{ERROR}": the account may not close requests that wait for the client (clause 15);'
        f' allow its role the transition from "{WAITING}" to "Жабылды" in Redmine\'s workflow'
    )


@pytest.mark.parametrize("link", ["subtask", "blocker"])
def test_workflow_is_not_judged_by_a_request_that_its_subtask_or_blocker_keeps_open(site: Site, link: str) -> None:
    issue_id = site.world.file(OPERATOR, VIP, ERROR)
    site.world.set_status(OPERATOR, issue_id, WAITING)
    if link == "subtask":
        site.world.file(ADMIN, VIP, ERROR, parent_issue_id=issue_id)
    else:
        site.world.relate(ADMIN, site.world.file(OPERATOR, VIP, ERROR), "blocks", issue_id)
    assert site.problems(issue_id) == []
    other = site.world.file(OPERATOR, VIP, ERROR)
    site.world.set_status(OPERATOR, other, WAITING)
    site.role.transitions = {(WAITING, "Шешілді")}
    assert [each.area for each in site.problems(issue_id, other)] == [Area.ACCESS]


# --- names


def without(rows: list[Any], name: str) -> None:
    rows[:] = [each for each in rows if each.name != name]


def hide_from_account(field: CustomField) -> None:
    field.seen_by = {STAFF_ROLE}


Break = Callable[[Site], object]

MISSING: dict[str, tuple[Break, str]] = {
    "tracker": (
        lambda site: without(site.tracker.trackers, "Ұсыныс"),
        'tracker "Ұсыныс" not found in Redmine; correct `trackers`',
    ),
    "status": (
        lambda site: without(site.tracker.statuses, "Шешілді"),
        'warning: status "Шешілді" not found in Redmine; correct `statuses`',
    ),
    "priority": (
        lambda site: without(site.tracker.priorities, "Дереу"),
        'priority "Дереу" not found in Redmine; correct `priorities`',
    ),
    "field": (
        lambda site: without(site.tracker.fields, "Арна"),
        'field "Арна" (channel) not found in Redmine; correct `fields`',
    ),
    "field hidden from the account": (
        lambda site: hide_from_account(site.field("marker")),
        'field "sup-sync" (marker) not found in Redmine; correct `fields`',
    ),
}


@pytest.mark.parametrize(("spoil", "start"), MISSING.values(), ids=MISSING)
def test_missing_name_is_reported_with_its_section(site: Site, spoil: Break, start: str) -> None:
    spoil(site)
    (problem,) = site.problems()
    assert problem.area is Area.NAMES
    assert str(problem).startswith(f"{start} in mappings/tracker.yaml")
    assert problem.stops_run == ("field" in start)  # all requests have the field, but not all the status


@pytest.mark.parametrize(("name", "is_warning"), [("Шешілді", True), ("Жабылды", False), (WAITING, False)])
def test_missing_status_is_a_warning_unless_the_tool_sets_it(site: Site, name: str, is_warning: bool) -> None:
    without(site.tracker.statuses, UNMAPPED_STATUS)
    without(site.tracker.statuses, name)
    assert [each.is_warning for each in site.problems()] == [is_warning]


@pytest.mark.parametrize(
    ("name", "is_closed", "text"),
    [
        ("Шешілді", False, 'status "Шешілді" is mapped to closed, but is an open status in Redmine; change its phase'),
        ("Бас тартылды", False, 'status "Бас тартылды" is mapped to refused, but is an open status in Redmine'),
        (
            WAITING,
            True,
            f'status "{WAITING}" is mapped to waiting, but is a closed status in Redmine; change its phase',
        ),
        ("Жаңа", True, 'status "Жаңа" is mapped to open, but is a closed status in Redmine'),
    ],
)
def test_phase_that_differs_in_redmine_is_reported(site: Site, name: str, is_closed: bool, text: str) -> None:
    site.status(name).is_closed = is_closed
    (problem,) = site.problems()
    assert str(problem).startswith(text)
    assert (problem.area, problem.is_warning) == (Area.NAMES, False)


def test_other_order_of_priorities_is_reported(site: Site) -> None:
    site.tracker.priorities.reverse()
    (problem,) = site.problems()
    assert (problem.area, problem.is_warning) == (Area.NAMES, False)
    assert str(problem) == (
        'priorities rise in Redmine from "Дереу" to "Жедел" to "Қалыпты", but not in the mapping;'
        " correct the order of `priorities` in mappings/tracker.yaml, the lowest first"
    )


@pytest.mark.parametrize("where", ["tracker", "project"])
def test_missing_field_is_reported_with_tracker_and_project(site: Site, where: str) -> None:
    if where == "tracker":
        site.field("state").trackers.remove(ERROR)
        place = f'tracker "{ERROR}" of project {VIP}'
    else:
        site.field("state").projects = set(site.config.projects) - {BASE}
        place = f'tracker "{CONSULTATION}" of project {BASE}'
    (problem,) = site.problems()
    assert (problem.area, problem.is_warning) == (Area.NAMES, False)
    assert (
        str(problem)
        == f"{place} lacks the field Мерзім күйі; select the tracker and the project in the field's settings in Redmine"
    )


def test_fields_without_a_request_are_a_warning(site: Site) -> None:
    site.tracker.issues = [each for each in site.tracker.issues if each.tracker.name != ERROR]
    (problem,) = site.problems()
    assert str(problem) == (
        f'warning: fields not checked, because there is no request yet: tracker "{ERROR}" of project {VIP};'
        " run `sup-sync check` again after the first requests"
    )
    site.tracker.issues.clear()
    assert [each.is_warning for each in site.problems()] == [True]


def test_fields_of_a_closed_project_are_not_checked(site: Site) -> None:
    site.field("state").projects = set(site.config.projects) - {BASE}
    site.project(BASE).is_closed = True
    assert site.problems() == []


def test_unmapped_tracker_is_a_warning(site: Site) -> None:
    site.project(BASE).trackers += [each for each in site.tracker.trackers if each.name == UNMAPPED_TRACKER]
    (problem,) = site.problems()
    assert str(problem) == (
        f'warning: project {BASE} uses tracker "{UNMAPPED_TRACKER}", which is not mapped; its requests are skipped.'
        " Add it to `trackers` in mappings/tracker.yaml, or remove it there. With `ignore` they are not reported"
    )


def head(site: Site) -> User:
    return next(each for each in site.tracker.users if each.name == HEAD_NAME)


def leave_first_project(site: Site) -> None:
    first = site.project(site.config.projects[0])
    first.members = [each for each in first.members if each.who is not head(site)]


def join_as_namesake(site: Site) -> None:
    user = site.tracker.add_user("d.bekova2", HEAD_NAME)
    site.tracker.join(site.project(VIP), user, [STAFF_ROLE])


UNAVAILABLE: dict[str, tuple[Break, str]] = {
    "renamed": (lambda site: setattr(head(site), "name", "Дана Сейт"), "is not a staff member of any project"),
    "locked": (lambda site: setattr(head(site), "is_locked", True), "is locked"),
    "with another login": (lambda site: setattr(head(site), "login", "d.seit"), "has the login d.seit, not d.bekova"),
    "missing in one project": (leave_first_project, f"is not a staff member of {VIP}"),
}


@pytest.mark.parametrize(("change", "cause"), UNAVAILABLE.values(), ids=UNAVAILABLE)
def test_unavailable_head_is_a_warning_with_the_cause(site: Site, change: Break, cause: str) -> None:
    change(site)
    (problem,) = site.problems()
    assert str(problem) == (
        f'warning: `people.head`: "{HEAD_NAME}" {cause}; notes there are sent without them. Unlock or add'
        " the person, correct mappings/tracker.yaml, or name deputies in `people.head.else`"
    )
    require_matching_redmine(fetch_redmine_state(site.reader, site.config))


def test_deputy_of_an_unavailable_head_is_named(site: Site) -> None:
    head(site).is_locked = True
    site.config = with_people(
        site.config, head=MappedPerson("d.bekova", HEAD_NAME, ("deputy",)), deputy=MappedPerson(OPERATOR, OPERATOR_NAME)
    )
    (problem,) = site.problems()
    assert "is locked; deputy replaces them." in str(problem)


def test_head_with_a_namesake_is_known_by_the_login(site: Site) -> None:
    join_as_namesake(site)
    assert site.problems() == []


def test_head_with_a_namesake_is_a_warning_if_logins_are_hidden(site: Site) -> None:
    join_as_namesake(site)
    state = fetch_redmine_state(site.reader, site.config)
    people = [{key: value for key, value in each.items() if key != "login"} for each in state.lists["people"]]
    (problem,) = check_people(replace(state, lists={**state.lists, "people": people}))
    assert problem.text == f'`people.head`: "{HEAD_NAME}" is the name of several staff members in {VIP}'


def test_members_without_a_mapped_role_are_a_warning(site: Site) -> None:
    problems = [str(each) for each in check_redmine(fetch_redmine_state(site.reader, site.config))]
    assert problems == [
        f'warning: role "{role}" is not mapped, so that {name} counts as a client;'
        " add it to `clients.roles` or `staff.roles` in mappings/tracker.yaml"
        for role, name in (
            ("publisher", "Без Права"),
            ("sup-sync", "each of its 2 members (Не Везде, …)"),
            ("talker", "Только Слова"),
            ("Әзірлеуші", DEVELOPER_NAME),
        )
    ]


def test_client_with_the_name_of_the_head_is_not_a_problem(site: Site) -> None:
    site.tracker.users[-1].name = HEAD_NAME
    assert site.problems() == []


def test_head_who_is_missing_in_one_project_is_a_warning(site: Site) -> None:
    tracker = fetch_redmine_state(site.reader, site.config)
    first, *others = tracker.lists["projects"]
    lists = {**tracker.lists, "projects": [{**first, "members": []}, *others]}
    (problem,) = check_people(replace(tracker, lists=lists))
    assert problem.is_warning
    assert problem.text == f'`people.head`: "{HEAD_NAME}" is not a staff member of {first["identifier"]}'


def test_role_that_does_not_see_all_issues_is_reported(site: Site) -> None:
    tracker = fetch_redmine_state(site.reader, site.config)
    assert list(check_visibility(tracker)) == []
    restricted = replace(tracker, roles=tuple({**role, "issues_visibility": "own"} for role in tracker.roles))
    problems = list(check_visibility(restricted))
    assert len(problems) == len(tracker.lists["projects"])
    assert {(each.area, each.is_warning) for each in problems} == {(Area.ACCESS, False)}


def test_projects_without_staff_are_reported(site: Site) -> None:
    group = next(each for each in site.tracker.groups if each.name == STAFF_GROUP)
    group.users.clear()
    for project in site.tracker.projects:
        for member in project.members:
            member.roles.pop(site.tracker.role(STAFF_ROLE), None)
    (problem,) = (each for each in site.problems() if not each.is_warning and "as staff" in each.text)
    assert problem.area == Area.NAMES
    assert str(problem).startswith("no project member counts as staff, so no response would count; correct `staff`")


@pytest.mark.parametrize("role", [STAFF_ROLE, "Клиент"])
def test_role_without_members_is_a_warning(site: Site, role: str) -> None:
    for project in site.tracker.projects:
        for member in project.members:
            member.roles.pop(site.tracker.role(role), None)
    (problem,) = (each for each in site.problems() if "has the role" in each.text)
    assert (problem.area, problem.is_warning) == (Area.NAMES, True)
    assert problem.text.startswith(f'no project member has the role "{role}"')


# --- the consequences


def test_all_problems_are_raised_at_once_and_access_decides_the_exit_code(site: Site) -> None:
    without(site.tracker.fields, "Арна")
    without(site.tracker.fields, "sup-sync")
    with pytest.raises(RedmineMismatchError) as mismatch:
        require_matching_redmine(fetch_redmine_state(site.reader, site.config))
    assert len(str(mismatch.value).splitlines()) == 2
    site.role.permissions -= {"edit_issues"}
    with pytest.raises(AccessError) as access:
        require_matching_redmine(fetch_redmine_state(site.reader, site.config))
    assert len(str(access.value).splitlines()) == 2 + len(site.config.projects)


def test_warning_does_not_stop_a_run(site: Site) -> None:
    site.tracker.issues.clear()
    assert site.problems() != []
    require_matching_redmine(fetch_redmine_state(site.reader, site.config))
