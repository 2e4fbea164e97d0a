"""The targets of a described request, as lines; small enough to do without the library that draws tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sup_sync.policy import Metric
from sup_sync.printable import clean
from sup_sync.terminal.words import METRICS, duration, moment

HEADERS = ("target", "within", "due", "clause", "agreement")


def target_lines(targets: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A table of the targets as `due --json` has them: seconds, moments with the support's offset."""
    rows = [HEADERS, *map(_cells, targets)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _cells(target: Mapping[str, Any]) -> tuple[str, ...]:
    within, due_at = target["within"], target["due_at"]
    return (
        METRICS[Metric(target["metric"])],
        "no target" if within is None else duration(timedelta(seconds=within)),
        moment(datetime.fromisoformat(due_at) if due_at else None),
        clean(target["clause"]),
        clean(target["agreement"]),
    )
