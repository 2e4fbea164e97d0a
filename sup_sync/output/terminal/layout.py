"""The console, and the words, lines and tables that every screen is made of."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable
from io import TextIOWrapper
from typing import TYPE_CHECKING, Literal, TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from sup_sync.output.terminal.labels import PIPE_WIDTH, word
from sup_sync.output.terminal.level import level_label
from sup_sync.sanitize import clean
from sup_sync.sla.clock import TargetStatus

if TYPE_CHECKING:
    from sup_sync.sla.judgement import Judgement

LEAST_WIDTH = 40
LEAST_BODY = 12
INDENT = 4

STYLES = {TargetStatus.BREACHED: "red", TargetStatus.AT_RISK: "yellow", TargetStatus.MET: "green"}

Part = str | tuple[str, str]
"""Words, plain or with their style."""


class DataConsole(Console):
    """A console whose reader may go away: that ends the command as the command line says, not with rich's code 1."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def make_console(file: TextIO | None = None) -> Console:
    """The console for data: as wide as the terminal or COLUMNS, else of a fixed width, and plain."""
    if file is None and isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    console = DataConsole(file=file, markup=False, emoji=False, highlight=False)
    if not console.is_terminal and not os.environ.get("COLUMNS", "").isdigit():
        console.width = PIPE_WIDTH
    console.width = max(console.width, LEAST_WIDTH)
    return console


def text(*parts: Part) -> Text:
    """Cleaned words in a row; nothing in them is markup."""
    whole = Text()
    for part in parts:
        words, style = (part, "") if isinstance(part, str) else part
        whole.append(clean(words), style)
    return whole


def print_line(console: Console, line: Text) -> None:
    """One line, cut where it is too long, without blanks at its end."""
    line.rstrip()
    console.print(line, no_wrap=True, overflow="ellipsis")


def print_parts(console: Console, *parts: Part) -> None:
    print_line(console, text(*parts))


def print_hanging(console: Console, head: Text, body: Text) -> None:
    """A head and its body, which goes on below itself where it is too long, and begins below a head that is."""
    if head.cell_len + LEAST_BODY > console.width:
        for line in head.wrap(console, console.width):
            print_line(console, line)
        head = Text(" " * INDENT)
    lines = body.wrap(console, max(console.width - head.cell_len, LEAST_BODY)) or [Text()]
    for number, line in enumerate(lines):
        print_line(console, (Text(" " * head.cell_len) if number else head) + line)


def print_summary(console: Console, *parts: Part) -> None:
    """A line of figures, never cut."""
    print_hanging(console, Text(), text(*parts))


def print_section(console: Console, title: str) -> None:
    console.print()
    print_summary(console, (title, "bold"))


def print_heading(console: Console, judgement: Judgement) -> None:
    """A request's number, terms and subject."""
    terms = (level_label(judgement.level), *map(word, (judgement.category, judgement.priority, judgement.channel)))
    print_parts(console, (f"#{judgement.issue.id} {' · '.join(terms)}", "bold"), f" — {judgement.issue.subject}")


def new_table(*headers: str, right: Iterable[str] = (), gap: int = 2) -> Table:
    """A table without a frame; `right` are the columns of figures, `gap` is the most blanks between two columns."""
    table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), header_style="dim")
    vertical: Literal["top", "bottom"] = "bottom" if any("\n" in header for header in headers) else "top"
    for number, header in enumerate(headers):
        justify: Literal["left", "right"] = "right" if header in right else "left"
        table.add_column(Text(header), justify=justify, no_wrap=number > 0, overflow="ellipsis", vertical=vertical)
    return table


def print_table(console: Console, table: Table, *, wraps: bool = False) -> None:
    """A table, where it has room, else card by card; nothing of it is ever cut.

    Where it is too wide its first column goes on in further lines, and then all do if it `wraps`.
    """
    lines = _fitting_lines(console, table)
    if lines is None and wraps:
        for column in table.columns:
            column.no_wrap = False
        lines = _fitting_lines(console, table)
    if lines is None:
        print_cards(console, table)
    for line in lines or ():
        print_line(console, line)


def _fitting_lines(console: Console, table: Table) -> list[Text] | None:
    """The table line by line, its columns closer to one another if need be; None where something would be cut."""
    cells = [_text(each).plain for column in table.columns for each in (column.header, *column.cells)]
    _, most, *_ = table.padding
    for gap in range(most, 0, -1):
        table.padding = (0, gap, 0, 0)
        lines = table_lines(console, table)
        if _letters(line.plain for line in lines) == _letters(cells):
            return lines
    return None


def _letters(parts: Iterable[str]) -> Counter[str]:
    return Counter("".join("".join(parts).split()))


def print_cards(console: Console, table: Table, heads: int = 1) -> None:
    """A table row by row: its first cells as a heading, below it each other cell behind its header."""
    headers = [_text(each.header).plain.replace("\n", " ") for each in table.columns]
    width = max(map(cell_len, headers[heads:]), default=0)
    for cells in zip(*(column.cells for column in table.columns), strict=True):
        first, rest = map(_text, cells[:heads]), map(_text, cells[heads:])
        heading = _spaced(first)
        if heading:
            print_hanging(console, Text(), heading)
        for header, cell in zip(headers[heads:], rest, strict=True):
            if cell.plain.strip():
                print_hanging(console, text((f"    {header}{' ' * (width - cell_len(header))}  ", "dim")), cell)


def _spaced(parts: Iterable[Text]) -> Text:
    """Those of the parts that say something, a blank between them."""
    return Text(" ").join(each for each in parts if each.plain.strip())


def _text(cell: object) -> Text:
    return cell if isinstance(cell, Text) else Text(str(cell))


def table_lines(console: Console, table: Table) -> list[Text]:
    """A table line by line, as wide as there is room."""
    return [_joined(segments) for segments in console.render_lines(table, pad=False)]


def _joined(segments: Iterable[Segment]) -> Text:
    return Text.assemble(*((each.text, each.style or "") for each in segments))
