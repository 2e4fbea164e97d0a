"""Signs that a plan comes from a mistake in the configuration; a busy day alone has none of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby

from sup_sync.errors import UnsafePlan
from sup_sync.immutable import value
from sup_sync.model.change import NOTES, Change
from sup_sync.planning.limits import Limits
from sup_sync.planning.marker import MarkerError, parse_marker
from sup_sync.planning.notices import KINDS, RULES
from sup_sync.planning.origin import Origin
from sup_sync.planning.plan import Plan

# The share limits apply only above this number of issues: in a small Redmine, a busy day may change all of them.
SHARE_LIMIT_MIN_ISSUES = 20

# The share of the judged issues for which a stable field may change in a run.
STABLE_SHARE = 0.1

# The share of the judged issues to which one rule may send a note in a run.
SAME_RULE_SHARE = 0.5

# A request filed longer ago should have got its first notes, unless no run was completed since.
NEW_FOR = timedelta(days=1)

# The notices that become due by time; those in the marker that have no kind are steps of the ladder.
UNTIMED = frozenset(kind.name for rule in RULES if rule.next_at is None for kind in rule.kinds)
TIMED = frozenset(kind.name for kind in KINDS) - UNTIMED


@value
class Background:
    """The time of a run, and of the last completed run with the same mappings; None if that is not known."""

    now: datetime
    last_run_at: datetime | None = None

    @property
    def is_known(self) -> bool:
        return self.last_run_at is not None

    def is_new(self, origin: Origin | None) -> bool:
        """Return whether sup-sync could not have seen a request earlier, so that all its notes are first notes."""
        since = min(self.now - NEW_FOR, self.last_run_at or self.now)
        return origin is not None and not origin.is_handled and origin.created_at >= since


def require_safe(plan: Plan, limits: Limits, background: Background) -> None:
    """Raise UnsafePlan if the plan shows signs of a mistake; the message lists them and the way to allow them."""
    excesses = find_excesses(plan, limits, background)
    if excesses:
        raise UnsafePlan(
            f"limits exceeded: {' and '.join(excesses)}; nothing was written. Review `sup-sync plan`; if correct,"
            f" run `sup-sync apply --force` once{why_careful(plan, limits, background)}"
        )


def why_careful(plan: Plan, limits: Limits, background: Background) -> str:
    """Return why a plan would be safe after a completed run, to add to a message; empty if it would not be."""
    known = replace(background, last_run_at=background.now)
    if find_excesses(plan, limits, background) == find_excesses(plan, limits, known):
        return ""
    return ". Late requests count until a run with these mappings is completed"


def find_excesses(plan: Plan, limits: Limits, background: Background) -> tuple[str, ...]:
    """Return the signs of a mistake in a plan, each with its limit."""
    return (
        *_notes(plan, limits, background),
        *_status_changes(plan, limits, background),
        *_values(plan, limits, background),
    )


def _notes(plan: Plan, limits: Limits, background: Background) -> Iterator[str]:
    """Count notes other than the first ones on new requests; late requests count only under new mappings."""
    if plan.notes > limits.notes == 0:
        yield f"{plan.notes} notes (limit 0)"
        return
    by_rule: Counter[str] = Counter()
    odd = 0
    for issue_id, changes in plan.by_issue():
        is_new = background.is_new(plan.origins.get(issue_id))
        notes = list(_rules_of_notes(changes))
        untimed = {rule for rules in notes for rule in rules if rule in UNTIMED}
        by_rule.update(() if is_new else untimed)
        odd += sum(not (is_new and rules and rules <= UNTIMED) for rules in notes)
    if not background.is_known and odd > limits.notes:
        yield f"{odd} notes on late or earlier requests (limit {limits.notes})"
    for rule, count in sorted(by_rule.items()):
        if count > max(SHARE_LIMIT_MIN_ISSUES, limits.notes, SAME_RULE_SHARE * plan.judged):
            yield f"note {rule!r} on {count} of {plan.judged} requests (limit {SAME_RULE_SHARE:.0%})"


def _rules_of_notes(changes: Sequence[Change]) -> Iterator[frozenset[str]]:
    """Yield, for each note on a request, the names that its marker records as sent."""
    for _, group in groupby(changes, key=lambda change: change.write_number):
        write = {change.field: change for change in group}
        if NOTES & write.keys():
            yield _newly_sent(write["marker"]) if "marker" in write else frozenset()


def _newly_sent(marker: Change) -> frozenset[str]:
    try:
        before = {} if marker.is_copied else parse_marker(marker.old).sent
        after = parse_marker(marker.new).sent
    except MarkerError:
        return frozenset()
    return frozenset(key[0] for key, share in after.items() if share > before.get(key, 0.0))


def _status_changes(plan: Plan, limits: Limits, background: Background) -> Iterator[str]:
    """Count new statuses, except on new requests whose client is asked for missing items."""
    odd = len(plan.closed_with_others) + sum(
        change.field == "status" and not background.is_new(plan.origins.get(change.issue_id)) for change in plan.changes
    )
    total = plan.status_changes
    if odd > limits.status_changes or total > limits.status_changes == 0:
        yield f"{odd or total} new statuses (limit {limits.status_changes})"


def _values(plan: Plan, limits: Limits, background: Background) -> Iterator[str]:
    """Count requests with values that replace others without a cause on the request itself."""
    replaced = [change for change in plan.changes if _is_odd_value(change, plan, background)]
    changed = len({change.issue_id for change in replaced})
    if changed > max(SHARE_LIMIT_MIN_ISSUES, limits.changed_share * plan.judged):
        yield f"new values on {changed} of {plan.judged} requests (limit {limits.changed_share:.0%})"
    for field in sorted(plan.stable):
        changed = sum(change.field == field for change in replaced)
        if changed > max(SHARE_LIMIT_MIN_ISSUES, STABLE_SHARE * plan.judged):
            yield f"another {field} on {changed} of {plan.judged} requests (limit {STABLE_SHARE:.0%})"


def _is_odd_value(change: Change, plan: Plan, background: Background) -> bool:
    """Return whether a change replaces a value for no reason that is on the request.

    Under known mappings the reasons are time, which makes a request late, and a person who changed the request.
    """
    origin = plan.origins.get(change.issue_id)
    if not change.replaces_value or background.is_new(origin):
        return False
    if not background.is_known:
        return True
    is_late = change.field == "assignee" or (change.field == "state" and change.new in plan.late_states)
    return not (is_late or (origin and origin.is_touched))
