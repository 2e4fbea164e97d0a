"""The console, and the text, lines and tables of every screen."""

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

from sup_sync.output.terminal.labels import PIPE_WIDTH, label
from sup_sync.output.terminal.level import level_label
from sup_sync.sanitize import clean
from sup_sync.sla.clock import TargetStatus

if TYPE_CHECKING:
    from sup_sync.sla.judgement import Judgement

MIN_WIDTH = 40
MIN_BODY_WIDTH = 12
INDENT = 4

STYLES = {TargetStatus.BREACHED: "red", TargetStatus.AT_RISK: "yellow", TargetStatus.MET: "green"}

Part = str | tuple[str, str]  # a text, or a text with its style


class DataConsole(Console):
    """A console that leaves a broken pipe to the command line, which picks the exit code; rich would exit with 1."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def make_console(file: TextIO | None = None) -> Console:
    """Return the console for data, as wide as the terminal or COLUMNS, otherwise PIPE_WIDTH; markup is off."""
    if file is None and isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    console = DataConsole(file=file, markup=False, emoji=False, highlight=False)
    if not console.is_terminal and not os.environ.get("COLUMNS", "").isdigit():
        console.width = PIPE_WIDTH
    console.width = max(console.width, MIN_WIDTH)
    return console


def text(*parts: Part) -> Text:
    """Join parts into a text; control characters are removed, and markup is not interpreted."""
    whole = Text()
    for part in parts:
        content, style = (part, "") if isinstance(part, str) else part
        whole.append(clean(content), style)
    return whole


def print_line(console: Console, line: Text) -> None:
    """Print one line without trailing blanks; a line that is too long is cut."""
    line.rstrip()
    console.print(line, no_wrap=True, overflow="ellipsis")


def print_parts(console: Console, *parts: Part) -> None:
    print_line(console, text(*parts))


def print_hanging(console: Console, head: Text, body: Text) -> None:
    """Print a head and its body; a long body wraps below itself, and starts on a new line after a long head."""
    if head.cell_len + MIN_BODY_WIDTH > console.width:
        for line in head.wrap(console, console.width):
            print_line(console, line)
        head = Text(" " * INDENT)
    lines = body.wrap(console, max(console.width - head.cell_len, MIN_BODY_WIDTH)) or [Text()]
    for number, line in enumerate(lines):
        print_line(console, (Text(" " * head.cell_len) if number else head) + line)


def print_summary(console: Console, *parts: Part) -> None:
    """Print a text over the full width; it wraps, and is never cut."""
    print_hanging(console, Text(), text(*parts))


def print_section(console: Console, title: str) -> None:
    console.print()
    print_summary(console, (title, "bold"))


def print_heading(console: Console, judgement: Judgement) -> None:
    """Print the number, classification and subject of a request."""
    attributes = (
        level_label(judgement.level),
        *map(label, (judgement.category, judgement.priority, judgement.channel)),
    )
    print_parts(console, (f"#{judgement.issue.id} {' · '.join(attributes)}", "bold"), f" — {judgement.issue.subject}")


def new_table(*headers: str, right: Iterable[str] = (), gap: int = 2) -> Table:
    """Create a table without a frame; `right` names the right-aligned columns, `gap` is the maximum spacing."""
    table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), header_style="dim")
    vertical: Literal["top", "bottom"] = "bottom" if any("\n" in header for header in headers) else "top"
    for number, header in enumerate(headers):
        justify: Literal["left", "right"] = "right" if header in right else "left"
        table.add_column(Text(header), justify=justify, no_wrap=number > 0, overflow="ellipsis", vertical=vertical)
    return table


def print_table(console: Console, table: Table, *, wraps: bool = False) -> None:
    """Print a table, or a card for each row if the table does not fit; no cell is ever cut.

    To make it fit, the first column wraps, and then all columns if `wraps`.
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
    """Lay out the table, with narrower gaps if needed; None if a cell would still be cut."""
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
    """Print a table row by row: the first `heads` cells as a heading, then one line per other cell, with its header."""
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
    """Join the parts that are not blank with a space."""
    return Text(" ").join(each for each in parts if each.plain.strip())


def _text(cell: object) -> Text:
    return cell if isinstance(cell, Text) else Text(str(cell))


def table_lines(console: Console, table: Table) -> list[Text]:
    """Lay out a table in the width of the console."""
    return [_joined(segments) for segments in console.render_lines(table, pad=False)]


def _joined(segments: Iterable[Segment]) -> Text:
    return Text.assemble(*((each.text, each.style or "") for each in segments))
