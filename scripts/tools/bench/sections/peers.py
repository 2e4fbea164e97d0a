"""Packages of PyPI that do the same, each asked in its own words, in local or aware time as it likes, on the shipped
calendar of Kazakhstan (2023-2026): worked weekends, moved days off, and the change of the zone on 1 March 2024. CPU of
a call; wrong is what a minute-by-minute oracle counts otherwise. An amount is right at any moment that has just that
much working time before it, so that the end of a day and the beginning of the next are both right.
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

TITLE = "Working time, side by side"
PLACE = 1

PYTHON = ROOT / ".venv-bench" / "bin" / "python"
QUESTIONS = {Size.WHOLE: 500, Size.TINY: 2}
FIRST, LAST = datetime(2023, 1, 9, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)
TINY_LAST = datetime(2023, 6, 30, tzinfo=UTC)
LONGEST_DAYS, MOST_HOURS, NEAR_DAYS = 30, 60, 4
SEED = 20240301

Words = dict[str, Any]
Pair = tuple[int, int]


def rows(size: Size) -> Iterator[Row]:
    calendar = shipped_calendar()
    last = LAST if size is Size.WHOLE else TINY_LAST
    first_s, last_s = int(FIRST.timestamp()), int(last.timestamp())
    oracle = Oracle(_plan(calendar), first_s, (last_s - first_s) // 60)
    words = _words(calendar, first_s, last_s, QUESTIONS[size])
    for answered in (_ours(calendar, words), *_peers(words)):
        for kind, what in (("elapsed", "between two moments"), ("later", "an amount later")):
            yield _row(
                f"{answered['name']}: {what}", answered.get(kind, ""), answered["note"], words[kind], oracle, kind
            )


def _row(what: str, answered: Words | str, note: str, asked: Sequence[Pair], oracle: Oracle, kind: str) -> Row:
    if isinstance(answered, str):
        return Row(what, None, note="; ".join(filter(None, (answered, note))))
    is_right = _is_elapsed if kind == "elapsed" else _is_later
    wrong = sum(not is_right(oracle, *each, answer) for each, answer in zip(asked, answered["answers"], strict=True))
    failed = sum(answer is None for answer in answered["answers"])
    counted = f"{wrong} of {len(asked)} wrong" + (f", {failed} of them errors" if failed else "")
    return Row(what, answered["us"], "µs", note="; ".join(filter(None, (counted, note))))


def _is_elapsed(oracle: Oracle, start: int, end: int, answer: float | None) -> bool:
    return answer is not None and answer == 60 * oracle.passed(_minute(start), _minute(end), 60, [])


def _is_later(oracle: Oracle, start: int, hours: int, answer: float | None) -> bool:
    if answer is None or answer % 60 or answer < start:
        return False
    return oracle.passed(_minute(start), _minute(int(answer)), 60, []) == hours * 60


def _minute(epoch_s: int) -> int:
    return (epoch_s - int(FIRST.timestamp())) // 60


def _plan(calendar: Calendar) -> Plan:
    """The calendar in the oracle's words."""
    week = tuple(_day(calendar.hours.get(weekday, ())) for weekday in range(7))
    dates = {day.isoformat(): _day(windows) for day, windows in calendar.exceptions.items()}
    return Plan("shipped", calendar.zone.key, week, dates)


def _day(windows: Sequence[Window]) -> tuple[str, ...]:
    return tuple("-".join(f"{edge // timedelta(hours=1):02}:00" for edge in window) for window in windows)


def _words(calendar: Calendar, first_s: int, last_s: int, questions: int) -> Words:
    """What the peers are told and asked; every window of the shipped calendar is that of its weekdays."""
    days = [date(2022, 12, 1) + timedelta(days=each) for each in range(365 * 5)]
    known = [day for day in days if day.year in calendar.years]
    off = [day for day in known if not calendar.windows_on(day)]
    week = [weekday for weekday, windows in calendar.hours.items() if windows]
    opens, closes = (edge // timedelta(hours=1) for edge in calendar.hours[week[0]][0])
    worked = [day for day in known if calendar.windows_on(day) and day.weekday() not in week]
    starts = list(_starts(calendar, worked, first_s, last_s - (LONGEST_DAYS + NEAR_DAYS) * 86_400, questions))
    rng = random.Random(SEED)  # noqa: S311 - cases, no secrets
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
    """Minutes, half of them anywhere, half in the days before an odd one: a worked weekend, a day off, another zone."""
    rng = random.Random(SEED)  # noqa: S311 - cases, no secrets
    odd = [*worked, *(day for day, windows in calendar.exceptions.items() if not windows), date(2024, 3, 1)]
    odd_s = [int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) for day in odd]
    near = [at for at in odd_s if first_s + NEAR_DAYS * 86_400 < at < last_s]
    for number in range(questions):
        if number % 2:
            yield rng.choice(near) - 60 * rng.randrange(NEAR_DAYS * 1440)
        else:
            yield first_s + 60 * rng.randrange((last_s - first_s) // 60)


def _ours(calendar: Calendar, words: Words) -> Words:
    spans = [(_aware(start), _aware(end)) for start, end in words["elapsed"]]
    amounts = [(_aware(start), timedelta(hours=hours)) for start, hours in words["later"]]
    return {
        "name": "sup-sync",
        "note": "",
        "elapsed": _asked(calendar.elapsed, spans, lambda answer: answer.total_seconds()),
        "later": _asked(calendar.after, amounts, lambda answer: answer.timestamp()),
    }


def _aware(epoch_s: int) -> datetime:
    return datetime.fromtimestamp(epoch_s, UTC)


def _asked(function: Callable[..., Any], pairs: Sequence[tuple[Any, Any]], read: Callable[[Any], float]) -> Words:
    answers = [read(function(*pair)) for pair in pairs]
    begin = process_time()
    for first, second in pairs:
        function(first, second)
    return {"answers": answers, "us": (process_time() - begin) / len(pairs) * 1e6}


def _peers(words: Words) -> Iterator[Words]:
    if not PYTHON.exists():
        yield {"name": "others", "note": "not installed: scripts/bench does that"}
        return
    command = [PYTHON, ROOT / "scripts/tools/bench/peers.py"]
    done = subprocess.run(command, input=json.dumps(words), capture_output=True, text=True, check=True)
    yield from map(json.loads, done.stdout.splitlines())
