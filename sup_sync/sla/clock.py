"""The clock of one target on one request, and the verdict on it at a moment."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from sup_sync.immutable import fast_value
from sup_sync.model.policy import Calendars, Target
from sup_sync.model.working_time import Calendar, Span

NO_TIME = timedelta(0)
SKIPPED, UNANSWERED = "skipped", "unanswered"


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

    It counts from `counts_from` (the start, or the change of priority). `paused_at` is the start of the current pause,
    or of the pause in which the clock stopped: the clock keeps the time of that moment; a pause in which it stopped is
    among `pauses` too. `closed_at` is when the request was closed without the event that stops the clock.
    `release_on` replaces the target by the release date of the version that the request was handed to (clause 23);
    `release_clause` is the clause for that. `cycle` counts the reopenings.
    """

    target: Target
    counts_from: datetime
    pauses: tuple[Span, ...] = ()
    paused_at: datetime | None = None
    stopped_at: datetime | None = None
    closed_at: datetime | None = None
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
        """Return the moment up to which it counts: when it paused, stopped or was closed, otherwise now."""
        return self.paused_at or self.stopped_at or self.closed_at or now

    @property
    def is_over(self) -> bool:
        return self.stopped_at is not None or self.closed_at is not None

    @property
    def is_running(self) -> bool:
        return not self.is_over and self.paused_at is None

    @property
    def is_resting(self) -> bool:
        """True in a pause that lasts: its due moment moves until the pause ends."""
        return not self.is_over and self.paused_at is not None

    def elapsed(self, calendars: Calendars, now: datetime) -> timedelta:
        """Return the time that has counted up to now in the calendar's years, without the pauses."""
        calendar = calendars[self.target.clock]
        return calendar.elapsed_in_known_years(self.counts_from, self.effective_now(now), without=self.pauses)

    def within(self, calendars: Calendars) -> timedelta | None:
        """Return the time that the target allows from `counts_from`; None if the clause sets no target."""
        calendar = calendars[self.target.clock]
        if self.release_on is not None:
            due_at = self._released_by(self.release_on, calendar)
            return calendar.elapsed(self.counts_from, due_at, without=self.pauses)
        if self.target.end_of_days is not None:
            end = calendar.end_of_working_day(self.counts_from, self.target.end_of_days)
            return calendar.elapsed(self.counts_from, end)
        return self.target.within

    def due_at(self, calendars: Calendars, share: float = 1.0) -> datetime | None:
        """Return the moment when `share` of the target is used up; the target is breached only after that moment."""
        calendar = calendars[self.target.clock]
        if self.release_on is not None and share == 1.0:
            return self._released_by(self.release_on, calendar)
        within = self.within(calendars)
        if within is None:
            return None
        due_at = calendar.after(self.counts_from, within * share, without=self.pauses)
        return self.stopped_at if self.stopped_at and due_at == self.paused_at else due_at

    def _released_by(self, day: date, calendar: Calendar) -> datetime:
        """Return the end of the release's day; a pause that includes it moves it by the rest of the time."""
        due_at = _end_of(day, calendar)
        for pause in sorted(self.pauses, key=lambda pause: pause.start):
            if pause.start <= due_at < pause.end:
                due_at = calendar.after(pause.end, calendar.elapsed(pause.start, due_at))
        return due_at


def _end_of(day: date, calendar: Calendar) -> datetime:
    """Return the last closing of a day; 24:00 on a day off and on a 24-hour day."""
    start, end = (datetime.combine(each, time(), calendar.zone) for each in (day, day + timedelta(days=1)))
    *_, last = (end, *(span.end for span in calendar.spans(start, end)))
    return last


@fast_value
class Verdict:
    """The result of one target on a request at a moment.

    `elapsed`, `left` and `late` are in the time that the target counts. `left` is negative if the target is overdue,
    and None without a target or after the clock stopped. `late` is None unless the target is breached. `instead` is
    shown instead of the outcome NO_TARGET: SKIPPED if the target could not be judged, and a finding says why;
    UNANSWERED if the request was closed before a response by staff was late.
    """

    metric: str
    outcome: TargetStatus
    due_at: datetime | None
    elapsed: timedelta
    reason: str
    clause: str
    left: timedelta | None = None
    late: timedelta | None = None
    stopped_at: datetime | None = None
    paused_at: datetime | None = None
    cycle: int = 0
    instead: str = ""

    @property
    def is_running(self) -> bool:
        return self.stopped_at is None and self.paused_at is None and self.outcome is not TargetStatus.NO_TARGET

    @property
    def result(self) -> str:
        """The outcome as it is shown."""
        return self.instead or self.outcome.value

    @property
    def is_skipped(self) -> bool:
        return self.instead == SKIPPED


def judge_clock(clock: Clock, calendars: Calendars, now: datetime, warning_share: float | None) -> Verdict:
    """Judge one clock at `now`; it is at risk after `warning_share` of the target."""
    due_at = clock.due_at(calendars)
    effective_now, calendar = clock.effective_now(now), calendars[clock.target.clock]
    left = late = None
    instead = ""
    if due_at is None:
        outcome, reason = TargetStatus.NO_TARGET, "the clause sets no target"
    elif effective_now > due_at:
        outcome, reason = TargetStatus.BREACHED, _breach_reason(clock)
        late = calendar.elapsed_in_known_years(due_at, effective_now, without=clock.pauses)
        left = None if clock.is_over else -late
    elif clock.stopped_at is not None:
        outcome, reason = TargetStatus.MET, "on time"
    elif clock.closed_at is not None:
        outcome, reason, instead = TargetStatus.NO_TARGET, "closed without an answer by staff", UNANSWERED
    else:
        warning_at = clock.due_at(calendars, warning_share) if warning_share is not None else None
        at_risk = warning_at is not None and effective_now > warning_at
        outcome = TargetStatus.AT_RISK if at_risk else TargetStatus.ON_TRACK
        reason, left = _running_reason(clock), calendar.elapsed(effective_now, due_at, without=clock.pauses)
    return Verdict(
        metric=clock.target.metric,
        outcome=outcome,
        due_at=due_at,
        elapsed=clock.elapsed(calendars, now),
        reason=reason,
        clause=clock.clause,
        left=left,
        late=late,
        stopped_at=clock.stopped_at,
        paused_at=clock.paused_at,
        cycle=clock.cycle,
        instead=instead,
    )


def no_target(metric: str, reason: str, clause: str = "", cycle: int = 0, *, instead: str = "") -> Verdict:
    """Make the verdict for a metric without a target on this request; SKIPPED if it could not be judged."""
    return Verdict(metric, TargetStatus.NO_TARGET, None, NO_TIME, reason, clause, cycle=cycle, instead=instead)


def _breach_reason(clock: Clock) -> str:
    if clock.stopped_at is not None:
        return "late"
    return "overdue" if clock.closed_at is None else "closed without an answer by staff"


def _running_reason(clock: Clock) -> str:
    if clock.paused_at is not None:
        return "waiting for the client"
    return "until the version's release" if clock.release_on is not None else "running"
