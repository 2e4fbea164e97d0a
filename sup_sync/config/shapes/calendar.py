"""The shape of calendar.yaml."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, field_validator, model_validator

from sup_sync.config.shapes.base import Shape
from sup_sync.model.moments import WEEKDAYS
from sup_sync.model.working_time import Window

_WINDOW = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")


def windows(value: Any) -> tuple[Window, ...]:
    if not isinstance(value, list):
        raise ValueError(f'{value!r} is no list of hours: write ["09:00-18:00"]')
    return tuple(_window(each) for each in value)


def _window(value: Any) -> Window:
    if isinstance(value, int | float):
        raise ValueError(f'{value} is a number, not hours (18:00 read as minutes?): write "09:00-18:00"')
    match = _WINDOW.fullmatch(str(value))
    if not match:
        raise ValueError(f'{value!r} is no stretch of hours: write "09:00-18:00"')
    from_h, from_min, to_h, to_min = map(int, match.groups())
    opens, closes = timedelta(hours=from_h, minutes=from_min), timedelta(hours=to_h, minutes=to_min)
    if not opens < closes <= timedelta(days=1) or max(from_min, to_min) > 59:  # noqa: PLR2004 - minutes of an hour
        raise ValueError(f'{value!r} does not end after it begins, within one day: write "09:00-18:00"')
    return opens, closes


def named_weekdays(days: str) -> str:
    first, _, last = days.partition("-")
    if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
        raise ValueError(f"{days!r} is no weekday: write mon, tue, … sun, or mon-fri")
    if not _weekdays(days):
        raise ValueError(f"{days!r} ends before it begins: write two lines, up to sun and from mon")
    return days


def _weekdays(days: str) -> range:
    """`mon-fri` or `sat` as weekday numbers, 0 is Monday."""
    first, _, last = days.partition("-")
    return range(WEEKDAYS.index(first), WEEKDAYS.index(last or first) + 1)


Windows = Annotated[tuple[Window, ...], BeforeValidator(windows)]


class HolidayShape(Shape):
    """A day off that the law names."""

    date: date
    """The day off."""

    name: str
    """What it is called."""

    estimated: bool = False
    """Whether the day is not decreed yet. Example: `true`."""


class ChangeShape(Shape):
    """A line of the admin's own: an extra day off, a worked day, a cancelled holiday, a move, or other hours."""

    date: date
    """The day that differs."""

    kind: Literal["off", "worked", "cancelled", "hours"]
    """How: a day `off`, a `worked` day, a holiday `cancelled`, or other `hours`."""

    hours: Windows | None = None
    """The hours of that day; with `hours` always, with `worked` where they are not those of a Monday. Example:
    `["09:00-13:00"]`.
    """

    source: str
    """Who decided it: the order and its date."""

    @model_validator(mode="after")
    def _hours_fit(self) -> Self:
        if (self.kind == "hours") != (self.hours is not None) and self.kind != "worked":
            raise ValueError("`hours` goes with `kind: hours` or `kind: worked`, and `kind: hours` needs them")
        return self


class MoveShape(Shape):
    """The working day of `move` is worked on `to` instead."""

    move: date
    """The working day that becomes free. Example: `2026-05-08`."""

    to: date
    """The day off that is worked instead. Example: `2026-05-16`."""

    source: str
    """Who decided it: the order and its date. Example: `order no. 12 of 2026-04-01`."""


def change_or_move(value: Any) -> Any:
    """A move or a change, by its keys, so that a mistake in one is not reported against the other."""
    if isinstance(value, Mapping):
        return MoveShape.model_validate(value) if "move" in value else ChangeShape.model_validate(value)
    raise ValueError("write {date: …, kind: …, source: …} or {move: …, to: …, source: …}")


class CalendarShape(Shape):
    """calendar.yaml."""

    zone: str
    """The time zone of all hours, by its IANA name."""

    hours: dict[Annotated[str, AfterValidator(named_weekdays)], Windows]
    """The working hours by weekday (`mon`, or `mon-fri`), in local time; two stretches a day leave room for lunch. A
    day without a line is off.
    """

    years: dict[int, Literal["final", "estimated"]]
    """The years that the holidays are known for: `final`, or `estimated` while no decree fixes the moved days."""

    holidays: tuple[HolidayShape, ...] = ()
    """The days off that the law names; `sup-sync calendar refresh` prints them."""

    changes: tuple[Annotated[Any, BeforeValidator(change_or_move)], ...] = ()
    """Your own lines: a day off more, a worked day, a holiday cancelled, other hours, or a move. They go before
    `holidays`.
    """

    @field_validator("hours")
    @classmethod
    def _each_day_once(cls, hours: dict[str, tuple[Window, ...]]) -> dict[str, tuple[Window, ...]]:
        days = [weekday for days in hours for weekday in _weekdays(days)]
        for weekday in days:
            if days.count(weekday) > 1:
                raise ValueError(f"{WEEKDAYS[weekday]} has its hours twice: keep one line")
        return hours

    @property
    def by_weekday(self) -> dict[int, tuple[Window, ...]]:
        """The windows of each weekday, 0 is Monday."""
        return {weekday: windows for days, windows in self.hours.items() for weekday in _weekdays(days)}
