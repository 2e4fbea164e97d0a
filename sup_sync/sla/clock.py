"""How a request stands against one target: when its clock started, paused and stopped, and the verdict at a moment."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from sup_sync.frozen import fast_value
from sup_sync.model.policy import Calendars, Target
from sup_sync.model.working_time import Calendar, Span

NO_TIME = timedelta(0)


class TargetStatus(StrEnum):
    """How a request stands against a target, from worst to best."""

    BREACHED = "breached"
    AT_RISK = "at_risk"
    ON_TRACK = "on_track"
    MET = "met"
    NO_TARGET = "no_target"


@fast_value
class Clock:
    """What one target measures on one request.

    The target counts from `counts_from` (the start, or the change of priority), `elapsed` always from `started_at`.
    `paused_at` is the start of a pause that lasts, maybe until the clock stopped: the clock stands as it stood then.
    `release_on` replaces the target by the release of the version that the request was handed to (clause 23), which
    the regulation has in `release_clause`.
    `cycle` counts the reopenings.
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
        """What the marker calls it: its metric, or the release that took the target's place."""
        return "release" if self.release_on is not None else self.target.metric

    @property
    def clause(self) -> str:
        """The clause that it is judged by."""
        return self.release_clause if self.release_on is not None else self.target.clause

    def read_at(self, now: datetime) -> datetime:
        """The moment the clock shows: when it paused or stopped, else now."""
        return self.paused_at or self.stopped_at or now

    @property
    def is_running(self) -> bool:
        return self.stopped_at is None and self.paused_at is None

    def elapsed(self, calendars: Calendars, now: datetime) -> timedelta:
        """The time that counted so far, without the pauses."""
        return calendars[self.target.clock].elapsed(self.started_at, self.read_at(now), without=self.pauses)

    def within(self, calendars: Calendars) -> timedelta | None:
        """The time the target gives, from `counts_from`; None where the clause excepts it."""
        calendar = calendars[self.target.clock]
        if self.release_on is not None:
            return calendar.elapsed(self.counts_from, _end_of(self.release_on, calendar))
        if self.target.end_of_days is not None:
            end = calendar.end_of_working_day(self.counts_from, self.target.end_of_days)
            return calendar.elapsed(self.counts_from, end)
        return self.target.within

    def due_at(self, calendars: Calendars, share: float = 1.0) -> datetime | None:
        """When `share` of the target is used up: the last moment in time, since a breach is strictly after it."""
        calendar = calendars[self.target.clock]
        if self.release_on is not None and share == 1.0:
            return _end_of(self.release_on, calendar)
        within = self.within(calendars)
        if within is None:
            return None
        pauses = () if self.release_on is not None else self.pauses
        return calendar.after(self.counts_from, within * share, without=pauses)


def _end_of(day: date, calendar: Calendar) -> datetime:
    """The close of business of a day, or its last second where nobody works or nobody stops."""
    midnight, last_second = (datetime.combine(day, at, calendar.zone) for at in (time(), time(23, 59, 59)))
    *_, last = (last_second, *(span.end for span in calendar.spans(midnight, last_second)))
    return last


@fast_value
class Verdict:
    """How a request stands against one target at a moment.

    `elapsed` and `left` are time of the target's own clock; `left` is negative after the target, None without one or
    after the clock stopped.
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


def judge(clock: Clock, calendars: Calendars, now: datetime, warning_share: float | None) -> Verdict:
    """The verdict on one clock at `now`; at risk from `warning_share` of the target on."""
    due_at = clock.due_at(calendars)
    read_at = clock.read_at(now)
    if due_at is None:
        outcome, reason, left = TargetStatus.NO_TARGET, "the clause excepts it", None
    elif read_at > due_at:
        outcome, reason, left = TargetStatus.BREACHED, _overrun(clock), _left(clock, calendars, due_at, read_at)
    elif clock.stopped_at is not None:
        outcome, reason, left = TargetStatus.MET, "in time", None
    else:
        warning_at = clock.due_at(calendars, warning_share) if warning_share is not None else None
        at_risk = warning_at is not None and read_at > warning_at
        outcome = TargetStatus.AT_RISK if at_risk else TargetStatus.ON_TRACK
        reason, left = _running(clock), _left(clock, calendars, due_at, read_at)
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
    """The verdict on a request that nothing can be measured against."""
    return Verdict(metric, TargetStatus.NO_TARGET, None, NO_TIME, reason, clause, cycle=cycle)


def _overrun(clock: Clock) -> str:
    return "after the target" if clock.stopped_at is not None else "the target is over"


def _running(clock: Clock) -> str:
    if clock.paused_at is not None:
        return "waiting for the client"
    return "until the version's release" if clock.release_on is not None else "running"


def _left(clock: Clock, calendars: Calendars, due_at: datetime, read_at: datetime) -> timedelta | None:
    if clock.stopped_at is not None:
        return None
    calendar = calendars[clock.target.clock]
    if read_at > due_at:
        return -calendar.elapsed(due_at, read_at, without=clock.pauses)
    return calendar.elapsed(read_at, due_at, without=clock.pauses)
