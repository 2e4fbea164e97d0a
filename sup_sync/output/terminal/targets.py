"""The targets of a described request as lines of text, without rich, which starts slowly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sup_sync.output.terminal.labels import duration, label, moment
from sup_sync.sanitize import clean

HEADERS = ("target", "within", "due", "clause", "agreement")


def target_lines(targets: Sequence[Mapping[str, Any]], width: int) -> Iterator[str]:
    """Yield the table of targets given as in `due --json`; a card for each target if the table is too wide."""
    rows = [HEADERS, *map(_cells, targets)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    if sum(widths) + 2 * (len(widths) - 1) > width:
        yield from _card_lines(rows[1:])
        return
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _card_lines(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the name of each target, then one line per value."""
    header_width = max(map(len, HEADERS[1:]))
    for name, *cells in rows:
        yield name
        yield from (f"    {header:{header_width}}  {cell}" for header, cell in zip(HEADERS[1:], cells, strict=True))


def _cells(target: Mapping[str, Any]) -> tuple[str, ...]:
    within, due_at = target["within"], target["due_at"]
    return (
        label(target["metric"]),
        "no target" if within is None else duration(timedelta(seconds=within)),
        moment(datetime.fromisoformat(due_at) if due_at else None),
        clean(target["clause"]),
        clean(target["agreement"]),
    )
