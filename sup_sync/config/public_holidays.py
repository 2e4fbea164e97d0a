"""Kazakhstan's public holidays from PyPI `holidays`, as lines of mappings/calendar.yaml."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any


def frozen_holidays(years: Iterable[int]) -> list[dict[str, Any]]:
    """List the days off of the years by date: `date`, `name`, and `estimated` if no decree has fixed the date yet.

    Includes holidays on weekends, their observed substitutes, and days off that a decree moved.
    """
    labelled, unlabelled = _kazakhstan(years, estimated_label=True), _kazakhstan(years, estimated_label=False)
    rows: list[dict[str, Any]] = []
    for day, name in sorted(unlabelled.items()):
        row: dict[str, Any] = {"date": day, "name": _with_iso_dates(name)}
        rows.append(row if labelled[day] == name else {**row, "estimated": True})
    return rows


def worked_weekends(years: Iterable[int]) -> list[date]:
    """List the weekend days that are worked in exchange for a moved day off. `changes` needs a line for each."""
    requested = frozenset(years)
    return sorted(day for day in _kazakhstan(requested, estimated_label=True).weekend_workdays if day.year in requested)


def render_holidays(rows: Iterable[Mapping[str, Any]]) -> str:
    """Render rows as lines of `holidays` in calendar.yaml."""
    return "".join(
        f"  - {{date: {row['date']}, name: {json.dumps(row['name'], ensure_ascii=False)}"
        f"{', estimated: true' if row.get('estimated') else ''}}}\n"
        for row in rows
    )


def render_worked(days: Iterable[date]) -> str:
    """Render worked weekend days as lines of `changes` in calendar.yaml. The admin must look up the decree."""
    return "".join(f'  - {{date: {day}, kind: worked, source: "PyPI holidays; name the decree"}}\n' for day in days)


def _kazakhstan(years: Iterable[int], *, estimated_label: bool) -> Any:
    from holidays.countries.kazakhstan import Kazakhstan  # noqa: PLC0415 - an extra, and its import takes 0.3 s

    return Kazakhstan(years=years, expand=False, language="en_US", islamic_show_estimated=estimated_label)


def _with_iso_dates(name: str) -> str:
    """Rewrite American dates in a name (07/01/2023) as 2023-07-01."""
    return re.sub(r"(\d\d)/(\d\d)/(\d{4})", r"\3-\1-\2", name)
