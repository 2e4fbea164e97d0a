"""The journals of one issue by field: who set the current values, and the values at the filing."""

from __future__ import annotations

from sup_sync.to_json import Json

# A field in the details of a journal: (`attr` or `cf`, its name or id).
FieldKey = tuple[str, str]

COPIED_FROM: FieldKey = ("relation", "copied_from")


class FieldHistory:
    """The first and the last change of each field, as far as the issue's own journals show them.

    A copy of an issue has the values of the original, but none of its journals (fact).
    """

    def __init__(self, raw: Json) -> None:
        self._first: dict[FieldKey, Json] = {}
        self._last: dict[FieldKey, tuple[Json, Json | None]] = {}
        journals = sorted(raw.get("journals", ()), key=lambda each: (each["created_on"], each.get("id", 0)))
        for journal in journals:
            for detail in journal.get("details", ()):
                key = detail["property"], detail["name"]
                self._first.setdefault(key, detail)
                self._last[key] = detail, journal.get("user")
        first_details = journals[0].get("details", ()) if journals else ()
        self.begins_as_copy = any((each["property"], each["name"]) == COPIED_FROM for each in first_details)

    def has(self, key: FieldKey) -> bool:
        return key in self._last

    def at_filing(self, key: FieldKey, current: str) -> str:
        """Return the value with which the issue was filed."""
        return str(self._first[key].get("old_value") or "") if key in self._first else current

    def setter(self, key: FieldKey, current: str) -> Json | None:
        """Return the user who set the current value; None if no journal shows it being set."""
        detail, user = self._last.get(key, ({}, None))
        return user if current and detail.get("new_value") == current else None
