"""The targets of a described request, as lines; small enough to do without the library that draws tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sup_sync.output.terminal.labels import duration, metric_label, moment
from sup_sync.sanitize import clean

HEADERS = ("target", "within", "due", "clause", "agreement")


def target_lines(targets: Sequence[Mapping[str, Any]], width: int) -> Iterator[str]:
    """A table of the targets as `due --json` has them, seconds and moments; each a card where that is too wide."""
    rows = [HEADERS, *map(_cells, targets)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    if sum(widths) + 2 * (len(widths) - 1) > width:
        yield from _card_lines(rows[1:])
        return
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _card_lines(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Each target's name, and below it the rest, a line for each."""
    wide = max(map(len, HEADERS[1:]))
    for name, *cells in rows:
        yield name
        yield from (f"    {header:{wide}}  {cell}" for header, cell in zip(HEADERS[1:], cells, strict=True))


def _cells(target: Mapping[str, Any]) -> tuple[str, ...]:
    within, due_at = target["within"], target["due_at"]
    return (
        metric_label(target["metric"]),
        "no target" if within is None else duration(timedelta(seconds=within)),
        moment(datetime.fromisoformat(due_at) if due_at else None),
        clean(target["clause"]),
        clean(target["agreement"]),
    )
