"""The escalation ladder: which step a clock has reached."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sup_sync.errors import CalendarError
from sup_sync.frozen import fast_value
from sup_sync.model.policy import Calendars, LadderStep
from sup_sync.planning.marker import MARKED_DECIMALS, Marker

if TYPE_CHECKING:  # what only reads the files needs the declarations of notices, and not the judgement of requests
    from sup_sync.sla.clock import Clock


@fast_value
class DueStep:
    """A step of the ladder that is due and not yet sent, and since when it is due (it never depends on cron)."""

    step: LadderStep
    clock: Clock
    since: datetime


def due_step(
    clock: Clock, ladder: tuple[LadderStep, ...], marker: Marker, calendars: Calendars, now: datetime
) -> DueStep | None:
    """The highest step that a clock has passed and the marker does not have; None once the clock stopped."""
    if clock.stopped_at is not None:
        return None
    reached = marker.share(clock.name, clock.cycle)
    for step in sorted(ladder, key=lambda step: step.share, reverse=True):
        if round(step.share, MARKED_DECIMALS) <= reached:
            return None
        try:
            since = clock.due_at(calendars, step.share)
        except CalendarError:
            continue  # it lies after the known years, and so after now
        if since is not None and clock.read_at(now) > since:
            return DueStep(step, clock, since)
    return None
