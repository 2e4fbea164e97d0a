"""The resolution: from the filing until the request is closed, or until the release (clauses 9, 15, 23)."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from sup_sync.model.issue import Phase
from sup_sync.sla.clock import Clock
from sup_sync.sla.measures.measure import Measure, MeasuredRequest
from sup_sync.sla.phases import PhasePeriod, is_reopening


def clocks(request: MeasuredRequest, metric: str) -> tuple[Clock, ...]:
    """Make the single clock; waiting for the client (clauses 9, 15) and closed time before a reopening pause it.

    If the request is closed while it waits, the clock keeps the time at which the waiting began; its due moment
    includes that pause, as if another status had been set just before.
    """
    periods = request.phase_periods
    reopened = [k for k, (before, after) in enumerate(pairwise(periods), 1) if is_reopening(before, after)]
    opened = reopened[-1] if reopened else 0
    closed = next((k for k in range(opened, len(periods)) if periods[k].phase.is_final), None)
    last = len(periods) - 1 if closed is None else max(closed - 1, opened)
    is_waiting = periods[last].phase is Phase.WAITING
    paused = periods[: last if closed is None else closed]
    clock = request.clock(
        metric,
        pauses=tuple(each.span for each in paused if each.phase is Phase.WAITING or each.phase.is_final),
        paused_at=periods[last].span.start if is_waiting else None,
        stopped_at=None if closed is None else max(periods[closed].span.start, request.issue.created_at),
        release_on=_release_on(request, periods[opened:]),
        cycle=len(reopened),
    )
    return (clock,)


def _release_on(request: MeasuredRequest, since_opened: tuple[PhasePeriod, ...]) -> date | None:
    """Find the release date of a request that was handed to development after it was last opened (clause 23)."""
    if not any(each.phase is Phase.DEVELOPMENT for each in since_opened):
        return None
    version = request.issue.version
    return version.due_on if version else None


MEASURE = Measure("resolution", clocks, "resolution")
