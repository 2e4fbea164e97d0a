"""An idempotent script for Redmine's `bin/rails runner`, which creates what Redmine lacks and REST cannot create."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from sup_sync.errors import ConfigError, Mistake
from sup_sync.model.issue import Phase
from sup_sync.model.names import RedmineNames
from sup_sync.model.required import INFORMATION
from sup_sync.redmine.permissions import BOT_PERMISSIONS
from sup_sync.to_json import Json

BOT_LOGIN = "sup-sync"
BOT_ROLE = "sup-sync"
STAFF_PERMISSIONS = (
    "view_issues",
    "add_issues",
    "edit_issues",
    "manage_issue_relations",
    "manage_subtasks",
    "add_issue_notes",
    "view_private_notes",
    "set_notes_private",
    "view_issue_watchers",
    "add_issue_watchers",
    "delete_issue_watchers",
    "save_queries",
)
CLIENT_PERMISSIONS = ("view_issues", "add_issues", "edit_own_issues", "add_issue_notes", "save_queries")

FORMATS = {
    "level": "list",
    "channel": "list",
    "state": "list",
    "reason": "list",
    "language": "list",
    "priority_confirmed": "bool",
    "steps": "text",
}
MOMENT = {"regexp": r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$", "description": "2026-01-31 09:30"}
STAFF_ONLY = frozenset({"marker", "reason"})
TOOL_ONLY = frozenset({"marker"})
CLIENT_FILLS_IN = frozenset({"language", *INFORMATION})
# Redmine's own fields that are read-only for clients.
READ_ONLY_CORE = (
    "assigned_to_id",
    "fixed_version_id",
    "start_date",
    "due_date",
    "estimated_hours",
    "done_ratio",
)
Transition = tuple[str | None, str]  # from a status to another, by name; from None for a new issue


def make_script(names: RedmineNames) -> str:
    """Make a Ruby script that creates missing `names`, the tool's role and account, and required settings."""
    template = files("sup_sync.redmine").joinpath("provision.rb").read_text(encoding="utf-8")
    return template.replace("@WANTED@", json.dumps(_wanted(names), ensure_ascii=False, indent=2))


def _wanted(names: RedmineNames) -> Json:
    return {
        "statuses": [{"name": each.name, "is_closed": each.phase.is_final} for each in names.statuses.values()],
        "first_status": _first(names, Phase.OPEN),
        "trackers": list(names.trackers),
        "priorities": list(names.priorities.values()),
        "roles": list(_roles(names)),
        "fields": [_field(key, name, names) for key, name in names.fields.items()],
        "groups": sorted(names.staff_groups),
        "account": {
            "login": BOT_LOGIN,
            "firstname": "sup",
            "lastname": "sync",
            "mail": f"{BOT_LOGIN}@example.invalid",
        },
    }


def _field(key: str, name: str, names: RedmineNames) -> Json:
    field: dict[str, Any] = {"name": name, "format": FORMATS.get(key, "string")}
    if field["format"] == "list":
        values: dict[str, Mapping[str, str]] = {
            "level": names.levels,
            "channel": names.channels,
            "state": names.states,
            "reason": names.reasons,
            "language": names.languages,
        }
        field["values"] = list(values[key].values())
    if key == "contact_at":
        field |= MOMENT
    if key in STAFF_ONLY:
        field["seen_by"] = [*sorted(names.staff_roles), BOT_ROLE]
    return field


def _roles(names: RedmineNames) -> Iterator[Json]:
    statuses = list(names.statuses)
    all_transitions = [(old, new) for old in (None, *statuses) for new in statuses if old != new]
    tool_fields = [names.fields[key] for key in names.fields if key in TOOL_ONLY]
    for role in sorted(names.staff_roles):
        yield _role(role, "staff", STAFF_PERMISSIONS, all_transitions, read_only=tool_fields)
    staff_fields = [name for key, name in names.fields.items() if key not in CLIENT_FILLS_IN]
    for role in sorted(names.client_roles):
        client = _role(role, "client", CLIENT_PERMISSIONS, _client_transitions(names), read_only=staff_fields)
        yield {**client, "read_only_core": READ_ONLY_CORE}
    yield _role(BOT_ROLE, "bot", tuple(BOT_PERMISSIONS), _bot_transitions(names), read_only=[])


def _role(
    name: str, kind: str, permissions: tuple[str, ...], transitions: list[Transition], *, read_only: list[str]
) -> Json:
    return {
        "name": name,
        "kind": kind,
        "attributes": {
            "assignable": kind == "staff",
            "issues_visibility": "default" if kind == "client" else "all",
            "users_visibility": "members_of_visible_projects",
            "permissions": permissions,
        },
        "transitions": transitions,
        "read_only": read_only,
        "read_only_core": (),
    }


def _client_transitions(names: RedmineNames) -> list[Transition]:
    """Allow a client to file a request and to reopen a closed one, but not a refused one."""
    first = _first(names, Phase.OPEN)
    return [(None, first), *((name, first) for name in _in_phase(names, Phase.CLOSED))]


def _bot_transitions(names: RedmineNames) -> list[Transition]:
    """Allow the tool to close a request without the client's answer, and to ask for missing items (clauses 11, 15)."""
    closed, asked = names.tool_statuses["no_answer"], names.tool_statuses["asked"]
    closed_from = [(name, closed) for name in _in_phase(names, Phase.WAITING)]
    return [*closed_from, *((name, asked) for name in _in_phase(names, Phase.OPEN))]


def _in_phase(names: RedmineNames, *phases: Phase) -> list[str]:
    return [name for name, status in names.statuses.items() if status.phase in phases]


def _first(names: RedmineNames, phase: Phase) -> str:
    """Return the first status of a phase, in the mapping's order; raises ConfigError if there is none."""
    statuses = _in_phase(names, phase)
    if not statuses:
        raise ConfigError([Mistake("mappings/tracker.yaml", 1, f"`statuses` has none of phase {phase}; add one")])
    return statuses[0]
