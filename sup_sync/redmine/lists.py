"""The lists of a Redmine server: their JSON, decoded into a `Directory`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress

from sup_sync.model.directory import Directory
from sup_sync.model.issue import Project, Version
from sup_sync.model.names import RedmineNames
from sup_sync.redmine.sides import Sides
from sup_sync.redmine.values import decode_date
from sup_sync.to_json import Json

ACTIVE_PROJECT, CLOSED_PROJECT = 1, 5  # values of a project's `status`


def decode_directory(lists: Json, names: RedmineNames) -> Directory:
    """Decode the lists that `Reader.fetch_lists` returns, which are also the first line of a snapshot.

    Their form: {"account": {id, name}, "statuses": [{id, name}], "priorities": [{id, name}],
    "projects": [{id, identifier, name, status, members, roles, groups}], "versions": [{id, name, status, due_date}],
    "people": [{id, name, groups: [name], roles: [name], login}], "fields": [{id, name}], "trackers": [{id, name}],
    "roles": [{id, name}], "missing_groups": [name], "unmapped_groups": [name]}.
    A project's `roles` are the names of each member's roles by id, its `groups` the groups that are members. Snapshots
    of earlier versions have neither, nor the `roles` of Redmine; their priorities may be in any order. `login` is only
    in the people that were looked up, null if not active.
    Raises KeyError, TypeError, ValueError or AttributeError if they are not of this form.
    """
    account_id: int | None = lists.get("account", {}).get("id")
    projects = lists.get("projects", ())
    rows = lists.get("people", ())
    is_staff_incomplete = _is_staff_incomplete(lists, names)
    sides = Sides(names, account_id, is_staff_incomplete=is_staff_incomplete)
    people = {each["id"]: sides.person(each) for each in rows}
    two_sided = frozenset(each["id"] for each in rows if sides.has_both(each))
    return Directory(
        names,
        account_id=account_id,
        statuses={each["id"]: each["name"] for each in lists.get("statuses", ())},
        priorities={each["id"]: each["name"] for each in lists.get("priorities", ())},
        projects={each["id"]: _project(each) for each in projects},
        versions={each["id"]: _version(each) for each in lists.get("versions", ())},
        people=people,
        people_in_projects=dict(sides.in_projects(projects, people, two_sided)),
        two_sided=two_sided,
        logins={each["id"]: each["login"] for each in rows if "login" in each},
        field_ids={each["name"]: each["id"] for each in lists.get("fields", ())},
        members={each["id"]: set(each["members"]) for each in projects if "members" in each},
        trackers={each["id"]: each["name"] for each in lists.get("trackers", ())},
        missing_groups=frozenset(lists.get("missing_groups", ())),
        mismatched_statuses=frozenset(_mismatched_statuses(lists.get("statuses", ()), names)),
        mismatched_priorities=frozenset(mismatched_priorities(lists, names) if "roles" in lists else ()),
        is_staff_incomplete=is_staff_incomplete,
        unmapped_groups=frozenset(lists.get("unmapped_groups", ())),
    )


def group_label(name: str) -> str:
    """Return the key of a group in `unread` of the lists."""
    return f'group "{name}"'


def _mismatched_statuses(rows: Iterable[Json], names: RedmineNames) -> Iterator[str]:
    """Find the statuses that are closed in Redmine but not in the mappings, or the other way round."""
    for row in rows:
        status = names.statuses.get(row["name"])
        if status and "is_closed" in row and status.phase.is_final != row["is_closed"]:
            yield row["name"]


def priorities_in_order(lists: Json, names: RedmineNames) -> list[str]:
    """Return the mapped priorities that are in Redmine, the lowest there first."""
    return [row["name"] for row in lists.get("priorities", ()) if row["name"] in names.priorities.values()]


def mismatched_priorities(lists: Json, names: RedmineNames) -> Iterator[str]:
    """Find the priorities whose rank in Redmine is not that in the mappings; two names may have been swapped there."""
    in_redmine = priorities_in_order(lists, names)
    in_mappings = [name for name in names.priorities.values() if name in in_redmine]
    return (name for name, other in zip(in_mappings, in_redmine, strict=False) if name != other)


def missing_staff_roles(lists: Json, names: RedmineNames) -> frozenset[str]:
    """Return the mapped roles of staff that Redmine does not have; none if the lists do not have its roles."""
    return names.staff_roles - {each["name"] for each in lists["roles"]} if "roles" in lists else frozenset()


def _is_staff_incomplete(lists: Json, names: RedmineNames) -> bool:
    """Return whether a mapped group or role of staff is gone: its members could look like clients."""
    return bool(names.staff_groups & set(lists.get("missing_groups", ())) or missing_staff_roles(lists, names))


def guess_directory(issues: Iterable[Json], names: RedmineNames) -> Directory:
    """Collect statuses, priorities and trackers with their ids from issues, for a snapshot without lists."""
    statuses: dict[int, str] = {}
    priorities: dict[int, str] = {}
    trackers: dict[int, str] = {}
    for issue in issues:
        with suppress(KeyError, TypeError):  # decoding the issue reports the error
            for status in (issue["status"], *issue.get("allowed_statuses", ())):
                statuses[status["id"]] = status["name"]
            priorities[issue["priority"]["id"]] = issue["priority"]["name"]
            trackers[issue["tracker"]["id"]] = issue["tracker"]["name"]
    return Directory(names, statuses=statuses, priorities=priorities, trackers=trackers, is_guessed=True)


def _project(row: Json) -> Project:
    return Project(row["id"], row["identifier"], row["name"], row.get("status") == CLOSED_PROJECT)


def _version(row: Json) -> Version:
    return Version(row["id"], row["name"], decode_date(row.get("due_date")), row.get("status") == "closed")
