"""Checks of the projects in scope: those that cannot be read, each with its cause."""

from __future__ import annotations

from collections.abc import Iterator

from sup_sync.redmine.preflight.problem import Area, Problem, RedmineState, mapped_trackers
from sup_sync.redmine.project_access import find_cause


def check_projects_are_readable(state: RedmineState) -> Iterator[Problem]:
    for identifier, key in state.lists.get("unreadable_projects", {}).items():
        cause = find_cause(key)
        yield Problem(
            Area.ACCESS if cause.is_access else Area.NAMES,
            f"project {identifier}: {cause.text}",
            cause.fix,
            project=identifier,
            is_in_account=cause.is_in_account,
        )


def check_everything_was_read(state: RedmineState) -> Iterator[Problem]:
    """Report the groups and accounts that could not be read, and the trackers with fields that could not be."""
    for what, error in state.lists.get("unread", {}).items():
        yield _unread(what, error)
    for where, row in mapped_trackers(state):
        if "unread" in row:
            yield _unread(f"fields of {where}", row["unread"])


def _unread(what: str, error: str) -> Problem:
    cause = find_cause(error)
    return Problem(Area.NAMES, f"{what} not read: {cause.text}", cause.fix, is_partial=True)
