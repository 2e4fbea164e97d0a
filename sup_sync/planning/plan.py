"""The planned changes in Redmine, and the check of their limits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter

from sup_sync.errors import UnsafePlan
from sup_sync.immutable import fast_value, value
from sup_sync.model.change import NOTES, Change
from sup_sync.model.directory import Directory
from sup_sync.model.issue import Finding
from sup_sync.model.names import due_field
from sup_sync.model.rulebook import Rulebook
from sup_sync.planning.limits import Limits
from sup_sync.planning.linked import Linked, not_read
from sup_sync.planning.notification import Notification
from sup_sync.planning.request_plan import RequestPlan
from sup_sync.sla.clock import TargetStatus
from sup_sync.sla.judgement import Judgement
from sup_sync.sla.measures import MEASURES

Urgency = tuple[datetime, int]

# The share limits apply only above this number of issues: in a small Redmine, a busy day may change all of them.
SHARE_LIMIT_MIN_ISSUES = 20

# The share of the judged issues for which a stable field may change in a run.
STABLE_SHARE = 0.1


def stable_fields(rules: Rulebook) -> frozenset[str]:
    """Return the fields that seldom change after the filing; many changes at once suggest a wrong mapping."""
    metrics = rules.policy.all_metrics.values()
    return frozenset({"level", *(due_field(each.key) for each in metrics if MEASURES[each.measures].follows_filing)})


@value
class Plan:
    """All changes in the order of writing, the notifications and the findings.

    The oldest breach comes first, but a duplicate before its original. `judged` is the number of judged issues. A
    notification is sent after its issue's private note. `stable` are the fields that seldom change.
    """

    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    judged: int
    notifications: tuple[Notification, ...] = ()
    stable: frozenset[str] = frozenset({"level"})

    def by_issue(self) -> Iterator[tuple[int, tuple[Change, ...]]]:
        for issue_id, changes in groupby(self.changes, key=lambda change: change.issue_id):
            yield issue_id, tuple(changes)

    @property
    def _closed_with_others(self) -> frozenset[int]:
        """The duplicates that Redmine closes with other requests, unless they are closed by a change of their own."""
        closed = {issue_id for change in self.changes for issue_id in change.also_closes}
        return frozenset(closed - {change.issue_id for change in self.changes if change.field == "status"})

    @property
    def notes(self) -> int:
        """The number of notes; Redmine copies the note of a closing to each duplicate."""
        return sum(change.field in NOTES for change in self.changes) + len(self._closed_with_others)

    @property
    def status_changes(self) -> int:
        """The number of requests that get another status."""
        return sum(change.field == "status" for change in self.changes) + len(self._closed_with_others)

    def require_safe(self, limits: Limits) -> None:
        """Raise UnsafePlan if the plan exceeds the limits; the message lists the excesses and the way to allow them."""
        excesses = []
        if self.notes > limits.notes:
            excesses.append(f"{self.notes} notes (limit {limits.notes})")
        if self.status_changes > limits.status_changes:
            excesses.append(f"{self.status_changes} new statuses (limit {limits.status_changes})")
        replaced = [change for change in self.changes if change.replaces_value]
        changed = len({change.issue_id for change in replaced})
        if changed > max(SHARE_LIMIT_MIN_ISSUES, limits.changed_share * self.judged):
            excesses.append(f"new values on {changed} of {self.judged} requests (limit {limits.changed_share:.0%})")
        for field in sorted(self.stable):
            changed = sum(change.field == field for change in replaced)
            if changed > max(SHARE_LIMIT_MIN_ISSUES, STABLE_SHARE * self.judged):
                excesses.append(f"another {field} on {changed} of {self.judged} requests (limit {STABLE_SHARE:.0%})")
        if excesses:
            raise UnsafePlan(
                f"limits exceeded: {' and '.join(excesses)}; nothing was written."
                " Review `sup-sync plan`; if correct, run `sup-sync apply --force` once"
            )


@fast_value
class PlanPart:
    """The part of a plan that belongs to one request."""

    urgency: Urgency
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
    )


def _urgency(judgement: Judgement) -> Urgency:
    """Return the sort key: the oldest breach first, then by number."""
    breaches = [each.due_at for each in judgement.verdicts if each.outcome is TargetStatus.BREACHED and each.due_at]
    return min(breaches, default=datetime.max.replace(tzinfo=UTC)), judgement.issue.id
