"""An oracle of working time without arithmetic: it reads the local time minute by minute, and counts.

A minute is worked if the latest local time so far is in a window of its date. After a clock is set back, the minutes
that repeat do not count. Cases in seconds treat each minute as 60 equal seconds.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from itertools import accumulate, compress, count, islice
from zoneinfo import ZoneInfo

OFF_MINUTE, ON_MINUTE = bytes(60), b"\1" * 60

Day = tuple[str, ...]  # windows like `09:00-18:00`


@dataclass(frozen=True)
class Plan:
    """A calendar in a simple form, which sup-sync and the oracle read independently. The week starts on Monday."""

    name: str
    zone: str
    week: tuple[Day, ...]
    dates: dict[str, Day]


@cache
def latest_wall_clock(zone: ZoneInfo, start: int, minutes: int) -> array[int]:
    """Return the latest local time so far for each minute from `start` on, as a number of minutes."""
    shown = (datetime.fromtimestamp(start + 60 * minute, zone) for minute in range(minutes))
    return array("q", accumulate(((at.toordinal() * 24 + at.hour) * 60 + at.minute for at in shown), max))


@cache
def worked_minutes(windows: Day) -> bytes:
    times = [f"{minute // 60:02}:{minute % 60:02}" for minute in range(1440)]
    return bytes(any(window[:5] <= time < window[6:] for window in windows) for time in times)


class Oracle:
    """The minutes of a plan from an epoch second on, one byte each: 1 is worked, 0 is not."""

    def __init__(self, plan: Plan, start: int, minutes: int) -> None:
        self.plan = plan
        shown = latest_wall_clock(ZoneInfo(plan.zone), start, minutes)
        first, last = (datetime.fromtimestamp(at, UTC).toordinal() for at in (start, start + minutes * 60))
        by_date = b"".join(self._day(date.fromordinal(day)) for day in range(first - 1, last + 2))
        self.worked = bytes(by_date[each - (first - 1) * 1440] for each in shown)
        self.edges = [minute for minute in range(1, minutes) if self.worked[minute - 1] != self.worked[minute]]
        jumps = [minute for minute in range(1, minutes) if shown[minute] - shown[minute - 1] != 1]
        self.clock_changes = [minute for minute in jumps if minute - 1 not in jumps]

    def _day(self, day: date) -> bytes:
        return worked_minutes(self.plan.dates.get(str(day), self.plan.week[day.weekday()]))

    def strip(self, start: int, end: int, grain: int, pauses: list[tuple[int, int]]) -> bytearray:
        """Return the grains of [start, end), 1 if worked and 0 if not or paused. All arguments are in grains."""
        per_minute = 60 // grain
        minutes = self.worked[start // per_minute : -(-end // per_minute)]
        strip = bytearray(minutes if grain == 60 else b"".join((OFF_MINUTE, ON_MINUTE)[each] for each in minutes))
        strip = strip[start % per_minute :][: max(end - start, 0)]
        for pause_start, pause_end in pauses:
            a, b = max(pause_start - start, 0), min(pause_end - start, len(strip))
            strip[a : max(a, b)] = bytes(max(b - a, 0))
        return strip

    def count_worked(self, start: int, end: int, grain: int, pauses: list[tuple[int, int]]) -> int:
        return self.strip(start, end, grain, pauses).count(1)

    def find_end(self, start: int, need: int, grain: int, pauses: list[tuple[int, int]]) -> int:
        """Return the end of the last needed grain; for a need of 0, the start of the first worked grain."""
        for days in (1, 3, 9, 40):
            strip = self.strip(start, start + days * 86400 // grain, grain, pauses)
            if strip.count(1) >= max(need, 1):
                ends = compress(count(start + 1), strip)
                return next(islice(ends, need - 1, None)) if need else next(ends) - 1
        raise AssertionError("the case needs more than the 40 days that the oracle covers")
