"""How long support waits for the client's answer before the request is ended (clause 15)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from sup_sync.errors import CalendarError
from sup_sync.frozen import fast_value
from sup_sync.model.issue import Event, Issue, Phase, Side
from sup_sync.model.policy import Calendars, WaitingRule
from sup_sync.sla.phases import PhasePeriod, cycle_of, phases


@fast_value
class Wait:
    """A question of support that waits for the client's answer.

    A reminder is due after `remind_at`, the end of the request after `due_at`.
    """

    asked_at: datetime
    remind_at: datetime
    due_at: datetime

    @property
    def cycle(self) -> int:
        """The place in the marker of what is said about it."""
        return cycle_of(self.asked_at)


def question_at(issue: Issue, life: Sequence[PhasePeriod]) -> datetime | None:
    """When the question was asked that a request waits for; None where it waits for none, or nobody asked in public.

    A status alone is no question, nor is a note from before it: the last one asked since counts.
    """
    current = life[-1]
    if current.phase is not Phase.WAITING:
        return None
    asked = [event.at for event, phase in phases(issue) if is_question(event, phase)]
    return asked[-1] if asked and asked[-1] >= current.span.start else None


def wait_of(issue: Issue, life: Sequence[PhasePeriod], rule: WaitingRule, calendars: Calendars) -> Wait | None:
    """How long a request waits for the answer to its question; None without one, or outside the known years."""
    asked_at, calendar = question_at(issue, life), calendars[rule.clock]
    if asked_at is None:
        return None
    with suppress(CalendarError):  # outside the known years nothing comes due
        remind_at = calendar.after(asked_at, rule.within * rule.remind_at)
        return Wait(asked_at, remind_at, calendar.after(asked_at, rule.within))
    return None


def is_question(event: Event, phase: Phase) -> bool:
    """Whether an event asks the client: a public note of staff while the request waits, or the tool's with the status.

    The tool's other notes, a reminder among them, ask nothing anew.
    """
    if phase is not Phase.WAITING or not event.has_public_note:
        return False
    return event.by.is_staff or (event.by.side is Side.BOT and event.status is not None)
