"""People and their roles, collected from the memberships of projects and from the users of groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sup_sync.to_json import Json


def people_of(memberships: Iterable[Json], groups: Iterable[Json]) -> list[dict[str, Any]]:
    """Collect the people in the projects, with the names of their roles (also inherited) and of the groups given."""
    names: dict[int, str] = {}
    roles: dict[int, set[str]] = {}
    member_of: dict[int, set[str]] = {}
    for row in memberships:
        if "user" in row:
            names[row["user"]["id"]] = row["user"]["name"]
            roles.setdefault(row["user"]["id"], set()).update(role["name"] for role in row["roles"])
    for group in groups:
        for user in group["users"]:
            names[user["id"]] = user["name"]
            member_of.setdefault(user["id"], set()).add(group["name"])
    return [
        {"id": key, "name": names[key], "groups": sorted(member_of.get(key, ())), "roles": sorted(roles.get(key, ()))}
        for key in sorted(names)
    ]


def members_of(memberships: Iterable[Json]) -> Mapping[str, Any]:
    """Collect the members of one project: their ids, the names of the roles of each, and the groups that are members.

    The ids of `roles` are texts, as keys are in JSON.
    """
    rows = sorted((row for row in memberships if "user" in row), key=lambda row: int(row["user"]["id"]))
    return {
        "members": sorted({row["user"]["id"] for row in rows}),
        "roles": {str(row["user"]["id"]): sorted({role["name"] for role in row["roles"]}) for row in rows},
        "groups": sorted({row["group"]["name"] for row in memberships if "group" in row}),
    }


def with_logins(people: Sequence[Json], logins: Mapping[int, str | None]) -> list[Json]:
    """Return the rows of people with the logins that were looked up."""
    return [{**each, "login": logins[each["id"]]} if each["id"] in logins else each for each in people]
