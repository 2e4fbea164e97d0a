"""Checks of a request that is read again before a write: it may have changed, or Redmine may answer wrongly."""

from __future__ import annotations

from collections.abc import Sequence

from sup_sync.model.change import NOTES, Change
from sup_sync.model.issue import Issue, Side
from sup_sync.redmine.edit_form import EditForm


def find_difference(planned: Issue, before: Issue) -> str:
    """Return why a state that is read again cannot follow the one before; empty if it can.

    A proxy may have an older one.
    """
    if before.project.id != planned.project.id:
        return "moved to another project since it was read"
    if before.updated_at < planned.updated_at:
        return "Redmine answered with an older state than before"
    if planned.fields.keys() - before.fields.keys():
        return "Redmine answered without fields that it had before"
    if len(before.events) < len(planned.events):
        return "Redmine answered with a shorter history than before"
    return ""


def find_other_decision(changes: Sequence[Change], planned: Sequence[Change], *, is_changed: bool) -> str:
    """Return how a repeated decision differs from the plan; empty if it does not, or only by fewer notes.

    Within a run, only a new entry of the history (`is_changed`) can change a decision.
    """
    if {change.new for change in changes if change.field in NOTES} - {change.new for change in planned}:
        return "changed since it was read"
    first = min((change.write_number for change in planned), default=0)
    values = {(change.field, change.new) for change in planned if change.write_number == first}
    if not is_changed and {(change.field, change.new) for change in changes} != values:
        return "Redmine answered with another state than before, but the same history"
    return ""


def without_refused_assignee(changes: Sequence[Change], form: EditForm) -> tuple[list[Change], str]:
    """Drop a new assignee whom Redmine would reject together with the note (fact); also return the reason if any."""
    refused = [each for each in changes if each.field == "assignee" and each.assignee_id not in form.assignees]
    names = ", ".join(each.new for each in refused)
    text = f"written, but {names} cannot be assigned there; unlock them, or allow it for their role" if refused else ""
    return [each for each in changes if each not in refused], text


def entries_of_others(issue: Issue) -> int:
    return sum(event.by.side is not Side.BOT for event in issue.events)
