"""The clocks of a request drawn as lines, with a legend; each sign is known without colour."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from sup_sync.errors import CalendarError
from sup_sync.output.terminal.labels import duration, metric_label, moment, word
from sup_sync.output.terminal.layout import print_hanging, print_line, print_section, text
from sup_sync.views.explanation import Explanation
from sup_sync.views.timeline import CellKind, Timeline, timeline

SIGNS = {
    CellKind.RUNNING: ("█", "green", "counts"),
    CellKind.PAUSED: ("░", "cyan", "paused"),
    CellKind.CLOSED: ("·", "dim", "nobody works"),
    CellKind.AHEAD: ("─", "", "still ahead"),
    CellKind.OVER: (" ", "", ""),
}
LETTERS = {"due": "D", "now": "N", "stopped": "S"}
INDENT = 2
BROADEST = 100
"""Columns beyond which a longer line tells nothing more."""


def show_lines(console: Console, told: Explanation) -> None:
    """A line for each target that is measured, its marks below it, and what the signs mean."""
    drawn = list(_drawn(told, min(console.width, BROADEST) - INDENT))
    if not drawn:
        return
    print_section(console, "Line")
    steps = list(dict.fromkeys(mark.name for _, line in drawn for mark in line.marks if mark.name not in LETTERS))
    letters = LETTERS | {name: str(number) for number, name in enumerate(steps, 1)}
    for title, line in drawn:
        cell = duration((line.end_at - line.start_at) / len(line.cells))
        start, end = (moment(each, told.zone) for each in (line.start_at, line.end_at))
        print_hanging(console, text("  "), text((title, "bold"), f", {start} to {end}, {cell} a sign"))
        signs = ((SIGNS[each][0], SIGNS[each][1]) for each in line.cells)
        print_line(console, text(" " * INDENT, *signs))
        for row in _rows(line, letters):
            print_line(console, text(" " * INDENT, (row, "bold")))
    print_hanging(console, text("  "), text((_legend([line for _, line in drawn], letters), "dim")))


def _drawn(told: Explanation, cells: int) -> list[tuple[str, Timeline]]:
    """The lines that can be drawn: those within the calendar's years, of some length."""
    found = []
    for clock in told.clocks:
        steps = [step for step in told.ladder if step.metric == clock.metric]
        try:
            line = timeline(clock, steps, told.judgement.filed_at, told.now, told.calendars, cells)
        except CalendarError:
            continue
        if line:
            found.append((metric_label(clock.metric), line))
    return found


def _rows(line: Timeline, letters: dict[str, str]) -> list[str]:
    """The marks below their cells, those that share a cell below one another."""
    rows: list[dict[int, str]] = []
    for mark in line.marks:
        row = next((each for each in rows if mark.cell not in each), None)
        if row is None:
            rows.append(row := {})
        row[mark.cell] = letters[mark.name]
    return ["".join(row.get(cell, " ") for cell in range(len(line.cells))) for row in rows]


def _legend(lines: Sequence[Timeline], letters: dict[str, str]) -> str:
    """What stands in the lines, sign by sign."""
    stretches = {cell for line in lines for cell in line.cells}
    marks = {mark.name for line in lines for mark in line.marks}
    signs = [f"{sign} {words}" for kind, (sign, _, words) in SIGNS.items() if words and kind in stretches]
    return "   ".join([*signs, *(f"{letter} {word(name)}" for name, letter in letters.items() if name in marks)])
