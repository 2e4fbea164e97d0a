"""The compliance report as data: targets met and breached, in total and by dimension."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta, tzinfo
from enum import StrEnum
from operator import attrgetter
from typing import NamedTuple

from sup_sync.immutable import value
from sup_sync.model.issue import Phase
from sup_sync.model.policy import Calendars, ClockKind, Policy
from sup_sync.model.working_time import Calendar
from sup_sync.sla.clock import TargetStatus, Verdict
from sup_sync.sla.judgement import Judgement
from sup_sync.to_json import Json, json_value
from sup_sync.views.time_by_party import TimeByParty, party_periods, time_by_party, total_time


class Dimension(StrEnum):
    """An attribute that a report groups requests by; the month is that of filing, in the support's time zone."""

    LEVEL = "level"
    CHANNEL = "channel"
    CATEGORY = "category"
    PRIORITY = "priority"
    MONTH = "month"


@value
class Tally:
    """The results of a group of requests for one target: counts of outcomes, and percentiles of the stopped clocks.

    `breached` includes running clocks. `no_target` counts the requests that a clause exempts, and those that the tool
    closed before a response was late; `skipped` those for which this target could not be judged. `median` and
    `ninetieth` are nearest-rank percentiles (of n sorted values, the one at position n × 0.5 or n × 0.9, rounded up) of
    the time on the target's own clock. They are None if no clock stopped.
    """

    metric: str
    met: int
    breached: int
    on_track: int
    at_risk: int
    no_target: int
    skipped: int
    median: timedelta | None
    ninetieth: timedelta | None

    @property
    def running(self) -> int:
        """The number of clocks that run or pause and are not overdue."""
        return self.on_track + self.at_risk

    @property
    def share_met(self) -> float | None:
        """The share of decided clocks that met the target; None if none is decided."""
        decided = self.met + self.breached
        return self.met / decided if decided else None

    def to_json(self) -> Json:
        share = None if self.share_met is None else round(self.share_met, 4)
        return {**json_value(self), "share_met": share}


@value
class Group:
    """The requests that share a key (None: unknown), with a tally for each metric.

    Tallies leave out refused and stopped requests (clauses 6, 9, 16) and skipped ones, which could not be judged. The
    counts of each tally, `refused` and `skipped` add up to `requests`. `time_by_party` leaves out only the skipped.
    """

    key: str | None
    requests: int
    refused: int
    skipped: int
    tallies: tuple[Tally, ...]
    time_by_party: TimeByParty

    def tally(self, metric: str) -> Tally:
        return next(each for each in self.tallies if each.metric == metric)

    def to_json(self) -> Json:
        tallies = {each.metric: each.to_json() for each in self.tallies}
        counts = {"requests": self.requests, "refused": self.refused, "skipped": self.skipped}
        return {"key": self.key, **counts, **tallies, "time_by_party": self.time_by_party.to_json()}


@value
class ReasonCount:
    """The number of requests refused, deferred, stopped or auto-closed for a reason (None: refused without one)."""

    reason: str | None
    clause: str
    count: int


@value
class Report:
    """Compliance in total and by dimension; requests were filed from `filed_from` to `filed_until`, local days."""

    filed_from: date | None
    filed_until: date | None
    total: Group
    reasons: tuple[ReasonCount, ...]
    by: Mapping[Dimension, tuple[Group, ...]]

    def to_json(self) -> Json:
        """Return {"filed_from", "filed_until", "total": GROUP, "reasons": [REASON], "by": {"level": [GROUP], …}}.

        REASON is {"reason", "clause", "count"}.

        GROUP is {"key", "requests", "refused", "skipped", METRIC: TALLY, …, "time_by_party"},
        TALLY is {"metric", "met", "breached", "on_track", "at_risk", "no_target", "skipped", "share_met" (0 to 1),
        "median", "ninetieth"}. `time_by_party` maps support, client, development, closed and elapsed to
        {"working", "wall"}. Days are ISO, times are whole seconds, unknown values are null.
        """
        return {
            "filed_from": json_value(self.filed_from),
            "filed_until": json_value(self.filed_until),
            "total": self.total.to_json(),
            "reasons": json_value(self.reasons),
            "by": {dimension.value: [each.to_json() for each in groups] for dimension, groups in self.by.items()},
        }


def compliance(
    judgements: Iterable[Judgement], policy: Policy, calendars: Calendars, by: Sequence[Dimension] = tuple(Dimension)
) -> Report:
    """Compute the report; groups are in the order of the regulation, months are in order of time."""
    working = calendars[ClockKind.WORKING]
    judged = [_Counted(each, _is_refused(each), request_time_by_party(each, working)) for each in judgements]
    days = [each.judgement.filed_at.astimezone(working.zone).date() for each in judged]
    return Report(
        filed_from=min(days, default=None),
        filed_until=max(days, default=None),
        total=_group(None, judged, policy),
        reasons=tuple(_reasons([each.judgement for each in judged], policy)),
        by={dimension: _groups(judged, dimension, policy, working.zone) for dimension in by},
    )


def request_time_by_party(judgement: Judgement, working: Calendar) -> TimeByParty:
    """Compute how long one request was with each party."""
    return time_by_party(tuple(party_periods(judgement.phase_periods, working)), working)


class _Counted(NamedTuple):
    """A judged request with the facts that a report counts."""

    judgement: Judgement
    is_refused: bool
    time_by_party: TimeByParty


def _groups(judged: list[_Counted], dimension: Dimension, policy: Policy, zone: tzinfo) -> tuple[Group, ...]:
    members: dict[str | None, list[_Counted]] = defaultdict(list)
    key_of = _key_of(dimension, zone)
    for each in judged:
        members[key_of(each.judgement)].append(each)
    positions = {key: position for position, key in enumerate(_order(dimension, policy))}
    in_order = sorted(members, key=lambda key: (positions.get(key or "", len(positions)), key or ""))
    return tuple(_group(key, members[key], policy) for key in in_order)


def _key_of(dimension: Dimension, zone: tzinfo) -> Callable[[Judgement], str | None]:
    """Return the function that reads the key of a group; all dimensions but the month are attributes of a judgement."""
    if dimension is Dimension.MONTH:
        return lambda judgement: f"{judgement.filed_at.astimezone(zone):%Y-%m}"
    return attrgetter(dimension)


def _order(dimension: Dimension, policy: Policy) -> Iterable[str]:
    orders: dict[Dimension, Iterable[str]] = {
        Dimension.LEVEL: policy.levels,
        Dimension.CHANNEL: policy.channels,
        Dimension.CATEGORY: policy.categories,
        Dimension.PRIORITY: policy.priorities,
    }
    return orders.get(dimension, ())


def _group(key: str | None, requests: list[_Counted], policy: Policy) -> Group:
    judged = [each for each in requests if not each.judgement.is_unjudged]
    counted = [each.judgement for each in judged if not each.is_refused]
    verdicts: dict[str, list[Verdict]] = {metric: [] for metric in policy.all_metrics}
    for each in counted:
        for verdict in each.verdicts if each.policy is policy else _with_all_metrics(each, verdicts):
            verdicts[verdict.metric].append(verdict)
    return Group(
        key=key,
        requests=len(requests),
        refused=len(judged) - len(counted),
        skipped=len(requests) - len(judged),
        tallies=tuple(_tally(metric, given) for metric, given in verdicts.items()),
        time_by_party=total_time(each.time_by_party for each in judged),
    )


def _with_all_metrics(judgement: Judgement, metrics: Iterable[str]) -> Iterator[Verdict]:
    """Yield the verdicts under an earlier version; metrics that it lacked have no target."""
    yield from judgement.verdicts
    yield from (judgement.verdict(each) for each in metrics if each not in judgement.policy.metrics)


def _is_refused(judgement: Judgement) -> bool:
    return judgement.issue.status.phase is Phase.REFUSED or judgement.is_work_stopped


def _reasons(judgements: list[Judgement], policy: Policy) -> Iterator[ReasonCount]:
    """Count requests by reason, in the order of the regulation, with refusals without a reason last."""
    given = [each.reason for each in judgements if each.reason or _is_refused(each)]
    clauses = {each.key: each.clause for each in given if each}
    counts = Counter(each.key if each else None for each in given)
    in_order = [*policy.reasons, *(key for key in clauses if key not in policy.reasons)]
    for key in (each for each in in_order if counts[each]):
        yield ReasonCount(key, clauses[key], counts[key])
    if counts[None]:
        yield ReasonCount(None, policy.clauses.refusal, counts[None])


def _tally(metric: str, verdicts: list[Verdict]) -> Tally:
    counts = Counter([each.outcome for each in verdicts])
    skipped = sum([each.is_skipped for each in verdicts])
    times = sorted([each.elapsed for each in verdicts if each.stopped_at is not None])
    return Tally(
        metric=metric,
        met=counts[TargetStatus.MET],
        breached=counts[TargetStatus.BREACHED],
        on_track=counts[TargetStatus.ON_TRACK],
        at_risk=counts[TargetStatus.AT_RISK],
        no_target=counts[TargetStatus.NO_TARGET] - skipped,
        skipped=skipped,
        median=nearest_rank(times, 50),
        ninetieth=nearest_rank(times, 90),
    )


def nearest_rank(ordered: Sequence[timedelta], percent: int) -> timedelta | None:
    """Return the nearest-rank percentile of sorted values; None if there are none."""
    return ordered[(len(ordered) * percent + 99) // 100 - 1] if ordered else None
