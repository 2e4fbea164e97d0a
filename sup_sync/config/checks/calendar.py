"""Checks of calendar.yaml: its years, hours and changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sup_sync.config.checks.files import CALENDAR, Check, Files
from sup_sync.config.shapes import CalendarShape, MoveShape
from sup_sync.errors import Mistake


def check_calendar_is_not_empty(files: Files) -> Iterator[Mistake]:
    if files.calendar and not any(files.calendar.hours.values()) and (CALENDAR, "hours") not in files.pruned:
        yield files.mistake(CALENDAR, ("hours",), "empty calendar; add hours for at least one weekday")


def check_calendar_years(files: Files) -> Iterator[Mistake]:
    if not files.calendar:
        return
    years = list(files.calendar.years)
    if not years:
        yield files.mistake(CALENDAR, ("years",), "no years; add those that the calendar covers")
        return
    covered = f"{years[0]}-{years[-1]}"
    if (CALENDAR, "years") in files.pruned:
        return
    if years != list(range(years[0], years[0] + len(years))):
        yield files.mistake(CALENDAR, ("years",), "years are not consecutive; add the missing years, in order")
        return
    if files.today.year not in years:
        yield files.mistake(
            CALENDAR,
            ("years",),
            f"{files.today.year} is outside the years {covered}; add it and its holidays",
            is_warning=True,
        )
    for section, index, days in _dated(files.calendar):
        for day in days:
            if day.year not in years:
                yield files.mistake(
                    CALENDAR,
                    (section, index),
                    f"{day} is outside the years {covered}; correct the date or add its year",
                )


def check_calendar_changes(files: Files) -> Iterator[Mistake]:
    if not files.calendar:
        return
    seen = set[date]()
    holidays = {each.date for each in files.calendar.holidays}
    for section, index, days in _dated(files.calendar):
        if section == "holidays":
            continue
        change, place = files.calendar.changes[index], (section, index)
        for day in days:
            if day in seen:
                yield files.mistake(CALENDAR, place, f"duplicate change of {day}; keep one line")
            seen.add(day)
        if not isinstance(change, MoveShape) and change.kind == "cancelled" and change.date not in holidays:
            yield files.mistake(CALENDAR, place, f"{change.date} is not a holiday; remove the line or correct the date")


def _dated(calendar: CalendarShape) -> Iterator[tuple[str, int, tuple[date, ...]]]:
    """Yield each line of the calendar that has dates: its section, its index, its dates."""
    for index, holiday in enumerate(calendar.holidays):
        yield "holidays", index, (holiday.date,)
    for index, change in enumerate(calendar.changes):
        yield "changes", index, (change.move, change.to) if isinstance(change, MoveShape) else (change.date,)


CHECKS: tuple[Check, ...] = (check_calendar_is_not_empty, check_calendar_years, check_calendar_changes)
