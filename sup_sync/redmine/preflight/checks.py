"""The list of all checks that Redmine matches the mappings and gives the account its permissions."""

from __future__ import annotations

from sup_sync.redmine.preflight.account import check_account_is_not_admin, check_permissions, check_visibility
from sup_sync.redmine.preflight.names import (
    check_every_tracker_has_a_request,
    check_fields,
    check_priorities,
    check_statuses,
    check_trackers,
)
from sup_sync.redmine.preflight.people import (
    check_people,
    check_roles_are_mapped,
    check_roles_have_members,
    check_staff_exists,
)
from sup_sync.redmine.preflight.problem import Problem, RedmineCheck, RedmineState
from sup_sync.redmine.preflight.workflow import check_workflow

CHECKS: tuple[RedmineCheck, ...] = (
    check_permissions,
    check_visibility,
    check_account_is_not_admin,
    check_trackers,
    check_statuses,
    check_priorities,
    check_fields,
    check_every_tracker_has_a_request,
    check_people,
    check_staff_exists,
    check_roles_have_members,
    check_roles_are_mapped,
    check_workflow,
)


def check_redmine(state: RedmineState) -> list[Problem]:
    """Return every problem, in the order of the checks."""
    return [problem for check in CHECKS for problem in check(state)]


def stopping_problems(state: RedmineState) -> list[Problem]:
    """Return the problems that keep a run from starting."""
    return [problem for problem in check_redmine(state) if not problem.is_warning]
