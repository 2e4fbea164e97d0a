"""What should change in the tracker, and whether it is too much."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter

from sup_sync.errors import UnsafePlan
from sup_sync.frozen import fast_value, value
from sup_sync.model.change import NOTE_FIELDS, NOTES, Change
from sup_sync.model.directory import Directory
from sup_sync.model.issue import Finding
from sup_sync.model.names import due_field
from sup_sync.model.rulebook import Rulebook
from sup_sync.planning.limits import Limits
from sup_sync.planning.notification import Notification
from sup_sync.planning.request_plan import RequestPlan
from sup_sync.sla.clock import TargetStatus
from sup_sync.sla.judgement import Judgement
from sup_sync.sla.measures import MEASURES

Urgency = tuple[datetime, int]

SHARE_LIMIT_MIN_ISSUES = 20
"""Up to so many issues may change whatever their share: a small tracker changes all of them on a busy day."""


STABLE_SHARE = 0.1
"""The share of the issues judged for which a stable field may change in a run."""


def stable_fields(rules: Rulebook) -> frozenset[str]:
    """Name the fields that follow from the filing and seldom change later; many at once suggest a mistaken mapping."""
    metrics = rules.policy.all_metrics.values()
    return frozenset({"level", *(due_field(each.key) for each in metrics if MEASURES[each.measures].follows_filing)})


@value
class Plan:
    """All that should change, in the order it is written (oldest breach first), and what a person should look at.

    `judged` is among how many issues; `notifications` follow their issue's private note. `stable` are the fields that
    seldom change.
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
    def notes(self) -> int:
        return sum(change.field in NOTES for change in self.changes)

    @property
    def status_changes(self) -> int:
        """How many requests get another status."""
        return sum(change.field == "status" for change in self.changes)

    def require_safe(self, limits: Limits) -> None:
        """Raise UnsafePlan where the plan is over the limits: what it would do, and how to allow it once."""
        over = []
        if self.notes > limits.notes:
            over.append(f"{self.notes} notes (limit {limits.notes})")
        if self.status_changes > limits.status_changes:
            over.append(f"{self.status_changes} new statuses (limit {limits.status_changes})")
        replaced = [change for change in self.changes if change.old and change.field not in NOTE_FIELDS]
        changed = len({change.issue_id for change in replaced})
        if changed > max(SHARE_LIMIT_MIN_ISSUES, limits.changed_share * self.judged):
            over.append(f"new values on {changed} of {self.judged} requests (limit {limits.changed_share:.0%})")
        for field in sorted(self.stable):
            resettled = sum(change.field == field for change in replaced)
            if resettled > max(SHARE_LIMIT_MIN_ISSUES, STABLE_SHARE * self.judged):
                over.append(f"another {field} on {resettled} of {self.judged} requests (limit {STABLE_SHARE:.0%})")
        if over:
            raise UnsafePlan(
                f"over the limits: {' and '.join(over)}; nothing is written."
                " Look at `sup-sync plan`; where all of it is right, run `sup-sync apply --force` once"
            )


@fast_value
class PlanPart:
    """What one request adds to a plan."""

    urgency: Urgency
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    notifications: tuple[Notification, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.changes or self.findings or self.notifications)


def make_plan(
    judgements: Iterable[Judgement],
    rules: Rulebook,
    directory: Directory,
    now: datetime,
    *,
    is_adopting: bool = False,
) -> Plan:
    """Plan what should change on requests judged at `now`: nothing if Redmine has it already.

    `is_adopting`: no note is sent and no status set; the markers record what is already due as sent.
    """
    parts = [plan_request(each, rules, directory, now, is_adopting=is_adopting) for each in judgements]
    return merge_plan(parts, len(parts), rules)


def plan_request(
    judgement: Judgement, rules: Rulebook, directory: Directory, now: datetime, *, is_adopting: bool = False
) -> PlanPart:
    """Plan one request, as `make_plan` does each."""
    draft = RequestPlan(judgement, rules, directory, now, is_adopting=is_adopting)
    draft.compare()
    return PlanPart(_urgency(judgement), tuple(draft.in_order()), tuple(draft.findings), tuple(draft.notifications))


def merge_plan(parts: Collection[PlanPart], judged: int, rules: Rulebook, findings: Iterable[Finding] = ()) -> Plan:
    """Merge the parts of `judged` requests, of which empty ones may be missing, with findings of others."""
    found = (finding for part in parts for finding in part.findings)
    return Plan(
        changes=tuple(change for part in sorted(parts, key=attrgetter("urgency")) for change in part.changes),
        findings=tuple(sorted((*findings, *found))),
        judged=judged,
        notifications=tuple(each for part in parts for each in part.notifications),
        stable=stable_fields(rules),
    )


def _urgency(judgement: Judgement) -> Urgency:
    """Oldest breach first, then by number."""
    breaches = [each.due_at for each in judgement.verdicts if each.outcome is TargetStatus.BREACHED and each.due_at]
    return min(breaches, default=datetime.max.replace(tzinfo=UTC)), judgement.issue.id
