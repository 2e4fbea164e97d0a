"""Notices, which sup-sync writes on a request once, and the kinds of notices."""

from __future__ import annotations

from enum import StrEnum

from sup_sync.immutable import fast_value


class Audience(StrEnum):
    """The readers of a notice: clients get a public note, staff a private one."""

    CLIENT = "client"
    STAFF = "staff"


class Section(StrEnum):
    """The section of regulation.yaml with the line of a notice; a notice without its line is not sent.

    Each ladder step sends the notice that is its `message`; the `waiting` rule sends the notice of `waiting`.
    """

    CLIENT_NOTES = "client_notes"
    ALERTS = "alerts"
    LADDERS = "ladders"
    WAITING = "waiting"


@fast_value
class Text:
    """A text of messages.yaml: its key, the variables that it may use, and those of them that it must use.

    `names_targets`: it must also use the target of each promised metric, in a variable of the metric's name.
    """

    key: str
    variables: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    names_targets: bool = False


@fast_value
class NoticeKind:
    """A kind of notice: `name` is the key of its text in messages.yaml and of its line in `section`."""

    name: str
    audience: Audience
    section: Section
    variables: frozenset[str]
    required: frozenset[str] = frozenset()
    names_targets: bool = False

    @property
    def text(self) -> Text:
        return Text(self.name, self.variables, self.required, self.names_targets)


@fast_value
class Notice:
    """A notice to send: `name`, `cycle` and `share` identify it in the marker, the other fields are its effects.

    `mentions`, `assign` and `notify` are keys of mappings/tracker.yaml's `people`, `status` is one of its statuses.
    """

    audience: Audience
    name: str
    cycle: int
    text: str
    reason: str
    clause: str
    share: float = 1.0
    mentions: tuple[str, ...] = ()
    assign: str | None = None
    status: str | None = None
    notify: tuple[str, ...] = ()
