"""A comparison with packages of PyPI that compute working time, on the shipped calendar of Kazakhstan (2023-2026) with
its working weekends, moved days off, and the change of the time zone on 1 March 2024. Each package gets local or
aware times, as its functions require. The figure is the CPU of a call. An answer is wrong if a count minute by minute
differs. For an amount later, every time after that much working time is correct: the end of a day as well as the
beginning of the next.
"""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from time import process_time
from typing import Any

from support.minute_oracle import Oracle, Plan
from tools.bench.row import ROOT, Row, Size
from tools.bench.sections.worktime import shipped_calendar

from sup_sync.model.working_time import Calendar, Window

TITLE = "Working time, compared with other packages"
ORDER = 1

PYTHON = ROOT / ".venv-bench" / "bin" / "python"
QUESTIONS = {Size.WHOLE: 500, Size.TINY: 2}
FIRST, LAST = datetime(2023, 1, 9, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)
TINY_LAST = datetime(2023, 6, 30, tzinfo=UTC)
LONGEST_DAYS, MOST_HOURS, NEAR_DAYS = 30, 60, 4
SEED = 20240301

Json = dict[str, Any]
Pair = tuple[int, int]


def rows(size: Size) -> Iterator[Row]:
    calendar = shipped_calendar()
    last = LAST if size is Size.WHOLE else TINY_LAST
    first_s, last_s = int(FIRST.timestamp()), int(last.timestamp())
    oracle = Oracle(_plan(calendar), first_s, (last_s - first_s) // 60)
    task = _task(calendar, first_s, last_s, QUESTIONS[size])
    for result in (_measure_ours(calendar, task), *_measure_peers(task)):
        for kind, name in (("elapsed", "between two times"), ("later", "an amount later")):
            yield _row(f"{result['name']}: {name}", result.get(kind, ""), result["note"], task[kind], oracle, kind)


def _row(name: str, result: Json | str, note: str, questions: Sequence[Pair], oracle: Oracle, kind: str) -> Row:
    if isinstance(result, str):
        return Row(name, None, note="; ".join(filter(None, (result, note))))
    is_correct = _is_elapsed if kind == "elapsed" else _is_later
    pairs = zip(questions, result["answers"], strict=True)
    wrong = sum(not is_correct(oracle, *question, answer) for question, answer in pairs)
    errors = sum(answer is None for answer in result["answers"])
    counts = f"{wrong} of {len(questions)} wrong" + (f", {errors} of them errors" if errors else "")
    return Row(name, result["us"], "µs", note="; ".join(filter(None, (counts, note))))


def _is_elapsed(oracle: Oracle, start: int, end: int, answer: float | None) -> bool:
    return answer is not None and answer == 60 * oracle.count_worked(_minute(start), _minute(end), 60, [])


def _is_later(oracle: Oracle, start: int, hours: int, answer: float | None) -> bool:
    if answer is None or answer % 60 or answer < start:
        return False
    return oracle.count_worked(_minute(start), _minute(int(answer)), 60, []) == hours * 60


def _minute(epoch_s: int) -> int:
    return (epoch_s - int(FIRST.timestamp())) // 60


def _plan(calendar: Calendar) -> Plan:
    """Convert the calendar for the oracle."""
    week = tuple(_day(calendar.hours.get(weekday, ())) for weekday in range(7))
    dates = {day.isoformat(): _day(windows) for day, windows in calendar.exceptions.items()}
    return Plan("shipped", calendar.zone.key, week, dates)


def _day(windows: Sequence[Window]) -> tuple[str, ...]:
    return tuple("-".join(f"{edge // timedelta(hours=1):02}:00" for edge in window) for window in windows)


def _task(calendar: Calendar, first_s: int, last_s: int, questions: int) -> Json:
    """Make the calendar and the questions for the peers; the shipped calendar has the same hours on all days."""
    days = [date(2022, 12, 1) + timedelta(days=number) for number in range(365 * 5)]
    known = [day for day in days if day.year in calendar.years]
    off = [day for day in known if not calendar.windows_on(day)]
    week = [weekday for weekday, windows in calendar.hours.items() if windows]
    opens, closes = (edge // timedelta(hours=1) for edge in calendar.hours[week[0]][0])
    worked = [day for day in known if calendar.windows_on(day) and day.weekday() not in week]
    starts = list(_starts(calendar, worked, first_s, last_s - (LONGEST_DAYS + NEAR_DAYS) * 86_400, questions))
    rng = random.Random(SEED)  # noqa: S311 - test cases, not secrets
    return {
        "zone": calendar.zone.key,
        "opens": opens,
        "closes": closes,
        "week": week,
        "off": [f"{day}" for day in off],
        "holidays": [f"{day}" for day in off if day.weekday() in week],
        "worked": [f"{day}" for day in worked],
        "elapsed": [(start, start + 60 * rng.randrange(LONGEST_DAYS * 1440)) for start in starts],
        "later": [(start, rng.randint(1, MOST_HOURS)) for start in starts],
    }


def _starts(calendar: Calendar, worked: Sequence[date], first_s: int, last_s: int, questions: int) -> Iterator[int]:
    """Yield minutes: half at random, half shortly before a special day (working weekend, day off, zone change)."""
    rng = random.Random(SEED)  # noqa: S311 - test cases, not secrets
    special = [*worked, *(day for day, windows in calendar.exceptions.items() if not windows), date(2024, 3, 1)]
    special_s = [int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) for day in special]
    usable_s = [at for at in special_s if first_s + NEAR_DAYS * 86_400 < at < last_s]
    for number in range(questions):
        if number % 2:
            yield rng.choice(usable_s) - 60 * rng.randrange(NEAR_DAYS * 1440)
        else:
            yield first_s + 60 * rng.randrange((last_s - first_s) // 60)


def _measure_ours(calendar: Calendar, task: Json) -> Json:
    spans = [(_aware(start), _aware(end)) for start, end in task["elapsed"]]
    amounts = [(_aware(start), timedelta(hours=hours)) for start, hours in task["later"]]
    return {
        "name": "sup-sync",
        "note": "",
        "elapsed": _measure(calendar.elapsed, spans, lambda answer: answer.total_seconds()),
        "later": _measure(calendar.after, amounts, lambda answer: answer.timestamp()),
    }


def _aware(epoch_s: int) -> datetime:
    return datetime.fromtimestamp(epoch_s, UTC)


def _measure(function: Callable[..., Any], pairs: Sequence[tuple[Any, Any]], read: Callable[[Any], float]) -> Json:
    answers = [read(function(*pair)) for pair in pairs]
    start_s = process_time()
    for first, second in pairs:
        function(first, second)
    return {"answers": answers, "us": (process_time() - start_s) / len(pairs) * 1e6}


def _measure_peers(task: Json) -> Iterator[Json]:
    if not PYTHON.exists():
        yield {"name": "others", "note": "not installed; run scripts/bench"}
        return
    command = [PYTHON, ROOT / "scripts/tools/bench/peers.py"]
    result = subprocess.run(command, input=json.dumps(task), capture_output=True, text=True, check=True)
    yield from map(json.loads, result.stdout.splitlines())
