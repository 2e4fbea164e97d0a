"""The levels that sup-sync recorded on requests: they show which contract applied while its group existed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from sup_sync.model.directory import Directory
from sup_sync.model.issue import NUMBER_PREFIX
from sup_sync.redmine.values import decode_time
from sup_sync.to_json import Json


def with_recorded_levels(directory: Directory, raw_issues: Iterable[Json]) -> Directory:
    """Return the directory with the level of the newest request of each author, among these, that has one."""
    newest = {author_id: (level, at) for _, author_id, level, at in sorted(_recorded(directory, raw_issues))}
    return replace(directory, recorded_levels=newest)


def _recorded(directory: Directory, raw_issues: Iterable[Json]) -> Iterator[tuple[int, int, str, datetime]]:
    """Yield the id, author, level and filing of each request that has a level, and a marker with its own number."""
    names = directory.names.fields
    for raw in raw_issues:
        with suppress(KeyError, TypeError, ValueError, AttributeError):  # decoding the issue reports the error
            values = {
                directory.field_names.get(each["id"], each["name"]): each["value"] for each in raw["custom_fields"]
            }
            level = directory.value_keys["level"].get(values[names["level"]])
            if level and f"{NUMBER_PREFIX}{raw['id']}" in values[names["marker"]].split():
                yield raw["id"], raw["author"]["id"], level, decode_time(raw["created_on"])
