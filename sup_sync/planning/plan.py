"""What should change in the tracker, and whether it is too much."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter

from sup_sync.errors import UnsafePlan
from sup_sync.frozen import value
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


def make_plan(
    judgements: Iterable[Judgement],
    rules: Rulebook,
    directory: Directory,
    now: datetime,
    *,
    is_adopting: bool = False,
) -> Plan:
    """What should change, for requests judged at `now`: nothing where the tracker already says so.

    `is_adopting`: nothing is said nor ended; the markers remember what is due already as said.
    """
    by_urgency: list[tuple[Urgency, list[Change]]] = []
    findings: list[Finding] = []
    notifications: list[Notification] = []
    judged = 0
    for judgement in judgements:
        judged += 1
        draft = RequestPlan(judgement, rules, directory, now, is_adopting=is_adopting)
        draft.compare()
        findings += draft.findings
        notifications += draft.notifications
        if draft.changes:
            by_urgency.append((_urgency(judgement), list(draft.in_order())))
    by_urgency.sort(key=itemgetter(0))
    return Plan(
        changes=tuple(change for _, changes in by_urgency for change in changes),
        findings=tuple(sorted(findings)),
        judged=judged,
        notifications=tuple(notifications),
        stable=stable_fields(rules),
    )


def _urgency(judgement: Judgement) -> Urgency:
    """Oldest breach first, then by number."""
    breaches = [each.due_at for each in judgement.verdicts if each.outcome is TargetStatus.BREACHED and each.due_at]
    return min(breaches, default=datetime.max.replace(tzinfo=UTC)), judgement.issue.id
