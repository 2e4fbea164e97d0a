"""Ids on requests that are in no list, or there with another name: of people, members, statuses, fields and more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from sup_sync.to_json import Json


class ListedIds:
    """All ids in the lists, each as its kind, number and name."""

    def __init__(self, lists: Json) -> None:
        kinds = ("people", "statuses", "priorities", "versions", "fields", "trackers", "projects")
        self.ids = {_key(kind, row) for kind in kinds for row in lists[kind]}
        self.ids |= {f"member {each['id']} {key}" for each in lists["projects"] for key in each.get("members", ())}
        self.ids |= {
            f"place {project['id']} {tracker['id']}"
            for project in lists["projects"]
            for tracker in project["trackers"]
            if "fields" in tracker
        }

    def unknown_ids(self, issue: Json) -> set[str]:
        """Find the ids of an issue that are in no list, or that were renamed since the lists were read.

        None if the issue's form is wrong, which decoding reports.
        """
        with suppress(KeyError, TypeError, AttributeError):
            return set(_ids_on(issue)) - self.ids
        return set()


def _key(kind: str, row: Json) -> str:
    return f"{kind} {row['id']} {row['name']}"


def _ids_on(issue: Json) -> Iterator[str]:
    yield f"place {issue['project']['id']} {issue['tracker']['id']}"
    yield _key("projects", issue["project"])
    yield _key("trackers", issue["tracker"])
    yield _key("statuses", issue["status"])
    yield _key("priorities", issue["priority"])
    yield from _ids_of(issue["author"], issue)
    yield from (_key("fields", field) for field in issue.get("custom_fields", ()))
    for journal in issue.get("journals", ()):
        if journal.get("user"):
            yield from _ids_of(journal["user"], issue)
    if issue.get("fixed_version"):
        yield _key("versions", issue["fixed_version"])


def _ids_of(user: Json, issue: Json) -> Iterator[str]:
    """Yield the ids of a person: their own, and as a member of the issue's project, whose roles decide."""
    yield _key("people", user)
    yield f"member {issue['project']['id']} {user['id']}"
