"""The phases of a request over time: open, waiting, in development, closed or refused (clauses 9, 15, 23)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sup_sync.immutable import fast_value
from sup_sync.model.issue import Event, Issue, Phase, Side, Status
from sup_sync.model.working_time import Span


@fast_value
class PhasePeriod:
    """A period of time in which a request stayed in one phase."""

    phase: Phase
    span: Span


def phase_periods(issue: Issue, filed_at: datetime, now: datetime) -> Iterator[PhasePeriod]:
    """Yield the periods of a request from its filing to `now`, in order."""
    phase, start = first_phase(issue), filed_at
    for event, after in events_with_phases(issue):
        if after is not phase:
            yield PhasePeriod(phase, Span(start, event.at))
            phase, start = after, event.at
    yield PhasePeriod(phase, Span(start, now))


def first_phase(issue: Issue) -> Phase:
    """Return the phase in which a request was filed."""
    return _first_status(issue).phase


def events_with_phases(issue: Issue) -> Iterator[tuple[Event, Phase]]:
    """Yield each event with the phase after it.

    The client's answer ends the waiting even if the status stays the same; a new question of staff starts it again.
    """
    status = _first_status(issue)
    phase = status.phase
    for event in issue.events:
        if event.status:
            status = event.status[1]
            phase = status.phase
        phase = _phase_after_answer(phase, status, event)
        yield event, phase


def is_reopening(before: PhasePeriod, after: PhasePeriod) -> bool:
    return before.phase.is_final and not after.phase.is_final


def _first_status(issue: Issue) -> Status:
    return next((each.status[0] for each in issue.events if each.status), issue.status)


def _phase_after_answer(phase: Phase, status: Status, event: Event) -> Phase:
    if status.phase is not Phase.WAITING or event.by.side is Side.BOT or event.is_private:
        return phase  # a private note is never the client's word
    if event.by.is_staff:
        return Phase.WAITING if event.is_public_answer else phase
    return Phase.OPEN if event.has_note or event.has_attachment or event.has_information else phase


def cycle_of(at: datetime) -> int:
    """Return the cycle of something that can happen repeatedly: its minute since 1970, which never changes later."""
    return int(at.timestamp()) // 60
