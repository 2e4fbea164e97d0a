"""The calendar of a year on the terminal: months side by side, then the days that differ."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from rich.console import Console
from rich.text import Text

from sup_sync.output.terminal.layout import print_hanging, print_line, print_section, print_summary, text
from sup_sync.output.texts.year import CalendarTexts, sign_of
from sup_sync.views.year import Day, DayKind, Month, Year

CELL = 3  # columns of a day: two for its number, one for its sign

MONTH_WIDTH, MONTH_GAP = 7 * CELL, 4
MONTHS_PER_ROW = (6, 4, 3, 2, 1)  # divisors of 12, so that every row is full

STYLES = {
    DayKind.REST: "dim",
    DayKind.HOLIDAY: "red",
    DayKind.OFF: "magenta",
    DayKind.WORKED: "bold green",
    DayKind.HOURS: "yellow",
}


def show_year(console: Console, year: Year, texts: CalendarTexts) -> None:
    """Print the months with a sign at each unusual day, the legend, and the reasons of those days."""
    print_summary(console, (texts.text("title", year=year.year), "bold"))
    print_summary(console, f"{texts.summary(year)}; {texts.state(year)}")
    fitting = (console.width + MONTH_GAP) // (MONTH_WIDTH + MONTH_GAP)
    per_row = next(number for number in MONTHS_PER_ROW if number <= max(fitting, 1))
    for first in range(0, len(year.months), per_row):
        console.print()
        _show_months(console, year.months[first : first + per_row], texts)
    print_section(console, texts.text("legend"))
    for sign, meaning in texts.legend(year):
        print_hanging(console, text(f"  {sign}  "), text(meaning))
    print_hanging(console, text("  "), text(texts.text("of_month")))
    _show_annotated_days(console, year, texts)


def _show_months(console: Console, months: Sequence[Month], texts: CalendarTexts) -> None:
    blank = Text(" " * MONTH_WIDTH)
    for row in zip_longest(*(_month(month, texts) for month in months), fillvalue=blank):
        print_line(console, Text(" " * MONTH_GAP).join(row))


def _month(month: Month, texts: CalendarTexts) -> list[Text]:
    """Lay out a month as lines of equal width: its name and working days, the weekdays, its weeks."""
    name, days = texts.months()[month.number - 1], texts.text("month_days", days=month.working_days)
    gap = MONTH_WIDTH - len(name) - len(days) - 1
    weekdays = "".join(f"{each:>2} " for each in texts.weekdays())
    weeks = [Text().join(map(_day, week)) for week in month.weeks()]
    return [text((name, "bold"), " " * gap, (days, "dim"), " "), text((weekdays, "dim")), *weeks]


def _day(day: Day | None) -> Text:
    if day is None:
        return Text(" " * CELL)
    return text((f"{day.day.day:>2}{sign_of(day)}", STYLES.get(day.kind, "")))


def _show_annotated_days(console: Console, year: Year, texts: CalendarTexts) -> None:
    print_section(console, texts.text("differing"))
    if not year.annotated_days:
        print_hanging(console, text("  "), text(texts.text("none")))
        return
    for day in year.annotated_days:
        head = text(f"  {sign_of(day)}  {texts.when(day)}  ")
        print_hanging(console, head, text(texts.why(day)))
    print_hanging(console, text("  "), text((texts.text("without_source"), "dim")))
