"""The days of a year in a language: their kinds and reasons."""

from __future__ import annotations

from collections.abc import Iterator

from sup_sync.immutable import value
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

OBSERVED = " (observed)"  # suffix of `calendar refresh` for a weekday off because the holiday is on a weekend


def sign_of(day: Day) -> str:
    """Return the character that shows the kind of a day without colour."""
    return ESTIMATED if day.is_estimated else SIGNS[day.kind]


@value
class CalendarTexts:
    """The texts about the days of a year."""

    texts: Texts

    def text(self, key: str, **values: object) -> str:
        return self.texts.text(key, **values)

    def months(self) -> list[str]:
        return self.texts.text("months").split(", ")

    def weekdays(self) -> list[str]:
        return self.texts.text("weekdays").split(", ")

    def state(self, year: Year) -> str:
        """Return the text about the year being estimated or final; a final year can have estimated days."""
        if year.is_estimated:
            return self.texts.text("estimated_year")
        has_estimate = any(day.is_estimated for month in year.months for day in month.days)
        return self.texts.text("final_but_for", sign=ESTIMATED) if has_estimate else self.texts.text("final")

    def summary(self, year: Year) -> str:
        return self.texts.text("summary", days=year.working_days, time=self.texts.time(year.worked))

    def legend(self, year: Year) -> Iterator[tuple[str, str]]:
        """Yield the signs that the year uses, with their meanings."""
        days = [day for month in year.months for day in month.days]
        kinds = {day.kind for day in days if not day.is_estimated}
        yield from (
            (sign, self.texts.text(kind.value)) for kind, sign in SIGNS.items() if sign.strip() and kind in kinds
        )
        if any(day.is_estimated for day in days):
            yield ESTIMATED, self.texts.text("estimated")

    def when(self, day: Day) -> str:
        """Format a day with its weekday: `Mo 2026-03-09`."""
        return f"{self.weekdays()[day.day.weekday()]} {day.day}"

    def name(self, day: Day) -> str:
        """Return the short name of a day's kind."""
        return self.texts.text("estimated" if day.is_estimated else day.kind.value)

    def why(self, day: Day) -> str:
        """Return the reasons for a day from the calendar, after its hours if they are unusual."""
        hours = [day.hours] if day.kind in (DayKind.WORKED, DayKind.HOURS) else []
        reasons = [part for line in day.lines for part in self._parts(line)]
        estimated = [self.texts.text("estimated")] if day.is_estimated else []
        return "; ".join(dict.fromkeys([*hours, *reasons, *estimated]))

    def _parts(self, line: Line) -> Iterator[str]:
        if line.kind is LineKind.HOLIDAY:
            yield self._holiday(line.text)
            return
        yield self.texts.text(line.kind.value)
        if line.other:
            yield self.texts.text("instead_of", day=line.other)
        if line.text:
            yield self.texts.text("source", source=line.text)

    def _holiday(self, name: str) -> str:
        json_value = name.removesuffix(OBSERVED)
        translated = self.texts.holiday(json_value)
        return translated if json_value == name else self.texts.text("observed", name=translated)
