"""Checks of the mapped groups and roles of staff, and of the groups of contracts."""

from __future__ import annotations

from collections.abc import Iterator

from sup_sync.redmine.lists import group_label, missing_staff_roles
from sup_sync.redmine.preflight.problem import Area, Problem, RedmineState


def check_groups_exist(state: RedmineState) -> Iterator[Problem]:
    """Report groups that are in no project; requests of people who may be in one of them have a finding.

    The group of an ended contract is not needed.
    """
    unread = state.lists.get("unread", {})
    missing = {name for name in state.lists.get("missing_groups", ()) if group_label(name) not in unread}
    fix = "with any role, or correct its name in {} if it was renamed"
    for name in sorted(missing & state.names.staff_groups):
        text = f'group "{name}" (staff) is in no project, so some responses may not count'
        yield Problem(Area.NAMES, text, f"add it, {fix.format('`staff` of mappings/tracker.yaml')}", is_partial=True)
    for name in sorted(missing & state.contract_groups):
        text = f'group "{name}" (contract) is in no project, so requests of its members may be skipped'
        yield Problem(Area.NAMES, text, f"add it, {fix.format('mappings/clients.yaml')}", is_partial=True)


def check_staff_roles_exist(state: RedmineState) -> Iterator[Problem]:
    for name in sorted(missing_staff_roles(state.lists, state.names)):
        text = f'role "{name}" (staff) not found in Redmine, so some responses may not count'
        yield Problem(Area.NAMES, text, "correct `staff.roles` in mappings/tracker.yaml", is_partial=True)
