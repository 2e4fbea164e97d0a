"""The working calendar of a year: the kind, hours and source of each day, with totals by month."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum

from sup_sync.immutable import value
from sup_sync.model.calendar_lines import Line, LineKind
from sup_sync.model.working_time import Calendar, Window
from sup_sync.to_json import Json, json_value

MONTHS = range(1, 13)

# `calendar refresh` writes this for a weekday that a decree made a day off; the date is the weekend day worked for it
MOVED_BY_DECREE = re.compile(r"Day off \(substituted from (\d{4}-\d\d-\d\d)\)")


class DayKind(StrEnum):
    """The kind of a day: `rest` is a usual weekend day, `off` a moved day off, `hours` a day with other hours."""

    WORKING = "working"
    REST = "rest"
    HOLIDAY = "holiday"
    OFF = "off"
    WORKED = "worked"
    HOURS = "hours"


@value
class Day:
    """A day: its kind, working hours, and lines of the calendar."""

    day: date
    kind: DayKind
    windows: tuple[Window, ...]
    lines: tuple[Line, ...]

    @property
    def is_estimated(self) -> bool:
        return any(each.is_estimated for each in self.lines)

    @property
    def worked(self) -> timedelta:
        return sum((closes - opens for opens, closes in self.windows), timedelta(0))

    @property
    def hours(self) -> str:
        return format_hours(self.windows)


@value
class Month:
    """The days of a month."""

    number: int
    days: tuple[Day, ...]

    @property
    def working_days(self) -> int:
        return sum(bool(each.windows) for each in self.days)

    @property
    def worked(self) -> timedelta:
        return sum((each.worked for each in self.days), timedelta(0))

    def weeks(self) -> Iterator[tuple[Day | None, ...]]:
        """Yield the weeks from Monday to Sunday; None for a day of another month."""
        cells: list[Day | None] = [*[None] * self.days[0].day.weekday(), *self.days]
        cells += [None] * (-len(cells) % 7)
        return (tuple(cells[first : first + 7]) for first in range(0, len(cells), 7))


@value
class Year:
    """A year; `is_estimated` until a decree fixes its moved days."""

    year: int
    is_estimated: bool
    months: tuple[Month, ...]

    @property
    def working_days(self) -> int:
        return sum(each.working_days for each in self.months)

    @property
    def worked(self) -> timedelta:
        return sum((each.worked for each in self.months), timedelta(0))

    @property
    def annotated_days(self) -> tuple[Day, ...]:
        """The days that have lines in the calendar."""
        return tuple(day for month in self.months for day in month.days if day.lines)

    def to_json(self) -> Json:
        """Return {"year", "is_estimated", "working_days", "worked", "months": [MONTH], "days": [DAY]}.

        Times are in seconds. MONTH is {"month", "working_days", "worked"}. DAY, a day with lines, is {"day", "kind",
        "hours", "is_estimated", "lines": [{"day", "kind", "text", "other", "is_estimated"}]}.
        """
        return {
            "year": self.year,
            "is_estimated": self.is_estimated,
            "working_days": self.working_days,
            "worked": json_value(self.worked),
            "months": [
                {"month": each.number, "working_days": each.working_days, "worked": json_value(each.worked)}
                for each in self.months
            ],
            "days": [_day_json(each) for each in self.annotated_days],
        }


def _day_json(day: Day) -> Json:
    return {
        "day": json_value(day.day),
        "kind": day.kind.value,
        "hours": day.hours,
        "is_estimated": day.is_estimated,
        "lines": json_value(day.lines),
    }


def year_of(year: int, calendar: Calendar, lines: Iterable[Line], *, is_estimated: bool) -> Year:
    """Build the year from the calendar that judges; `lines` give the reasons of its days."""
    annotated_days: dict[date, list[Line]] = {}
    for line in lines:
        annotated_days.setdefault(line.day, []).append(_decreed_day_off(line))
    months = (Month(number, tuple(_days(year, number, calendar, annotated_days))) for number in MONTHS)
    return Year(year, is_estimated, tuple(months))


def _decreed_day_off(line: Line) -> Line:
    """Turn a holiday line that is a moved day off by decree into a line of that kind."""
    moved = MOVED_BY_DECREE.fullmatch(line.text) if line.kind is LineKind.HOLIDAY else None
    if moved is None:
        return line
    return Line(line.day, LineKind.OFF, "", date.fromisoformat(moved[1]), line.is_estimated)


def _days(year: int, month: int, calendar: Calendar, annotated_days: dict[date, list[Line]]) -> Iterator[Day]:
    day = date(year, month, 1)
    while day.month == month:
        windows, lines = calendar.windows_on(day), tuple(annotated_days.get(day, ()))
        usual = tuple(calendar.hours.get(day.weekday(), ()))
        yield Day(day, _kind(windows, usual, {each.kind for each in lines}), windows, lines)
        day += timedelta(days=1)


def _kind(windows: Sequence[Window], usual: Sequence[Window], lines: set[LineKind]) -> DayKind:
    if windows and (not usual or lines & {LineKind.WORKED, LineKind.CANCELLED}):
        return DayKind.WORKED
    if windows:
        return DayKind.WORKING if windows == usual else DayKind.HOURS
    if LineKind.OFF in lines:
        return DayKind.OFF
    return DayKind.HOLIDAY if lines else DayKind.REST


def format_hours(windows: Iterable[Window]) -> str:
    """Format working hours in local time: `09:00-13:00, 14:00-18:00`."""
    return ", ".join(f"{_clock(opens)}-{_clock(closes)}" for opens, closes in windows)


def _clock(at: timedelta) -> str:
    hours, minutes = divmod(at // timedelta(minutes=1), 60)
    return f"{hours:02}:{minutes:02}"
