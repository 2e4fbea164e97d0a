"""Lines of the calendar about single days."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sup_sync.frozen import value


class LineKind(StrEnum):
    """What a line of calendar.yaml does to its day: a holiday of the law, else one of the admin's changes."""

    HOLIDAY = "holiday"
    OFF = "off"
    WORKED = "worked"
    CANCELLED = "cancelled"
    HOURS = "hours"


@value
class Line:
    """What calendar.yaml says of a day: a holiday's name, else the source; `other` is the day it changed places with.

    One that is estimated is fixed by no decree yet.
    """

    day: date
    kind: LineKind
    text: str
    other: date | None = None
    is_estimated: bool = False
