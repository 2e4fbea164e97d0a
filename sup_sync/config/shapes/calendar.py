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


def read_windows(value: Any) -> tuple[Window, ...]:
    if not isinstance(value, list):
        raise ValueError(f'invalid hours {value!r}; write a list: ["09:00-18:00"]')
    return tuple(_window(each) for each in value)


def _window(value: Any) -> Window:
    if isinstance(value, int | float):
        raise ValueError(f'{value} is a number (perhaps 18:00 read as minutes); write "09:00-18:00"')
    match = _WINDOW.fullmatch(str(value))
    if not match:
        raise ValueError(f'invalid time range {value!r}; write "09:00-18:00"')
    from_h, from_min, to_h, to_min = map(int, match.groups())
    opens, closes = timedelta(hours=from_h, minutes=from_min), timedelta(hours=to_h, minutes=to_min)
    if not opens < closes <= timedelta(days=1) or max(from_min, to_min) > 59:  # noqa: PLR2004 - minutes of an hour
        raise ValueError(f'invalid time range {value!r}; its end must be later on the same day: "09:00-18:00"')
    return opens, closes


def check_weekdays(days: str) -> str:
    first, _, last = days.partition("-")
    if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
        raise ValueError(f"invalid weekday {days!r}; write mon, tue, … sun, or mon-fri")
    if not _weekdays(days):
        raise ValueError(f"range {days!r} crosses the end of the week; write two lines, one up to sun and one from mon")
    return days


def _weekdays(days: str) -> range:
    """Convert `mon-fri` or `sat` to weekday numbers (0 is Monday)."""
    first, _, last = days.partition("-")
    return range(WEEKDAYS.index(first), WEEKDAYS.index(last or first) + 1)


Windows = Annotated[tuple[Window, ...], BeforeValidator(read_windows)]


class HolidayShape(Shape):
    """A public holiday."""

    date: date
    """Date of the day off."""

    name: str
    """Name of the holiday."""

    estimated: bool = False
    """`true` if no decree has fixed the date yet. Example: `true`."""


class ChangeShape(Shape):
    """A day that differs from the table of holidays and from its weekday."""

    date: date
    """Date of the day."""

    kind: Literal["off", "worked", "cancelled", "hours"]
    """Kind of the change: a day `off`, a `worked` day, a `cancelled` holiday, or other `hours`."""

    hours: Windows | None = None
    """Hours of that day. Required if `kind` is `hours`; if `kind` is `worked`, the default is the hours of a Monday.
    Example: `["09:00-13:00"]`.
    """

    source: str
    """Source of the decision: the order and its date."""

    @model_validator(mode="after")
    def _hours_fit(self) -> Self:
        if (self.kind == "hours") != (self.hours is not None) and self.kind != "worked":
            raise ValueError("`hours` is for `kind: hours` (required) and `kind: worked`; add or remove it")
        return self


class MoveShape(Shape):
    """A working day exchanged for a day off: `move` becomes free, `to` is worked."""

    move: date
    """Working day that becomes free. Example: `2026-05-08`."""

    to: date
    """Day off that is worked instead. Example: `2026-05-16`."""

    source: str
    """Source of the decision: the order and its date. Example: `order no. 12 of 2026-04-01`."""


def read_change(value: Any) -> Any:
    """Read a move if the key `move` is present, otherwise a change. Mistakes are reported for that shape only."""
    if isinstance(value, Mapping):
        return MoveShape.model_validate(value) if "move" in value else ChangeShape.model_validate(value)
    raise ValueError("write {date: …, kind: …, source: …} or {move: …, to: …, source: …}")


class CalendarShape(Shape):
    """calendar.yaml."""

    zone: str
    """Time zone of all hours, by its IANA name."""

    hours: dict[Annotated[str, AfterValidator(check_weekdays)], Windows]
    """Working hours by weekday (`mon`, or `mon-fri`), in local time. Write two ranges to leave out a lunch break. A
    weekday without a line is a day off.
    """

    years: dict[int, Literal["final", "estimated"]]
    """Years that the calendar covers: `final`, or `estimated` until a decree fixes the moved days."""

    holidays: tuple[HolidayShape, ...] = ()
    """Public holidays. `sup-sync calendar refresh` prints these lines."""

    changes: tuple[Annotated[Any, BeforeValidator(read_change)], ...] = ()
    """Your own lines: an extra day off, a worked day, a cancelled holiday, other hours, or a move. They take precedence
    over `holidays`.
    """

    @field_validator("hours")
    @classmethod
    def _each_day_once(cls, hours: dict[str, tuple[Window, ...]]) -> dict[str, tuple[Window, ...]]:
        days = [weekday for days in hours for weekday in _weekdays(days)]
        for weekday in days:
            if days.count(weekday) > 1:
                raise ValueError(f"duplicate hours for {WEEKDAYS[weekday]}; remove one line")
        return hours

    @property
    def by_weekday(self) -> dict[int, tuple[Window, ...]]:
        """The windows of each weekday (0 is Monday)."""
        return {weekday: windows for days, windows in self.hours.items() for weekday in _weekdays(days)}
