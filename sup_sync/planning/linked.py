"""Requests that Redmine links with the closing of another one: its duplicates, subtasks and blockers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from sup_sync.model.issue import Finding, Issue
from sup_sync.planning.marker import MarkerError, read_marker
from sup_sync.planning.notices.no_answer import REMINDER

if TYPE_CHECKING:  # commands that only read the files import the declarations, and not the judging of requests
    from sup_sync.sla.judgement import Judgement

# Looks up the judgement of another request by its id; None if it could not be read.
Linked = Callable[[int], "Judgement | None"]


def not_read(_issue_id: int) -> None:
    """Look up requests that nothing links, or that were not read."""


def open_duplicates(issue: Issue, linked: Linked) -> dict[int, Judgement | None]:
    """Return the requests that Redmine closes with this one: its open duplicates, their open duplicates, and so on.

    A request that could not be read counts as open.
    """
    found: dict[int, Judgement | None] = {}
    left = list(issue.duplicates)
    while left:
        issue_id = left.pop(0)
        judgement = linked(issue_id)
        if issue_id in found or issue_id == issue.id or (judgement and judgement.issue.status.phase.is_final):
            continue
        found[issue_id] = judgement
        left += judgement.issue.duplicates if judgement else ()
    return found


def closing_obstacle(issue: Issue, status: str, clause: str, linked: Linked, now: datetime) -> Finding | None:
    """Find what keeps the tool from closing a request with a status; None if it may."""
    if issue.allowed_statuses is not None and status not in issue.allowed_statuses:
        return _forbidden(issue, status, clause, linked)
    unasked = [key for key, each in open_duplicates(issue, linked).items() if not _may_be_closed(each, now)]
    if not unasked:
        return None
    text = (
        f"not closed, because Redmine would also close {_requests('duplicate', unasked)}, whose client was not asked"
        " and reminded; ask there too, or close the requests by hand"
    )
    return Finding(issue.id, "unasked_duplicate", text, clause)


def _forbidden(issue: Issue, status: str, clause: str, linked: Linked) -> Finding:
    """Name the reason for which Redmine does not offer a closing status (fact: open subtasks and blockers, too)."""
    subtasks, blockers = ([each for each in ids if _is_open(linked(each))] for ids in (issue.subtasks, issue.blockers))
    if subtasks:
        text = f"not closed, because {_requests('subtask', subtasks)} is open; close the subtasks first"
        return Finding(issue.id, "open_subtasks", text, clause)
    if blockers:
        text = f"not closed, because {_requests('request', blockers)} blocks it; close that first"
        return Finding(issue.id, "blocked", text, clause)
    return forbidden_transition(issue, status, clause)


def forbidden_transition(issue: Issue, status: str, clause: str) -> Finding:
    text = f'the account may not set status "{status}"; allow this transition for its role in the workflow'
    return Finding(issue.id, "forbidden_transition", text, clause)


def _requests(kind: str, ids: list[int]) -> str:
    return f"{kind} {', '.join(f'#{each}' for each in ids)}"


def _is_open(judgement: Judgement | None) -> bool:
    return judgement is None or not judgement.issue.status.phase.is_final


def _may_be_closed(judgement: Judgement | None, now: datetime) -> bool:
    """Return whether the time for an answer is over in a duplicate too, after the reminder (clause 15)."""
    if judgement is None or judgement.wait is None or not judgement.is_enforced or judgement.is_work_stopped:
        return False
    try:
        marker = read_marker(judgement.issue)
    except MarkerError:
        return False
    is_reminded = REMINDER.name not in judgement.policy.client_notes or marker.has(REMINDER.name, judgement.wait.cycle)
    return is_reminded and now > judgement.wait.due_at
