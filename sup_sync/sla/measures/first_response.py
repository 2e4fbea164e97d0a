"""The first response: from the filing to the first public answer of support (clauses 2, 13)."""

from __future__ import annotations

from datetime import datetime

from sup_sync.model.issue import Event, Issue
from sup_sync.sla.clock import Clock
from sup_sync.sla.measures.measure import Measure, MeasuredRequest
from sup_sync.sla.phases import first_phase


def clocks(request: MeasuredRequest, metric: str) -> tuple[Clock, ...]:
    """Make the single clock; a request that was filed as closed (a call that was resolved at once) needs no answer."""
    issue = request.issue
    answered_at = issue.created_at if first_phase(issue).is_final else first_response_at(issue)
    return (request.clock(metric, stopped_at=answered_at),)


def first_response_at(issue: Issue) -> datetime | None:
    """Find when support first answered: a public answer of staff, a status that counts as one, or the resolution.

    An operator who files for a client is the author, so their notes are not answers (regulation, first response).
    """
    return next((each.at for each in issue.events if _is_response(each, issue)), None)


def _is_response(event: Event, issue: Issue) -> bool:
    if event.status and event.status[1].phase.is_final:
        return True
    if not event.by.is_staff:
        return False
    answers_by_status = event.status is not None and event.status[1].is_first_response
    return answers_by_status or (event.is_public_answer and event.by.id != issue.author.id)


MEASURE = Measure("first_response", clocks, "first response by support", follows_filing=True)
