"""Values in Redmine's JSON, each checked before it is used."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

FIRST_YEAR, LAST_YEAR = 1970, 3000


def check_id(value: Any) -> int:
    """Return an id; raises TypeError unless it is an integer."""
    if type(value) is not int:
        raise TypeError(f"{value!r} is not an id")
    return value


def check_text(value: Any) -> str:
    """Return a text; raises TypeError unless it is a string."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    return value


def decode_date(text: str | None) -> date | None:
    """Decode a date; raises ValueError."""
    return date.fromisoformat(text) if text else None


def decode_time(text: str) -> datetime:
    """Decode a time with its zone; raises ValueError, also for a year before 1971 or after 2999."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None or not FIRST_YEAR < at.year < LAST_YEAR:
        raise ValueError(f"{text!r} is not a time of Redmine")
    return at
