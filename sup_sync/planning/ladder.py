"""The escalation ladder: the step that a clock has reached."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sup_sync.errors import CalendarError
from sup_sync.immutable import fast_value
from sup_sync.model.policy import Calendars, LadderStep
from sup_sync.planning.marker import MARKED_DECIMALS, Marker

if TYPE_CHECKING:  # commands that only read the files import the declarations, and not the judging of requests
    from sup_sync.sla.clock import Clock


@fast_value
class DueStep:
    """A step of the ladder that is due and was not sent; `since` never depends on when cron runs."""

    step: LadderStep
    clock: Clock
    since: datetime


def due_step(
    clock: Clock, ladder: tuple[LadderStep, ...], marker: Marker, calendars: Calendars, now: datetime
) -> DueStep | None:
    """Find the highest step that a clock has passed and that is not in the marker; None after the clock stopped."""
    if clock.is_over:
        return None
    reached = marker.share(clock.name, clock.cycle)
    for step in sorted(ladder, key=lambda step: step.share, reverse=True):
        if round(step.share, MARKED_DECIMALS) <= reached:
            return None
        try:
            since = clock.due_at(calendars, step.share)
        except CalendarError:
            continue  # after the calendar's years, so after now
        if since is not None and clock.effective_now(now) > since:
            return DueStep(step, clock, since)
    return None
