"""The wait for the client's answer, after which the request is closed (clause 15)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from sup_sync.errors import CalendarError
from sup_sync.immutable import fast_value
from sup_sync.model.issue import Event, Issue, Phase, Side
from sup_sync.model.policy import Calendars, WaitingRule
from sup_sync.sla.phases import PhasePeriod, cycle_of, events_with_phases


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

    Neither a status without a public note nor a note from before the waiting is a question.
    """
    current = periods[-1]
    if current.phase is not Phase.WAITING:
        return None
    asked = [event.at for event, phase in events_with_phases(issue) if is_question(event, phase)]
    return asked[-1] if asked and asked[-1] >= current.span.start else None


def wait_of(issue: Issue, periods: Sequence[PhasePeriod], rule: WaitingRule, calendars: Calendars) -> Wait | None:
    """Compute the wait for the answer to a question; None without a question, or outside the calendar's years."""
    asked_at, calendar = question_at(issue, periods), calendars[rule.clock]
    if asked_at is None:
        return None
    with suppress(CalendarError):  # no reminder and no closing outside the calendar's years
        remind_at = calendar.after(asked_at, rule.within * rule.remind_at)
        return Wait(asked_at, remind_at, calendar.after(asked_at, rule.within))
    return None


def is_question(event: Event, phase: Phase) -> bool:
    """Return whether an event asks the client: a public note of staff while the request waits, or one of the tool.

    Only a note that the tool writes with the status is a question; its others, such as a reminder, are not.
    """
    if phase is not Phase.WAITING or not event.has_public_note:
        return False
    return event.by.is_staff or (event.by.side is Side.BOT and event.status is not None)
