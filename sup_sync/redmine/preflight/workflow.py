"""Checks of the workflow: the transitions that the account needs."""

from __future__ import annotations

from collections.abc import Iterator

from sup_sync.model.issue import Phase
from sup_sync.redmine.linked_issues import blocker_ids, subtask_ids
from sup_sync.redmine.preflight.problem import Area, Problem, RedmineState


def check_workflow(state: RedmineState) -> Iterator[Problem]:
    """Report a missing transition to the status of requests that are closed if the client does not answer.

    A request with subtasks or a blocker shows nothing: while one is open, Redmine offers no closing status (fact).
    """
    statuses, closed = state.names.statuses, state.names.tool_statuses["no_answer"]
    checked: set[str] = set()
    for issue in state.issues:
        status, name = statuses.get(issue["status"]["name"]), issue["tracker"]["name"]
        if name in checked or status is None or status.phase is not Phase.WAITING:
            continue
        if subtask_ids(issue) or blocker_ids(issue):
            continue
        checked.add(name)
        if closed not in {each["name"] for each in issue.get("allowed_statuses", ())}:
            yield Problem(
                Area.ACCESS,
                f'tracker "{name}": the account may not close requests that wait for the client '
                f"(clause {state.waiting_clause})",
                f'allow its role the transition from "{status.name}" to "{closed}" in Redmine\'s workflow',
            )
