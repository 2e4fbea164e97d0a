"""The list of all checks that Redmine matches the mappings and gives the account its permissions."""

from __future__ import annotations

from sup_sync.redmine.preflight.account import check_account_is_not_admin, check_permissions, check_visibility
from sup_sync.redmine.preflight.forms import (
    check_field_formats,
    check_fields_are_writable,
    check_list_values,
    check_required_fields,
)
from sup_sync.redmine.preflight.groups import check_groups_exist, check_staff_roles_exist
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
from sup_sync.redmine.preflight.projects import check_everything_was_read, check_projects_are_readable
from sup_sync.redmine.preflight.stored_values import check_own_fields, check_stored_values
from sup_sync.redmine.preflight.workflow import check_workflow

CHECKS: tuple[RedmineCheck, ...] = (
    check_projects_are_readable,
    check_everything_was_read,
    check_permissions,
    check_visibility,
    check_account_is_not_admin,
    check_trackers,
    check_statuses,
    check_priorities,
    check_fields,
    check_every_tracker_has_a_request,
    check_groups_exist,
    check_staff_roles_exist,
    check_people,
    check_staff_exists,
    check_roles_have_members,
    check_roles_are_mapped,
    check_workflow,
    check_fields_are_writable,
    check_field_formats,
    check_list_values,
    check_required_fields,
    check_stored_values,
    check_own_fields,
)


def check_redmine(state: RedmineState) -> list[Problem]:
    """Return every problem, in the order of the checks."""
    return [problem for check in CHECKS for problem in check(state)]


def stopping_problems(state: RedmineState) -> list[Problem]:
    """Return the problems that keep a run from starting: all of them, unless a project is left to work on."""
    problems = [problem for problem in check_redmine(state) if not problem.is_warning]
    if not usable_state(state).lists["projects"]:
        return problems
    return [problem for problem in problems if problem.stops_run]


def partial_problems(state: RedmineState) -> list[Problem]:
    """Return the problems that leave out a part of a run, such as a project."""
    return [problem for problem in check_redmine(state) if not problem.is_warning and not problem.stops_run]


def usable_state(state: RedmineState) -> RedmineState:
    """Return the state without the projects in which the account lacks a permission."""
    problems = (*check_permissions(state), *check_visibility(state))
    return state.without_projects({problem.project for problem in problems if problem.project})
