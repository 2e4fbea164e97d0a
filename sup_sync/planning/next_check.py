"""The moment of the next check of a request; before it, an unchanged request needs no write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta

from sup_sync.errors import CalendarError
from sup_sync.model.policy import Agreement
from sup_sync.model.rulebook import Rulebook
from sup_sync.planning.notices import next_notices_at
from sup_sync.sla.clock import Clock
from sup_sync.sla.judgement import Judgement


def next_check_at(judgement: Judgement, rules: Rulebook, now: datetime) -> datetime | None:
    """Compute the first moment, `now` or later, at which time alone may require a write; None for never.

    It holds as long as Redmine, the mappings and the request do not change.
    """
    return min((at for at in _moments(judgement, rules, now) if at >= now), default=None)


def _moments(judgement: Judgement, rules: Rulebook, now: datetime) -> Iterator[datetime]:
    if judgement.agreement:
        for clock in judgement.clocks:
            yield from _of_clock(clock, judgement.agreement, rules)
    yield from next_notices_at(judgement, rules, now)
    if rules.quiet_hours and rules.is_quiet(now):
        yield _next(rules.quiet_hours[1], rules, now)


def _of_clock(clock: Clock, agreement: Agreement, rules: Rulebook) -> Iterator[datetime]:
    """Yield the moments at which a running clock changes its status, and the end of its calendar's years."""
    if not clock.is_running:
        return
    for share in {1.0, agreement.warning_share or 1.0}:
        with suppress(CalendarError):  # after the calendar's years
            at = clock.due_at(rules.calendars, share)
            if at:
                yield at
    calendar = rules.calendars[clock.target.clock]
    yield datetime.combine(date(calendar.years[-1] + 1, 1, 1), time(), calendar.zone)


def _next(at: time, rules: Rulebook, now: datetime) -> datetime:
    """Return the next moment with this local time of the support."""
    today = now.astimezone(rules.zone).date()
    moments = (datetime.combine(day, at, rules.zone) for day in (today, today + timedelta(days=1)))
    return next(moment for moment in moments if moment > now)
