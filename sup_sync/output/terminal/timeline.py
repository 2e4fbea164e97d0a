"""The clocks of a request drawn as lines of characters, with a legend; no meaning depends on colour."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from sup_sync.errors import CalendarError
from sup_sync.output.terminal.labels import duration, label, moment
from sup_sync.output.terminal.layout import print_hanging, print_line, print_section, text
from sup_sync.views.explanation import Explanation
from sup_sync.views.timeline import CellKind, Timeline, timeline

SYMBOLS = {
    CellKind.RUNNING: ("█", "green", "counts"),
    CellKind.PAUSED: ("░", "cyan", "paused"),
    CellKind.CLOSED: ("·", "dim", "outside working hours"),
    CellKind.AHEAD: ("─", "", "still ahead"),
    CellKind.OVER: (" ", "", ""),
}
MARK_LETTERS = {"due": "D", "now": "N", "stopped": "S"}
INDENT = 2
MAX_WIDTH = 100  # columns; a longer line shows no more detail


def show_timelines(console: Console, explanation: Explanation) -> None:
    """Print a line for each measured target with its marks below, then the legend."""
    drawn = list(_timelines(explanation, min(console.width, MAX_WIDTH) - INDENT))
    if not drawn:
        return
    print_section(console, "Timeline")
    steps = list(dict.fromkeys(mark.name for _, line in drawn for mark in line.marks if mark.name not in MARK_LETTERS))
    letters = MARK_LETTERS | {name: str(number) for number, name in enumerate(steps, 1)}
    for title, line in drawn:
        cell = duration((line.end_at - line.start_at) / len(line.cells))
        start, end = (moment(each, explanation.zone) for each in (line.start_at, line.end_at))
        print_hanging(console, text("  "), text((title, "bold"), f", {start} to {end}, 1 character = {cell}"))
        symbols = ((SYMBOLS[each][0], SYMBOLS[each][1]) for each in line.cells)
        print_line(console, text(" " * INDENT, *symbols))
        for row in _rows(line, letters):
            print_line(console, text(" " * INDENT, (row, "bold")))
    print_hanging(console, text("  "), text((_legend([line for _, line in drawn], letters), "dim")))


def _timelines(explanation: Explanation, cells: int) -> list[tuple[str, Timeline]]:
    """Return the lines that have a length and are within the years of the calendar, with their titles."""
    lines = []
    for clock in explanation.clocks:
        steps = [step for step in explanation.ladder if step.metric == clock.metric]
        try:
            line = timeline(clock, steps, explanation.judgement.filed_at, explanation.now, explanation.calendars, cells)
        except CalendarError:
            continue
        if line:
            lines.append((label(clock.metric), line))
    return lines


def _rows(line: Timeline, letters: dict[str, str]) -> list[str]:
    """Return rows of marks below the cells; marks that share a cell are in separate rows."""
    rows: list[dict[int, str]] = []
    for mark in line.marks:
        row = next((each for each in rows if mark.cell not in each), None)
        if row is None:
            rows.append(row := {})
        row[mark.cell] = letters[mark.name]
    return ["".join(row.get(cell, " ") for cell in range(len(line.cells))) for row in rows]


def _legend(lines: Sequence[Timeline], letters: dict[str, str]) -> str:
    """Explain each symbol and letter in the lines."""
    kinds = {cell for line in lines for cell in line.cells}
    marks = {mark.name for line in lines for mark in line.marks}
    symbols = [f"{symbol} {name}" for kind, (symbol, _, name) in SYMBOLS.items() if name and kind in kinds]
    return "   ".join([*symbols, *(f"{letter} {label(name)}" for name, letter in letters.items() if name in marks)])
