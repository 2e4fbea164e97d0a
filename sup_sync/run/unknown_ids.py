"""Ids on requests that are in no list: new people and members, statuses, priorities, versions and fields."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from sup_sync.to_json import Json


class ListedIds:
    """All ids in the lists, each as its kind and number."""

    def __init__(self, lists: Json) -> None:
        kinds = ("people", "statuses", "priorities", "versions", "fields")
        self.ids = {f"{kind} {row['id']}" for kind in kinds for row in lists[kind]}
        self.ids |= {f"member {each['id']} {key}" for each in lists["projects"] for key in each.get("members", ())}
        self.ids |= {
            f"place {project['id']} {tracker['id']}"
            for project in lists["projects"]
            for tracker in project["trackers"]
            if "fields" in tracker
        }

    def unknown_ids(self, issue: Json) -> set[str]:
        """Find the ids of an issue that are in no list; none if its form is wrong, which decoding reports."""
        with suppress(KeyError, TypeError, AttributeError):
            return set(_ids_on(issue)) - self.ids
        return set()


def _ids_on(issue: Json) -> Iterator[str]:
    yield f"place {issue['project']['id']} {issue['tracker']['id']}"
    yield f"statuses {issue['status']['id']}"
    yield f"priorities {issue['priority']['id']}"
    yield from _ids_of(issue["author"], issue)
    yield from (f"fields {field['id']}" for field in issue.get("custom_fields", ()))
    for journal in issue.get("journals", ()):
        if journal.get("user"):
            yield from _ids_of(journal["user"], issue)
    if issue.get("fixed_version"):
        yield f"versions {issue['fixed_version']['id']}"


def _ids_of(user: Json, issue: Json) -> Iterator[str]:
    """Yield the ids of a person: their own, and as a member of the issue's project, whose roles decide."""
    yield f"people {user['id']}"
    yield f"member {issue['project']['id']} {user['id']}"
