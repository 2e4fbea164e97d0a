"""A year on the terminal: as many months beside one another as fit, then the days that differ."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from rich.console import Console
from rich.text import Text

from sup_sync.output.terminal.layout import print_hanging, print_line, print_section, print_summary, text
from sup_sync.output.texts.year import CalendarTexts, sign_of
from sup_sync.views.year import Day, DayKind, Month, Year

CELL = 3
"""Columns of a day: two for its number, one for its sign."""

MONTH_WIDTH, MONTH_GAP = 7 * CELL, 4
ABREAST = (6, 4, 3, 2, 1)
"""So many months beside one another make whole rows."""

STYLES = {
    DayKind.REST: "dim",
    DayKind.HOLIDAY: "red",
    DayKind.OFF: "magenta",
    DayKind.WORKED: "bold green",
    DayKind.HOURS: "yellow",
}


def show_year(console: Console, year: Year, said: CalendarTexts) -> None:
    """The months with a sign at each day that is not worked as usual, their working days, and why days differ."""
    say = said.texts.say
    print_summary(console, (say("title", year=year.year), "bold"))
    print_summary(console, f"{said.sum_up(year)}; {said.state(year)}")
    fitting = (console.width + MONTH_GAP) // (MONTH_WIDTH + MONTH_GAP)
    abreast = next(number for number in ABREAST if number <= max(fitting, 1))
    for first in range(0, len(year.months), abreast):
        console.print()
        _show_months(console, year.months[first : first + abreast], said)
    print_section(console, say("legend"))
    for sign, words in said.legend(year):
        print_hanging(console, text(f"  {sign}  "), text(words))
    print_hanging(console, text("  "), text(say("of_month")))
    _show_annotated_days(console, year, said)


def _show_months(console: Console, months: Sequence[Month], said: CalendarTexts) -> None:
    blank = Text(" " * MONTH_WIDTH)
    for row in zip_longest(*(_month(month, said) for month in months), fillvalue=blank):
        print_line(console, Text(" " * MONTH_GAP).join(row))


def _month(month: Month, said: CalendarTexts) -> list[Text]:
    """A month as lines of the same width: its name with its working days, the weekdays, its weeks."""
    name, days = said.months()[month.number - 1], said.texts.say("month_days", days=month.working_days)
    gap = MONTH_WIDTH - len(name) - len(days) - 1
    weekdays = "".join(f"{each:>2} " for each in said.weekdays())
    weeks = [Text().join(map(_day, week)) for week in month.weeks()]
    return [text((name, "bold"), " " * gap, (days, "dim"), " "), text((weekdays, "dim")), *weeks]


def _day(day: Day | None) -> Text:
    if day is None:
        return Text(" " * CELL)
    return text((f"{day.day.day:>2}{sign_of(day)}", STYLES.get(day.kind, "")))


def _show_annotated_days(console: Console, year: Year, said: CalendarTexts) -> None:
    print_section(console, said.texts.say("differing"))
    if not year.annotated_days:
        print_hanging(console, text("  "), text(said.texts.say("none")))
        return
    for day in year.annotated_days:
        head = text(f"  {sign_of(day)}  {said.when(day)}  ")
        print_hanging(console, head, text(said.why(day)))
    print_hanging(console, text("  "), text((said.texts.say("without_source"), "dim")))
