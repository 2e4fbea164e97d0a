"""The resolution: from the filing to the closing, or the release for a request in development (clauses 9, 15, 23)."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from sup_sync.model.issue import Phase
from sup_sync.sla.clock import Clock
from sup_sync.sla.measures.measure import Measure, MeasuredRequest
from sup_sync.sla.phases import PhasePeriod, is_reopening


def clocks(request: MeasuredRequest, metric: str) -> tuple[Clock, ...]:
    """Make the one clock; waiting for the client pauses it (clauses 9, 15), so does closed time before a reopening.

    If the request closes while it waits, the clock shows the moment when the waiting began.
    """
    phases = request.phases
    reopened = [k for k, (before, after) in enumerate(pairwise(phases), 1) if is_reopening(before, after)]
    opened = reopened[-1] if reopened else 0
    closed = next((k for k in range(opened, len(phases)) if phases[k].phase.is_final), None)
    last = len(phases) - 1 if closed is None else max(closed - 1, opened)
    is_waiting = phases[last].phase is Phase.WAITING
    clock = request.clock(
        metric,
        pauses=tuple(each.span for each in phases[:last] if each.phase is Phase.WAITING or each.phase.is_final),
        paused_at=phases[last].span.start if is_waiting else None,
        stopped_at=None if closed is None else max(phases[closed].span.start, request.issue.created_at),
        release_on=_release_on(request, phases[opened:]),
        cycle=len(reopened),
    )
    return (clock,)


def _release_on(request: MeasuredRequest, since_opened: tuple[PhasePeriod, ...]) -> date | None:
    """Find the release that answers a request handed to development since it was last opened (clause 23)."""
    if not any(each.phase is Phase.DEVELOPMENT for each in since_opened):
        return None
    version = request.issue.version
    return version.due_on if version else None


MEASURE = Measure("resolution", clocks, "closing")
