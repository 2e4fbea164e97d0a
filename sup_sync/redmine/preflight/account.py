"""Checks of the account: its permissions, and the issues that it sees."""

from __future__ import annotations

from collections.abc import Iterator

from sup_sync.redmine.permissions import BOT_PERMISSIONS, SET_NOTES_PRIVATE
from sup_sync.redmine.preflight.problem import Area, Problem, RedmineState
from sup_sync.to_json import Json


def may_write_private_notes(state: RedmineState) -> bool:
    """Return whether the account has the permission in each project; without it Redmine publishes the note."""
    return not any(problem.permission == SET_NOTES_PRIVATE for problem in check_permissions(state))


def role_ids(account: Json) -> list[int]:
    """Return the ids of the roles that the account has in any project."""
    return sorted({role["id"] for membership in account["memberships"] for role in membership["roles"]})


def check_permissions(state: RedmineState) -> Iterator[Problem]:
    if state.account.get("admin"):
        return
    permissions = {role["id"]: set(role["permissions"]) for role in state.roles}
    roles_in = _roles_by_project(state)
    for project in state.lists["projects"]:
        granted = {each for role_id in roles_in.get(project["id"], ()) for each in permissions.get(role_id, ())}
        for permission, purpose in BOT_PERMISSIONS.items():
            if permission not in granted:
                yield Problem(
                    Area.ACCESS,
                    f"project {project['identifier']}: the account lacks {permission}",
                    f"grant it to its role, so that it can {purpose}",
                    permission=permission,
                    project=project["identifier"],
                )


def check_visibility(state: RedmineState) -> Iterator[Problem]:
    """Report projects where the account sees only some issues; Redmine silently leaves out the others."""
    if state.account.get("admin"):
        return
    seeing = {role["id"] for role in state.roles if role.get("issues_visibility", "all") == "all"}
    roles_in = _roles_by_project(state)
    for project in state.lists["projects"]:
        if not seeing & set(roles_in.get(project["id"], ())):
            yield Problem(
                Area.ACCESS,
                f"project {project['identifier']}: the account's role does not see all issues",
                'set "Issues visibility" of its role to "All issues"',
                project=project["identifier"],
            )


def _roles_by_project(state: RedmineState) -> dict[int, list[int]]:
    """Return the ids of the account's roles in each project."""
    return {each["project"]["id"]: [role["id"] for role in each["roles"]] for each in state.account["memberships"]}


def check_account_is_not_admin(state: RedmineState) -> Iterator[Problem]:
    if state.account.get("admin"):
        yield Problem(
            Area.ACCESS,
            "the account is an administrator",
            "use an account with the role of `sup-sync provision`",
            is_warning=True,
        )
