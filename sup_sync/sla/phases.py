"""The life of a request as stretches of time, each in one phase: who has the ball (clauses 9, 15, 23)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sup_sync.frozen import fast_value
from sup_sync.model.issue import Event, Issue, Phase, Side, Status
from sup_sync.model.working_time import Span


@fast_value
class PhasePeriod:
    """A span of a request's life in one phase."""

    phase: Phase
    span: Span


def stretches(issue: Issue, filed_at: datetime, now: datetime) -> Iterator[PhasePeriod]:
    """The phases that a request went through, each as long as it lasted, up to `now`."""
    phase, start = first_phase(issue), filed_at
    for event, after in phases(issue):
        if after is not phase:
            yield PhasePeriod(phase, Span(start, event.at))
            phase, start = after, event.at
    yield PhasePeriod(phase, Span(start, now))


def first_phase(issue: Issue) -> Phase:
    """The phase that a request was filed in."""
    return _first_status(issue).phase


def phases(issue: Issue) -> Iterator[tuple[Event, Phase]]:
    """Each event with the phase after it.

    Waiting ends with the client's answer, whatever the status still says, and begins again when staff ask again.
    """
    status = _first_status(issue)
    phase = status.phase
    for event in issue.events:
        if event.status:
            status = event.status[1]
            phase = status.phase
        phase = _phase_after_word(phase, status, event)
        yield event, phase


def is_reopening(before: PhasePeriod, after: PhasePeriod) -> bool:
    return before.phase.is_final and not after.phase.is_final


def _first_status(issue: Issue) -> Status:
    return next((each.status[0] for each in issue.events if each.status), issue.status)


def _phase_after_word(phase: Phase, status: Status, event: Event) -> Phase:
    if status.phase is not Phase.WAITING or event.by.side is Side.BOT:
        return phase
    if event.by.is_staff:
        return Phase.WAITING if event.is_public_answer else phase
    return Phase.OPEN if event.has_note or event.has_attachment or event.has_information else phase


def cycle_of(at: datetime) -> int:
    """The cycle of something that happens again and again: the minute when it did, which nobody can shift later."""
    return int(at.timestamp()) // 60
