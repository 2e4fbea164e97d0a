"""The ids of issues that Redmine links with an issue: its subtasks, duplicates and blockers.

Snapshots of earlier versions have no relations: then none are known.
"""

from __future__ import annotations

from collections.abc import Iterator

from sup_sync.redmine.values import check_id
from sup_sync.to_json import Json


def subtask_ids(raw: Json) -> tuple[int, ...]:
    """Return the ids of all subtasks, also those of subtasks."""
    return tuple(_descendants(raw))


def _descendants(raw: Json) -> Iterator[int]:
    for child in raw.get("children", ()):
        yield check_id(child["id"])
        yield from _descendants(child)


def duplicate_ids(raw: Json) -> tuple[int, ...]:
    """Return the ids of the issues that are duplicates of it; Redmine closes them with it (fact)."""
    return _related(raw, "duplicates")


def blocker_ids(raw: Json) -> tuple[int, ...]:
    """Return the ids of the issues that block it; while one is open, Redmine does not let it be closed (fact)."""
    return _related(raw, "blocks")


def _related(raw: Json, kind: str) -> tuple[int, ...]:
    """Return the ids of the issues with a relation of a kind to an issue."""
    to_it = (each for each in raw.get("relations", ()) if each["issue_to_id"] == raw["id"])
    return tuple(check_id(each["issue_id"]) for each in to_it if each["relation_type"] == kind)
