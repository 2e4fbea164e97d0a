"""Labels on the screens: lengths of time, points in time, keys of the mappings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from sup_sync.model.moments import WEEKDAYS
from sup_sync.output.durations import format_duration
from sup_sync.sla.clock import TargetStatus

MOST_NUMBERS = 10  # of requests on one line
PIPE_WIDTH = 100  # columns, if stdout is not a terminal


def duration(length: timedelta, *, exact: bool = False) -> str:
    """Format the absolute value of a length of time in hours and minutes, `2 h 10 min`; `exact` adds seconds."""
    return format_duration(abs(length), hour="h", minute="min", second="s", exact=exact)


def moment(at: datetime | None, zone: tzinfo | None = None, *, exact: bool = False) -> str:
    """Format a time in a zone (default: its own) with the weekday; a dash for None. `exact` adds seconds, if any."""
    if at is None:
        return "—"
    local = at.astimezone(zone) if zone else at
    seconds = f":{local:%S}" if exact and local.second else ""
    return f"{WEEKDAYS[local.weekday()].capitalize()} {local:%Y-%m-%d %H:%M}{seconds}"


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def numbers(issue_ids: Sequence[int]) -> str:
    """Return the numbers of requests, at most ten of them: `#1, #2 and 3 more`."""
    rest = len(issue_ids) - MOST_NUMBERS
    return ", ".join(f"#{each}" for each in issue_ids[:MOST_NUMBERS]) + (f" and {rest} more" if rest > 0 else "")


def label(key: str | None) -> str:
    """Return a key of the mappings as words; a dash for None."""
    return "—" if key is None else key.replace("_", " ")


def clause_label(clause: str) -> str:
    """Return the suffix that cites a clause: ` (clause 20)`, ` (SLA VIP.2)`, or an empty string."""
    if not clause:
        return ""
    if not clause[0].isdigit():
        return f" ({clause})"
    return f" ({'clauses' if ' and ' in clause else 'clause'} {clause})"


def time_left(left: timedelta, status: TargetStatus) -> str:
    return f"overdue by {duration(left)}" if status is TargetStatus.BREACHED else f"{duration(left)} left"
