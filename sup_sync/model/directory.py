"""The lists of a Redmine server by id: statuses, priorities, projects, versions, people."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sup_sync.model.issue import Person, Project, Side, Version
from sup_sync.model.names import RedmineNames


@dataclass(frozen=True)  # without slots, because cached_property needs a __dict__
class Directory:
    """The lists of a Redmine server by id; `members` maps the id of each project to the ids of its members.

    `missing_groups` are the mapped groups that are in no project. If there are any, they may have been renamed, and
    `unmapped_groups` are the other groups in the projects. `mismatched_statuses` are closed in Redmine but not in the
    mappings, or the other way round. `is_guessed`: the lists were missing, so all entries come
    from the requests.
    """

    names: RedmineNames
    account_id: int | None = None
    statuses: Mapping[int, str] = field(default_factory=dict)
    priorities: Mapping[int, str] = field(default_factory=dict)
    projects: Mapping[int, Project] = field(default_factory=dict)
    versions: Mapping[int, Version] = field(default_factory=dict)
    people: Mapping[int, Person] = field(default_factory=dict)
    field_ids: Mapping[str, int] = field(default_factory=dict)
    members: Mapping[int, Collection[int]] = field(default_factory=dict)
    trackers: Mapping[int, str] = field(default_factory=dict)
    missing_groups: frozenset[str] = frozenset()
    unmapped_groups: frozenset[str] = frozenset()
    mismatched_statuses: frozenset[str] = frozenset()
    is_guessed: bool = False

    @cached_property
    def priority_keys(self) -> Mapping[str, str]:
        """The keys of priorities by their names in Redmine."""
        return {name: key for key, name in self.names.priorities.items()} | dict(self.names.priority_aliases)

    @cached_property
    def reason_keys(self) -> Mapping[str, str]:
        """The keys of reasons by their present and former names in Redmine."""
        current = {name: key for key, name in self.names.reasons.items()}
        return {**self.names.former_values.get("reason", {}), **current}

    @cached_property
    def field_names(self) -> Mapping[int, str]:
        """The names of the custom fields by id."""
        return {field_id: name for name, field_id in self.field_ids.items()}

    def may_be_in_missing_group(self, person_id: int) -> bool:
        """Return whether a person may be in a mapped group that is missing: they left, or are in an unmapped group."""
        known = self.people.get(person_id)
        return known is None or bool(known.groups & self.unmapped_groups)

    def unlisted_person(self, person_id: int, name: str, author_id: int) -> Person:
        """Make a person who is not in the lists, such as a former member.

        Their side is UNKNOWN unless the names or a guess give it. `author_id` is the author of the request that
        mentions the person.
        """
        if person_id == self.account_id:
            side = Side.BOT
        elif self.is_guessed:
            side = Side.CLIENT if person_id == author_id else Side.STAFF
        elif name in self.names.former_staff:
            side = Side.STAFF
        else:
            side = Side.UNKNOWN
        return Person(person_id, name, side)

    def person_id(self, key: str) -> int | None:
        """Find the id of a person in `people`; None unless exactly one member of staff has that name."""
        name = self.names.people[key].name
        ids = [each.id for each in self.people.values() if each.is_staff and each.name == name]
        return ids[0] if len(ids) == 1 else None

    def is_member(self, person_id: int, project_id: int) -> bool:
        """Return whether a person may be assigned in a project; True if its members are not known."""
        members = self.members.get(project_id)
        return members is None or person_id in members

    @property
    def account(self) -> Person:
        """The account of sup-sync."""
        return self.people.get(self.account_id or 0) or Person(self.account_id or 0, "sup-sync", Side.BOT)

    def name_of(self, person_id: int | None) -> str:
        """Return the name of a person, or `#ID` if it is not known; empty for None."""
        if person_id is None:
            return ""
        known = self.people.get(person_id)
        return known.name if known else f"#{person_id}"
