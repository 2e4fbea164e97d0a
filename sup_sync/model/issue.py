"""Issues of Redmine and their events, in the terms of the regulation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from sup_sync.immutable import fast_value, value

# The start of the word of a marker that has the number of its issue; in a copy it is the number of the original.
NUMBER_PREFIX = "issue="


class Side(StrEnum):
    """The side of a person, by the mapped groups and roles."""

    CLIENT = "client"
    STAFF = "staff"
    BOT = "bot"
    UNKNOWN = "unknown"


@value
class Person:
    """A user of Redmine; `groups` are the names of the groups they are in, unless `has_unknown_groups`."""

    id: int
    name: str
    side: Side
    groups: frozenset[str] = frozenset()
    has_unknown_groups: bool = False

    @property
    def is_staff(self) -> bool:
        return self.side is Side.STAFF


class Phase(StrEnum):
    """The meaning of a status for the clocks."""

    OPEN = "open"
    WAITING = "waiting"
    DEVELOPMENT = "development"
    CLOSED = "closed"
    REFUSED = "refused"

    @property
    def is_final(self) -> bool:
        return self in (Phase.CLOSED, Phase.REFUSED)


@value
class Status:
    """A status with its name in Redmine; `is_first_response`: setting it counts as a first response."""

    name: str
    phase: Phase
    is_first_response: bool = False


@fast_value
class Event:
    """One journal of an issue; an answer and a status change in the same journal are one event.

    `has_information`: it set an item that a request must contain. `status`, `priority`, `priority_confirmed` and the
    keys of `reason` are pairs (before, after); None if the event did not change them. `moves` are changes of project,
    tracker, author and version: which of them, and the names before and after.
    """

    at: datetime
    by: Person
    has_note: bool = False
    has_attachment: bool = False
    has_information: bool = False
    is_private: bool = False
    status: tuple[Status, Status] | None = None
    priority: tuple[str, str] | None = None
    priority_confirmed: tuple[bool, bool] | None = None
    reason: tuple[str | None, str | None] | None = None
    moves: tuple[tuple[str, str, str], ...] = ()

    @property
    def has_public_note(self) -> bool:
        return self.has_note and not self.is_private

    @property
    def is_public_answer(self) -> bool:
        """True with a public note, or with only an attachment (fact: that makes a journal with empty notes)."""
        return not self.is_private and (self.has_note or self.has_attachment)


@value
class Version:
    """A version in Redmine, which is a release of the Portal; it is closed after it has shipped."""

    id: int
    name: str
    due_on: date | None
    is_closed: bool


@value
class Project:
    """A project in scope; a closed project can be read but not written."""

    id: int
    identifier: str
    name: str
    is_closed: bool = False


@fast_value
class Issue:
    """A request as Redmine shows it, with its history in chronological order.

    `author` is who filed it, and `tracker_channel` that of the tracker in which it was filed; `filed_project` and
    `filed_tracker` are set if it was moved since. `category` and `version` of a closed request are those at its
    closing. `fields` are the mapped custom fields by their keys, as text; a mapped field that is missing in it cannot
    be written on this issue. `reason` is the key of the reason for which it was refused, deferred or stopped.
    `has_file` and `allowed_statuses`, the statuses that the tool may set, are None if they are not known. `unknown`
    lists values that are not mapped: such an issue is skipped, because a guess could be wrong. `assumptions` say what
    is assumed where the history does not tell. `counted_answers` are the texts that the tool itself wrote into the
    fields for the time of the first response. `recorded_level` is the key of the level in Redmine, which the tool
    wrote. `missing_groups` are the mapped groups that are gone from Redmine; `may_be_in_missing_group` concerns the
    author. Only if a group is missing, `earlier_level` is the level on the author's newest request that has one, and
    when that was filed. `is_staff_incomplete`: a group or role of staff is gone, so that UNKNOWN people may be staff.

    `is_copied`: it was filed as a copy of another issue, with that issue's fields. `set_by` maps fields, also
    `due_date`, to the person who set the current value, if its own history shows it; the author if it was filed with a
    due date. Of other issues it has the ids: its `subtasks`, its `duplicates`, which Redmine closes with it, and its
    `blockers`.
    """

    id: int
    project: Project
    tracker: str
    subject: str
    author: Person
    created_at: datetime
    updated_at: datetime
    status: Status
    priority: str
    category: str | None
    tracker_channel: str | None = None
    reason: str | None = None
    language: str | None = None
    has_file: bool | None = None
    allowed_statuses: frozenset[str] | None = None
    assignee_id: int | None = None
    version: Version | None = None
    start_on: date | None = None
    due_on: date | None = None
    subtasks: tuple[int, ...] = ()
    duplicates: tuple[int, ...] = ()
    blockers: tuple[int, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    set_by: Mapping[str, Person] = field(default_factory=dict)
    is_copied: bool = False
    events: tuple[Event, ...] = ()
    unknown: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    filed_project: Project | None = None
    filed_tracker: str | None = None
    counted_answers: frozenset[str] = frozenset()
    recorded_level: str | None = None
    earlier_level: tuple[str, datetime] | None = None
    missing_groups: frozenset[str] = frozenset()
    is_staff_incomplete: bool = False
    may_be_in_missing_group: bool = False

    def is_copied_value(self, key: str) -> bool:
        """Return whether the value of a field came with the copy, so that nobody set it for this request."""
        return self.is_copied and key not in self.set_by

    @property
    def has_own_marker(self) -> bool:
        """True if its marker has its number, or has none and its history shows it being set; otherwise it is a copy."""
        numbers = [word for word in self.fields.get("marker", "").split() if word.startswith(NUMBER_PREFIX)]
        return numbers == [f"{NUMBER_PREFIX}{self.id}"] if numbers else "marker" in self.set_by

    @property
    def reason_set_by(self) -> Person:
        """The person who set the current reason; the author if it was set at the filing."""
        setters = [each.by for each in self.events if each.reason and each.reason[1] == self.reason]
        return setters[-1] if setters else self.author

    def with_status(self, at: datetime, by: Person, status: Status) -> Issue:
        """Return the issue as it will be after `by` has set that status with a public note."""
        event = Event(at, by, has_note=True, status=(self.status, status))
        return replace(self, status=status, events=(*self.events, event))


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A problem of a request that a person should look at, and the clause that it concerns."""

    issue_id: int
    kind: str
    text: str
    clause: str = ""
