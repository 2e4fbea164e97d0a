"""The clock of one target on one request, and the verdict on it at a moment."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from sup_sync.immutable import fast_value
from sup_sync.model.policy import Calendars, Target
from sup_sync.model.working_time import Calendar, Span

NO_TIME = timedelta(0)


class TargetStatus(StrEnum):
    """The result for one target, from worst to best."""

    BREACHED = "breached"
    AT_RISK = "at_risk"
    ON_TRACK = "on_track"
    MET = "met"
    NO_TARGET = "no_target"


@fast_value
class Clock:
    """The measurement of one target on one request.

    The target counts from `counts_from` (the start, or the change of priority), `elapsed` always from `started_at`.
    `paused_at` is the start of the current pause, or of the pause in which the clock stopped: the clock keeps the time
    of that moment. `release_on` replaces the target by the release date of the version that the request was handed to
    (clause 23); `release_clause` is the clause for that. `cycle` counts the reopenings.
    """

    target: Target
    started_at: datetime
    counts_from: datetime
    pauses: tuple[Span, ...] = ()
    paused_at: datetime | None = None
    stopped_at: datetime | None = None
    release_on: date | None = None
    release_clause: str = ""
    cycle: int = 0

    @property
    def name(self) -> str:
        """Its name in the marker: its metric, or `release` if a release replaced the target."""
        return "release" if self.release_on is not None else self.target.metric

    @property
    def clause(self) -> str:
        """The clause by which it is judged."""
        return self.release_clause if self.release_on is not None else self.target.clause

    def effective_now(self, now: datetime) -> datetime:
        """Return the moment up to which it counts: when it paused or stopped, otherwise now."""
        return self.paused_at or self.stopped_at or now

    @property
    def is_running(self) -> bool:
        return self.stopped_at is None and self.paused_at is None

    def elapsed(self, calendars: Calendars, now: datetime) -> timedelta:
        """Return the time that has counted up to now, without the pauses."""
        return calendars[self.target.clock].elapsed(self.started_at, self.effective_now(now), without=self.pauses)

    def within(self, calendars: Calendars) -> timedelta | None:
        """Return the time that the target allows from `counts_from`; None if the clause sets no target."""
        calendar = calendars[self.target.clock]
        if self.release_on is not None:
            return calendar.elapsed(self.counts_from, _end_of(self.release_on, calendar))
        if self.target.end_of_days is not None:
            end = calendar.end_of_working_day(self.counts_from, self.target.end_of_days)
            return calendar.elapsed(self.counts_from, end)
        return self.target.within

    def due_at(self, calendars: Calendars, share: float = 1.0) -> datetime | None:
        """Return the moment when `share` of the target is used up; the target is breached only after that moment."""
        calendar = calendars[self.target.clock]
        if self.release_on is not None and share == 1.0:
            return _end_of(self.release_on, calendar)
        within = self.within(calendars)
        if within is None:
            return None
        pauses = () if self.release_on is not None else self.pauses
        return calendar.after(self.counts_from, within * share, without=pauses)


def _end_of(day: date, calendar: Calendar) -> datetime:
    """Return the last closing of a day, or its last second on a day off and on a 24-hour day."""
    midnight, last_second = (datetime.combine(day, at, calendar.zone) for at in (time(), time(23, 59, 59)))
    *_, last = (last_second, *(span.end for span in calendar.spans(midnight, last_second)))
    return last


@fast_value
class Verdict:
    """The result of one target on a request at a moment.

    `elapsed` and `left` are in the time that the target counts; `left` is negative if the target is overdue, and None
    without a target or after the clock stopped.
    """

    metric: str
    outcome: TargetStatus
    due_at: datetime | None
    elapsed: timedelta
    reason: str
    clause: str
    left: timedelta | None = None
    stopped_at: datetime | None = None
    paused_at: datetime | None = None
    cycle: int = 0

    @property
    def is_running(self) -> bool:
        return self.stopped_at is None and self.paused_at is None and self.outcome is not TargetStatus.NO_TARGET


def judge_clock(clock: Clock, calendars: Calendars, now: datetime, warning_share: float | None) -> Verdict:
    """Judge one clock at `now`; it is at risk after `warning_share` of the target."""
    due_at = clock.due_at(calendars)
    effective_now = clock.effective_now(now)
    if due_at is None:
        outcome, reason, left = TargetStatus.NO_TARGET, "the clause sets no target", None
    elif effective_now > due_at:
        outcome, reason, left = (
            TargetStatus.BREACHED,
            _breach_reason(clock),
            _left(clock, calendars, due_at, effective_now),
        )
    elif clock.stopped_at is not None:
        outcome, reason, left = TargetStatus.MET, "on time", None
    else:
        warning_at = clock.due_at(calendars, warning_share) if warning_share is not None else None
        at_risk = warning_at is not None and effective_now > warning_at
        outcome = TargetStatus.AT_RISK if at_risk else TargetStatus.ON_TRACK
        reason, left = _running_reason(clock), _left(clock, calendars, due_at, effective_now)
    return Verdict(
        metric=clock.target.metric,
        outcome=outcome,
        due_at=due_at,
        elapsed=clock.elapsed(calendars, now),
        reason=reason,
        clause=clock.clause,
        left=left,
        stopped_at=clock.stopped_at,
        paused_at=clock.paused_at,
        cycle=clock.cycle,
    )


def no_target(metric: str, reason: str, clause: str = "", cycle: int = 0) -> Verdict:
    """Make the verdict for a metric without a target on this request."""
    return Verdict(metric, TargetStatus.NO_TARGET, None, NO_TIME, reason, clause, cycle=cycle)


def _breach_reason(clock: Clock) -> str:
    return "late" if clock.stopped_at is not None else "overdue"


def _running_reason(clock: Clock) -> str:
    if clock.paused_at is not None:
        return "waiting for the client"
    return "until the version's release" if clock.release_on is not None else "running"


def _left(clock: Clock, calendars: Calendars, due_at: datetime, effective_now: datetime) -> timedelta | None:
    if clock.stopped_at is not None:
        return None
    calendar = calendars[clock.target.clock]
    if effective_now > due_at:
        return -calendar.elapsed(due_at, effective_now, without=clock.pauses)
    return calendar.elapsed(effective_now, due_at, without=clock.pauses)
