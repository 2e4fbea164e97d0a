"""What one run of `apply` came to, in figures, for logs and monitors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime

from sup_sync.frozen import value
from sup_sync.to_json import Json, plain


@value
class FailedWrite:
    """A request whose changes were not all written: how that ended, and why."""

    issue: int
    kind: str
    text: str


@value
class Work:
    """What only a run that came to its end can tell.

    `issues` are all in scope, open or lately closed; `histories_read` of them were read anew, `judged` looked at. `findings`
    count those of the requests judged, by kind. `unread_projects` are projects that could not be read whole, `failed_notifications` the
    notifications that reached nobody.
    """

    issues: int
    histories_read: int
    judged: int
    skipped: int
    notes: int
    findings: Mapping[str, int]
    unread_projects: tuple[str, ...]
    failed_notifications: tuple[str, ...]


@value
class Summary:
    """One run, however it ended; `work` is None where it broke off.

    `requests` counts what was asked of the tracker by method, `outcomes` the requests written by how that ended.
    """

    started_at: datetime
    ended_at: datetime
    exit_code: int
    error: str
    requests: Mapping[str, int]
    outcomes: Mapping[str, int]
    failed_writes: tuple[FailedWrite, ...]
    work: Work | None

    @property
    def duration_s(self) -> float:
        return (self.ended_at - self.started_at).total_seconds()

    def to_json(self) -> Json:
        """One object, whose fields docs/monitoring.md tells: null is what a run that broke off cannot know."""
        told = plain(self)
        work = told.pop("work") or {each.name: None for each in fields(Work)}
        return {**told, "duration_s": self.duration_s, **work}
