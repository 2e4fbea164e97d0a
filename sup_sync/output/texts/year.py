"""A year's days in a language: what each is, and why."""

from __future__ import annotations

from collections.abc import Iterator

from sup_sync.frozen import value
from sup_sync.model.calendar_lines import Line, LineKind
from sup_sync.output.texts.texts import Texts
from sup_sync.views.year import Day, DayKind, Year

SIGNS = {
    DayKind.WORKING: " ",
    DayKind.REST: ".",
    DayKind.HOLIDAY: "*",
    DayKind.OFF: "-",
    DayKind.WORKED: "+",
    DayKind.HOURS: "~",
}
ESTIMATED = "?"

OBSERVED = " (observed)"
"""How `calendar refresh` marks a working day that is off for a holiday on a weekend."""


def sign_of(day: Day) -> str:
    """The one character by which a day is known without colour."""
    return ESTIMATED if day.is_estimated else SIGNS[day.kind]


@value
class CalendarTexts:
    """Says what a year's days are."""

    texts: Texts

    def months(self) -> list[str]:
        return self.texts.say("months").split(", ")

    def weekdays(self) -> list[str]:
        return self.texts.say("weekdays").split(", ")

    def state(self, year: Year) -> str:
        """Whether the year's days are final; a day of a final year may still be an estimate."""
        if year.is_estimated:
            return self.texts.say("estimated_year")
        has_estimate = any(day.is_estimated for month in year.months for day in month.days)
        return self.texts.say("final_but_for", sign=ESTIMATED) if has_estimate else self.texts.say("final")

    def sum_up(self, year: Year) -> str:
        return self.texts.say("sum_up", days=year.working_days, time=self.texts.time(year.worked))

    def legend(self, year: Year) -> Iterator[tuple[str, str]]:
        """The signs that stand in the year, each with its words."""
        days = [day for month in year.months for day in month.days]
        kinds = {day.kind for day in days if not day.is_estimated}
        yield from (
            (sign, self.texts.say(kind.value)) for kind, sign in SIGNS.items() if sign.strip() and kind in kinds
        )
        if any(day.is_estimated for day in days):
            yield ESTIMATED, self.texts.say("estimated")

    def when(self, day: Day) -> str:
        """A day of the year with its weekday: `Mo 2026-03-09`."""
        return f"{self.weekdays()[day.day.weekday()]} {day.day}"

    def name(self, day: Day) -> str:
        """What a day is, in a few words, to stand beside it."""
        return self.texts.say("estimated" if day.is_estimated else day.kind.value)

    def why(self, day: Day) -> str:
        """What the calendar says of a day, and its hours where they are not as usual."""
        hours = [day.hours] if day.kind in (DayKind.WORKED, DayKind.HOURS) else []
        said = [part for line in day.lines for part in self._parts(line)]
        estimated = [self.texts.say("estimated")] if day.is_estimated else []
        return "; ".join(dict.fromkeys([*hours, *said, *estimated]))

    def _parts(self, line: Line) -> Iterator[str]:
        if line.kind is LineKind.HOLIDAY:
            yield self._holiday(line.text)
            return
        yield self.texts.say(line.kind.value)
        if line.other:
            yield self.texts.say("instead_of", day=line.other)
        if line.text:
            yield self.texts.say("source", source=line.text)

    def _holiday(self, name: str) -> str:
        plain = name.removesuffix(OBSERVED)
        named = self.texts.holiday(plain)
        return named if plain == name else self.texts.say("observed", name=named)
