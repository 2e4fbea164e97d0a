"""The time from filing to the present, split between support, client, development and after closing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import accumulate, pairwise

from sup_sync.errors import CalendarError
from sup_sync.immutable import fast_value
from sup_sync.model.issue import Phase
from sup_sync.model.working_time import Calendar
from sup_sync.sla.phases import PhasePeriod

MINUTE, NOTHING = timedelta(minutes=1), timedelta(0)


class Party(StrEnum):
    """A party that holds a request; `closed` is the time after it was closed or refused."""

    SUPPORT = "support"
    CLIENT = "client"
    DEVELOPMENT = "development"
    CLOSED = "closed"


PARTIES: Mapping[Phase, Party] = {
    Phase.OPEN: Party.SUPPORT,
    Phase.WAITING: Party.CLIENT,
    Phase.DEVELOPMENT: Party.DEVELOPMENT,
    Phase.CLOSED: Party.CLOSED,
    Phase.REFUSED: Party.CLOSED,
}


@fast_value
class PartyPeriod:
    """A period that a request spent in one phase; `working` is None outside the years of the calendar."""

    phase: Phase
    party: Party
    start_at: datetime
    end_at: datetime
    working: timedelta | None
    wall: timedelta


@fast_value
class Time:
    """A length of time, in working time (None: outside the years of the calendar) and in wall-clock time."""

    working: timedelta | None
    wall: timedelta

    def to_json(self) -> dict[str, int | None]:
        """Return {"working", "wall"} in whole seconds."""
        working = None if self.working is None else int(self.working.total_seconds())
        return {"working": working, "wall": int(self.wall.total_seconds())}


@fast_value
class TimeByParty:
    """The time that each party held a request, from filing to the present; `closed` includes the time since closing.

    The parts add up exactly to `elapsed`, which is measured separately, in working time and in wall-clock time.
    """

    parts: Mapping[Party, Time]
    elapsed: Time

    def in_minutes(self) -> TimeByParty:
        """Round to whole minutes that still add up; each part changes by less than a minute."""
        walls = _whole_minutes([each.wall for each in self.parts.values()])
        known = [each.working for each in self.parts.values() if each.working is not None]
        worked = iter(_whole_minutes(known))
        parts = {
            party: Time(None if each.working is None else next(worked), wall)
            for (party, each), wall in zip(self.parts.items(), walls, strict=True)
        }
        whole = self.elapsed.working
        return TimeByParty(
            parts, Time(None if whole is None else _floor_minute(whole), _floor_minute(self.elapsed.wall))
        )

    def to_json(self) -> dict[str, dict[str, int | None]]:
        """Return {"support": TIME, "client": TIME, "development": TIME, "closed": TIME, "elapsed": TIME}."""
        parts = {party.value: each.to_json() for party, each in self.parts.items()}
        return {**parts, "elapsed": self.elapsed.to_json()}


def party_periods(phases: Iterable[PhasePeriod], calendar: Calendar) -> Iterator[PartyPeriod]:
    """Yield the periods with their times, from whole second to whole second."""
    for each in phases:
        start, end = _second(each.span.start), _second(each.span.end)
        time = _time(start, end, calendar)
        yield PartyPeriod(each.phase, PARTIES[each.phase], start, end, time.working, time.wall)


def time_by_party(periods: Sequence[PartyPeriod], calendar: Calendar) -> TimeByParty:
    """Add up the periods of one request by party; the periods follow each other without a gap."""
    times: dict[Party, list[PartyPeriod]] = {party: [] for party in Party}
    for each in periods:
        times[each.party].append(each)
    parts = {party: _sum(held) for party, held in times.items()}
    return TimeByParty(parts, _time(periods[0].start_at, periods[-1].end_at, calendar))


def total_time(requests: Iterable[TimeByParty]) -> TimeByParty:
    """Add up the times of several requests."""
    rows = list(requests)
    parts = {party: _sum([each.parts[party] for each in rows]) for party in Party}
    return TimeByParty(parts, _sum([each.elapsed for each in rows]))


def _time(start: datetime, end: datetime, calendar: Calendar) -> Time:
    try:
        return Time(calendar.elapsed(start, end), end - start)
    except CalendarError:
        return Time(None, end - start)


def _sum(times: Sequence[Time | PartyPeriod]) -> Time:
    """Add up times; the working time is None if that of any part is."""
    if not times:
        return Time(NOTHING, NOTHING)
    worked = [each.working for each in times if each.working is not None]
    working = sum(worked, NOTHING) if len(worked) == len(times) else None
    return Time(working, sum([each.wall for each in times], NOTHING))


def _second(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def _floor_minute(length: timedelta) -> timedelta:
    return length // MINUTE * MINUTE


def _whole_minutes(parts: Sequence[timedelta]) -> list[timedelta]:
    """Round parts to whole minutes so that their sum is the sum of the parts, rounded down."""
    marks = [NOTHING, *map(_floor_minute, accumulate(parts))]
    return [after - before for before, after in pairwise(marks)]
