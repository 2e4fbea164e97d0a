"""The JSON of an issue at an earlier moment, by the old values in its journals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sup_sync.model.directory import Directory
from sup_sync.redmine.values import decode_time
from sup_sync.to_json import Json

# The attributes in the details of journals whose values are ids, and their keys in the JSON of an issue.
BY_ID = {
    "project_id": "project",
    "tracker_id": "tracker",
    "status_id": "status",
    "priority_id": "priority",
    "author_id": "author",
    "assigned_to_id": "assigned_to",
    "fixed_version_id": "fixed_version",
}
PEOPLE = frozenset({"author", "assigned_to"})
PLACES = frozenset({"project", "tracker"})
PLAIN = frozenset({"subject", "description", "start_date", "due_date"})

# The attributes that count as they were at the filing.
OF_FILING = frozenset({"project_id", "tracker_id", "author_id"})

# The attributes that count as they were when the request was closed.
OF_CLOSING = frozenset({"fixed_version_id", "tracker_id"})


def journal_order(journal: Json) -> tuple[datetime, int]:
    """Return the sort key of journals, by time and number."""
    return decode_time(journal["created_on"]), journal.get("id", 0)


def first_values(issue: Json) -> Mapping[str, str | None]:
    """Return the values at the filing of those attributes in OF_FILING that were changed since."""
    journals = [journal for journal in issue.get("journals", ()) if _changes_any(journal, OF_FILING)]
    found: dict[str, str | None] = {}
    for journal in sorted(journals, key=journal_order) if len(journals) > 1 else journals:
        for detail in journal["details"]:
            if detail["property"] == "attr" and detail["name"] in OF_FILING:
                found.setdefault(detail["name"], detail["old_value"])
    return found


def changes_since(issue: Json, moment: datetime, attributes: frozenset[str]) -> bool:
    """Return whether one of these attributes was changed after a moment."""
    changed = (journal for journal in issue.get("journals", ()) if _changes_any(journal, attributes))
    return any(decode_time(journal["created_on"]) > moment for journal in changed)


def _changes_any(journal: Json, attributes: frozenset[str]) -> bool:
    return any(detail["name"] in attributes and detail["property"] == "attr" for detail in journal.get("details", ()))


def issue_as_of(issue: Json, moment: datetime, directory: Directory) -> Json:
    """Return an issue as it was at a moment; what leaves no trace in journals, such as its children, is as now.

    A value whose id is not in the lists is as `value_of` says.
    """
    journals = sorted(issue.get("journals", ()), key=journal_order)
    later = [journal for journal in journals if decode_time(journal["created_on"]) > moment]
    then = dict(issue)
    for journal in reversed(later):
        for detail in reversed(journal.get("details", ())):
            then |= _undone(then, detail, directory)
    then["journals"] = journals[: len(journals) - len(later)]
    if then["status"] != issue["status"]:
        then.pop("allowed_statuses", None)  # those of the present status
    return then


def _undone(then: Json, detail: Json, directory: Directory) -> dict[str, Any]:
    """Return the parts of an issue before one change."""
    name, old = detail["name"], detail.get("old_value")
    match detail["property"]:
        case "attr" if name in BY_ID:
            return {BY_ID[name]: value_of(then, BY_ID[name], old, directory)}
        case "attr" if name in PLAIN:
            return {name: old}
        case "cf":
            return {"custom_fields": [_field_before(each, name, old) for each in then.get("custom_fields", ())]}
        case "attachment" if "attachments" in then:
            return {"attachments": list(_attachments_before(then["attachments"], detail))}
    return {}


def value_of(issue: Json, key: str, text: str | None, directory: Directory) -> Json | None:
    """Return the JSON of a value by its id; the present one of a project or tracker that is not in the lists.

    Without lists, the present one of all whose name is not known.
    """
    if not text:
        return None
    value_id = int(text)
    name = directory.name_of_value(key, value_id) or _name_of_user(issue, value_id, key)
    if name is None and (directory.is_guessed or key in PLACES):
        return issue.get(key)
    return {"id": value_id, "name": name or f"#{value_id}"}


def _name_of_user(issue: Json, user_id: int, key: str) -> str | None:
    """Find the name of a person who is not in the lists among the authors of the journals."""
    users = (journal.get("user") or {} for journal in issue.get("journals", ()) if key in PEOPLE)
    return next((user["name"] for user in users if user.get("id") == user_id), None)


def _field_before(field: Json, field_id: str, old: str | None) -> Json:
    if str(field["id"]) != field_id or isinstance(field.get("value"), list):  # a list has a detail for each value
        return field
    return {**field, "value": old}


def _attachments_before(attachments: Iterable[Json], detail: Json) -> Iterator[Json]:
    yield from (each for each in attachments if str(each.get("id")) != detail["name"])
    if detail.get("old_value"):
        yield {"id": int(detail["name"]), "filename": detail["old_value"]}
