"""How one request stands before the regulation at a moment; `judging.py` tells how that comes."""

from __future__ import annotations

from datetime import date, datetime

from sup_sync.frozen import fast_value
from sup_sync.model.issue import Finding, Issue, Phase
from sup_sync.model.policy import Agreement, Contract, Policy, Reason
from sup_sync.model.required import ItemProblem
from sup_sync.sla.clock import Clock, TargetStatus, Verdict, no_target
from sup_sync.sla.phases import PhasePeriod
from sup_sync.sla.waiting import Wait


@fast_value
class Judgement:
    """How one request stands at a moment; without an agreement it has no targets, and a finding says why.

    `policy` is the version of the regulation that was in force on `filed_on`, the support's local day of `filed_at`.
    Each of its metrics has at least one verdict; of several clocks of a metric the current one comes last.
    `beyond_calendar` are the metrics without a clock because its moments lie outside the calendar's years.
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
    stretches: tuple[PhasePeriod, ...] = ()
    contract: Contract | None = None
    wait: Wait | None = None
    reason: Reason | None = None
    item_problems: tuple[ItemProblem, ...] = ()
    findings: tuple[Finding, ...] = ()
    beyond_calendar: frozenset[str] = frozenset()

    @property
    def phase(self) -> Phase:
        """The phase it is in now."""
        return self.stretches[-1].phase

    @property
    def requested_priority(self) -> str | None:
        """The priority that the tracker shows while another one counts (clause 20)."""
        return self.issue.priority if self.issue.priority != self.priority else None

    @property
    def is_work_stopped(self) -> bool:
        """Whether staff stopped work on it (clause 16)."""
        return self.reason is not None and self.reason.stops_work

    @property
    def is_misrouted(self) -> bool:
        """Whether it came through a channel that its level may not use (clauses 7, 8)."""
        word = self.policy.channels.get(self.channel or "")
        is_kept = word is not None and word.levels is not None and self.level not in word.levels
        return is_kept and self.level is not None

    @property
    def is_enforced(self) -> bool:
        """Whether anything may be said on it: what was filed before `enforce_from` is judged and no more."""
        return self.filed_on >= self.policy.enforce_from

    @property
    def is_unjudged(self) -> bool:
        """Whether it could not be judged: nothing of it is written, and a finding says why."""
        return not self.clocks

    def verdict(self, metric: str) -> Verdict:
        """The verdict on the current clock of a metric; no target if the regulation of its day lacks the metric."""
        found = next((each for each in reversed(self.verdicts) if each.metric == metric), None)
        return found or no_target(metric, "not in the regulation of its day")

    def verdict_on(self, clock: Clock) -> Verdict:
        """The verdict on one of its clocks."""
        metric, cycle = clock.target.metric, clock.cycle
        verdicts = (each for each in self.verdicts if each.metric == metric and each.cycle == cycle)
        return next(verdicts, None) or self.verdict(metric)

    def clock(self, metric: str) -> Clock | None:
        """The current clock of a metric."""
        return next((each for each in reversed(self.clocks) if each.target.metric == metric), None)

    def clock_that(self, measures: str) -> Clock | None:
        """The current clock of the first metric of a measure."""
        return next((clock for metric in self.policy.metrics_that(measures) if (clock := self.clock(metric))), None)

    @property
    def worst(self) -> Verdict:
        """The worst verdict of those that clients may read of."""
        metrics = self.policy.metrics
        shown = [each for each in self.verdicts if not metrics[each.metric].is_internal] or self.verdicts
        return min(shown, key=lambda verdict: list(TargetStatus).index(verdict.outcome))

    @property
    def state(self) -> TargetStatus:
        return self.worst.outcome

    @property
    def is_waiting(self) -> bool:
        """Whether a clock stands still until the client answers."""
        return any(each.paused_at and not each.stopped_at for each in self.verdicts)
