"""The requests that could not be read or written: each is tried again last, and more and more seldom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Self

from sup_sync.immutable import value
from sup_sync.run.cache import Cache

LONGEST_WAIT_S = int(timedelta(days=1).total_seconds())
REPORT_AGAIN_S = int(timedelta(days=1).total_seconds())


@value
class Failure:
    """A request whose last try failed: the reason, what was tried (`version`), and the edit form's digest, if known.

    While the version and the form stay the same, the next try is `wait_s` after `tried_at`. Times are epoch seconds.
    """

    reason: str
    version: str
    tried_at: int
    wait_s: int
    reported_at: int
    form: str = ""
    form_read_at: int = 0


class FailureLog:
    """The failures of reading, or of writing, by request; `now` is the time of the run.

    The wait doubles from one run up to a day: the first failure is tried again by the next run, and each later one
    after twice the time between the last two tries. The cache stores the log; without it, all is tried sooner.
    """

    def __init__(self, now: datetime, failures: dict[int, Failure]) -> None:
        self._now_s = int(now.timestamp())
        self.failures = failures
        self._stored = dict(failures)

    @classmethod
    def load(cls, cache: Cache, key: str, now: datetime) -> Self:
        stored = cache.get(key) or {}
        return cls(now, {int(issue_id): Failure(**each) for issue_id, each in stored.items()})

    def save(self, cache: Cache, key: str) -> None:
        """Store the log without old failures, of requests that were deleted or moved out of scope."""
        recent = {key: each for key, each in self.failures.items() if self._now_s - each.tried_at < 2 * LONGEST_WAIT_S}
        cache.set(key, {str(issue_id): asdict(each) for issue_id, each in recent.items()})

    @property
    def is_changed(self) -> bool:
        """Return whether the log differs from the stored one."""
        return self.failures != self._stored

    def is_waiting(self, issue_id: int, version: str) -> bool:
        """Return whether a request failed and is not tried yet; a clock that was set back ends the wait."""
        failure = self.failures.get(issue_id)
        if failure is None or failure.version != version:
            return False
        return 0 <= self._now_s - failure.tried_at < failure.wait_s

    def tried_at(self, issue_id: int) -> int:
        """Return the time of the last try if it failed, otherwise 0."""
        return self.failures[issue_id].tried_at if issue_id in self.failures else 0

    def add(self, issue_id: int, reason: str, version: str, form: str = "") -> None:
        """Add the failure of this run's try."""
        last, now_s = self.failures.get(issue_id), self._now_s
        wait_s, reported_at = 0, 0
        if last:
            reported_at = last.reported_at if last.reason == reason else 0
            wait_s = 2 * max(now_s - last.tried_at, 0) if last.version == version else 0
        self.failures[issue_id] = Failure(
            reason, version, now_s, min(wait_s, LONGEST_WAIT_S), reported_at, form, form_read_at=now_s
        )

    def report(self, issue_id: int) -> bool:
        """Return whether a failure must be reported by this run: it is new, it changed, or a day has passed."""
        failure = self.failures[issue_id]
        if 0 <= self._now_s - failure.reported_at < REPORT_AGAIN_S:
            return False
        self.failures[issue_id] = replace(failure, reported_at=self._now_s)
        return True

    def record_form(self, issue_id: int) -> None:
        """Record that the edit form was read, and had not changed."""
        self.failures[issue_id] = replace(self.failures[issue_id], form_read_at=self._now_s)

    def remove(self, issue_ids: Iterable[int]) -> None:
        """Forget the failures of requests that were read or written since, or need no write any more."""
        for issue_id in issue_ids:
            self.failures.pop(issue_id, None)
