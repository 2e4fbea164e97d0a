"""Working time compared with an oracle that counts minute by minute on the wall clock (minute_oracle.py)."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from support.minute_oracle import Day, Oracle, Plan

from sup_sync.model.working_time import Calendar, Span, Window

SEED = 20240229
CASES = {60: 900, 1: 100}  # of each kind and calendar, by their grain in seconds
FROM = int(datetime(2024, 2, 10, tzinfo=UTC).timestamp())
MINUTES = 320 * 1440  # every clock change of 2024, and room for questions about November
LAST_START = 280 * 1440

OFFICE: Day = ("09:00-18:00",)
LUNCH: Day = ("09:00-13:00", "14:00-18:00")
SHORT: Day = ("09:00-16:30",)
WHOLE: Day = ("00:00-24:00",)
NIGHT: Day = ("00:00-02:30", "03:15-05:00", "22:00-23:30")
ODD: Day = ("00:30-01:45", "02:10-02:50", "02:50-03:05", "12:01-12:02", "23:45-24:00")
OFF: Day = ()


FIVE_DAYS = (OFFICE,) * 5 + (OFF,) * 2
WITH_LUNCH = (LUNCH,) * 4 + (SHORT, OFF, OFF)
PLANS = (
    Plan("Almaty, office, a moved day off", "Asia/Almaty", FIVE_DAYS, {"2024-05-04": OFFICE, "2024-05-08": OFF}),
    Plan("Almaty, round the clock", "Asia/Almaty", (WHOLE,) * 7, {}),
    Plan("Almaty, nights", "Asia/Almaty", (NIGHT,) * 7, {"2024-02-29": WHOLE, "2024-03-01": OFF}),
    Plan("Berlin, lunch, weekends", "Europe/Berlin", WITH_LUNCH, {"2024-03-31": LUNCH, "2024-10-26": LUNCH}),
    Plan("Berlin, round the clock but Saturdays", "Europe/Berlin", (WHOLE,) * 5 + (OFF, WHOLE), {"2024-10-25": OFF}),
    Plan("Berlin, odd hours", "Europe/Berlin", (ODD,) * 7, {}),
    Plan("New York, nights", "America/New_York", (NIGHT,) * 7, {"2024-07-04": OFF, "2024-11-03": WHOLE}),
    Plan("New York, office", "America/New_York", FIVE_DAYS, {"2024-11-28": OFF, "2024-11-29": SHORT}),
    Plan("Lord Howe, every kind of day", "Australia/Lord_Howe", (ODD, LUNCH, WHOLE, SHORT, NIGHT, ODD, WHOLE), {}),
    Plan("Cairo, whole Fridays", "Africa/Cairo", (LUNCH,) * 4 + (WHOLE, OFF, SHORT), {}),
    Plan("Casablanca, nights and whole days", "Africa/Casablanca", (NIGHT, WHOLE) * 3 + (OFF,), {}),
    Plan("St John's, lunch, odd Sundays", "America/St_Johns", WITH_LUNCH, {"2024-03-10": ODD, "2024-11-03": ODD}),
    Plan("Chatham, odd hours", "Pacific/Chatham", (ODD,) * 7, {"2024-04-07": WHOLE, "2024-09-29": NIGHT}),
    Plan("Santiago, round the clock but Sundays", "America/Santiago", (WHOLE,) * 6 + (OFF,), {}),
)


@dataclass(frozen=True)
class Bench:
    """The same calendar for the tool and for the oracle."""

    plan: Plan
    calendar: Calendar
    oracle: Oracle

    def start(self, rng: random.Random, grain: int) -> int:
        """Choose a moment, in grains: near a clock change, near an opening or closing, or anywhere."""
        near = rng.randrange(3)
        if near == 0 and self.oracle.clock_changes:
            minute = rng.choice(self.oracle.clock_changes) + rng.randint(-2880, 1440)
        elif near == 1:
            minute = rng.choice(self.oracle.edges or [0]) + rng.randint(-2, 2)
        else:
            minute = rng.randrange(LAST_START)
        return min(max(minute, 0), LAST_START) * (60 // grain) + rng.randrange(60 // grain)


def windows(day: Day) -> tuple[Window, ...]:
    def offset(text: str) -> timedelta:
        return timedelta(hours=int(text[:2]), minutes=int(text[3:]))

    return tuple((offset(window[:5]), offset(window[6:])) for window in day)


@pytest.fixture(scope="module")
def benches() -> list[Bench]:
    return [
        Bench(
            plan,
            Calendar(
                ZoneInfo(plan.zone),
                dict(enumerate(map(windows, plan.week))),
                {date.fromisoformat(day): windows(own) for day, own in plan.dates.items()},
                range(2024, 2025),
            ),
            Oracle(plan, FROM, MINUTES),
        )
        for plan in PLANS
    ]


def at(moment: int, grain: int) -> datetime:
    return datetime.fromtimestamp(FROM + moment * grain, UTC)


def random_pauses(rng: random.Random, start: int, grain: int) -> list[tuple[int, int]]:
    """Choose up to five pauses in any order, some overlapping, before the start, or empty."""
    day, pauses = (86400 if grain == 60 else 14400) // grain, []
    for _ in range(rng.randint(1, 5)):
        begin = max(start + rng.randint(-2 * day, 6 * day), 0)
        pauses.append(
            (begin, begin + rng.choice((0, rng.randint(1, 90), rng.randint(1, day), rng.randint(day, 2 * day))))
        )
    return pauses


def as_spans(pauses: list[tuple[int, int]], grain: int) -> list[Span]:
    return [Span(at(start, grain), at(end, grain)) for start, end in pauses]


def every_case(benches: list[Bench], kind: str) -> Iterator[tuple[Bench, random.Random, int, int]]:
    """Yield the bench of each case, its random generator, its grain in seconds, and its start in grains."""
    for bench in benches:
        rng = random.Random(f"{SEED} {kind} {bench.plan.name}")  # noqa: S311 - cases, no secrets
        for grain, cases in CASES.items():
            for _ in range(cases):
                yield bench, rng, grain, bench.start(rng, grain)


class Tally:
    """A record of the questions, and of the answers that differ from the oracle's."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self.wrong: list[str] = []

    def note(self, bench: Bench, question: str, start: datetime, end: datetime, answers: dict[str, object]) -> None:
        zone = bench.calendar.zone
        self.seen["all"] += 1
        self.seen["through a clock change"] += start.astimezone(zone).utcoffset() != end.astimezone(zone).utcoffset()
        if len(set(answers.values())) > 1:
            self.wrong.append(f"{bench.plan.name}: {question} from {start.astimezone(zone)}: {answers}")

    def check(self) -> None:
        """Fail if an answer differs from the oracle's, or if the test asked too few questions."""
        first = "\n".join(self.wrong[:5])
        assert not self.wrong, f"seed {SEED}: {len(self.wrong)} of {self.seen['all']} disagree, the first:\n{first}"
        assert self.seen["all"] == len(PLANS) * sum(CASES.values()) >= 10_000
        assert self.seen["through a clock change"] > 500


def random_need(rng: random.Random, grain: int) -> int:
    hour = 3600 // grain
    return rng.choice((0, 1, rng.randint(1, hour), rng.randint(1, 8 * hour), (45 if grain == 60 else 9) * hour))


def random_end(rng: random.Random, start: int, grain: int) -> int:
    """Choose a near or distant end, sometimes before the start."""
    day = 86400 // grain
    farthest = 25 * day if grain == 60 else 2 * day
    return start + rng.choice((rng.randint(-day // 8, day // 4), rng.randint(0, 2 * day), rng.randint(0, farthest)))


def test_adding_agrees_with_the_oracle(benches: list[Bench]) -> None:
    tally = Tally()
    for bench, rng, grain, start in every_case(benches, "add"):
        need = random_need(rng, grain)
        begin, within = at(start, grain), timedelta(seconds=need * grain)
        expected = at(bench.oracle.find_end(start, need, grain, []), grain)
        answers = {
            "oracle": expected,
            "after": bench.calendar.after(begin, within),
            "after_s": datetime.fromtimestamp(bench.calendar.after_s(begin.timestamp(), need * grain), UTC),
        }
        tally.note(bench, f"{within}", begin, expected, answers)
    tally.check()


def test_between_agrees_with_the_oracle(benches: list[Bench]) -> None:
    tally = Tally()
    for bench, rng, grain, start in every_case(benches, "between"):
        end = random_end(rng, start, grain)
        begin, finish = at(start, grain), at(end, grain)
        expected = bench.oracle.count_worked(start, end, grain, []) * grain
        answers = {
            "oracle": expected,
            "elapsed": bench.calendar.elapsed(begin, finish).total_seconds(),
            "elapsed_s": bench.calendar.elapsed_s(begin.timestamp(), finish.timestamp()),
            "spans": sum((each.end - each.start).total_seconds() for each in bench.calendar.spans(begin, finish)),
        }
        tally.seen["something passed"] += expected > 0
        tally.note(bench, f"until {finish}", begin, finish, answers)
    tally.check()
    assert tally.seen["something passed"] > tally.seen["all"] / 2


def test_between_with_pauses_agrees_with_the_oracle(benches: list[Bench]) -> None:
    tally = Tally()
    for bench, rng, grain, start in every_case(benches, "between with pauses"):
        end, pauses = random_end(rng, start, grain), random_pauses(rng, start, grain)
        begin, finish, without = at(start, grain), at(end, grain), as_spans(pauses, grain)
        expected = bench.oracle.count_worked(start, end, grain, pauses) * grain
        answers = {
            "oracle": expected,
            "elapsed": bench.calendar.elapsed(begin, finish, without).total_seconds(),
            "spans": sum((e.end - e.start).total_seconds() for e in bench.calendar.spans(begin, finish, without)),
        }
        tally.seen["the pauses counted"] += expected < bench.calendar.elapsed(begin, finish).total_seconds()
        tally.note(bench, f"until {finish} without {without}", begin, finish, answers)
    tally.check()
    assert tally.seen["the pauses counted"] > tally.seen["all"] / 4


def test_adding_with_pauses_agrees_with_the_oracle(benches: list[Bench]) -> None:
    tally = Tally()
    for bench, rng, grain, start in every_case(benches, "add with pauses"):
        need, pauses = random_need(rng, grain), random_pauses(rng, start, grain)
        begin, within, without = at(start, grain), timedelta(seconds=need * grain), as_spans(pauses, grain)
        expected = at(bench.oracle.find_end(start, need, grain, pauses), grain)
        answers = {"oracle": expected, "after": bench.calendar.after(begin, within, without)}
        tally.seen["the pauses counted"] += expected > bench.calendar.after(begin, within)
        tally.note(bench, f"{within} without {without}", begin, expected, answers)
    tally.check()
    assert tally.seen["the pauses counted"] > tally.seen["all"] / 4
