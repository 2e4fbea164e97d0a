"""A measurement of other packages that compute working time, one by one; it runs in .venv-bench, without sup_sync.

Standard input: {"zone", "opens", "closes" (hours), "week" (worked weekdays, 0 is Monday), "off" (all dates not worked),
"holidays" (those of them on a worked weekday), "worked" (worked dates on other weekdays),
"elapsed": [[start, end]], "later": [[start, hours]]}. Standard output: a line of JSON for each package, {"name",
"note", "elapsed": {"answers", "us"}, "later": {"answers", "us"}}: answers in seconds or epoch seconds, None for an
error; or a text with the reason instead of either. The arguments of each package are made before the measurement.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from importlib.metadata import version
from time import process_time
from typing import Any
from zoneinfo import ZoneInfo

LIMIT_S = 90
ROUNDS = 3

Json = dict[str, Any]


class Peer:
    """A package: its calendar and its two functions; its datetimes are in the zone, aware unless `naive`."""

    package = ""
    note = ""
    naive = False
    elapsed: Any = "has no such function"
    later: Any = "has no such function"

    def __init__(self, task: Json) -> None:
        self.task = task
        self.zone = ZoneInfo(task["zone"])
        self.opens, self.closes = time(task["opens"]), time(task["closes"])
        self.off = [date.fromisoformat(text) for text in task["off"]]
        self.holidays = [date.fromisoformat(text) for text in task["holidays"]]
        self.worked = [date.fromisoformat(text) for text in task["worked"]]
        self.make_calendar()

    def make_calendar(self) -> None:
        """Make the package's calendar, and set `elapsed` and `later`."""

    def datetime_at(self, epoch_s: int) -> Any:
        local = datetime.fromtimestamp(epoch_s, self.zone)
        return local.replace(tzinfo=None) if self.naive else local

    def amount(self, hours: int) -> Any:
        return timedelta(hours=hours)

    def seconds(self, answer: Any) -> float:
        return float(answer.total_seconds())

    def epoch_s(self, answer: Any) -> float:
        return float((answer.replace(tzinfo=self.zone) if self.naive else answer).timestamp())


class Workclock(Peer):
    package = "workclock"
    note = "weekends entered as holidays"

    def make_calendar(self) -> None:
        from workclock import Holidays, Schedule, WorkDay

        rules = [WorkDay(self.opens, self.closes, days=range(7)), Holidays(self.off)]
        schedule = Schedule(rules, time_zone=self.zone)
        self.elapsed, self.later = schedule.between, schedule.add


class Timegrid(Peer):
    package = "timegrid"
    note = "in local time"
    naive = True

    def make_calendar(self) -> None:
        from timegrid import TimeGridCalendar, hours

        calendar = TimeGridCalendar.weekdays(self.opens, self.closes)
        for day in self.holidays:
            calendar.add_holiday(day)
        for day in self.worked:
            calendar.add_open_window(datetime.combine(day, self.opens), datetime.combine(day, self.closes))
        self.make_hours = hours
        self.elapsed, self.later = calendar.get_working_duration, calendar.add_work_duration

    def amount(self, hours: int) -> Any:
        return self.make_hours(hours)


class BusinessTimeDelta(Peer):
    package = "businesstimedelta"
    note = "weekends entered as holidays"

    def make_calendar(self) -> None:
        import businesstimedelta as package
        import pytz

        zone = pytz.timezone(self.task["zone"])
        workday = package.WorkDayRule(self.opens, self.closes, working_days=list(range(7)), tz=zone)
        self.rules = package.Rules([workday, package.HolidayRule(set(self.off), tz=zone)])
        self.make_delta = package.BusinessTimeDelta
        self.elapsed, self.later = self.rules.difference, lambda start, amount: start + amount

    def amount(self, hours: int) -> Any:
        return self.make_delta(self.rules, hours=hours)

    def seconds(self, answer: Any) -> float:
        return float(answer.timedelta.total_seconds())


class DjangoBizcal(Peer):
    package = "django-bizcal"

    def make_calendar(self) -> None:
        from django_bizcal import WorkingCalendar
        from django_bizcal.providers import SetHolidayProvider

        window = [(f"{self.opens:%H:%M}", f"{self.closes:%H:%M}")]
        calendar = WorkingCalendar(
            tz=self.task["zone"],
            weekly_schedule=dict.fromkeys(self.task["week"], window),
            holiday_provider=SetHolidayProvider.from_dates(self.holidays),
            day_overrides=dict.fromkeys(self.worked, window),
        )
        self.elapsed, self.later = calendar.business_time_between, calendar.add_business_time


class OfficeHours(Peer):
    package = "officehours"
    note = "no working weekends; in local time"
    naive = True

    def make_calendar(self) -> None:
        from officehours import Calculator

        calculator = Calculator(f"{self.opens:%H:%M}", f"{self.closes:%H:%M}", self.holidays)
        self.elapsed, self.later = calculator.working_seconds, lambda start, hours: calculator.due_date(hours, start)

    def amount(self, hours: int) -> Any:
        return hours

    def seconds(self, answer: Any) -> float:
        return float(answer)


class BusinessDuration(Peer):
    package = "business-duration"
    note = "weekends entered as holidays; in local time"
    naive = True

    def make_calendar(self) -> None:
        from business_duration import businessDuration

        options = {"starttime": self.opens, "endtime": self.closes, "weekendlist": None, "unit": "sec"}
        off = set(self.off)
        self.elapsed = lambda start, end: businessDuration(start, end, holidaylist=off, **options)

    def seconds(self, answer: Any) -> float:
        return float(answer)


class Pandas(Peer):
    package = "pandas"
    note = "CustomBusinessHour; weekends entered as holidays; whole hours only"

    def make_calendar(self) -> None:
        import pandas as pd

        self.hour, self.timestamp = pd.offsets.CustomBusinessHour, pd.Timestamp
        self.later = lambda start, offset: start + offset

    def datetime_at(self, epoch_s: int) -> Any:
        return self.timestamp(super().datetime_at(epoch_s))

    def amount(self, hours: int) -> Any:
        days = {"weekmask": "1111111", "holidays": self.off}
        return self.hour(hours, start=self.opens, end=self.closes, **days)


PEERS = (Workclock, Timegrid, BusinessTimeDelta, DjangoBizcal, OfficeHours, BusinessDuration, Pandas)


def measure(function: Any, rows: Sequence[tuple[Any, Any]], read: Callable[[Any], float]) -> Json | str:
    """Return the answers of a function, and its CPU in microseconds per answer: the minimum of some rounds."""
    if isinstance(function, str):
        return function
    answers = [answer_of(function, row, read) for row in rows]
    answered = [row for row, answer in zip(rows, answers, strict=True) if answer is not None]
    rounds_s = [round_s(function, answered) for _ in range(ROUNDS)] if answered else [0.0]
    return {"answers": answers, "us": min(rounds_s) / max(len(answered), 1) * 1e6}


def answer_of(function: Any, row: tuple[Any, Any], read: Callable[[Any], float]) -> float | None:
    try:
        return read(function(*row))
    except TimeoutError:
        raise
    except Exception:
        return None


def round_s(function: Any, rows: Sequence[tuple[Any, Any]]) -> float:
    start_s = process_time()
    for first, second in rows:
        function(first, second)
    return process_time() - start_s


def measure_peer(kind: type[Peer], task: Json) -> Json:
    peer = kind(task)
    spans = [(peer.datetime_at(start), peer.datetime_at(end)) for start, end in task["elapsed"]]
    amounts = [(peer.datetime_at(start), peer.amount(hours)) for start, hours in task["later"]]
    return {
        "elapsed": measure(peer.elapsed, spans, peer.seconds),
        "later": measure(peer.later, amounts, peer.epoch_s),
    }


def measure_peers(task: Json) -> Iterator[Json]:
    for kind in PEERS:
        name = kind.package
        signal.alarm(LIMIT_S)
        try:
            yield {"name": f"{name} {version(name)}", "note": kind.note, **measure_peer(kind, task)}
        except ImportError:
            yield {"name": name, "note": "could not be installed"}
        except TimeoutError:
            yield {"name": name, "note": f"did not finish within {LIMIT_S} s"}
        except Exception as error:
            yield {"name": name, "note": f"cannot be set up: {type(error).__name__}: {error}"}
        finally:
            signal.alarm(0)


def _time_out(_signal: int, _frame: object) -> None:
    raise TimeoutError


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, _time_out)
    for line in measure_peers(json.load(sys.stdin)):
        sys.stdout.write(json.dumps(line) + "\n")
