"""The CPU of a call: the minimum of many rounds of a thousand calls, and its ratio to a call of an empty
function with as many arguments, in turns. The times are some weeks apart, in the shipped calendar.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from time import process_time
from timeit import Timer

from tools.bench.row import ROOT, Row, Size

from sup_sync.config.load import load_config
from sup_sync.model.policy import ClockKind
from sup_sync.model.working_time import Calendar

TITLE = "Working time"
ORDER = 0

CALLS = {Size.WHOLE: 1_000, Size.TINY: 10}
REPEATS = {Size.WHOLE: 501, Size.TINY: 1}
BUILDS = {Size.WHOLE: 20, Size.TINY: 1}

EPOCH_US, AWARE_US, BUILD_MS = 0.5, 2.5, 15
EPOCH_CALLS, AWARE_CALLS = 12, 60

START, END = datetime(2025, 12, 23, 10, 20, tzinfo=UTC), datetime(2026, 1, 20, 6, 45, tzinfo=UTC)
WITHIN = timedelta(hours=90)
CASES = (
    ("between two times, epoch seconds", "elapsed_s", (START.timestamp(), END.timestamp()), EPOCH_US, EPOCH_CALLS),
    ("an amount later, epoch seconds", "after_s", (START.timestamp(), WITHIN.total_seconds()), EPOCH_US, EPOCH_CALLS),
    ("between two times, aware datetimes", "elapsed", (START, END), AWARE_US, AWARE_CALLS),
    ("an amount later, aware datetimes", "after", (START, WITHIN), AWARE_US, AWARE_CALLS),
)


def shipped_calendar() -> Calendar:
    return load_config(ROOT / "config.yaml", date(2026, 11, 20)).rules.calendars[ClockKind.WORKING]


def empty(_first: object, _second: object) -> None:
    """Do nothing: the cost of the call itself."""


def rows(size: Size) -> Iterator[Row]:
    calendar = shipped_calendar()
    empty_us, *cases_us = _minimum_us([empty, *(getattr(calendar, name) for _, name, *_ in CASES)], size)
    for (name, _, _, most_us, most_calls), us in zip(CASES, cases_us, strict=True):
        yield Row(name, us, "µs", at_most=most_us)
        yield Row(name, us / empty_us, "empty calls", at_most=most_calls)
    yield Row("building the table of all years", _build_ms(calendar, BUILDS[size]), "ms", at_most=BUILD_MS)


def _minimum_us(functions: list, size: Size) -> list[float]:
    arguments = [CASES[0][2], *(case[2] for case in CASES)]
    pairs = zip(functions, arguments, strict=True)
    timers = [Timer("f(a, b)", timer=process_time, globals={"f": f, "a": a, "b": b}) for f, (a, b) in pairs]
    rounds = [[timer.timeit(CALLS[size]) for timer in timers] for _ in range(REPEATS[size])]
    return [min(times_s) / CALLS[size] * 1e6 for times_s in zip(*rounds, strict=True)]


def _build_ms(calendar: Calendar, times: int) -> float:
    def build() -> None:
        Calendar(calendar.zone, calendar.hours, calendar.exceptions, calendar.years).after(START, WITHIN)

    return min(Timer(build, timer=process_time).repeat(times, 1)) * 1000
