"""A rule for clocks, and what it reads of one request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sup_sync.frozen import fast_value
from sup_sync.model.issue import Issue
from sup_sync.model.policy import Agreement, Policy, PriorityChange
from sup_sync.model.working_time import Span
from sup_sync.sla.clock import Clock
from sup_sync.sla.phases import PhasePeriod
from sup_sync.sla.priority import PrioritySet, priority_at


@fast_value
class MeasuredRequest:
    """A request that an agreement matches, with its phases and priorities up to `now`."""

    issue: Issue
    policy: Policy
    agreement: Agreement
    filed_at: datetime
    phases: tuple[PhasePeriod, ...]
    priorities: Sequence[PrioritySet]
    now: datetime

    def clock(
        self,
        metric: str,
        *,
        started_at: datetime | None = None,
        pauses: tuple[Span, ...] = (),
        paused_at: datetime | None = None,
        stopped_at: datetime | None = None,
        release_on: date | None = None,
        cycle: int = 0,
    ) -> Clock:
        """Make a clock, started at the filing by default, with the target of the priority that counts when it stops."""
        counts = priority_at(stopped_at or self.now, self.priorities)
        from_change = self.policy.priority_change is PriorityChange.FROM_CHANGE
        return Clock(
            target=self.agreement.target(metric, counts.priority),
            started_at=started_at or self.filed_at,
            counts_from=max(counts.at, started_at or counts.at) if from_change else started_at or self.filed_at,
            pauses=pauses,
            paused_at=paused_at,
            stopped_at=stopped_at,
            release_on=release_on,
            release_clause=self.policy.clauses.development,
            cycle=cycle,
        )


class Measure(NamedTuple):
    """A rule for clocks.

    `clocks` makes the clocks of a request for a metric, the current one last: one for each cycle, none if nothing has
    to be measured. `stopped_by` says in a plan what stops them. `follows_filing`: the target hardly changes after the
    filing.
    """

    key: str
    clocks: Callable[[MeasuredRequest, str], tuple[Clock, ...]]
    stopped_by: str
    follows_filing: bool = False
