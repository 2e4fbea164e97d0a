"""Relations between issues of the fake Redmine: copies, duplicates, blockers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from support.fake_records import Issue, Journal, Json, User

if TYPE_CHECKING:
    from support.fake_redmine import FakeRedmine

# The names of a relation's kind in the journals of the issue that it is from, and of the one that it is to.
IN_JOURNALS = {
    "copied_to": ("copied_to", "copied_from"),
    "duplicates": ("duplicates", "duplicated"),
    "blocks": ("blocks", "blocked"),
}


@dataclass(eq=False)
class Relation:
    id: int
    issue: Issue
    to: Issue
    kind: str

    def json(self) -> dict[str, Any]:
        ids = {"issue_id": self.issue.id, "issue_to_id": self.to.id}
        return {"id": self.id, **ids, "relation_type": self.kind, "delay": None}


def relate(tracker: FakeRedmine, user: User, issue: Issue, to: Issue, kind: str) -> Relation:
    """Add a relation, with a journal on both issues."""
    relation = Relation(tracker.new_id(), issue, to, kind)
    tracker.relations.append(relation)
    for one, name, other in zip((issue, to), IN_JOURNALS[kind], (to, issue), strict=True):
        detail = {"property": "relation", "name": name, "old_value": None, "new_value": str(other.id)}
        one.journals.append(Journal(tracker.new_id(), user, tracker.now, details=[detail]))
    return relation


def relations_of(tracker: FakeRedmine, user: User, issue: Issue) -> list[Json]:
    """Return the relations of an issue to those that a user sees."""
    seen = tracker.visible_issues(user)
    return [
        each.json() for each in tracker.relations if issue in (each.issue, each.to) and {each.issue, each.to} <= {*seen}
    ]


def copy_issue(tracker: FakeRedmine, user: User, original: Issue, sent: Json, *, is_linked: bool) -> Issue:
    """File a copy: all values of the original that are not sent, without its status, history and author."""
    named = {"project_id": original.project.id, "tracker_id": original.tracker.id, "subject": original.subject}
    issue = tracker.file(user, {**named, **sent})
    copied = {"priority_id": "priority", "description": "description", "start_date": "start_on", "due_date": "due_on"}
    copied |= {"assigned_to_id": "assignee", "fixed_version_id": "version"}
    for name, field in copied.items():
        if name not in sent:
            setattr(issue, field, getattr(original, field))
    issue.values = {**original.values, **issue.values}
    if is_linked:
        relate(tracker, user, original, issue, "copied_to")
    return issue


def is_blocked(tracker: FakeRedmine, issue: Issue) -> bool:
    """Return whether an open issue blocks it."""
    blockers = (each.issue for each in tracker.relations if each.to is issue and each.kind == "blocks")
    return any(not each.status.is_closed for each in blockers)


def open_duplicates(tracker: FakeRedmine, issue: Issue) -> Iterator[Issue]:
    """Yield the open duplicates of an issue; Redmine closes them with it, whatever the workflow allows."""
    for each in tracker.relations:
        if each.to is issue and each.kind == "duplicates" and not each.issue.status.is_closed:
            yield each.issue
