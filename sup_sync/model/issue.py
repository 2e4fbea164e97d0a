"""Issues of Redmine and their events, in the terms of the regulation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from sup_sync.immutable import fast_value, value


class Side(StrEnum):
    """The side of a person, by the mapped groups and roles."""

    CLIENT = "client"
    STAFF = "staff"
    BOT = "bot"
    UNKNOWN = "unknown"


@value
class Person:
    """A user of Redmine; `groups` are the names of the groups they are in, as far as known."""

    id: int
    name: str
    side: Side
    groups: frozenset[str] = frozenset()

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
    keys of `reason` are pairs (before, after); None if the event did not change them.
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

    `status` and `priority` are the current ones; `as_of` goes back in time. `fields` are the mapped custom fields by
    their keys, as text; a mapped field that is missing in it cannot be written on this issue. `reason` is the key of
    the reason for which it was refused, deferred or stopped. `has_file` and `allowed_statuses`, the statuses that the
    tool may set, are None if they are not known. `unknown` lists values that are not mapped: such an issue is skipped,
    because a guess could be wrong. `assumptions` say what was assumed where the history does not tell.
    `counted_answers` are the texts that the tool itself wrote into the fields for the time of the first response.
    `recorded_level` is the key of the level in Redmine, which the tool wrote. `missing_groups` are the mapped groups
    that are gone from Redmine; `may_be_in_missing_group` concerns the author.
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
    has_children: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    unknown: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    counted_answers: frozenset[str] = frozenset()
    recorded_level: str | None = None
    missing_groups: frozenset[str] = frozenset()
    may_be_in_missing_group: bool = False

    def as_of(self, now: datetime) -> Issue | None:
        """Return the issue with its status, priority, reason and events at `now`; None before it was filed."""
        if now < self.created_at:
            return None
        known = tuple(event for event in self.events if event.at <= now)
        later = self.events[len(known) :]
        if not later:
            return self
        return replace(
            self,
            events=known,
            status=next((event.status[0] for event in later if event.status), self.status),
            priority=next((event.priority[0] for event in later if event.priority), self.priority),
            reason=next((event.reason[0] for event in later if event.reason), self.reason),
        )

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
