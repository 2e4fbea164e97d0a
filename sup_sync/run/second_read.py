"""Checks of a state that is read again just before a write: a proxy may answer with another one."""

from __future__ import annotations

from collections.abc import Sequence

from sup_sync.model.change import NOTES, Change
from sup_sync.model.issue import Issue, Side


def find_contradiction(
    known: Issue, before: Issue, changes: Sequence[Change], planned: Sequence[Change], *, is_answered: bool
) -> str:
    """Return why an issue must not be written now; empty if it may be.

    `before` is the state that was read again, with the `changes` decided for it; `known` is the one read earlier, with
    the `planned` changes. Within a run, only a new entry of the history can change a decision; `is_answered`: others
    added one earlier, or one is later than the time of the run, which did not count for the plan.
    """
    if contradiction := _contradicting_state(known, before):
        return contradiction
    if {change.new for change in changes if change.field in NOTES} - {change.new for change in planned}:
        return "changed since it was read"
    first = min((change.write_number for change in planned), default=0)
    values = {(change.field, change.new) for change in planned if change.write_number == first}
    is_changed = is_answered or len(before.events) > len(known.events)
    if not is_changed and {(change.field, change.new) for change in changes} != values:
        return "Redmine answered with another state than before, but the same history"
    return ""


def _contradicting_state(known: Issue, before: Issue) -> str:
    if before.project.id != known.project.id:
        return "moved to another project since it was read"
    if before.updated_at < known.updated_at:
        return "Redmine answered with an older state than before"
    if known.fields.keys() - before.fields.keys():
        return "Redmine answered without fields that it had before"
    if len(before.events) < len(known.events):
        return "Redmine answered with a shorter history than before"
    return ""


def entries_of_others(issue: Issue) -> int:
    """Count the entries of the history that are not of sup-sync."""
    return sum(event.by.side is not Side.BOT for event in issue.events)
