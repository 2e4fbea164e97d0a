"""Values in Redmine's JSON, each checked before it is used."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

FIRST_YEAR, LAST_YEAR = 1970, 3000


def id_of(value: Any) -> int:
    """Return an id; raises TypeError for anything but an integer."""
    if type(value) is not int:
        raise TypeError(f"{value!r} is no id")
    return value


def text_of(value: Any) -> str:
    """Return a text; raises TypeError for anything else."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def day_of(text: str | None) -> date | None:
    """Decode a date; raises ValueError."""
    return date.fromisoformat(text) if text else None


def moment_of(text: str) -> datetime:
    """Decode a time with its zone; raises ValueError, also for a year that no Redmine has seen."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or not FIRST_YEAR < moment.year < LAST_YEAR:
        raise ValueError(f"{text!r} is no moment of a tracker")
    return moment
