"""Checks of people: those of the ladder, the staff, and the mapped roles."""

from __future__ import annotations

from collections.abc import Iterator

from sup_sync.redmine.lists import decode_directory
from sup_sync.redmine.preflight.problem import Area, Problem, RedmineState, writable_projects


def check_people(state: RedmineState) -> Iterator[Problem]:
    """Report people of the ladder who do not match one staff member, and warn of projects they are not members of."""
    directory = decode_directory(state.lists, state.names)
    for key, person in state.names.people.items():
        person_id, where = directory.person_id(key), f'`people.{key}`: "{person.name}"'
        if person_id is None:
            fix = "correct it in mappings/tracker.yaml, or add the person to the projects"
            yield Problem(Area.NAMES, f"{where} must match exactly one staff member", fix)
            continue
        absent = [
            each["identifier"] for each in writable_projects(state) if not directory.is_member(person_id, each["id"])
        ]
        if absent:
            text = f"{where} is not a member of {', '.join(absent)}"
            yield Problem(Area.NAMES, text, "add the person, or requests there are not assigned", is_warning=True)


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
