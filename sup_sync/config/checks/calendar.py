"""Whether calendar.yaml holds together: its years, its days, its changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sup_sync.config.checks.files import CALENDAR, Check, Files
from sup_sync.config.shapes import CalendarShape, MoveShape
from sup_sync.errors import Mistake


def check_calendar_is_not_empty(files: Files) -> Iterator[Mistake]:
    if files.calendar and not any(files.calendar.hours.values()) and (CALENDAR, "hours") not in files.pruned:
        yield files.mistake(CALENDAR, ("hours",), "an empty calendar: give at least one weekday its hours")


def check_calendar_years(files: Files) -> Iterator[Mistake]:
    if not files.calendar:
        return
    years = list(files.calendar.years)
    if not years:
        yield files.mistake(CALENDAR, ("years",), "no years: name those that the calendar knows")
        return
    known = f"{years[0]}-{years[-1]}"
    if (CALENDAR, "years") in files.pruned:
        return
    if years != list(range(years[0], years[0] + len(years))):
        yield files.mistake(CALENDAR, ("years",), "years leave one out or stand out of order")
        return
    if files.today.year not in years:
        yield files.mistake(CALENDAR, ("years",), f"{files.today.year} is none of the years {known}", is_warning=True)
    for section, number, days in _dated(files.calendar):
        for day in days:
            if day.year not in years:
                yield files.mistake(CALENDAR, (section, number), f"{day} lies outside of the years {known}")


def check_calendar_changes(files: Files) -> Iterator[Mistake]:
    if not files.calendar:
        return
    seen = set[date]()
    holidays = {each.date for each in files.calendar.holidays}
    for section, number, days in _dated(files.calendar):
        if section == "holidays":
            continue
        change, place = files.calendar.changes[number], (section, number)
        for day in days:
            if day in seen:
                yield files.mistake(CALENDAR, place, f"{day} is changed twice: keep one line")
            seen.add(day)
        if not isinstance(change, MoveShape) and change.kind == "cancelled" and change.date not in holidays:
            yield files.mistake(CALENDAR, place, f"{change.date} is no holiday: nothing to cancel")


def _dated(calendar: CalendarShape) -> Iterator[tuple[str, int, tuple[date, ...]]]:
    """Every line of the calendar that has dates: its section, its number, the dates."""
    for number, holiday in enumerate(calendar.holidays):
        yield "holidays", number, (holiday.date,)
    for number, change in enumerate(calendar.changes):
        yield "changes", number, (change.move, change.to) if isinstance(change, MoveShape) else (change.date,)


CHECKS: tuple[Check, ...] = (check_calendar_is_not_empty, check_calendar_years, check_calendar_changes)
