"""The priority that applies: one that a client sets needs the operator's confirmation (clause 20)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sup_sync.immutable import fast_value
from sup_sync.model.issue import Issue
from sup_sync.model.policy import Policy


@fast_value
class EffectivePriority:
    """The priority that applies from `at` on."""

    at: datetime
    priority: str


def effective_priorities(issue: Issue, policy: Policy, filed_at: datetime) -> Iterator[EffectivePriority]:
    """Yield the priorities that applied, in order: those that staff set or confirmed."""
    changes = [each.priority for each in issue.events if each.priority]
    in_redmine = changes[0][0] if changes else issue.priority
    effective = in_redmine if issue.author.is_staff else policy.normal_priority
    yield EffectivePriority(filed_at, effective)
    for event in issue.events:
        if event.priority:
            in_redmine = event.priority[1]
        is_confirming = event.priority_confirmed is not None and event.priority_confirmed[1]
        if event.by.is_staff and (event.priority or is_confirming) and in_redmine != effective:
            effective = in_redmine
            yield EffectivePriority(event.at, effective)


def priority_at(at: datetime, priorities: Sequence[EffectivePriority]) -> EffectivePriority:
    """Return the priority that applied at a moment; the first one also before the filing, if a clock was wrong."""
    first, *later = priorities
    return next((each for each in reversed(later) if each.at <= at), first)
