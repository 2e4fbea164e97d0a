"""The figures of a report page beyond compliance: data of the charts, breaches, and findings."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from sup_sync.immutable import value
from sup_sync.model.issue import Finding, Issue
from sup_sync.model.policy import Calendars, ClockKind, Policy
from sup_sync.model.required import ItemProblem
from sup_sync.sla.clock import TargetStatus
from sup_sync.sla.judgement import Judgement
from sup_sync.sla.measures import first_response

HOURS = range(24)

# upper limits of the bars of the distribution: targets of the regulation and their doubles
UP_TO = tuple(timedelta(minutes=each) for each in (15, 30, 60, 120, 240, 540, 1080))


@value
class ShareMet:
    """The clocks of a level that met or breached one target, on requests filed in a month."""

    month: str
    level: str | None
    metric: str
    met: int
    breached: int

    @property
    def share(self) -> float | None:
        """The share of decided clocks that met the target; None if none is decided."""
        decided = self.met + self.breached
        return self.met / decided if decided else None


@value
class Responses:
    """The number of first responses by level, above the previous bar's limit and at most `up_to` (None: no limit)."""

    up_to: timedelta | None
    by_level: Mapping[str | None, int]


@value
class HourOfFiling:
    """The breaches, by metric, of requests filed in an hour of the day, in the support's time zone."""

    hour: int
    breaches: Mapping[str, int]


@value
class Breach:
    """A breached target; `late` is time of the target's own clock, and `is_running` if the clock has not stopped."""

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
    """A finding on a request, with the missing or malformed items if it is about those."""

    issue: Issue
    finding: Finding
    item_problems: tuple[ItemProblem, ...]


@value
class Figures:
    """The figures of a report page; months and hours are those of filing, in `zone`, the support's time zone.

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


def figures_of(judgements: Sequence[Judgement], policy: Policy, calendars: Calendars) -> Figures:
    """Compute the figures of judged requests; levels are in the regulation's order, oldest breaches first."""
    zone = calendars[ClockKind.WORKING].zone
    metrics = tuple(policy.all_metrics)
    seen = {each.level for each in judgements}
    levels = tuple(
        each for each in (*policy.levels, *sorted(seen - {None, *policy.levels}, key=str), None) if each in seen
    )
    breaches = sorted(_breaches(judgements), key=lambda each: (each.due_at, each.issue.id))
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
    for number, up_to in enumerate((*UP_TO, None)):
        yield Responses(up_to, bars[number])


def _hours(breaches: Iterable[Breach], metrics: Sequence[str], zone: tzinfo) -> Iterator[HourOfFiling]:
    counts = Counter((each.judgement.filed_at.astimezone(zone).hour, each.metric) for each in breaches)
    for hour in HOURS:
        yield HourOfFiling(hour, {metric: counts[hour, metric] for metric in metrics})


def _breaches(judgements: Iterable[Judgement]) -> Iterator[Breach]:
    for judgement in judgements:
        for clock in judgement.clocks:
            verdict = judgement.verdict_on(clock)
            if verdict.outcome is TargetStatus.BREACHED and verdict.due_at:
                late = verdict.late or timedelta(0)
                yield Breach(judgement, verdict.metric, verdict.due_at, late, not clock.is_over, verdict.clause)


def _findings(judgements: Iterable[Judgement]) -> Mapping[str, tuple[RequestFinding, ...]]:
    """Group the findings by kind, the most frequent kind first."""
    kinds: dict[str, list[RequestFinding]] = defaultdict(list)
    for each in sorted(judgements, key=lambda each: each.issue.id):
        for finding in each.findings:
            problems = each.item_problems if finding.kind == "incomplete" else ()
            kinds[finding.kind].append(RequestFinding(each.issue, finding, problems))
    in_order = sorted(kinds, key=lambda kind: (-len(kinds[kind]), kind))
    return {kind: tuple(kinds[kind]) for kind in in_order}
