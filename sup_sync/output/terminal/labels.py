"""Words of the screens: lengths of time, moments, keys of the mappings."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from sup_sync.model.moments import WEEKDAYS
from sup_sync.sla.clock import TargetStatus

PIPE_WIDTH = 100
"""Columns where there is no terminal to ask for its own."""

METRICS = {"resolution": "closing"}


def duration(length: timedelta) -> str:
    """A length of time, whatever its sign, in whole hours and minutes: `2 h 10 min`."""
    minutes = int(abs(length).total_seconds()) // 60
    if not minutes:
        return "under 1 min" if length else "0 min"
    hours, rest = divmod(minutes, 60)
    return " ".join([*([f"{hours} h"] if hours else []), *([f"{rest} min"] if rest else [])])


def moment(at: datetime | None, zone: tzinfo | None = None) -> str:
    """A moment on the wall clock of a zone (default: its own), with the weekday."""
    if at is None:
        return "—"
    local = at.astimezone(zone) if zone else at
    return f"{WEEKDAYS[local.weekday()].capitalize()} {local:%Y-%m-%d %H:%M}"


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def word(key: str | None) -> str:
    """A key of the mappings as a word; a dash where nothing is known."""
    return "—" if key is None else key.replace("_", " ")


def metric_label(key: str) -> str:
    return METRICS.get(key, word(key))


def clause_label(clause: str) -> str:
    """A clause behind what it says: ` (clause 20)`, ` (SLA VIP.2)`, or nothing."""
    if not clause:
        return ""
    if not clause[0].isdigit():
        return f" ({clause})"
    return f" ({'clauses' if ' and ' in clause else 'clause'} {clause})"


def time_left(left: timedelta, standing: TargetStatus) -> str:
    return f"breached {duration(left)} ago" if standing is TargetStatus.BREACHED else f"{duration(left)} left"
