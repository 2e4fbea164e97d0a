"""An oracle of working time that knows no arithmetic: it reads the wall clock minute by minute, and counts.

A minute is worked when the furthest that the wall clock has ever shown lies in a window of its date: a clock that
is set back shows nothing new until it has caught up. Cases to the second see each minute as 60 seconds alike.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from itertools import accumulate, compress, count, islice
from zoneinfo import ZoneInfo

OFF_MINUTE, ON_MINUTE = bytes(60), b"\1" * 60

Day = tuple[str, ...]
"""Windows as people write them: `09:00-18:00`."""


@dataclass(frozen=True)
class Plan:
    """A calendar in plain words, which the tool and the oracle each read in their own way; Monday comes first."""

    name: str
    zone: str
    week: tuple[Day, ...]
    dates: dict[str, Day]


@cache
def furthest_shown(zone: ZoneInfo, start: int, minutes: int) -> array[int]:
    """For each minute from `start` on the furthest that the zone's wall clock has shown, as a number of minutes."""
    shown = (datetime.fromtimestamp(start + 60 * minute, zone) for minute in range(minutes))
    return array("q", accumulate(((at.toordinal() * 24 + at.hour) * 60 + at.minute for at in shown), max))


@cache
def worked_minutes(windows: Day) -> bytes:
    times = [f"{minute // 60:02}:{minute % 60:02}" for minute in range(1440)]
    return bytes(any(window[:5] <= time < window[6:] for window in windows) for time in times)


class Oracle:
    """The minutes of a plan as its wall clock shows them, one by one from an epoch second on: 1 is worked, 0 is not."""

    def __init__(self, plan: Plan, start: int, minutes: int) -> None:
        self.plan = plan
        shown = furthest_shown(ZoneInfo(plan.zone), start, minutes)
        first, last = (datetime.fromtimestamp(at, UTC).toordinal() for at in (start, start + minutes * 60))
        on_the_dates = b"".join(self._day(date.fromordinal(day)) for day in range(first - 1, last + 2))
        self.worked = bytes(on_the_dates[each - (first - 1) * 1440] for each in shown)
        self.edges = [minute for minute in range(1, minutes) if self.worked[minute - 1] != self.worked[minute]]
        jumps = [minute for minute in range(1, minutes) if shown[minute] - shown[minute - 1] != 1]
        self.clock_changes = [minute for minute in jumps if minute - 1 not in jumps]

    def _day(self, day: date) -> bytes:
        return worked_minutes(self.plan.dates.get(str(day), self.plan.week[day.weekday()]))

    def strip(self, start: int, end: int, grain: int, pauses: list[tuple[int, int]]) -> bytearray:
        """What of [start, end) is worked, grain by grain, with the pauses painted over; all in grains."""
        per_minute = 60 // grain
        minutes = self.worked[start // per_minute : -(-end // per_minute)]
        strip = bytearray(minutes if grain == 60 else b"".join((OFF_MINUTE, ON_MINUTE)[each] for each in minutes))
        strip = strip[start % per_minute :][: max(end - start, 0)]
        for pause_start, pause_end in pauses:
            a, b = max(pause_start - start, 0), min(pause_end - start, len(strip))
            strip[a : max(a, b)] = bytes(max(b - a, 0))
        return strip

    def passed(self, start: int, end: int, grain: int, pauses: list[tuple[int, int]]) -> int:
        return self.strip(start, end, grain, pauses).count(1)

    def over(self, start: int, need: int, grain: int, pauses: list[tuple[int, int]]) -> int:
        """The end of the last grain that is needed; for none the beginning of the first that is worked."""
        for days in (1, 3, 9, 40):
            strip = self.strip(start, start + days * 86400 // grain, grain, pauses)
            if strip.count(1) >= max(need, 1):
                ends = compress(count(start + 1), strip)
                return next(islice(ends, need - 1, None)) if need else next(ends) - 1
        raise AssertionError("the oracle looks 40 days ahead, and the case asks for more")
