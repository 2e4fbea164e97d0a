"""Ids on requests that are in no list: new people, statuses, priorities, versions and fields."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from sup_sync.to_json import Json


class ListedIds:
    """All ids in the lists, each as its kind and number."""

    def __init__(self, lists: Json) -> None:
        kinds = ("people", "statuses", "priorities", "versions", "fields")
        self.ids = {f"{kind} {row['id']}" for kind in kinds for row in lists[kind]}
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
    yield f"people {issue['author']['id']}"
    yield from (f"fields {field['id']}" for field in issue.get("custom_fields", ()))
    yield from (f"people {journal['user']['id']}" for journal in issue.get("journals", ()))
    if issue.get("fixed_version"):
        yield f"versions {issue['fixed_version']['id']}"
