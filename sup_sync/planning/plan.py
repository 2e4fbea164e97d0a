"""The planned changes in Redmine."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import field
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter

from sup_sync.immutable import fast_value, value
from sup_sync.model.change import NOTES, Change
from sup_sync.model.directory import Directory
from sup_sync.model.issue import Finding
from sup_sync.model.names import due_field
from sup_sync.model.rulebook import Rulebook
from sup_sync.planning.linked import Linked, not_read
from sup_sync.planning.notification import Notification
from sup_sync.planning.origin import Origin
from sup_sync.planning.request_plan import RequestPlan
from sup_sync.sla.clock import TargetStatus
from sup_sync.sla.judgement import Judgement
from sup_sync.sla.measures import MEASURES

Urgency = tuple[datetime, int]


def stable_fields(rules: Rulebook) -> frozenset[str]:
    """Return the fields that seldom change after the filing; many changes at once suggest a wrong mapping."""
    metrics = rules.policy.all_metrics.values()
    return frozenset({"level", *(due_field(each.key) for each in metrics if MEASURES[each.measures].follows_filing)})


@value
class Plan:
    """All changes in the order of writing, the notifications and the findings.

    The oldest breach comes first, but a duplicate before its original. `judged` is the number of judged issues. A
    notification is sent after its issue's private note. `stable` are the fields that seldom change, `late_states` the
    values of `state` that time alone sets, and `origins` those of the issues with changes.
    """

    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    judged: int
    notifications: tuple[Notification, ...] = ()
    stable: frozenset[str] = frozenset({"level"})
    late_states: frozenset[str] = frozenset()
    origins: Mapping[int, Origin] = field(default_factory=dict)

    def by_issue(self) -> Iterator[tuple[int, tuple[Change, ...]]]:
        for issue_id, changes in groupby(self.changes, key=lambda change: change.issue_id):
            yield issue_id, tuple(changes)

    @property
    def closed_with_others(self) -> frozenset[int]:
        """The duplicates that Redmine closes with other requests, unless they are closed by a change of their own."""
        closed = {issue_id for change in self.changes for issue_id in change.also_closes}
        return frozenset(closed - {change.issue_id for change in self.changes if change.field == "status"})

    @property
    def notes(self) -> int:
        """The number of notes; Redmine copies the note of a closing to each duplicate."""
        return sum(change.field in NOTES for change in self.changes) + len(self.closed_with_others)

    @property
    def status_changes(self) -> int:
        """The number of requests that get another status."""
        return sum(change.field == "status" for change in self.changes) + len(self.closed_with_others)


@fast_value
class PlanPart:
    """The part of a plan that belongs to one request."""

    urgency: Urgency
    origin: Origin
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    notifications: tuple[Notification, ...]

    @property
    def order(self) -> tuple[int, Urgency]:
        """The sort key: requests before those whose closing would close them too, so that each gets its own note."""
        return sum(len(change.also_closes) for change in self.changes), self.urgency

    @property
    def is_empty(self) -> bool:
        return not (self.changes or self.findings or self.notifications)


def make_plan(
    judgements: Iterable[Judgement],
    rules: Rulebook,
    directory: Directory,
    now: datetime,
    *,
    linked: Linked = not_read,
    is_adopting: bool = False,
) -> Plan:
    """Plan the changes on requests judged at `now`, without values that Redmine already has.

    `linked` looks up requests that are not among these. `is_adopting`: no note is sent and no status set; the markers
    record what is already due as sent.
    """
    by_id = {each.issue.id: each for each in judgements}

    def look_up(issue_id: int) -> Judgement | None:
        return by_id[issue_id] if issue_id in by_id else linked(issue_id)

    parts = [
        plan_request(each, rules, directory, now, linked=look_up, is_adopting=is_adopting) for each in by_id.values()
    ]
    return merge_plan(parts, len(parts), rules)


def plan_request(
    judgement: Judgement,
    rules: Rulebook,
    directory: Directory,
    now: datetime,
    *,
    linked: Linked,
    is_adopting: bool = False,
) -> PlanPart:
    """Plan one request, as `make_plan` does each."""
    request_plan = RequestPlan(judgement, rules, directory, now, linked=linked, is_adopting=is_adopting)
    request_plan.build()
    return PlanPart(
        _urgency(judgement),
        Origin.of(judgement.issue),
        tuple(request_plan.changes_in_order()),
        tuple(request_plan.findings),
        tuple(request_plan.notifications),
    )


def merge_plan(parts: Collection[PlanPart], judged: int, rules: Rulebook, findings: Iterable[Finding] = ()) -> Plan:
    """Merge the parts of `judged` requests, of which empty ones may be missing, with findings from other sources."""
    of_parts = (finding for part in parts for finding in part.findings)
    return Plan(
        changes=tuple(change for part in sorted(parts, key=attrgetter("order")) for change in part.changes),
        findings=tuple(sorted((*findings, *of_parts))),
        judged=judged,
        notifications=tuple(each for part in parts for each in part.notifications),
        stable=stable_fields(rules),
        late_states=frozenset(rules.names.states[each] for each in (TargetStatus.AT_RISK, TargetStatus.BREACHED)),
        origins={part.urgency[1]: part.origin for part in parts if part.changes},
    )


def _urgency(judgement: Judgement) -> Urgency:
    """Return the sort key: the oldest breach first, then by number."""
    breaches = [each.due_at for each in judgement.verdicts if each.outcome is TargetStatus.BREACHED and each.due_at]
    return min(breaches, default=datetime.max.replace(tzinfo=UTC)), judgement.issue.id
