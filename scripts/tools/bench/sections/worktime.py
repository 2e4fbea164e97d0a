"""CPU of a call, in turns with an empty function of as many arguments: the least of many rounds of a thousand calls,
and the ratio of the least ones. The moments lie some weeks apart, in the shipped calendar.
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
PLACE = 0

CALLS = {Size.WHOLE: 1_000, Size.TINY: 10}
REPEATS = {Size.WHOLE: 501, Size.TINY: 1}
BUILDS = {Size.WHOLE: 20, Size.TINY: 1}

EPOCH_US, AWARE_US, BUILD_MS = 0.5, 2.5, 15
EPOCH_CALLS, AWARE_CALLS = 12, 60

START, END = datetime(2025, 12, 23, 10, 20, tzinfo=UTC), datetime(2026, 1, 20, 6, 45, tzinfo=UTC)
WITHIN = timedelta(hours=90)
CASES = (
    ("between two moments, epoch seconds", "elapsed_s", (START.timestamp(), END.timestamp()), EPOCH_US, EPOCH_CALLS),
    ("an amount later, epoch seconds", "after_s", (START.timestamp(), WITHIN.total_seconds()), EPOCH_US, EPOCH_CALLS),
    ("between two moments, aware datetimes", "elapsed", (START, END), AWARE_US, AWARE_CALLS),
    ("an amount later, aware datetimes", "after", (START, WITHIN), AWARE_US, AWARE_CALLS),
)


def shipped_calendar() -> Calendar:
    return load_config(ROOT / "config.yaml", date(2026, 11, 20)).rules.calendars[ClockKind.WORKING]


def empty(_first: object, _second: object) -> None:
    """What a call costs that does nothing."""


def rows(size: Size) -> Iterator[Row]:
    calendar = shipped_calendar()
    idle, *taken = _least_us([empty, *(getattr(calendar, name) for _, name, *_ in CASES)], size)
    for (what, _, _, most_us, most_calls), us in zip(CASES, taken, strict=True):
        yield Row(what, us, "µs", at_most=most_us)
        yield Row(what, us / idle, "empty calls", at_most=most_calls)
    yield Row("the table of all years, built", _build_ms(calendar, BUILDS[size]), "ms", at_most=BUILD_MS)


def _least_us(functions: list, size: Size) -> list[float]:
    words = [CASES[0][2], *(case[2] for case in CASES)]
    pairs = zip(functions, words, strict=True)
    timers = [Timer("f(a, b)", timer=process_time, globals={"f": f, "a": a, "b": b}) for f, (a, b) in pairs]
    taken = [[timer.timeit(CALLS[size]) for timer in timers] for _ in range(REPEATS[size])]
    return [min(of_timer) / CALLS[size] * 1e6 for of_timer in zip(*taken, strict=True)]


def _build_ms(calendar: Calendar, times: int) -> float:
    def build() -> None:
        Calendar(calendar.zone, calendar.hours, calendar.exceptions, calendar.years).after(START, WITHIN)

    return min(Timer(build, timer=process_time).repeat(times, 1)) * 1000
