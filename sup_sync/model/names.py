"""The names in Redmine for the terms of the regulation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from sup_sync.immutable import value
from sup_sync.model.issue import Status

# The keys of the custom fields that the tool writes on every request, in addition to those of metrics.
OWN_FIELDS = ("level", "state", "marker")

# The value of a mapping that the admin must fill in: `init` writes it, `check` rejects it.
PLACEHOLDER = "?"


def due_field(metric: str) -> str:
    """Return the key of the custom field with the due moment of a metric."""
    return f"{metric}_due"


def stop_field(metric: str) -> str:
    """Return the key of the custom field with the moment when the clock of a metric stopped."""
    return f"{metric}_at"


def is_id(name: str) -> bool:
    """Return whether a name is an id such as `#14`, which names a status or priority that was deleted in Redmine."""
    return name.startswith("#") and name[1:].isdecimal()


@value
class TrackerMapping:
    """The category of requests in one of Redmine's trackers, and their channel if the tracker determines it."""

    category: str
    channel: str | None = None


@value
class MappedPerson:
    """A person in an escalation step: the login that a note mentions, and the name in the memberships.

    `deputies` are the keys of the people who replace them, in order.
    """

    login: str
    name: str
    deputies: tuple[str, ...] = ()


@value
class RedmineNames:
    """The names in Redmine for the terms of the regulation, from mappings/tracker.yaml.

    `trackers` and `statuses` map names in Redmine to their meaning, the others map keys to names in Redmine.
    `former_statuses` are deleted statuses, by their ids as `#14`. `answer_fields` are the keys of the fields for the
    time of a first response.
    `priority_aliases` are further names of priorities, each with the key that it counts as. `tool_statuses` are the
    statuses that the tool itself sets: `no_answer` and `asked`. `own_fields` are the keys of the fields that the tool
    writes. Requests in `ignored_trackers` are not in scope. `former_values` map the former values of the list fields
    `level`, `channel`, `state`, `reason` and `language` to their keys. `keeps_due_dates`: a due date that a person set
    last is not changed.
    """

    trackers: Mapping[str, TrackerMapping]
    statuses: Mapping[str, Status]
    priorities: Mapping[str, str]
    fields: Mapping[str, str]
    levels: Mapping[str, str]
    channels: Mapping[str, str]
    states: Mapping[str, str]
    tool_statuses: Mapping[str, str]
    own_fields: tuple[str, ...] = OWN_FIELDS
    answer_fields: tuple[str, ...] = ()
    former_statuses: Mapping[str, Status] = field(default_factory=dict)
    priority_aliases: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    languages: Mapping[str, str] = field(default_factory=dict)
    staff_groups: frozenset[str] = frozenset()
    staff_roles: frozenset[str] = frozenset()
    former_staff: frozenset[str] = frozenset()
    client_roles: frozenset[str] = frozenset()
    people: Mapping[str, MappedPerson] = field(default_factory=dict)
    parent_dates_derived: bool = True
    keeps_due_dates: bool = True
    ignored_trackers: frozenset[str] = frozenset()
    former_values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def list_values(self) -> Mapping[str, Mapping[str, str]]:
        """The values of the list fields by field and key."""
        return {
            "level": self.levels,
            "channel": self.channels,
            "state": self.states,
            "reason": self.reasons,
            "language": self.languages,
        }

    def key_of(self, field: str, text: str) -> str | None:
        """Find the key of a list field's value, also of a former one; None if it is not mapped."""
        current = {name: key for key, name in self.list_values[field].items()}
        return current.get(text) or self.former_values.get(field, {}).get(text)

    def with_deputies(self, key: str) -> tuple[str, ...]:
        """Return the keys of a person and of their deputies, each followed by their own deputies."""
        keys = [key]
        for deputy in self.people[key].deputies:
            keys += self.with_deputies(deputy)
        return tuple(dict.fromkeys(keys))


@value
class NamesInRedmine:
    """The names that exist in a Redmine, as far as the account may read them.

    `statuses`: whether each closes a request. `fields`: the possible values of each, if the account may read them.
    `people`: the roles of each, their own and those of their groups.
    """

    trackers: Sequence[str]
    statuses: Mapping[str, bool]
    priorities: Sequence[str]
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    groups: Sequence[str] = ()
    roles: Sequence[str] = ()
    people: Mapping[str, Sequence[str]] = field(default_factory=dict)
