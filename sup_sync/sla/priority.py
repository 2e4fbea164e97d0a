"""The priority that counts: the operator determines it, a client's own is a wish (clause 20)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sup_sync.frozen import fast_value
from sup_sync.model.issue import Issue
from sup_sync.model.policy import Policy


@fast_value
class PrioritySet:
    """From `at` on, this is the priority that counts."""

    at: datetime
    priority: str


def priorities_that_count(issue: Issue, policy: Policy, filed_at: datetime) -> Iterator[PrioritySet]:
    """The priorities that counted, in order: what staff set or confirmed."""
    set_priorities = [each.priority for each in issue.events if each.priority]
    shown = set_priorities[0][0] if set_priorities else issue.priority
    counts = shown if issue.author.is_staff else policy.normal_priority
    yield PrioritySet(filed_at, counts)
    for event in issue.events:
        if event.priority:
            shown = event.priority[1]
        is_confirming = event.priority_confirmed is not None and event.priority_confirmed[1]
        if event.by.is_staff and (event.priority or is_confirming) and shown != counts:
            counts = shown
            yield PrioritySet(event.at, counts)


def priority_at(at: datetime, counted: Sequence[PrioritySet]) -> PrioritySet:
    """The priority that counted at a moment; the first one also before its filing, where clocks went wrong."""
    first, *later = counted
    return next((each for each in reversed(later) if each.at <= at), first)
