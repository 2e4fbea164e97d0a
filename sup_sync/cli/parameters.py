"""The types of parameters: times, days, months, years, request numbers, and keys of the regulation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import click

from sup_sync.cli.context import Settings
from sup_sync.errors import SupSyncError

Complete = Callable[[click.Context, click.Parameter, str], list[str]]

# In these years a time can be moved to another zone, or by some days, within the limits of datetime.
ARITHMETIC_YEARS = range(1970, 3000)


class TimeType(click.ParamType):  # type: ignore[type-arg,unused-ignore] # generic only in stubs
    """A time in ISO 8601; without an offset, in the support's zone."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            time = datetime.fromisoformat(value)
        except ValueError:
            time = datetime.min
        if time.year not in ARITHMETIC_YEARS:
            self.fail(f"invalid time {value!r}; write 2026-03-20T17:50 or 2026-03-20T12:50:00Z", param, ctx)
        return time


class DayType(click.ParamType):  # type: ignore[type-arg,unused-ignore] # generic only in stubs
    """A day, as 2026-03-20."""

    name = "DAY"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"invalid day {value!r}; write 2026-03-20", param, ctx)


class MonthType(click.ParamType):  # type: ignore[type-arg,unused-ignore] # generic only in stubs
    """A month as its first day."""

    name = "YYYY-MM"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            first = datetime.strptime(value, "%Y-%m").date()
        except ValueError:
            first = date.min
        if first.year not in ARITHMETIC_YEARS:
            self.fail(f"invalid month {value!r}; write 2026-10", param, ctx)
        return first


class YearType(click.ParamType):  # type: ignore[type-arg,unused-ignore] # generic only in stubs
    """A year, which `sup-sync calendar` takes instead of a command."""

    name = "YEAR"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if not str(value).isdecimal():
            self.fail(f"{value!r} is neither a year nor a command; write `calendar 2026`", param, ctx)
        return int(value)


class RequestNumberType(click.IntRange):
    """A request number, with or without `#`: 30, #30."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number: Any = str(value).removeprefix("#")
        return super().convert(number, param, ctx)


def complete_keys(kind: str) -> Complete:
    """Make a completer for the regulation's `levels`, `channels`, `categories` or `priorities`."""

    def complete(ctx: click.Context, _: click.Parameter, prefix: str) -> list[str]:
        settings = ctx.ensure_object(Settings)
        settings.quiet = True
        try:
            policy = settings.load().rules.policy
        except SupSyncError:
            return []
        return [key for key in getattr(policy, kind) if key.startswith(prefix)]

    return complete
