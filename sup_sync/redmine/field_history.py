"""The journals of one issue by field: who set the current values, and the values at the filing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import NamedTuple

from sup_sync.redmine.values import decode_time
from sup_sync.to_json import Json

# A field in the details of a journal: (`attr` or `cf`, its name or id).
FieldKey = tuple[str, str]

COPIED_FROM: FieldKey = ("relation", "copied_from")


class Entry(NamedTuple):
    """A journal with its time, its number and its details by field."""

    at: datetime
    number: int
    journal: Json
    changes: Mapping[FieldKey, Json]


def entries_of(issue: Json) -> list[Entry]:
    """Return the journals of an issue in order."""
    entries = [
        Entry(
            decode_time(journal["created_on"]),
            journal.get("id", 0),
            journal,
            {(each["property"], each["name"]): each for each in journal.get("details", ())},
        )
        for journal in issue.get("journals", ())
    ]
    entries.sort(key=itemgetter(0, 1))
    return entries


class FieldHistory:
    """The first and the last change of each field, as far as the issue's own journals show them.

    A copy of an issue has the values of the original, but none of its journals (fact).
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._first: dict[FieldKey, Json] = {}
        self._last: dict[FieldKey, tuple[Json, Json | None]] = {}
        for _, _, journal, changes in entries:
            user = journal.get("user")
            for key, detail in changes.items():
                self._first.setdefault(key, detail)
                self._last[key] = detail, user
        self.begins_as_copy = bool(entries) and COPIED_FROM in entries[0].changes

    def has(self, key: FieldKey) -> bool:
        return key in self._last

    def at_filing(self, key: FieldKey, current: str) -> str:
        """Return the value with which the issue was filed."""
        return str(self._first[key].get("old_value") or "") if key in self._first else current

    def setter(self, key: FieldKey, current: str) -> Json | None:
        """Return the user who set the current value; None if no journal shows it being set."""
        detail, user = self._last.get(key, ({}, None))
        return user if current and detail.get("new_value") == current else None
