"""The lists of a Redmine server by id: statuses, priorities, projects, versions, people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from sup_sync.model.issue import Person, Project, Side, Version
from sup_sync.model.names import RedmineNames

Json = Mapping[str, Any]


ACTIVE_PROJECT, CLOSED_PROJECT = 1, 5


class Directory:
    """The tracker's lists by id: statuses, priorities, projects, versions and people.

    Built from the first line of a snapshot, which is what the gateway read: {"account": {id, name}, "statuses":
    [{id, name}], "priorities": [{id, name}], "projects": [{id, identifier, name, status, members}],
    "versions": [{id, name, status, due_date}], "people": [{id, name, groups: [name], roles: [name]}],
    "fields": [{id, name}]}.
    """

    def __init__(self, lists: Json, names: RedmineNames) -> None:
        self.names = names
        self.priority_keys = {name: key for key, name in names.priorities.items()} | dict(names.priority_aliases)
        self.reason_keys = {name: key for key, name in names.reasons.items()}
        self.account_id: int | None = lists.get("account", {}).get("id")
        self.statuses: dict[int, str] = {each["id"]: each["name"] for each in lists.get("statuses", ())}
        self.priorities: dict[int, str] = {each["id"]: each["name"] for each in lists.get("priorities", ())}
        self.projects = {each["id"]: _project(each) for each in lists.get("projects", ())}
        self.versions = {each["id"]: _version(each) for each in lists.get("versions", ())}
        self.people = {each["id"]: self._member(each) for each in lists.get("people", ())}
        self.field_ids: dict[str, int] = {each["name"]: each["id"] for each in lists.get("fields", ())}
        self.members = {each["id"]: set(each["members"]) for each in lists.get("projects", ()) if "members" in each}
        self.is_guessed = False

    @classmethod
    def guessed_from(cls, issues: Iterable[Json], names: RedmineNames) -> Directory:
        """What issues without a snapshot's first line tell: names seen beside ids; all but the author are staff."""
        directory = cls({}, names)
        directory.is_guessed = True
        for issue in issues:
            with suppress(KeyError, TypeError):  # decoding names what is no issue
                for status in (issue["status"], *issue.get("allowed_statuses", ())):
                    directory.statuses[status["id"]] = status["name"]
                directory.priorities[issue["priority"]["id"]] = issue["priority"]["name"]
        return directory

    def _member(self, lists: Json) -> Person:
        groups, roles = frozenset(lists.get("groups", ())), frozenset(lists.get("roles", ()))
        if lists["id"] == self.account_id:
            side = Side.BOT
        elif groups & self.names.staff_groups or roles & self.names.staff_roles:
            side = Side.STAFF
        else:
            side = Side.CLIENT
        return Person(lists["id"], lists["name"], side, groups)

    def person(self, who: Json, author_id: int) -> Person:
        """The person of an id, as the lists know them; somebody whom they don't know is on no side."""
        known = self.people.get(_id(who["id"]))
        if known:
            return known
        if who["id"] == self.account_id:
            side = Side.BOT
        elif self.is_guessed:
            side = Side.CLIENT if who["id"] == author_id else Side.STAFF
        elif who.get("name") in self.names.former_staff:
            side = Side.STAFF
        else:
            side = Side.UNKNOWN
        return Person(who["id"], _words(who.get("name", "")), side)

    def person_id(self, key: str) -> int | None:
        """The tracker's id of somebody whom the ladder names; None unless just one of staff has that name."""
        name = self.names.people[key].name
        found = [each.id for each in self.people.values() if each.is_staff and each.name == name]
        return found[0] if len(found) == 1 else None

    def is_member(self, person_id: int, project_id: int) -> bool:
        """Whether a person can be assigned there, as only members can; where nobody says who is, it may be tried."""
        members = self.members.get(project_id)
        return members is None or person_id in members

    @property
    def account(self) -> Person:
        """The tool's own account."""
        return self.people.get(self.account_id or 0) or Person(self.account_id or 0, "sup-sync", Side.BOT)

    def name_of(self, person_id: int | None) -> str:
        """How to show a person of an id; empty for nobody."""
        if person_id is None:
            return ""
        known = self.people.get(person_id)
        return known.name if known else f"#{person_id}"

    def project(self, project: Json) -> Project:
        known = self.projects.get(project["id"])
        return known or Project(project["id"], project.get("identifier", ""), project.get("name", ""))

    def version(self, version: Json | None) -> Version | None:
        if not version:
            return None
        return self.versions.get(version["id"]) or Version(version["id"], version.get("name", ""), None, False)


def _project(project: Json) -> Project:
    return Project(project["id"], project["identifier"], project["name"], project.get("status") == CLOSED_PROJECT)


def _version(version: Json) -> Version:
    is_closed = version.get("status") == "closed"
    return Version(version["id"], version["name"], _day(version.get("due_date")), is_closed)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _id(value: Any) -> int:
    if type(value) is not int:
        raise TypeError(f"{value!r} is no id")
    return value


def _words(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value
