"""The judgement of one request at a moment; `judge.py` makes it."""

from __future__ import annotations

from datetime import date, datetime

from sup_sync.immutable import fast_value
from sup_sync.model.issue import Finding, Issue, Phase
from sup_sync.model.policy import Agreement, Contract, Policy, Reason
from sup_sync.model.required import ItemProblem
from sup_sync.sla.clock import Clock, TargetStatus, Verdict, no_target
from sup_sync.sla.phases import PhasePeriod
from sup_sync.sla.waiting import Wait


@fast_value
class Judgement:
    """The result of judging one request at a moment; without an agreement it has no targets, and a finding says why.

    `policy` is the version of the regulation that was in force on `filed_on`, the local day of `filed_at`. Each of its
    metrics has at least one verdict; if a metric has several clocks, the current one comes last. `phase_periods` cover
    the time from the filing. `beyond_calendar` are the metrics without a clock because its moments are outside the
    calendar's years.
    """

    issue: Issue
    policy: Policy
    filed_at: datetime
    filed_on: date
    level: str | None
    channel: str | None
    category: str | None
    priority: str
    agreement: Agreement | None
    clocks: tuple[Clock, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    phase_periods: tuple[PhasePeriod, ...] = ()
    contract: Contract | None = None
    wait: Wait | None = None
    reason: Reason | None = None
    item_problems: tuple[ItemProblem, ...] = ()
    findings: tuple[Finding, ...] = ()
    beyond_calendar: frozenset[str] = frozenset()

    @property
    def phase(self) -> Phase:
        """The current phase."""
        return self.phase_periods[-1].phase

    @property
    def requested_priority(self) -> str | None:
        """The priority in Redmine if another one applies, because staff have not confirmed it (clause 20)."""
        return self.issue.priority if self.issue.priority != self.priority else None

    @property
    def is_work_stopped(self) -> bool:
        """True if staff stopped work on it (clause 16)."""
        return self.reason is not None and self.reason.stops_work

    @property
    def is_misrouted(self) -> bool:
        """True if it came through a channel that its level may not use (clauses 7, 8)."""
        channel = self.policy.channels.get(self.channel or "")
        is_restricted = channel is not None and channel.levels is not None and self.level not in channel.levels
        return is_restricted and self.level is not None

    @property
    def is_enforced(self) -> bool:
        """True if notices may be sent; a request that was filed before `enforce_from` is only judged."""
        return self.filed_on >= self.policy.enforce_from

    @property
    def is_unjudged(self) -> bool:
        """True if it could not be judged; then nothing is written, and a finding says why."""
        return not self.clocks

    def verdict(self, metric: str) -> Verdict:
        """Return the verdict on the current clock of a metric; no target if `policy` lacks the metric."""
        verdict = next((each for each in reversed(self.verdicts) if each.metric == metric), None)
        return verdict or no_target(metric, "not in the regulation in force then")

    def verdict_on(self, clock: Clock) -> Verdict:
        """Return the verdict on one of its clocks."""
        metric, cycle = clock.target.metric, clock.cycle
        verdicts = (each for each in self.verdicts if each.metric == metric and each.cycle == cycle)
        return next(verdicts, None) or self.verdict(metric)

    def clock(self, metric: str) -> Clock | None:
        """Find the current clock of a metric."""
        return next((each for each in reversed(self.clocks) if each.target.metric == metric), None)

    def clock_measuring(self, measures: str) -> Clock | None:
        """Find the current clock of the first metric with a measure."""
        return next(
            (clock for metric in self.policy.metrics_measuring(measures) if (clock := self.clock(metric))), None
        )

    @property
    def worst(self) -> Verdict:
        """The worst of the verdicts that clients may see."""
        metrics = self.policy.metrics
        public = [each for each in self.verdicts if not metrics[each.metric].is_internal] or self.verdicts
        return min(public, key=lambda verdict: list(TargetStatus).index(verdict.outcome))

    @property
    def state(self) -> TargetStatus:
        return self.worst.outcome

    @property
    def is_waiting(self) -> bool:
        """True if a clock is paused until the client answers."""
        return any(each.paused_at and not each.stopped_at for each in self.verdicts)
