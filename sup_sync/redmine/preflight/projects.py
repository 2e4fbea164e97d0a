"""Checks of the projects in scope: those that cannot be read, each with its cause."""

from __future__ import annotations

from collections.abc import Iterator

from sup_sync.redmine.preflight.problem import Area, Problem, RedmineState
from sup_sync.redmine.project_access import CAUSES


def check_projects_are_readable(state: RedmineState) -> Iterator[Problem]:
    for identifier, key in state.lists.get("unreadable_projects", {}).items():
        cause = CAUSES[key]
        yield Problem(
            Area.ACCESS if cause.is_access else Area.NAMES,
            f"project {identifier}: {cause.text}",
            cause.fix,
            project=identifier,
            is_in_account=cause.is_in_account,
        )
