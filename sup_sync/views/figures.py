"""What a report's page shows beyond compliance: the figures of its charts, the breaches, and what to look at."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from sup_sync.frozen import value
from sup_sync.model.issue import Finding, Issue
from sup_sync.model.policy import Calendars, ClockKind, Policy
from sup_sync.model.required import ItemProblem
from sup_sync.sla.clock import TargetStatus
from sup_sync.sla.judgement import Judgement
from sup_sync.sla.measures import first_response

HOURS = range(24)

UP_TO = tuple(timedelta(minutes=each) for each in (15, 30, 60, 120, 240, 540, 1080))
"""The upper ends of the distribution's bars: the regulation's targets, and doubles of them."""


@value
class ShareMet:
    """How many clocks of a level, on requests filed in a month, kept one target."""

    month: str
    level: str | None
    metric: str
    met: int
    breached: int

    @property
    def share(self) -> float | None:
        """Met of all that are decided; None while none is."""
        decided = self.met + self.breached
        return self.met / decided if decided else None


@value
class Responses:
    """How many first responses took more than the bar before and at most `up_to` (None: more), by level."""

    up_to: timedelta | None
    by_level: Mapping[str | None, int]


@value
class HourOfFiling:
    """How many breaches there are on requests filed in an hour of the support's day."""

    hour: int
    breaches: Mapping[str, int]


@value
class Breach:
    """One target that was not kept: by how much, on the target's own clock, and whether it is late still."""

    judgement: Judgement
    metric: str
    due_at: datetime
    late: timedelta
    is_running: bool
    clause: str

    @property
    def issue(self) -> Issue:
        return self.judgement.issue


@value
class RequestFinding:
    """A finding on one request, and what the request lacks where that is what was found."""

    issue: Issue
    finding: Finding
    lacks: tuple[ItemProblem, ...]


@value
class Figures:
    """All of it; months and hours are those of the filing in `zone`, the support's.

    `metrics` are those of all versions of the regulation.
    """

    zone: tzinfo
    metrics: tuple[str, ...]
    levels: tuple[str | None, ...]
    shares: tuple[ShareMet, ...]
    responses: tuple[Responses, ...]
    hours: tuple[HourOfFiling, ...]
    breaches: tuple[Breach, ...]
    findings: Mapping[str, tuple[RequestFinding, ...]]

    @property
    def months(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each.month for each in self.shares))


def figures_of(judgements: Sequence[Judgement], policy: Policy, calendars: Calendars, now: datetime) -> Figures:
    """The figures of requests judged at `now`: levels in the regulation's order, breaches oldest first."""
    zone = calendars[ClockKind.WORKING].zone
    metrics = tuple(policy.all_metrics)
    seen = {each.level for each in judgements}
    levels = tuple(
        each for each in (*policy.levels, *sorted(seen - {None, *policy.levels}, key=str), None) if each in seen
    )
    breaches = sorted(_breaches(judgements, calendars, now), key=lambda each: (each.due_at, each.issue.id))
    return Figures(
        zone=zone,
        metrics=metrics,
        levels=levels,
        shares=tuple(_shares(judgements, levels, metrics, zone)),
        responses=tuple(_responses(judgements)),
        hours=tuple(_hours(breaches, metrics, zone)),
        breaches=tuple(breaches),
        findings=_findings(judgements),
    )


def _shares(
    judgements: Iterable[Judgement], levels: Sequence[str | None], metrics: Sequence[str], zone: tzinfo
) -> Iterator[ShareMet]:
    counts: Counter[tuple[str, str | None, str, TargetStatus]] = Counter()
    months: set[str] = set()
    for each in judgements:
        month = f"{each.filed_at.astimezone(zone):%Y-%m}"
        months.add(month)
        counts.update((month, each.level, verdict.metric, verdict.outcome) for verdict in each.verdicts)
    for month in sorted(months):
        for level in levels:
            for metric in metrics:
                met, breached = (
                    counts[month, level, metric, each] for each in (TargetStatus.MET, TargetStatus.BREACHED)
                )
                yield ShareMet(month, level, metric, met, breached)


def _responses(judgements: Iterable[Judgement]) -> Iterator[Responses]:
    bars: dict[int, Counter[str | None]] = defaultdict(Counter)
    for each in judgements:
        clock = each.clock_measuring(first_response.MEASURE.key)
        verdict = each.verdict_on(clock) if clock else None
        if verdict and verdict.stopped_at is not None:
            bars[bisect_left(UP_TO, verdict.elapsed)][each.level] += 1
    for place, up_to in enumerate((*UP_TO, None)):
        yield Responses(up_to, bars[place])


def _hours(breaches: Iterable[Breach], metrics: Sequence[str], zone: tzinfo) -> Iterator[HourOfFiling]:
    counts = Counter((each.judgement.filed_at.astimezone(zone).hour, each.metric) for each in breaches)
    for hour in HOURS:
        yield HourOfFiling(hour, {metric: counts[hour, metric] for metric in metrics})


def _breaches(judgements: Iterable[Judgement], calendars: Calendars, now: datetime) -> Iterator[Breach]:
    for judgement in judgements:
        for clock in judgement.clocks:
            verdict = judgement.verdict_on(clock)
            if verdict.outcome is TargetStatus.BREACHED and verdict.due_at:
                calendar = calendars[clock.target.clock]
                late = calendar.elapsed(verdict.due_at, clock.effective_now(now), without=clock.pauses)
                running = clock.stopped_at is None
                yield Breach(judgement, verdict.metric, verdict.due_at, late, running, verdict.clause)


def _findings(judgements: Iterable[Judgement]) -> Mapping[str, tuple[RequestFinding, ...]]:
    """By kind, the one on most requests first."""
    kinds: dict[str, list[RequestFinding]] = defaultdict(list)
    for each in sorted(judgements, key=lambda each: each.issue.id):
        for finding in each.findings:
            lacks = each.item_problems if finding.kind == "incomplete" else ()
            kinds[finding.kind].append(RequestFinding(each.issue, finding, lacks))
    in_order = sorted(kinds, key=lambda kind: (-len(kinds[kind]), kind))
    return {kind: tuple(kinds[kind]) for kind in in_order}
