"""Checks that Redmine matches the mappings and gives the account its permissions: a flat list of small functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum

from sup_sync.immutable import value
from sup_sync.model.issue import Phase
from sup_sync.model.names import RedmineNames
from sup_sync.redmine.lists import CLOSED_PROJECT, decode_directory
from sup_sync.redmine.permissions import BOT_PERMISSIONS, SET_NOTES_PRIVATE
from sup_sync.to_json import Json


class Area(StrEnum):
    """The subject of a problem, which decides the exit code."""

    ACCESS = "access"
    NAMES = "names"


@value
class Problem:
    """A mismatch in Redmine, and how to fix it; a warning does not stop a run.

    `permission` is the permission that the account lacks, if that is the problem.
    """

    area: Area
    text: str
    fix: str
    is_warning: bool = False
    permission: str | None = None

    def __str__(self) -> str:
        return f"{'warning: ' if self.is_warning else ''}{self.text}; {self.fix}"


@value
class RedmineState:
    """The input of the checks: the mapped names, and what was read of Redmine.

    That is the account with its memberships, its roles, the lists and some issues. `waiting_clause` is the clause of
    the regulation by which requests are closed if the client does not answer.
    """

    names: RedmineNames
    account: Json
    roles: tuple[Json, ...]
    lists: Json
    waiting_clause: str
    issues: tuple[Json, ...] = ()


RedmineCheck = Callable[[RedmineState], Iterator[Problem]]


def check_redmine(state: RedmineState) -> list[Problem]:
    """Return every problem, in the order of the checks."""
    return [problem for check in CHECKS for problem in check(state)]


def stopping_problems(state: RedmineState) -> list[Problem]:
    """Return the problems that keep a run from starting."""
    return [problem for problem in check_redmine(state) if not problem.is_warning]


def may_write_private_notes(state: RedmineState) -> bool:
    """Return whether the account has the permission in each project; without it Redmine publishes the note."""
    return not any(problem.permission == SET_NOTES_PRIVATE for problem in check_permissions(state))


def role_ids(account: Json) -> list[int]:
    """Return the ids of the roles that the account has in any project."""
    return sorted({role["id"] for membership in account["memberships"] for role in membership["roles"]})


def check_permissions(state: RedmineState) -> Iterator[Problem]:
    if state.account.get("admin"):
        return
    permissions = {role["id"]: set(role["permissions"]) for role in state.roles}
    roles_in = _roles_by_project(state)
    for project in state.lists["projects"]:
        granted = {each for role_id in roles_in.get(project["id"], ()) for each in permissions.get(role_id, ())}
        for permission, purpose in BOT_PERMISSIONS.items():
            if permission not in granted:
                yield Problem(
                    Area.ACCESS,
                    f"project {project['identifier']}: the account lacks {permission}",
                    f"grant it to its role, so that it can {purpose}",
                    permission=permission,
                )


def check_visibility(state: RedmineState) -> Iterator[Problem]:
    """Report projects where the account sees only some issues; Redmine silently leaves out the others."""
    if state.account.get("admin"):
        return
    seeing = {role["id"] for role in state.roles if role.get("issues_visibility", "all") == "all"}
    roles_in = _roles_by_project(state)
    for project in state.lists["projects"]:
        if not seeing & set(roles_in.get(project["id"], ())):
            yield Problem(
                Area.ACCESS,
                f"project {project['identifier']}: the account's role does not see all issues",
                'set "Issues visibility" of its role to "All issues"',
            )


def _roles_by_project(state: RedmineState) -> dict[int, list[int]]:
    """Return the ids of the account's roles in each project."""
    return {each["project"]["id"]: [role["id"] for role in each["roles"]] for each in state.account["memberships"]}


def check_account_is_not_admin(state: RedmineState) -> Iterator[Problem]:
    if state.account.get("admin"):
        yield Problem(
            Area.ACCESS,
            "the account is an administrator",
            "use an account with the role of `sup-sync provision`",
            is_warning=True,
        )


def check_trackers(state: RedmineState) -> Iterator[Problem]:
    known = state.names.trackers
    yield from _missing("tracker", known, state.lists["trackers"], "trackers")
    for project in state.lists["projects"]:
        for each in project["trackers"]:
            if each["name"] not in known:
                yield Problem(
                    Area.NAMES,
                    f'project {project["identifier"]} uses tracker "{each["name"]}", which is not mapped',
                    "its requests are skipped. Add it to `trackers` in mappings/tracker.yaml, or remove it there",
                    is_warning=True,
                )


def check_statuses(state: RedmineState) -> Iterator[Problem]:
    known = state.names.statuses
    yield from _missing("status", known, state.lists["statuses"], "statuses")
    for status in state.lists["statuses"]:
        mapped = known.get(status["name"])
        if mapped and mapped.phase.is_final != status["is_closed"]:
            yield Problem(
                Area.NAMES,
                f'status "{status["name"]}" is mapped to {mapped.phase}, but is '
                f"{'a closed' if status['is_closed'] else 'an open'} status in Redmine",
                'change its phase in mappings/tracker.yaml, or "Issue closed" in Redmine',
            )


def check_priorities(state: RedmineState) -> Iterator[Problem]:
    names = list(state.names.priorities.values())
    yield from _missing("priority", names, state.lists["priorities"], "priorities")
    in_order = [row["name"] for row in state.lists["priorities"] if row["name"] in names]
    if len(in_order) == len(names) and in_order != names:
        quoted = [f'"{name}"' for name in in_order]
        yield Problem(
            Area.NAMES,
            f"priorities rise in Redmine from {' to '.join(quoted)}, but not in the mapping",
            "correct the order of `priorities` in mappings/tracker.yaml, the lowest first",
        )


def check_fields(state: RedmineState) -> Iterator[Problem]:
    """Report fields that are missing in Redmine, or on a tracker in a project of which an issue was read."""
    names = state.names.fields
    visible = {field["name"] for field in state.lists["fields"]}
    is_checkable = any("fields" in row for _, row in _mapped_trackers(state))
    for key, name in names.items():
        if is_checkable and name not in visible:
            fix = f"{_provision('fields')}. If it exists, make it visible to the account's role"
            yield Problem(Area.NAMES, f'field "{name}" ({key}) not found in Redmine', fix)
    for where, row in _mapped_trackers(state):
        here = {field["name"] for field in row.get("fields", ())}
        missing = [names[key] for key in state.names.own_fields if names[key] in visible - here]
        if "fields" in row and missing:
            text = f"{where} lacks the field {', '.join(missing)}"
            yield Problem(Area.NAMES, text, "select the tracker and the project in the field's settings in Redmine")


def check_every_tracker_has_a_request(state: RedmineState) -> Iterator[Problem]:
    """Warn of trackers and projects without a request; only a request shows their fields (fact)."""
    unseen = [where for where, row in _mapped_trackers(state) if "fields" not in row]
    if unseen:
        text = f"fields not checked, because there is no request yet: {', '.join(unseen)}"
        yield Problem(Area.NAMES, text, "run `sup-sync check` again after the first requests", is_warning=True)


def _mapped_trackers(state: RedmineState) -> Iterator[tuple[str, Json]]:
    """Yield each mapped tracker of each writable project, as a text and its row."""
    for project in _writable(state):
        for row in project["trackers"]:
            if row["name"] in state.names.trackers:
                yield f'tracker "{row["name"]}" of project {project["identifier"]}', row


def check_people(state: RedmineState) -> Iterator[Problem]:
    """Report people of the ladder who do not match one staff member, and warn of projects they are not members of."""
    directory = decode_directory(state.lists, state.names)
    for key, person in state.names.people.items():
        person_id, where = directory.person_id(key), f'`people.{key}`: "{person.name}"'
        if person_id is None:
            fix = "correct it in mappings/tracker.yaml, or add the person to the projects"
            yield Problem(Area.NAMES, f"{where} must match exactly one staff member", fix)
            continue
        absent = [each["identifier"] for each in _writable(state) if not directory.is_member(person_id, each["id"])]
        if absent:
            text = f"{where} is not a member of {', '.join(absent)}"
            yield Problem(Area.NAMES, text, "add the person, or requests there are not assigned", is_warning=True)


def _writable(state: RedmineState) -> list[Json]:
    return [project for project in state.lists["projects"] if project["status"] != CLOSED_PROJECT]


def check_staff_exists(state: RedmineState) -> Iterator[Problem]:
    names = state.names
    people = [each for each in state.lists["people"] if each["id"] != state.account["id"]]
    if not any(names.staff_groups & set(each["groups"]) or names.staff_roles & set(each["roles"]) for each in people):
        yield Problem(
            Area.NAMES,
            "no project member counts as staff, so no response would count",
            "correct `staff` in mappings/tracker.yaml, or add the group to the projects",
        )


def check_roles_have_members(state: RedmineState) -> Iterator[Problem]:
    """Warn of mapped roles without members; their names may be misspelled."""
    held = {role for each in state.lists["people"] for role in each["roles"]}
    for section, roles in (("staff", state.names.staff_roles), ("clients", state.names.client_roles)):
        for role in sorted(roles - held):
            text = f'no project member has the role "{role}" ({section})'
            fix = f"correct `{section}.roles` in mappings/tracker.yaml, or give the role to a member"
            yield Problem(Area.NAMES, text, fix, is_warning=True)


def check_workflow(state: RedmineState) -> Iterator[Problem]:
    """Report a missing transition to the status of requests that are closed if the client does not answer."""
    statuses, closed = state.names.statuses, state.names.tool_statuses["no_answer"]
    checked: set[str] = set()
    for issue in state.issues:
        status, name = statuses.get(issue["status"]["name"]), issue["tracker"]["name"]
        if name in checked or status is None or status.phase is not Phase.WAITING:
            continue
        checked.add(name)
        if closed not in {each["name"] for each in issue.get("allowed_statuses", ())}:
            yield Problem(
                Area.ACCESS,
                f'tracker "{name}": the account may not close requests that wait for the client '
                f"(clause {state.waiting_clause})",
                f'allow its role the transition from "{status.name}" to "{closed}" in Redmine\'s workflow',
            )


def _missing(kind: str, names: Iterable[str], rows: Iterable[Json], section: str) -> Iterator[Problem]:
    present = {row["name"] for row in rows}
    for name in names:
        if name not in present:
            yield Problem(Area.NAMES, f'{kind} "{name}" not found in Redmine', _provision(section))


def _provision(section: str) -> str:
    return f"correct `{section}` in mappings/tracker.yaml, or create it with `sup-sync provision --script`"


CHECKS: tuple[RedmineCheck, ...] = (
    check_permissions,
    check_visibility,
    check_account_is_not_admin,
    check_trackers,
    check_statuses,
    check_priorities,
    check_fields,
    check_every_tracker_has_a_request,
    check_people,
    check_staff_exists,
    check_roles_have_members,
    check_workflow,
)
