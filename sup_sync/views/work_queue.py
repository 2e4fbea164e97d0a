"""The queue of open requests, in the order that the regulation sets (clauses 19 to 22)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sup_sync.errors import CalendarError
from sup_sync.immutable import fast_value, value
from sup_sync.model.issue import Phase
from sup_sync.model.policy import Calendars, ClockKind
from sup_sync.sla.clock import Clock
from sup_sync.sla.judgement import Judgement
from sup_sync.to_json import Json, json_value


@fast_value
class QueueEntry:
    """An open request and its target that is due next.

    `left` is working time, negative if the target is overdue. If no target is running, `metric`, `due_at` and `left`
    are None. `out_of_turn`: it goes out of turn (clause 22). `is_blocked`: work on it is impossible; `reason` says why.
    The judgement's `requested_priority` is the client's, which does not count until staff confirm it (clause 20).
    """

    judgement: Judgement
    metric: str | None
    due_at: datetime | None
    left: timedelta | None
    out_of_turn: bool
    is_blocked: bool
    reason: str

    def to_json(self) -> Json:
        judgement = self.judgement
        return {
            "issue": judgement.issue.id,
            "subject": judgement.issue.subject,
            "level": judgement.level,
            "channel": judgement.channel,
            "category": judgement.category,
            "priority": judgement.priority,
            "requested_priority": judgement.requested_priority,
            "metric": json_value(self.metric),
            "due_at": json_value(self.due_at),
            "left_s": json_value(self.left),
            "out_of_turn": self.out_of_turn,
            "is_blocked": self.is_blocked,
            "reason": self.reason,
        }


@value
class Queue:
    """The open requests in order, and counts of those with the client or development; times are shown in `zone`."""

    entries: tuple[QueueEntry, ...]
    waiting: int
    development: int
    zone: ZoneInfo

    def to_json(self) -> Json:
        """Return {"entries": [ENTRY], "waiting", "development"}.

        ENTRY is {"position", "issue", "subject", "level", "channel", "category", "priority", "requested_priority",
        "metric", "due_at", "left_s", "out_of_turn", "is_blocked", "reason"}. `due_at` is ISO in UTC, `left_s`
        is whole seconds of working time, negative if overdue.
        """
        entries = [{"position": position, **entry.to_json()} for position, entry in enumerate(self.entries, 1)]
        return {"entries": entries, "waiting": self.waiting, "development": self.development}


def queue(judgements: Iterable[Judgement], calendars: Calendars) -> Queue:
    """Order the open requests: out of turn first (22), then by level (21), time left, and arrival (19).

    Blocked requests are last, in order of arrival.
    """
    judgements = list(judgements)
    phases = Counter(each.phase for each in judgements if not each.is_work_stopped)
    open_requests = (
        each for each in judgements if each.phase is Phase.OPEN or (each.is_work_stopped and not each.phase.is_final)
    )
    entries = [_entry(each, calendars) for each in open_requests]
    return Queue(
        entries=tuple(sorted(entries, key=_sort_key)),
        waiting=phases[Phase.WAITING],
        development=phases[Phase.DEVELOPMENT],
        zone=calendars[ClockKind.WORKING].zone,
    )


def _sort_key(entry: QueueEntry) -> tuple[bool, bool, int, bool, timedelta, datetime, int]:
    judgement = entry.judgement
    return (
        entry.is_blocked,
        not entry.out_of_turn,
        0 if entry.is_blocked else list(judgement.policy.levels).index(judgement.level or ""),
        entry.left is None,
        entry.left or timedelta(0),
        judgement.filed_at.astimezone(UTC),
        judgement.issue.id,
    )


def _entry(judgement: Judgement, calendars: Calendars) -> QueueEntry:
    obstacle = _obstacle(judgement)
    if obstacle:
        return QueueEntry(judgement, None, None, None, out_of_turn=False, is_blocked=True, reason=obstacle)
    priorities = judgement.policy.priorities
    out_of_turn = judgement.priority == priorities[-1] != priorities[0]
    running = [
        (_left(clock, verdict.due_at, judgement, calendars), clock.target.metric, verdict.due_at)
        for clock in judgement.clocks
        if clock.is_running and (verdict := judgement.verdict_on(clock)).due_at
    ]
    left, metric, due_at = min(running, key=lambda each: each[0], default=(None, None, None))
    reason = _reason(judgement, out_of_turn=out_of_turn, has_target=metric is not None)
    return QueueEntry(judgement, metric, due_at, left, out_of_turn, is_blocked=False, reason=reason)


def _obstacle(judgement: Judgement) -> str:
    """Return why work on the request is impossible; empty if it is possible."""
    if judgement.is_unjudged:
        return "; ".join(finding.text for finding in judgement.findings)
    if judgement.issue.project.is_closed:
        return f"its project, {judgement.issue.project.name}, is closed; open it, or move the request"
    if judgement.reason and judgement.reason.stops_work:
        return f"staff stopped work on it: {judgement.reason.key} (clause {judgement.reason.clause})"
    return ""


def _left(clock: Clock, due_at: datetime, judgement: Judgement, calendars: Calendars) -> timedelta:
    """Compute working time to the target, also if its clock counts other time, so that requests can be compared.

    If a target of every hour is due after the calendar's years, it is that time.
    """
    working, now = calendars[ClockKind.WORKING], judgement.phase_periods[-1].span.end
    try:
        if now > due_at:
            return -working.elapsed_in_known_years(due_at, now, without=clock.pauses)
        return working.elapsed(now, due_at)
    except CalendarError:
        return due_at - now


def _reason(judgement: Judgement, *, out_of_turn: bool, has_target: bool) -> str:
    clauses = judgement.policy.clauses
    if out_of_turn:
        return f"{judgement.priority} goes out of turn (clause {clauses.out_of_turn})"
    how = "by time left" if has_target else "no target is running: by arrival"
    return f"{judgement.level}, {how} (clauses {clauses.order_of_arrival}, {clauses.level_first})"
