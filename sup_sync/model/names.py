"""The names in Redmine for the terms of the regulation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from sup_sync.frozen import value
from sup_sync.model.issue import Status

OWN_FIELDS = ("level", "state", "marker")
"""The custom fields that the tool writes on every request, besides those of metrics, by their keys."""

PLACEHOLDER = "?"
"""Stands in a mapping where somebody has to say what is meant: `init` writes it, `check` refuses it."""


def due_field(metric: str) -> str:
    """Name the custom field with the moment of a metric's target."""
    return f"{metric}_due"


def stop_field(metric: str) -> str:
    """Name the custom field with the moment when a metric's clock stopped."""
    return f"{metric}_at"


@value
class TrackerMapping:
    """What filing in one of Redmine's trackers says of a request: its category, and the channel where it tells."""

    category: str
    channel: str | None = None


@value
class MappedPerson:
    """Somebody the ladder names: the login that a note mentions, the name that the memberships show."""

    login: str
    name: str


@value
class RedmineNames:
    """The tracker's names for the regulation's words, as mappings/tracker.yaml has them.

    `trackers` and `statuses` go from the tracker's name to our word, the others from our key to the tracker's name.
    `priority_aliases` are names beside those of `priorities`, each with our key that it counts as.
    `tool_statuses` are the statuses that the tool itself sets: `no_answer` and `asked`. `own_fields` are the keys of
    the fields that the tool writes.
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
    priority_aliases: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    languages: Mapping[str, str] = field(default_factory=dict)
    staff_groups: frozenset[str] = frozenset()
    staff_roles: frozenset[str] = frozenset()
    former_staff: frozenset[str] = frozenset()
    client_roles: frozenset[str] = frozenset()
    people: Mapping[str, MappedPerson] = field(default_factory=dict)
    parent_dates_derived: bool = True


@value
class NamesInRedmine:
    """The names that a tracker has, as far as the account may read them.

    `statuses` tell which close a request; `fields` have their values where the account may read those.
    `people` have the roles that they hold themselves or by a group.
    """

    trackers: Sequence[str]
    statuses: Mapping[str, bool]
    priorities: Sequence[str]
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    groups: Sequence[str] = ()
    roles: Sequence[str] = ()
    people: Mapping[str, Sequence[str]] = field(default_factory=dict)
