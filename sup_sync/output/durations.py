"""The format of a length of time, in any language."""

from __future__ import annotations

from datetime import timedelta

MINUTE, SECOND, NOTHING = timedelta(minutes=1), timedelta(seconds=1), timedelta(0)


def format_duration(length: timedelta, *, hour: str, minute: str, second: str, exact: bool = False) -> str:
    """Format a length of time in hours and minutes with the given units: `2 h 10 min`, `45 min`, `9 h`.

    Under a minute it is in seconds, a begun second counts; `exact` adds the seconds to any length: `2 h 0 min 15 s`.
    """
    if NOTHING < length < MINUTE:
        return f"{-(-length // SECOND)} {second}"
    minutes, rest = divmod(length, MINUTE)
    hours, minutes = divmod(minutes, 60)
    seconds = rest // SECOND if exact else 0
    parts = [f"{hours} {hour}"] if hours else []
    if minutes or seconds or not hours:
        parts.append(f"{minutes} {minute}")
    return " ".join([*parts, *([f"{seconds} {second}"] if seconds else [])])


def is_close(length: timedelta, to: timedelta | None) -> bool:
    """Return whether two lengths differ, but look the same in whole minutes."""
    return to is not None and length != to and length // MINUTE == to // MINUTE
