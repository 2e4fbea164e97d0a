"""A rule that makes clocks, and its input from one request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sup_sync.immutable import fast_value
from sup_sync.model.issue import Issue
from sup_sync.model.policy import Agreement, Policy, PriorityChange
from sup_sync.model.working_time import Span
from sup_sync.sla.clock import Clock
from sup_sync.sla.phases import PhasePeriod
from sup_sync.sla.priority import EffectivePriority, priority_at


@fast_value
class MeasuredRequest:
    """A request with its agreement, and its phases and priorities up to `now`."""

    issue: Issue
    policy: Policy
    agreement: Agreement
    filed_at: datetime
    phase_periods: tuple[PhasePeriod, ...]
    priorities: Sequence[EffectivePriority]
    now: datetime

    def clock(
        self,
        metric: str,
        *,
        pauses: tuple[Span, ...] = (),
        paused_at: datetime | None = None,
        stopped_at: datetime | None = None,
        closed_at: datetime | None = None,
        release_on: date | None = None,
        cycle: int = 0,
    ) -> Clock:
        """Make a clock, by default from the filing, with the target of the priority that applies when it stops."""
        effective = priority_at(stopped_at or closed_at or self.now, self.priorities)
        from_change = self.policy.priority_change is PriorityChange.FROM_CHANGE
        return Clock(
            target=self.agreement.target(metric, effective.priority),
            counts_from=effective.at if from_change else self.filed_at,
            pauses=pauses,
            paused_at=paused_at,
            stopped_at=stopped_at,
            closed_at=closed_at,
            release_on=release_on,
            release_clause=self.policy.clauses.development,
            cycle=cycle,
        )


class Measure(NamedTuple):
    """A rule that makes clocks.

    `clocks` makes the clocks of a request for a metric, the current one last: one for each cycle, none if nothing has
    to be measured. `stopped_by` is the event that stops them, for the reasons in a plan. `follows_filing`: the target
    seldom changes after the filing.
    """

    key: str
    clocks: Callable[[MeasuredRequest, str], tuple[Clock, ...]]
    stopped_by: str
    follows_filing: bool = False
