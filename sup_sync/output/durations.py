"""The format of a length of time, in any language."""

from __future__ import annotations

from datetime import timedelta

MINUTE = timedelta(minutes=1)


def format_duration(length: timedelta, *, hour: str, minute: str, under_a_minute: str) -> str:
    """Format a length of time in whole hours and minutes with the given units: `2 h 10 min`, `45 min`, `9 h`."""
    minutes = length // MINUTE
    if not minutes:
        return under_a_minute if length else f"0 {minute}"
    hours, rest = divmod(minutes, 60)
    return " ".join([*([f"{hours} {hour}"] if hours else []), *([f"{rest} {minute}"] if rest else [])])
