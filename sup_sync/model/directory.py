"""The lists of a Redmine server by id: statuses, priorities, projects, versions, people."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from sup_sync.model.anonymous import ANONYMOUS_NAMES
from sup_sync.model.issue import Person, Project, Side, Status, Version
from sup_sync.model.names import RedmineNames


@dataclass(frozen=True)  # without slots, because cached_property needs a __dict__
class Directory:
    """The lists of a Redmine server by id; `members` maps the id of each project to the ids of its members.

    `people` have the side of their roles in any project. `people_in_projects`, by the ids of project and person, are
    those for whom the roles in that project decide. `two_sided` are people with roles of both sides. `logins` are the
    logins of the accounts that were looked up, None if an account is not active.
    `missing_groups` are the mapped groups that are in no project. If there are any, they may have been renamed, and
    `unmapped_groups` are the other groups in the projects. `mismatched_statuses` are closed in Redmine but not in the
    mappings, or the other way round, `mismatched_priorities` have another rank there. `is_staff_incomplete`: a mapped
    group or role of staff is gone. `is_guessed`: the lists were missing, so all entries come from the requests.
    `recorded_levels` has, by the id of each author, the level that the tool recorded on their newest request, and when
    that was filed; it is only read if a group is missing.
    """

    names: RedmineNames
    account_id: int | None = None
    statuses: Mapping[int, str] = field(default_factory=dict)
    priorities: Mapping[int, str] = field(default_factory=dict)
    trackers: Mapping[int, str] = field(default_factory=dict)
    projects: Mapping[int, Project] = field(default_factory=dict)
    versions: Mapping[int, Version] = field(default_factory=dict)
    people: Mapping[int, Person] = field(default_factory=dict)
    people_in_projects: Mapping[tuple[int, int], Person] = field(default_factory=dict)
    two_sided: Collection[int] = frozenset()
    logins: Mapping[int, str | None] = field(default_factory=dict)
    field_ids: Mapping[str, int] = field(default_factory=dict)
    members: Mapping[int, Collection[int]] = field(default_factory=dict)
    missing_groups: frozenset[str] = frozenset()
    unmapped_groups: frozenset[str] = frozenset()
    mismatched_statuses: frozenset[str] = frozenset()
    mismatched_priorities: frozenset[str] = frozenset()
    is_staff_incomplete: bool = False
    recorded_levels: Mapping[int, tuple[str, datetime]] = field(default_factory=dict)
    is_guessed: bool = False

    @cached_property
    def priority_keys(self) -> Mapping[str, str]:
        """The keys of priorities by their names in Redmine."""
        return {name: key for key, name in self.names.priorities.items()} | dict(self.names.priority_aliases)

    @cached_property
    def value_keys(self) -> Mapping[str, Mapping[str, str]]:
        """The keys of the values of list fields, by field and by their present and former names in Redmine."""
        return {
            field: {**self.names.former_values.get(field, {}), **{name: key for key, name in values.items()}}
            for field, values in self.names.list_values.items()
        }

    @cached_property
    def renamed_values(self) -> Mapping[str, Mapping[str, str]]:
        """The present names of the values of list fields, by field and by their former names."""
        return {
            field: {
                former: values[key]
                for former, key in self.names.former_values.get(field, {}).items()
                if former not in values.values()
            }
            for field, values in self.names.list_values.items()
        }

    @cached_property
    def statuses_by_id_text(self) -> Mapping[str, Status]:
        """The statuses that are mapped as Redmine has them, by their ids as journals write them."""
        usable = self.names.statuses.keys() - self.mismatched_statuses
        return {str(each): self.names.statuses[name] for each, name in self.statuses.items() if name in usable}

    @cached_property
    def field_names(self) -> Mapping[int, str]:
        """The names of the custom fields by id."""
        return {field_id: name for name, field_id in self.field_ids.items()}

    def may_be_in_missing_group(self, person_id: int) -> bool:
        """Return whether a person may be in a mapped group that is missing: they left, or are in an unmapped group."""
        known = self.people.get(person_id)
        return known is None or bool(known.groups & self.unmapped_groups)

    def person(self, person_id: int, name: str, project_id: int, author_id: int) -> Person:
        """Find a person with the side that they have in a request of this project and author.

        Without a role in the project, a person has the side of their roles in others. With roles of both sides there,
        they are a client in the requests that they filed, and staff in all others. A client who may be staff is
        UNKNOWN.
        """
        person = self._person(person_id, name, project_id, author_id)
        if self.is_staff_incomplete and person.side is Side.CLIENT and self._may_be_staff(person, author_id):
            return replace(person, side=Side.UNKNOWN)
        return person

    def _may_be_staff(self, person: Person, author_id: int) -> bool:
        """Return whether a client may be in a group of staff that is gone.

        In the requests that they filed, only if they are in another group, which may be that group with a new name.
        """
        return person.id != author_id or bool(person.groups & self.unmapped_groups)

    def _person(self, person_id: int, name: str, project_id: int, author_id: int) -> Person:
        in_project = self.people_in_projects.get((project_id, person_id))
        if in_project is not None:
            return in_project
        known = self.people.get(person_id)
        if known is None:
            return self._unlisted_person(person_id, name, author_id)
        is_guess_client = person_id == author_id and person_id in self.two_sided
        return replace(known, side=Side.CLIENT) if is_guess_client else known

    def _unlisted_person(self, person_id: int, name: str, author_id: int) -> Person:
        """Make a person who is not in the lists, such as a former member; UNKNOWN unless the names or a guess tell."""
        if person_id == self.account_id:
            side = Side.BOT
        elif self.is_guessed:
            side = Side.CLIENT if person_id == author_id else Side.STAFF
        elif name in self.names.former_staff - ANONYMOUS_NAMES:
            side = Side.STAFF
        else:
            side = Side.UNKNOWN
        return Person(person_id, name, side, has_unknown_groups=self.is_guessed)

    @cached_property
    def ids_by_name(self) -> Mapping[str, Sequence[int]]:
        """The ids of all people by their names."""
        ids: dict[str, list[int]] = {}
        for each in self.people.values():
            ids.setdefault(each.name, []).append(each.id)
        return ids

    def staff_ids(self, key: str, project_id: int) -> tuple[int, ...]:
        """Find the ids of the active staff of a project who may be this person of `names.people`.

        An account that was looked up must have the person's login. Otherwise only the name tells, so that several
        people with the same name are found.
        """
        wanted = self.names.people[key]
        return tuple(
            each
            for each in self.ids_by_name.get(wanted.name, ())
            if self.person(each, wanted.name, project_id, 0).is_staff
            and self.is_member(each, project_id)
            and _is_login(wanted.login, self.logins.get(each, wanted.login))
        )

    def stand_in(self, key: str, project_id: int) -> str | None:
        """Return the key of a person, or of the first deputy, who is available in a project; None if nobody is."""
        if self.is_guessed:
            return key
        keys = self.names.with_deputies(key)
        return next((each for each in keys if len(self.staff_ids(each, project_id)) == 1), None)

    def is_member(self, person_id: int, project_id: int) -> bool:
        """Return whether a person may be assigned in a project; True if its members are not known."""
        members = self.members.get(project_id)
        return members is None or person_id in members

    @property
    def account(self) -> Person:
        """The account of sup-sync."""
        return self.people.get(self.account_id or 0) or Person(self.account_id or 0, "sup-sync", Side.BOT)

    def name_of_value(self, key: str, value_id: int) -> str | None:
        """Find the name of a value by its key in the JSON of an issue, such as `status`, and its id."""
        names = {"status": self.statuses, "priority": self.priorities, "tracker": self.trackers}
        if key in names:
            return names[key].get(value_id)
        known: Project | Version | Person | None
        if key == "project":
            known = self.projects.get(value_id)
        else:
            known = self.versions.get(value_id) if key == "fixed_version" else self.people.get(value_id)
        return known.name if known else None

    def name_of(self, person_id: int | None) -> str:
        """Return the name of a person, or `#ID` if it is not known; empty for None."""
        if person_id is None:
            return ""
        known = self.people.get(person_id)
        return known.name if known else f"#{person_id}"


def _is_login(login: str, other: str | None) -> bool:
    """Return whether two logins are the same for Redmine, which ignores case; False for an inactive account."""
    return other is not None and login.casefold() == other.casefold()
