"""The rules for decisions: regulation, calendars, names in Redmine and texts, each from its file in mappings/."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from sup_sync.immutable import value
from sup_sync.model.messages import Messages
from sup_sync.model.names import RedmineNames
from sup_sync.model.policy import Calendars, ClockKind, Policy


@value
class Rulebook:
    """All rules that decide on a request.

    The days off of `estimated_years` are not final. In `quiet_hours`, local times of day, clients get no notes.
    """

    policy: Policy
    calendars: Calendars
    names: RedmineNames
    messages: Messages
    estimated_years: frozenset[int] = frozenset()
    quiet_hours: tuple[time, time] | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the support."""
        return self.calendars[ClockKind.WORKING].zone

    def is_quiet(self, now: datetime) -> bool:
        """Return whether clients get no notes at this moment; the hours may include midnight."""
        if self.quiet_hours is None:
            return False
        first, last = self.quiet_hours
        at = now.astimezone(self.zone).time()
        return first <= at < last if first < last else at >= first or at < last
