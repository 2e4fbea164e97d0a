"""The sides of people, by their groups and their roles: in each project, and over all projects."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from sup_sync.model.issue import Person, Side
from sup_sync.model.names import RedmineNames
from sup_sync.to_json import Json


class Sides:
    """The rules for the side of a person, with the mapped names and the id of sup-sync's account.

    `is_staff_incomplete`: a group or role of staff is gone, so that people with no mapped role may have been in it.
    """

    def __init__(self, names: RedmineNames, account_id: int | None, *, is_staff_incomplete: bool = False) -> None:
        self._names = names
        self._account_id = account_id
        self._others = Side.UNKNOWN if is_staff_incomplete else Side.CLIENT

    def _client_or_other(self, roles: Collection[str]) -> Side:
        return Side.CLIENT if self._names.client_roles.intersection(roles) else self._others

    def person(self, row: Json) -> Person:
        """Make a person from their row in the lists, with the side of their roles in any project."""
        groups, roles = frozenset(row.get("groups", ())), frozenset(row.get("roles", ()))
        is_staff = groups & self._names.staff_groups or roles & self._names.staff_roles
        side = Side.BOT if row["id"] == self._account_id else Side.STAFF if is_staff else self._client_or_other(roles)
        return Person(row["id"], row["name"], side, groups)

    def has_both(self, row: Json) -> bool:
        """Return whether a person has roles of both sides, and is not in a group of staff."""
        roles, groups = set(row.get("roles", ())), set(row.get("groups", ()))
        is_client = roles & self._names.client_roles - self._names.staff_roles
        return bool(is_client and roles & self._names.staff_roles and not groups & self._names.staff_groups)

    def in_projects(
        self, projects: Iterable[Json], people: Mapping[int, Person], two_sided: Collection[int]
    ) -> Iterator[tuple[tuple[int, int], Person]]:
        """Yield the people for whom the roles in a project decide, by the ids of project and person."""
        for project in projects:
            groups = set(project.get("groups", ()))
            for key, roles in project.get("roles", {}).items():
                person = people[int(key)]
                side = self._side_in(person, set(roles), groups)
                if side is not person.side or person.id in two_sided:
                    yield (project["id"], person.id), replace(person, side=side)

    def _side_in(self, person: Person, roles: Collection[str], groups: Collection[str]) -> Side:
        """Return the side of a member of a project, in which these groups are members too.

        A member of a staff group is a client in a project that the group is not in, if they have a client's role.
        """
        names, staff_groups = self._names, person.groups & self._names.staff_groups
        if person.side is Side.BOT:
            return Side.BOT
        if names.staff_roles.intersection(roles) or staff_groups.intersection(groups):
            return Side.STAFF
        if staff_groups and not names.client_roles.intersection(roles):
            return Side.STAFF
        return self._client_or_other(roles)
