"""Kazakhstan's public holidays as PyPI `holidays` knows them, frozen into lines of `mappings/calendar.yaml`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any


def frozen_holidays(years: Iterable[int]) -> list[dict[str, Any]]:
    """Every day off of the years by date: `date`, `name`, and `estimated` where no decree fixes it yet.

    Holidays on a weekend, their observed substitutes and days off that a decree moved are all among them.
    """
    named, plain = _kazakhstan(years, estimated_label=True), _kazakhstan(years, estimated_label=False)
    rows: list[dict[str, Any]] = []
    for day, name in sorted(plain.items()):
        row: dict[str, Any] = {"date": day, "name": _with_iso_dates(name)}
        rows.append(row if named[day] == name else {**row, "estimated": True})
    return rows


def worked_weekends(years: Iterable[int]) -> list[date]:
    """The weekend days that are worked in exchange for a moved day off: `changes` needs a line for each."""
    wanted = frozenset(years)
    return sorted(day for day in _kazakhstan(wanted, estimated_label=True).weekend_workdays if day.year in wanted)


def render_holidays(rows: Iterable[Mapping[str, Any]]) -> str:
    """The `holidays` rows as calendar.yaml has them, one line each."""
    return "".join(
        f"  - {{date: {row['date']}, name: {json.dumps(row['name'], ensure_ascii=False)}"
        f"{', estimated: true' if row.get('estimated') else ''}}}\n"
        for row in rows
    )


def render_worked(days: Iterable[date]) -> str:
    """Worked weekend days as lines of calendar.yaml's `changes`; the source stays for the admin to look up."""
    return "".join(f'  - {{date: {day}, kind: worked, source: "PyPI holidays; name the decree"}}\n' for day in days)


def _kazakhstan(years: Iterable[int], *, estimated_label: bool) -> Any:
    from holidays.countries.kazakhstan import Kazakhstan  # noqa: PLC0415 - an extra, and its import takes 0.3 s

    return Kazakhstan(years=years, expand=False, language="en_US", islamic_show_estimated=estimated_label)


def _with_iso_dates(name: str) -> str:
    """A name whose American dates (07/01/2023) are written as 2023-07-01."""
    return re.sub(r"(\d\d)/(\d\d)/(\d{4})", r"\3-\1-\2", name)
