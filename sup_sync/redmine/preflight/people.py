"""Checks of people: those of the ladder, the staff, and the mapped roles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sup_sync.model.directory import Directory
from sup_sync.redmine.lists import decode_directory
from sup_sync.redmine.preflight.problem import Area, Problem, RedmineState, writable_projects
from sup_sync.to_json import Json


def check_people(state: RedmineState) -> Iterator[Problem]:
    """Warn of people whom notes cannot address in some projects, with the cause; the notes go out without them."""
    directory = decode_directory(state.lists, state.names)
    projects = writable_projects(state)
    for key, person in state.names.people.items():
        absent = [each for each in projects if len(directory.staff_ids(key, each["id"])) != 1]
        if absent:
            cause = _cause(key, absent, all_projects=len(absent) == len(projects), directory=directory)
            text = f'`people.{key}`: "{person.name}" {cause}'
            yield Problem(Area.NAMES, text, _people_fix(key, absent, directory), is_warning=True)


def _cause(key: str, absent: Sequence[Json], *, all_projects: bool, directory: Directory) -> str:
    """Return why nobody, or more than one person, is found in these projects."""
    person, where = directory.names.people[key], ", ".join(each["identifier"] for each in absent)
    ids = directory.ids_by_name.get(person.name, ())
    logins = {directory.logins.get(each, person.login) for each in ids}
    if any(directory.staff_ids(key, each["id"]) for each in absent):
        return f"is the name of several staff members in {where}"
    if ids and logins == {None}:
        return "is locked"
    others = sorted(each for each in logins if each)
    if others and all(each.casefold() != person.login.casefold() for each in others):
        return f"has the login {', '.join(others)}, not {person.login}"
    if all_projects:
        return "is not a staff member of any project"
    return f"is not a staff member of {where}"


def _people_fix(key: str, absent: Sequence[Json], directory: Directory) -> str:
    """Return the consequence in these projects and how to change it."""
    deputies = dict.fromkeys(directory.stand_in(key, each["id"]) for each in absent)
    names = ", ".join(each for each in deputies if each)
    replaced = f"{names} replaces them" if names else ""
    alone = "notes there are sent without them" if None in deputies else ""
    effect = ", or ".join(filter(None, (replaced, alone)))
    return f"{effect}. Unlock or add the person, correct mappings/tracker.yaml, or name deputies in `people.{key}.else`"


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


def check_roles_are_mapped(state: RedmineState) -> Iterator[Problem]:
    """Warn of members who count as clients only because no role of theirs in a project is mapped."""
    names, account_id = state.names, state.account["id"]
    mapped = names.staff_roles | names.client_roles
    people = {each["id"]: each for each in state.lists["people"] if not names.staff_groups.intersection(each["groups"])}
    members: dict[str, dict[str, None]] = {}
    for project in state.lists["projects"]:
        for key, roles in project.get("roles", {}).items():
            if int(key) != account_id and int(key) in people and not mapped.intersection(roles):
                for role in roles:
                    members.setdefault(role, {})[people[int(key)]["name"]] = None
    for role, holders in sorted(members.items()):
        text = f'role "{role}" is not mapped, so that {_names(list(holders))} counts as a client'
        fix = "add it to `clients.roles` or `staff.roles` in mappings/tracker.yaml"
        yield Problem(Area.NAMES, text, fix, is_warning=True)


def _names(names: Sequence[str]) -> str:
    """Return the first name, and the number of the others."""
    return names[0] if len(names) == 1 else f"each of its {len(names)} members ({names[0]}, …)"
