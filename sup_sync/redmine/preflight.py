"""Whether the tracker is as the mappings say and lets the account do its work: a flat list of small checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum

from sup_sync.frozen import value
from sup_sync.model.issue import Phase
from sup_sync.model.names import RedmineNames
from sup_sync.redmine.lists import CLOSED_PROJECT, decode_directory
from sup_sync.redmine.permissions import BOT_PERMISSIONS, SET_NOTES_PRIVATE
from sup_sync.to_json import Json


class Area(StrEnum):
    """What a problem is about, which decides the exit code."""

    ACCESS = "access"
    NAMES = "names"


@value
class Problem:
    """Something in Redmine that does not fit, and how to fix it; a warning stops no run.

    `permission` is the one that the account lacks, if that is the problem.
    """

    area: Area
    text: str
    fix: str
    is_warning: bool = False
    permission: str | None = None

    def __str__(self) -> str:
        return f"{'warning: ' if self.is_warning else ''}{self.text}: {self.fix}"


@value
class RedmineState:
    """What the checks look at: our names, the account with its memberships, its roles, the lists, the issues read."""

    names: RedmineNames
    account: Json
    roles: tuple[Json, ...]
    lists: Json
    issues: tuple[Json, ...] = ()


RedmineCheck = Callable[[RedmineState], Iterator[Problem]]


def check_tracker(tracker: RedmineState) -> list[Problem]:
    """Every problem of the tracker, in the order of the checks."""
    return [problem for check in CHECKS for problem in check(tracker)]


def stopping_problems(tracker: RedmineState) -> list[Problem]:
    """Those that a run does not begin with."""
    return [problem for problem in check_tracker(tracker) if not problem.is_warning]


def may_write_private_notes(tracker: RedmineState) -> bool:
    """Return whether the account has the permission in each project in scope: without it Redmine publishes the note."""
    return not any(problem.permission == SET_NOTES_PRIVATE for problem in check_permissions(tracker))


def role_ids(account: Json) -> list[int]:
    """The roles that the account has anywhere, each once."""
    return sorted({role["id"] for membership in account["memberships"] for role in membership["roles"]})


def check_permissions(tracker: RedmineState) -> Iterator[Problem]:
    if tracker.account.get("admin"):
        return
    permissions = {role["id"]: set(role["permissions"]) for role in tracker.roles}
    roles_in = _roles_by_project(tracker)
    for project in tracker.lists["projects"]:
        granted = {each for role_id in roles_in.get(project["id"], ()) for each in permissions.get(role_id, ())}
        for permission, purpose in BOT_PERMISSIONS.items():
            if permission not in granted:
                yield Problem(
                    Area.ACCESS,
                    f"project {project['identifier']}: the account lacks {permission}",
                    f"give it to its role; it is needed to {purpose}",
                    permission=permission,
                )


def check_visibility(tracker: RedmineState) -> Iterator[Problem]:
    """A role that sees only some issues hides the others without a hint."""
    if tracker.account.get("admin"):
        return
    seeing = {role["id"] for role in tracker.roles if role.get("issues_visibility", "all") == "all"}
    roles_in = _roles_by_project(tracker)
    for project in tracker.lists["projects"]:
        if not seeing & set(roles_in.get(project["id"], ())):
            yield Problem(
                Area.ACCESS,
                f"project {project['identifier']}: the account's role does not see all issues",
                "set «Issues visibility» of its role to all",
            )


def _roles_by_project(tracker: RedmineState) -> dict[int, list[int]]:
    """The account's roles, by id, in each project."""
    return {each["project"]["id"]: [role["id"] for role in each["roles"]] for each in tracker.account["memberships"]}


def check_account_is_no_admin(tracker: RedmineState) -> Iterator[Problem]:
    if tracker.account.get("admin"):
        yield Problem(
            Area.ACCESS,
            "the account is an administrator",
            "use one with the role of `sup-sync provision`",
            is_warning=True,
        )


def check_trackers(tracker: RedmineState) -> Iterator[Problem]:
    known = tracker.names.trackers
    yield from _missing("tracker", known, tracker.lists["trackers"], "trackers")
    for project in tracker.lists["projects"]:
        for each in project["trackers"]:
            if each["name"] not in known:
                yield Problem(
                    Area.NAMES,
                    f"project {project['identifier']} uses tracker «{each['name']}», which no mapping has",
                    "its requests are set aside: add it to `trackers` of mappings/tracker.yaml, or take it away there",
                    is_warning=True,
                )


def check_statuses(tracker: RedmineState) -> Iterator[Problem]:
    known = tracker.names.statuses
    yield from _missing("status", known, tracker.lists["statuses"], "statuses")
    for status in tracker.lists["statuses"]:
        mapped = known.get(status["name"])
        if mapped and mapped.phase.is_final != status["is_closed"]:
            yield Problem(
                Area.NAMES,
                f"status «{status['name']}» is mapped to {mapped.phase}, but Redmine "
                + ("closes with it" if status["is_closed"] else "leaves it open"),
                "change its phase in mappings/tracker.yaml, or «Issue closed» in Redmine",
            )


def check_priorities(tracker: RedmineState) -> Iterator[Problem]:
    names = list(tracker.names.priorities.values())
    yield from _missing("priority", names, tracker.lists["priorities"], "priorities")
    in_order = [row["name"] for row in tracker.lists["priorities"] if row["name"] in names]
    if len(in_order) == len(names) and in_order != names:
        yield Problem(
            Area.NAMES,
            f"the tracker's priorities rise from {' to '.join(f'«{name}»' for name in in_order)}, the mapping's do not",
            "correct `priorities` of mappings/tracker.yaml, the calmest first",
        )


def check_fields(tracker: RedmineState) -> Iterator[Problem]:
    """Every field by name, and on each tracker and project in scope as far as an issue there shows it."""
    names = tracker.names.fields
    seen = {field["name"] for field in tracker.lists["fields"]}
    is_shown = any("fields" in row for _, row in _mapped_trackers(tracker))
    for key, name in names.items():
        if is_shown and name not in seen:
            fix = f"{_provision('fields')}; where it is there, let the account's role see it"
            yield Problem(Area.NAMES, f"no field «{name}» ({key}) that the account sees", fix)
    for where, row in _mapped_trackers(tracker):
        here = {field["name"] for field in row.get("fields", ())}
        missing = [names[key] for key in tracker.names.own_fields if names[key] in seen - here]
        if "fields" in row and missing:
            text = f"{where} lacks {', '.join(f'«{name}»' for name in missing)}"
            yield Problem(Area.NAMES, text, "tick the tracker and the project at the field in Redmine")


def check_every_tracker_has_a_request(tracker: RedmineState) -> Iterator[Problem]:
    """Redmine shows the fields of a tracker and project only on a request there (fact)."""
    unseen = [where for where, row in _mapped_trackers(tracker) if "fields" not in row]
    if unseen:
        text = f"fields not checked where there is no request yet: {', '.join(unseen)}"
        yield Problem(Area.NAMES, text, "check again after the first ones", is_warning=True)


def _mapped_trackers(tracker: RedmineState) -> Iterator[tuple[str, Json]]:
    """Each mapped tracker of each project that can be written: where it is, and its row."""
    for project in _writable(tracker):
        for row in project["trackers"]:
            if row["name"] in tracker.names.trackers:
                yield f"«{row['name']}» of {project['identifier']}", row


def check_people(tracker: RedmineState) -> Iterator[Problem]:
    """Whoever the ladder names is one person, of staff, and a member wherever they may be assigned."""
    directory = decode_directory(tracker.lists, tracker.names)
    for key, person in tracker.names.people.items():
        person_id, who = directory.person_id(key), f"«{person.name}» ({key}), whom the ladder names,"
        if person_id is None:
            fix = "correct `people` of mappings/tracker.yaml, or add them to the projects"
            yield Problem(Area.NAMES, f"{who} is not just one of the staff", fix)
            continue
        absent = [each["identifier"] for each in _writable(tracker) if not directory.is_member(person_id, each["id"])]
        if absent:
            text = f"{who} is no member of {', '.join(absent)}"
            yield Problem(Area.NAMES, text, "add them, or nobody is assigned there", is_warning=True)


def _writable(tracker: RedmineState) -> list[Json]:
    return [project for project in tracker.lists["projects"] if project["status"] != CLOSED_PROJECT]


def check_somebody_is_staff(tracker: RedmineState) -> Iterator[Problem]:
    names = tracker.names
    people = [each for each in tracker.lists["people"] if each["id"] != tracker.account["id"]]
    if not any(names.staff_groups & set(each["groups"]) or names.staff_roles & set(each["roles"]) for each in people):
        yield Problem(
            Area.NAMES,
            "nobody in the projects is staff, so no answer would count",
            "correct `staff` of mappings/tracker.yaml, or add the group to the projects",
        )


def check_roles_are_held(tracker: RedmineState) -> Iterator[Problem]:
    """A role that is written otherwise than in the tracker makes nobody staff or client."""
    held = {role for each in tracker.lists["people"] for role in each["roles"]}
    for section, roles in (("staff", tracker.names.staff_roles), ("clients", tracker.names.client_roles)):
        for role in sorted(roles - held):
            text = f"nobody in the projects has the role «{role}» ({section})"
            fix = f"correct `{section}.roles` of mappings/tracker.yaml, or give it to somebody"
            yield Problem(Area.NAMES, text, fix, is_warning=True)


def check_workflow(tracker: RedmineState) -> Iterator[Problem]:
    """A request whose client did not answer is ended (clause 15): the account must be able to set that status."""
    statuses, ending = tracker.names.statuses, tracker.names.tool_statuses["no_answer"]
    seen: set[str] = set()
    for issue in tracker.issues:
        status, name = statuses.get(issue["status"]["name"]), issue["tracker"]["name"]
        if name in seen or status is None or status.phase is not Phase.WAITING:
            continue
        seen.add(name)
        if ending not in {each["name"] for each in issue.get("allowed_statuses", ())}:
            yield Problem(
                Area.ACCESS,
                f"tracker «{name}»: the account may not end what waits for the client (clause 15)",
                f"allow its role the transition from «{status.name}» to «{ending}» in Redmine's workflow",
            )


def _missing(kind: str, names: Iterable[str], rows: Iterable[Json], section: str) -> Iterator[Problem]:
    present = {row["name"] for row in rows}
    for name in names:
        if name not in present:
            yield Problem(Area.NAMES, f"no {kind} «{name}» in the tracker", _provision(section))


def _provision(section: str) -> str:
    return f"correct `{section}` of mappings/tracker.yaml, or make it with `sup-sync provision --script`"


CHECKS: tuple[RedmineCheck, ...] = (
    check_permissions,
    check_visibility,
    check_account_is_no_admin,
    check_trackers,
    check_statuses,
    check_priorities,
    check_fields,
    check_every_tracker_has_a_request,
    check_people,
    check_somebody_is_staff,
    check_roles_are_held,
    check_workflow,
)
