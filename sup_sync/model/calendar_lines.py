"""Lines of calendar.yaml about single days."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sup_sync.immutable import value


class LineKind(StrEnum):
    """The effect of a line of calendar.yaml on its day: a statutory holiday or a change by the admin."""

    HOLIDAY = "holiday"
    OFF = "off"
    WORKED = "worked"
    CANCELLED = "cancelled"
    HOURS = "hours"


@value
class Line:
    """A line of calendar.yaml about one day.

    `text` is the name of a holiday, or the source of a change. `other` is the day that a moved day was swapped with.
    An estimated line is not confirmed by a decree yet.
    """

    day: date
    kind: LineKind
    text: str
    other: date | None = None
    is_estimated: bool = False
