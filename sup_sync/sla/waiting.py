"""The wait for the client's answer, after which the request is closed (clause 15)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from sup_sync.errors import CalendarError
from sup_sync.immutable import fast_value
from sup_sync.model.issue import Event, Issue, Phase, Side
from sup_sync.model.policy import Calendars, ClockKind, Policy
from sup_sync.sla.phases import PhasePeriod, cycle_of, events_with_phases

# The message that reminds the client of a question, in `client_notes`.
REMINDER = "reminder"

# A public note this long before the status is still the question that the client is awaited for.
QUESTION_BEFORE_STATUS = timedelta(minutes=15)


@fast_value
class Wait:
    """A question of support that waits for the client's answer.

    A reminder is sent after `remind_at`; the request is closed after `due_at`.
    """

    asked_at: datetime
    remind_at: datetime
    due_at: datetime

    @property
    def cycle(self) -> int:
        """The cycle of its notices in the marker."""
        return cycle_of(self.asked_at)


def question_at(issue: Issue, periods: Sequence[PhasePeriod]) -> datetime | None:
    """Find when the last question was asked that a request is waiting on; None if it is not waiting or without one.

    A status without a public note is no question, unless staff wrote one shortly before: then the status asks it.
    """
    current = periods[-1]
    if current.phase is not Phase.WAITING:
        return None
    asked = [event.at for event, phase in events_with_phases(issue) if is_question(event, phase)]
    if asked and asked[-1] >= current.span.start:
        return asked[-1]
    return current.span.start if _is_asked_by_status(issue, current.span.start) else None


def _is_asked_by_status(issue: Issue, since: datetime) -> bool:
    """Return whether staff set the waiting status, and wrote a note just before, to which nobody has answered."""
    before: Event | None = None  # the last word before the status
    for event, phase in events_with_phases(issue):
        if phase is Phase.WAITING and event.at >= since:
            is_recent = before is not None and event.at - before.at <= QUESTION_BEFORE_STATUS
            return event.by.is_staff and before is not None and before.by.is_staff and is_recent
        if event.is_public_answer or phase is Phase.WAITING:
            before = event if event.has_public_note and phase is not Phase.WAITING else None
    return False


def wait_of(issue: Issue, periods: Sequence[PhasePeriod], policy: Policy, calendars: Calendars) -> Wait | None:
    """Compute the wait for the answer to a question; None without a question, or outside the calendar's years.

    A reminder that is due when nobody works is sent at the next opening; the rest of the time counts from there.
    """
    rule = policy.waiting
    asked_at, calendar = question_at(issue, periods), calendars[rule.clock]
    if asked_at is None:
        return None
    with suppress(CalendarError):  # no reminder and no closing outside the calendar's years
        remind_at = calendar.after(asked_at, rule.within * rule.remind_at)
        due_at = calendar.after(asked_at, rule.within)
        if rule.clock is ClockKind.CALENDAR and REMINDER in policy.client_notes:
            remind_at = calendars[ClockKind.WORKING].after(remind_at, timedelta(0))
            due_at = max(due_at, calendar.after(remind_at, rule.within * (1 - rule.remind_at)))
        return Wait(asked_at, remind_at, due_at)
    return None


def is_question(event: Event, phase: Phase) -> bool:
    """Return whether an event asks the client: a public note of staff while the request waits, or one of the tool.

    Only a note that the tool writes with the status is a question; its others, such as a reminder, are not.
    """
    if phase is not Phase.WAITING or not event.has_public_note:
        return False
    return event.by.is_staff or (event.by.side is Side.BOT and event.status is not None)
