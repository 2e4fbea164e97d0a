"""The moments in stories: `Mon 09:00` in a week without holidays, in the week before or after it, or a date."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Almaty")

# The Monday of the week of the stories; this week and the weeks before and after it have no holidays.
WEEK = date(2026, 6, 8)

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEKS = {"last ": -1, "": 0, "next ": 1}

# The pattern of a moment: `Mon 09:00`, `next Tue 12:00:30`, `2026-03-20 17:50`.
MOMENT = rf"(?:(?:last |next )?(?:{'|'.join(WEEKDAYS)})|\d{{4}}-\d\d-\d\d) \d\d:\d\d(?::\d\d)?"

_PARTS = re.compile(rf"(last |next |)({'|'.join(WEEKDAYS)}) (.+)")


def read_moment(text: str) -> datetime:
    """Parse a moment of a story, in the support's local time, into UTC."""
    relative = _PARTS.fullmatch(text)
    if relative:
        week, weekday, time = relative.groups()
        day = WEEK + timedelta(weeks=WEEKS[week], days=WEEKDAYS.index(weekday))
        text = f"{day} {time}"
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def show_moment(moment: datetime | None) -> str | None:
    """Format a moment as a story writes it."""
    if moment is None:
        return None
    local = moment.astimezone(ZONE)
    time = f"{local:%H:%M:%S}".removesuffix(":00")
    week, weekday = divmod((local.date() - WEEK).days, 7)
    near = next((words for words, offset in WEEKS.items() if offset == week), None)
    return f"{local:%Y-%m-%d} {time}" if near is None else f"{near}{WEEKDAYS[weekday]} {time}"


def marker_entry(name: str, moment: str) -> str:
    """Return the entry of the marker for a notice whose cycle is the minute of this moment."""
    return f"{name}#{int(read_moment(moment).timestamp()) // 60}@1.00"


def show_length(length: timedelta | None) -> str | None:
    """Format a duration in hours and minutes, `1:30`, `-0:05`, with seconds if there are any."""
    if length is None:
        return None
    sign, seconds = ("-", -length) if length < timedelta(0) else ("", length)
    hours, rest = divmod(int(seconds.total_seconds()), 3600)
    return f"{sign}{hours}:{rest // 60:02}" + (f":{rest % 60:02}" if rest % 60 else "")
