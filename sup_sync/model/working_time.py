"""Working-time arithmetic: the working time between two moments, and the moment when an amount has passed."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import accumulate
from math import trunc
from zoneinfo import ZoneInfo

from sup_sync.errors import CalendarError
from sup_sync.immutable import fast_value

# Opening and closing time on the wall clock, as offsets from local midnight.
Window = tuple[timedelta, timedelta]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NOTHING, _DAY = timedelta(0), timedelta(days=1)
_MICROSECOND, _SECOND_US, _DAY_S = timedelta(microseconds=1), 1_000_000, 86_400
_LATEST = (datetime(9999, 12, 31, tzinfo=UTC) - _EPOCH) // _MICROSECOND


@fast_value
class Span:
    """A half-open period of time [start, end) between two aware datetimes; empty unless start < end."""

    start: datetime
    end: datetime


class Calendar:
    """The working hours: a zone, windows by weekday (0 is Monday) and by date, and the known years.

    The windows of a date replace those of its weekday; a date without windows is a day off. A window opens and closes
    at the first moment when the wall clock shows that time of day or jumps past it: the first pass of a repeated hour
    counts, and a skipped hour is not worked.
    """

    def __init__(
        self,
        zone: ZoneInfo,
        hours: Mapping[int, Sequence[Window]],
        exceptions: Mapping[date, Sequence[Window]],
        years: range,
    ) -> None:
        if not years or years.step != 1:
            raise CalendarError(f"invalid years {years}: name at least one, with no gaps")
        for weekday in hours:
            if weekday not in range(7):
                raise CalendarError(f"invalid weekday {weekday}: use 0 (Monday) to 6 (Sunday)")
        self.zone = zone
        self.hours = {weekday: _checked(f"weekday {weekday}", row) for weekday, row in hours.items()}
        self.exceptions = {day: _checked(day.isoformat(), row) for day, row in exceptions.items()}
        self.years = years
        if not any(map(self._windows, self._dates())):
            raise CalendarError(f"no working time in {_years_text(years)}: give at least one weekday a window")

    def after(self, start: datetime, within: timedelta, without: Iterable[Span] = ()) -> datetime:
        """Return the earliest moment t (UTC) with `within` working time in [start, t), excluding the `without` spans.

        If `within` is zero, return `start` in working time, otherwise the next opening.
        """
        line, begin = self._line, _us(start)
        need: float = within // _MICROSECOND
        if not without:
            return _moment(line.add(begin, need))
        if line.between(begin, line.hi) >= need:
            for piece, end in _pieces(begin, line.hi, without):
                passed = line.between(piece, end)
                if passed > need or passed == need > 0:
                    return _moment(line.add(piece, need))
                need -= passed
        raise line.exhausted(begin, within // _MICROSECOND)

    def elapsed(self, start: datetime, end: datetime, without: Iterable[Span] = ()) -> timedelta:
        """Return the working time in [start, end), excluding the `without` spans; zero for a reversed interval."""
        line, begin, finish = self._line, _us(start), _us(end)
        total = line.between(begin, finish)
        if without:
            total = sum(line.between(*piece) for piece in _pieces(begin, finish, without))
        return total * _MICROSECOND

    def elapsed_in_known_years(self, start: datetime, end: datetime, without: Iterable[Span] = ()) -> timedelta:
        """Return `elapsed`, counted only until the end of the known years; raises CalendarError if it starts later."""
        try:
            return self.elapsed(start, end, without)
        except CalendarError:
            return self.elapsed(start, min(end, self.known_until), without)

    @cached_property
    def known_until(self) -> datetime:
        """The end of the known years."""
        return _moment(self._line.hi)

    def spans(self, start: datetime, end: datetime, without: Iterable[Span] = ()) -> Iterator[Span]:
        """Yield the working periods (UTC) in [start, end), excluding the `without` spans, in order."""
        line, begin, finish = self._line, _us(start), _us(end)
        line.between(begin, finish)
        pieces = list(_pieces(begin, finish, without))
        return (Span(_moment(a), _moment(b)) for piece in pieces for a, b in line.stretches(*piece))

    @cached_property
    def elapsed_s(self) -> Callable[[float, float], float]:
        """`elapsed_s(start, end)`: like `elapsed`, in seconds between two moments in epoch seconds."""
        return self._line_s.between

    @cached_property
    def after_s(self) -> Callable[[float, float], float]:
        """`after_s(start, within)`: like `after`, in epoch seconds, for an amount in seconds."""
        return self._line_s.add

    def is_open(self, at: datetime) -> bool:
        """Return whether this moment is in working time."""
        return self._line.between(_us(at), _us(at) + 1) > 0

    def windows_on(self, day: date) -> tuple[Window, ...]:
        """Return the windows of a local date; none on a day off."""
        if day.year not in self.years:
            raise _outside(day, self.years)
        return self._windows(day)

    def working_days(self, year: int) -> int:
        """Count the dates of a year that have working time."""
        if year not in self.years:
            raise _outside(year, self.years)
        return sum(day.year == year for day in self._workdays)

    def end_of_working_day(self, start: datetime, days: int) -> datetime:
        """Return the last closing (UTC) of the `days`-th working day, from 1, after the local date of `start`."""
        if days < 1:
            raise CalendarError(f"invalid number of working days {days}: use 1 or more")
        today = _moment(_us(start)).astimezone(self.zone).date()
        self.windows_on(today)
        ahead = bisect_right(self._workdays, today) + days - 1
        if ahead >= len(self._workdays):
            raise _outside(f"working day {days} after {today}", self.years)
        day = self._workdays[ahead]
        return _moment(self._first_shown(day, self._windows(day)[-1][1]))

    def _windows(self, day: date) -> tuple[Window, ...]:
        return self.exceptions[day] if day in self.exceptions else self.hours.get(day.weekday(), ())

    def _dates(self) -> Iterator[date]:
        first, last = date(self.years[0], 1, 1), date(self.years[-1], 12, 31)
        return map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))

    @cached_property
    def _workdays(self) -> list[date]:
        return [day for day in self._dates() if self._windows(day)]

    @cached_property
    def _first_shown(self) -> Callable[[date, timedelta], int]:
        return _wall_clock(self.zone, self.years)

    # Datetimes are counted in whole microseconds, their own resolution, so that every result is exact: float seconds
    # near 1.7e9 are 0.24 microseconds apart. `_line_s` is for callers that use epoch seconds.
    @cached_property
    def _line(self) -> _Line:
        return _Line(self, self._stretches, _SECOND_US)

    @cached_property
    def _line_s(self) -> _Line:
        return _Line(self, self._stretches, 1)

    @cached_property
    def _stretches(self) -> list[tuple[int, int]]:
        """The working periods in epoch microseconds, with an empty one at each end of the known years."""
        begin = self._first_shown(date(self.years[0], 1, 1), _NOTHING)
        end = self._first_shown(date(self.years[-1], 12, 31), _DAY)
        periods = [(begin, begin)]
        for day in self._workdays:
            for window in self._windows(day):
                opens, closes = (self._first_shown(day, time_of_day) for time_of_day in window)
                if opens == periods[-1][1]:
                    periods[-1] = (periods[-1][0], closes)
                elif opens < closes:
                    periods.append((opens, closes))
        return [*periods, (end, end)]


class EveryHour(Calendar):
    """All hours of all days: it has no days off, so it also counts outside the known years."""

    def __init__(self, zone: ZoneInfo, years: range) -> None:
        super().__init__(zone, dict.fromkeys(range(7), ((_NOTHING, _DAY),)), {}, years)

    def after(self, start: datetime, within: timedelta, without: Iterable[Span] = ()) -> datetime:
        begin, need = _us(start), within // _MICROSECOND
        if need < 0:
            raise CalendarError(f"invalid amount of time {within}: use 0 or more")
        for piece, end in _pieces(begin, _LATEST, without):
            passed = end - piece
            if passed > need or passed == need > 0:
                return _moment(piece + need)
            need -= trunc(passed)
        raise CalendarError(f"the end of {within} from {start} on is too late for a calendar")

    def elapsed(self, start: datetime, end: datetime, without: Iterable[Span] = ()) -> timedelta:
        return sum(end - start for start, end in _pieces(_us(start), _us(end), without)) * _MICROSECOND

    @property
    def known_until(self) -> datetime:
        return _moment(_LATEST)

    def spans(self, start: datetime, end: datetime, without: Iterable[Span] = ()) -> Iterator[Span]:
        return (Span(_moment(a), _moment(b)) for a, b in _pieces(_us(start), _us(end), without))

    def is_open(self, _at: datetime) -> bool:
        return True

    def end_of_working_day(self, start: datetime, days: int) -> datetime:
        if days < 1:
            raise CalendarError(f"invalid number of days {days}: use 1 or more")
        day = start.astimezone(self.zone).date() + timedelta(days=days + 1)
        return datetime.combine(day, time(), self.zone).astimezone(UTC)


class _Line:
    """The mapping between moments and working time, both in units of 1 or 1/1,000,000 seconds.

    The working time since lo is t + shift[k] at a moment t in working period k, and worked[k] between its end and the
    next opening. `by_day` and `by_portion` have the period at which a search starts, for each day and for each portion
    of working time. These tables, and closures instead of methods, halve the time that bisecting attributes takes.
    """

    def __init__(self, calendar: Calendar, stretches: list[tuple[int, int]], second: int) -> None:
        def in_unit(times: Iterable[int]) -> list[float]:
            return list(times) if second == _SECOND_US else [us / _SECOND_US for us in times]

        self.calendar, self.second, self.day = calendar, second, _DAY_S * second
        worked = list(accumulate(closes - opens for opens, closes in stretches))
        self.opens, self.closes = in_unit(opens for opens, _ in stretches), in_unit(closes for _, closes in stretches)
        self.lo, self.hi, self.worked = self.opens[0], self.opens[-1], in_unit(worked)
        self.shift = in_unit(done - closes for done, (_, closes) in zip(worked, stretches, strict=True))
        self.next_opens = [*self.opens[1:], self.hi + 1]
        days = range(0, trunc(self.hi - self.lo) + 1, self.day)
        self.by_day = [bisect_right(self.next_opens, self.lo + x) for x in days]
        self.between, self.add = self._make_between(), self._make_add()

    def _make_between(self) -> Callable[[float, float], float]:
        lo, hi, day, by_day = self.lo, self.hi, self.day, self.by_day
        next_opens, shift, worked = self.next_opens, self.shift, self.worked

        def between(start: float, end: float) -> float:
            if lo <= start <= end <= hi:
                k = by_day[trunc(start - lo) // day]
                while start >= next_opens[k]:
                    k += 1
                by_start, most = start + shift[k], worked[k]
                before = by_start if by_start < most else most
                k = by_day[trunc(end - lo) // day]
                while end >= next_opens[k]:
                    k += 1
                by_end, most = end + shift[k], worked[k]
                return (by_end if by_end < most else most) - before
            for moment in (start, end):
                if not lo <= moment <= hi:
                    raise self.outside(moment)
            return lo - lo

        return between

    def _make_add(self) -> Callable[[float, float], float]:
        lo, hi, day, by_day = self.lo, self.hi, self.day, self.by_day
        next_opens, shift, worked, total = self.next_opens, self.shift, self.worked, self.worked[-1]
        portion = trunc(total / len(worked)) + 1
        by_portion = [bisect_left(worked, x) for x in range(0, trunc(total) + 1, portion)]

        def add(start: float, need: float) -> float:
            if lo <= start < hi and need > 0:
                k = by_day[trunc(start - lo) // day]
                while start >= next_opens[k]:
                    k += 1
                by_end, most = start + shift[k], worked[k]
                by_end = (by_end if by_end < most else most) + need
                if by_end <= total:
                    k = by_portion[trunc(by_end) // portion]
                    while by_end > worked[k]:
                        k += 1
                    return by_end - shift[k]
                raise self.exhausted(start, need)
            return self.opening(start, need)

        return add

    def opening(self, start: float, need: float) -> float:
        """Return `start` in working time, otherwise the next opening."""
        if not self.lo <= start < self.hi:
            raise self.outside(start)
        if need < 0:
            raise CalendarError(f"invalid amount of working time {need / self.second:g} s: use 0 or more")
        for opens, _ in self.stretches(start, self.hi):
            return opens
        raise self.exhausted(start, need)

    def stretches(self, start: float, end: float) -> Iterator[tuple[float, float]]:
        """Yield the working periods in [start, end)."""
        for k in range(bisect_right(self.opens, start) - 1, bisect_left(self.opens, end)):
            opens, closes = max(start, self.opens[k]), min(end, self.closes[k])
            if opens < closes:
                yield opens, closes

    def outside(self, moment: float) -> CalendarError:
        try:
            return _outside(self.local(moment).date(), self.calendar.years)
        except (OverflowError, ValueError):
            return _outside(f"{moment / self.second:g} s of epoch time", self.calendar.years)

    def exhausted(self, start: float, need: float) -> CalendarError:
        what = f"the end of {timedelta(seconds=need / self.second)}" if need else "the next opening"
        return _outside(f"{what} from {self.local(start):%Y-%m-%d %H:%M} on", self.calendar.years)

    def local(self, moment: float) -> datetime:
        return (_EPOCH + timedelta(seconds=moment / self.second)).astimezone(self.calendar.zone)


def check_zone_data(zone: ZoneInfo) -> None:
    """Reject tz data older than 2024a, which keeps Asia/Almaty at UTC+6 after February 2024."""
    summer = datetime(2024, 6, 1, tzinfo=UTC).astimezone(zone)
    if zone.key == "Asia/Almaty" and summer.utcoffset() != timedelta(hours=5):
        raise CalendarError(f"the tz data has Asia/Almaty at {summer:%z} in June 2024: update tzdata")


def _wall_clock(zone: ZoneInfo, years: range) -> Callable[[date, timedelta], int]:
    """Make a function for the first epoch microsecond at which the wall clock shows a time or jumps past it."""

    def offset_at(second: int) -> int:
        return (datetime.fromtimestamp(second, zone).utcoffset() or _NOTHING) // _MICROSECOND

    def first_shown(day: date, time_of_day: timedelta) -> int:
        wall = (day.toordinal() - epoch) * _DAY_S * _SECOND_US + time_of_day // _MICROSECOND
        k = bisect_right(ends, wall)
        return max(starts[k], wall - offsets[k])

    epoch = _EPOCH.toordinal()
    first, last = ((date(year, 1, 1).toordinal() - epoch) * _DAY_S for year in (years.start, years.stop))
    starts, offsets = [0], [offset_at(first - _DAY_S)]
    for second in range(first - _DAY_S, last + _DAY_S, _DAY_S):
        if offset_at(second + _DAY_S) != offsets[-1]:
            day = range(second, second + _DAY_S)
            turn = second + bisect_left(day, True, key=lambda s: offset_at(s) != offsets[-1])
            starts.append(turn * _SECOND_US)
            offsets.append(offset_at(turn))
    ends = [start + offset for start, offset in zip(starts[1:], offsets, strict=False)]
    return first_shown


def _pieces(start: float, end: float, without: Iterable[Span]) -> Iterator[tuple[float, float]]:
    """Yield the parts of [start, end) that are outside all spans; the spans may overlap, in any order."""
    for cut_start, cut_end in sorted((_us(span.start), _us(span.end)) for span in without):
        if cut_start < cut_end and start < end:
            if start < cut_start:
                yield start, min(cut_start, end)
            start = max(start, cut_end)
    if start < end:
        yield start, end


def _checked(where: str, windows: Sequence[Window]) -> tuple[Window, ...]:
    last = _NOTHING
    for start, end in windows:
        if not _NOTHING <= start < end <= _DAY:
            raise CalendarError(f"{where}: invalid window {start} to {end}: end it after its start, by 24:00")
        if start < last:
            raise CalendarError(f"{where}: {start} to {end} starts before {last}, the end of the previous window")
        last = end
    return tuple(windows)


def _outside(what: object, years: range) -> CalendarError:
    known = _years_text(years)
    return CalendarError(f"{what} is outside the calendar's years {known}: extend mappings/calendar.yaml")


def _years_text(years: range) -> str:
    return f"{years[0]}-{years[-1]}" if len(years) > 1 else str(years[0])


def _us(at: datetime) -> int:
    try:
        return (at - _EPOCH) // _MICROSECOND
    except TypeError:
        raise CalendarError(f"{at} has no time zone: give an aware datetime") from None


def _moment(us: float) -> datetime:
    return _EPOCH + us * _MICROSECOND
