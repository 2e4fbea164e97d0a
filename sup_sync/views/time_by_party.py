"""Who had the ball: a request's life, split to the last second between support, client, development and its end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import accumulate, pairwise

from sup_sync.errors import CalendarError
from sup_sync.frozen import fast_value
from sup_sync.model.issue import Phase
from sup_sync.model.working_time import Calendar
from sup_sync.sla.phases import PhasePeriod

MINUTE, NOTHING = timedelta(minutes=1), timedelta(0)


class Party(StrEnum):
    """With whom a request can be; `closed` is the time after it was closed or refused."""

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
"""With whom a request is in each phase."""


@fast_value
class PartyPeriod:
    """A stretch of the request's life in one phase; `working` is None outside the calendar's years."""

    phase: Phase
    party: Party
    start_at: datetime
    end_at: datetime
    working: timedelta | None
    wall: timedelta


@fast_value
class Time:
    """An amount of time, in the support's working time (None: outside the calendar's years) and on the wall clock."""

    working: timedelta | None
    wall: timedelta

    def to_json(self) -> dict[str, int | None]:
        """{"working", "wall"} in whole seconds."""
        working = None if self.working is None else int(self.working.total_seconds())
        return {"working": working, "wall": int(self.wall.total_seconds())}


@fast_value
class TimeByParty:
    """How long a request was with whom, from its filing to the present: closed time goes on to count.

    The parts add up exactly to `elapsed`, which is measured by itself, in working time as on the wall clock.
    """

    parts: Mapping[Party, Time]
    elapsed: Time

    def in_minutes(self) -> TimeByParty:
        """The same in whole minutes that still add up: each part is off by less than a minute."""
        walls = _whole_minutes([each.wall for each in self.parts.values()])
        known = [each.working for each in self.parts.values() if each.working is not None]
        worked = iter(_whole_minutes(known))
        parts = {
            party: Time(None if each.working is None else next(worked), wall)
            for (party, each), wall in zip(self.parts.items(), walls, strict=True)
        }
        whole = self.elapsed.working
        return TimeByParty(parts, Time(None if whole is None else _cut(whole), _cut(self.elapsed.wall)))

    def to_json(self) -> dict[str, dict[str, int | None]]:
        """{"support": TIME, "client": TIME, "development": TIME, "closed": TIME, "elapsed": TIME}."""
        parts = {party.value: each.to_json() for party, each in self.parts.items()}
        return {**parts, "elapsed": self.elapsed.to_json()}


def party_periods(life: Iterable[PhasePeriod], calendar: Calendar) -> Iterator[PartyPeriod]:
    """The stretches of a life with their times, from whole second to whole second."""
    for each in life:
        start, end = _second(each.span.start), _second(each.span.end)
        time = _time(start, end, calendar)
        yield PartyPeriod(each.phase, PARTIES[each.phase], start, end, time.working, time.wall)


def time_by_party(stayed: Sequence[PartyPeriod], calendar: Calendar) -> TimeByParty:
    """The ledger of one request's life, stretch after stretch."""
    times: dict[Party, list[PartyPeriod]] = {party: [] for party in Party}
    for each in stayed:
        times[each.party].append(each)
    parts = {party: _sum(found) for party, found in times.items()}
    return TimeByParty(parts, _time(stayed[0].start_at, stayed[-1].end_at, calendar))


def sum_of(ledgers: Iterable[TimeByParty]) -> TimeByParty:
    """The ledger of several requests together."""
    rows = list(ledgers)
    parts = {party: _sum([each.parts[party] for each in rows]) for party in Party}
    return TimeByParty(parts, _sum([each.elapsed for each in rows]))


def _time(start: datetime, end: datetime, calendar: Calendar) -> Time:
    try:
        return Time(calendar.elapsed(start, end), end - start)
    except CalendarError:
        return Time(None, end - start)


def _sum(times: Sequence[Time | PartyPeriod]) -> Time:
    """All of them together; the working time is known where each one's is."""
    if not times:
        return Time(NOTHING, NOTHING)
    worked = [each.working for each in times if each.working is not None]
    working = sum(worked, NOTHING) if len(worked) == len(times) else None
    return Time(working, sum([each.wall for each in times], NOTHING))


def _second(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def _cut(length: timedelta) -> timedelta:
    return length // MINUTE * MINUTE


def _whole_minutes(parts: Sequence[timedelta]) -> list[timedelta]:
    """The parts in whole minutes, whose sum is that of the parts, cut to the minute."""
    marks = [NOTHING, *map(_cut, accumulate(parts))]
    return [after - before for before, after in pairwise(marks)]
