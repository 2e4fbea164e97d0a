"""The phases of a request over time: open, waiting, in development, closed or refused (clauses 9, 15, 23)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sup_sync.immutable import fast_value
from sup_sync.model.issue import Event, Issue, Phase, Side, Status
from sup_sync.model.working_time import Span


@fast_value
class PhasePeriod:
    """A period of time in which a request stayed in one phase."""

    phase: Phase
    span: Span


# Development that is taken back sooner, without a note, was a slip of the hand.
SHORTEST_DEVELOPMENT = timedelta(hours=1)


def phase_periods(issue: Issue, filed_at: datetime, now: datetime) -> Iterator[PhasePeriod]:
    """Yield the periods of a request from its filing to `now`, in order.

    It is open from the client's contact until its entry, in whatever status it is entered.
    """
    changes = _phase_changes(issue, filed_at)
    ends = [*(at for at, _ in changes[1:]), max(now, changes[-1][0])]
    for (start, phase), end in zip(changes, ends, strict=True):
        yield PhasePeriod(phase, Span(start, end))


def _phase_changes(issue: Issue, filed_at: datetime) -> list[tuple[datetime, Phase]]:
    """Return the phases with their starts, without a hand-over to development by a slip."""
    first, entered_at = first_phase(issue), issue.created_at
    changes: list[tuple[datetime, Phase]] = [(filed_at, first)]
    if filed_at < entered_at and first is not Phase.OPEN:
        changes = [(filed_at, Phase.OPEN), (entered_at, first)]
    for event, after in events_with_phases(issue):
        at = max(event.at, changes[-1][0])  # an imported journal may be older than the issue
        if after is changes[-1][1]:
            continue
        if _takes_back_development(event, after, changes):
            changes.pop()
        else:
            changes.append((at, after))
    return changes


def _takes_back_development(event: Event, after: Phase, changes: Sequence[tuple[datetime, Phase]]) -> bool:
    """Return whether an event undoes a hand-over to development within an hour and without a note."""
    at, phase = changes[-1]
    is_back = len(changes) > 1 and changes[-2][1] is after and phase is Phase.DEVELOPMENT
    return is_back and not event.has_note and event.at - at < SHORTEST_DEVELOPMENT


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


def set_before_reopening(issue: Issue) -> bool:
    """Return whether the reason of a request was set last before staff or the client reopened it."""
    reopened = False
    before = first_phase(issue)
    for event, phase in events_with_phases(issue):
        reopened = (reopened and not event.reason) or (before.is_final and not phase.is_final and not event.reason)
        before = phase
    return reopened


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
