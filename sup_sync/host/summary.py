"""The summary of one run of `apply` in figures, for logs and monitors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime

from sup_sync.immutable import value
from sup_sync.to_json import Json, json_value


@value
class FailedWrite:
    """A request of which not all changes were written, with the kind of outcome and the reason."""

    issue: int
    kind: str
    text: str


@value
class Work:
    """Figures that are known only if a run finishes.

    `issues` counts all in scope, open or closed recently. Of these, `histories_read` were not in the cache, and
    `judged` were judged. `findings` counts the findings of judged requests by kind. `unread_projects` are projects
    that could not be read completely, `problems` those in Redmine that left out a part, `failed_notifications` the
    notifications that were not delivered, `postponed` the requests left for the next run because of the limits.
    """

    issues: int
    histories_read: int
    judged: int
    skipped: int
    notes: int
    findings: Mapping[str, int]
    unread_projects: tuple[str, ...]
    problems: tuple[str, ...]
    failed_notifications: tuple[str, ...]
    postponed: tuple[int, ...]


@value
class Summary:
    """The summary of a run, also of a failed one; `work` is None if it did not finish.

    `requests` counts the HTTP requests to Redmine by method, `outcomes` the issues written by kind of outcome.
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
        """Return one object with the fields in docs/monitoring.md; if a run fails early, unknown values are null."""
        fields_of_run = json_value(self)
        work = fields_of_run.pop("work") or {each.name: None for each in fields(Work)}
        return {**fields_of_run, "duration_s": self.duration_s, **work}
