"""Reports as data: how far the targets were kept, and what a plan holds."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta, tzinfo
from enum import StrEnum
from operator import attrgetter
from typing import NamedTuple

from sup_sync.frozen import value
from sup_sync.model.issue import Phase
from sup_sync.model.policy import Calendars, ClockKind, Policy
from sup_sync.model.working_time import Calendar
from sup_sync.sla.clock import TargetStatus, Verdict
from sup_sync.sla.judgement import Judgement
from sup_sync.to_json import Json, plain
from sup_sync.views.time_by_party import TimeByParty, party_periods, sum_of, time_by_party


class Dimension(StrEnum):
    """By what a report groups requests; the month is that of the filing, in the support's zone."""

    LEVEL = "level"
    CHANNEL = "channel"
    CATEGORY = "category"
    PRIORITY = "priority"
    MONTH = "month"


@value
class Tally:
    """How far a group of requests kept one target: counts, and the time that stopped clocks took.

    `breached` counts running clocks too; `no_target` are those that a clause excepts. `median` and `ninetieth` are
    nearest-rank percentiles (of n values in order the one at place n × 0.5 or n × 0.9, rounded up) of the time on the
    target's own clock; None where no clock stopped.
    """

    metric: str
    met: int
    breached: int
    on_track: int
    at_risk: int
    no_target: int
    median: timedelta | None
    ninetieth: timedelta | None

    @property
    def running(self) -> int:
        """How many clocks still run, or pause, within their target."""
        return self.on_track + self.at_risk

    @property
    def share_met(self) -> float | None:
        """Met of all that are decided; None while none is."""
        decided = self.met + self.breached
        return self.met / decided if decided else None

    def to_json(self) -> Json:
        share = None if self.share_met is None else round(self.share_met, 4)
        return {**plain(self), "share_met": share}


@value
class Group:
    """The requests that share a key (None: it is not known), with a tally for each metric.

    Refused and stopped requests (clauses 6, 9, 16) and those that could not be judged are in no tally: every tally's
    counts and these two add up to `requests`. The ledger is that of all that could be judged.
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
    """How many requests were refused, put off, stopped or ended for a reason (None: refused without one)."""

    reason: str | None
    clause: str
    count: int


@value
class Report:
    """How far the targets were kept: in all and by each dimension, with the local days of the first and last filing."""

    filed_from: date | None
    filed_until: date | None
    total: Group
    reasons: tuple[ReasonCount, ...]
    by: Mapping[Dimension, tuple[Group, ...]]

    def to_json(self) -> Json:
        """{"filed_from", "filed_until", "total": GROUP, "reasons": [REASON], "by": {"level": [GROUP], …}}.

        REASON is {"reason", "clause", "count"}.

        GROUP is {"key", "requests", "refused", "skipped", METRIC: TALLY, …, "time_by_party"},
        TALLY is {"metric", "met", "breached", "on_track", "at_risk", "no_target", "share_met" (0 to 1), "median",
        "ninetieth"}, the ledger goes from support, client, development, closed and elapsed to {"working",
        "wall"}; days are ISO, times whole seconds, what is not known null.
        """
        return {
            "filed_from": plain(self.filed_from),
            "filed_until": plain(self.filed_until),
            "total": self.total.to_json(),
            "reasons": plain(self.reasons),
            "by": {dimension.value: [each.to_json() for each in groups] for dimension, groups in self.by.items()},
        }


def compliance(
    judgements: Iterable[Judgement], policy: Policy, calendars: Calendars, by: Sequence[Dimension] = tuple(Dimension)
) -> Report:
    """How far the targets were kept, groups in the regulation's order, months in order of time."""
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
    """Where the time of one request went."""
    return time_by_party(tuple(party_periods(judgement.phase_periods, working)), working)


class _Counted(NamedTuple):
    """A request in a report: whether it was refused or stopped, and where its time went."""

    judgement: Judgement
    is_refused: bool
    time_by_party: TimeByParty


def _groups(judged: list[_Counted], dimension: Dimension, policy: Policy, zone: tzinfo) -> tuple[Group, ...]:
    members: dict[str | None, list[_Counted]] = defaultdict(list)
    key_of = _key_of(dimension, zone)
    for each in judged:
        members[key_of(each.judgement)].append(each)
    places = {key: place for place, key in enumerate(_order(dimension, policy))}
    in_order = sorted(members, key=lambda key: (places.get(key or "", len(places)), key or ""))
    return tuple(_group(key, members[key], policy) for key in in_order)


def _key_of(dimension: Dimension, zone: tzinfo) -> Callable[[Judgement], str | None]:
    """What groups by it; all but the month are called as they are in a judgement."""
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
        tallies=tuple(_tally(metric, found) for metric, found in verdicts.items()),
        time_by_party=sum_of(each.time_by_party for each in judged),
    )


def _with_all_metrics(judgement: Judgement, metrics: Iterable[str]) -> Iterator[Verdict]:
    """The verdicts on a request of an earlier version, with no target for the metrics that this lacked."""
    yield from judgement.verdicts
    yield from (judgement.verdict(each) for each in metrics if each not in judgement.policy.metrics)


def _is_refused(judgement: Judgement) -> bool:
    return judgement.issue.status.phase is Phase.REFUSED or judgement.is_work_stopped


def _reasons(judgements: list[Judgement], policy: Policy) -> Iterator[ReasonCount]:
    """In the regulation's order, refusals without a reason last."""
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
    took = sorted([each.elapsed for each in verdicts if each.stopped_at is not None])
    return Tally(
        metric=metric,
        met=counts[TargetStatus.MET],
        breached=counts[TargetStatus.BREACHED],
        on_track=counts[TargetStatus.ON_TRACK],
        at_risk=counts[TargetStatus.AT_RISK],
        no_target=counts[TargetStatus.NO_TARGET],
        median=nearest_rank(took, 50),
        ninetieth=nearest_rank(took, 90),
    )


def nearest_rank(ordered: Sequence[timedelta], percent: int) -> timedelta | None:
    """The percentile of values in order that is one of them; None of no values."""
    return ordered[(len(ordered) * percent + 99) // 100 - 1] if ordered else None
