"""The first response: from the filing to the first public answer of support (clauses 2, 13)."""

from __future__ import annotations

from datetime import datetime

from sup_sync.model.issue import Event, Issue, Side
from sup_sync.sla.clock import Clock
from sup_sync.sla.measures.measure import Measure, MeasuredRequest
from sup_sync.sla.phases import first_phase


def clocks(request: MeasuredRequest, metric: str) -> tuple[Clock, ...]:
    """Make the single clock; a request that was filed as closed (a call that was resolved at once) needs no answer.

    If the tool closed it, the clock ends without an answer; after a reopening it goes on without the closed time.
    """
    issue, periods = request.issue, request.phase_periods
    if first_phase(issue).is_final:
        return (request.clock(metric, stopped_at=issue.created_at),)
    answered_at = first_response_at(issue)
    if answered_at is not None:
        answered_at = max(answered_at, issue.created_at)
    closed = [
        each.span for each in periods if each.phase.is_final and (answered_at is None or each.span.start < answered_at)
    ]
    is_closed = answered_at is None and periods[-1].phase.is_final
    closed_at = closed.pop().start if is_closed else None
    return (request.clock(metric, pauses=tuple(closed), stopped_at=answered_at, closed_at=closed_at),)


def first_response_at(issue: Issue) -> datetime | None:
    """Find when support first answered: a public answer of staff, a status that counts as one, or the resolution.

    A request that the tool closed, because the client did not answer, is not resolved. An operator who files for a
    client is the author, so their notes are not answers (regulation, first response).
    """
    return next((each.at for each in issue.events if _is_response(each, issue)), None)


def _is_response(event: Event, issue: Issue) -> bool:
    if event.status and event.status[1].phase.is_final:
        return event.by.side is not Side.BOT
    if not event.by.is_staff:
        return False
    answers_by_status = event.status is not None and event.status[1].is_first_response
    return answers_by_status or (event.is_public_answer and event.by.id != issue.author.id)


MEASURE = Measure("first_response", clocks, "first response by support", follows_filing=True)
