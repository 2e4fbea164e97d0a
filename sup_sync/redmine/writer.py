"""The writer of issues: one PUT for all changes of an issue, by python-redmine over the guarded session."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from redminelib import Redmine
from redminelib.engines.base import BaseEngine

from sup_sync.errors import AccessError, RefusedError
from sup_sync.model.change import Change
from sup_sync.model.directory import Directory
from sup_sync.redmine.session import RedmineSession
from sup_sync.to_json import Json


class _WriteEngine(BaseEngine):  # type: ignore[misc] # redminelib ships no types
    """An engine of python-redmine over the guarded session: only a PUT of an issue."""

    def __init__(self, session: RedmineSession, names: Collection[str]) -> None:
        self._session = session
        self._names = names

    def request(self, _method: str, url: str, *, data: Json, **_: Any) -> None:
        path = url.removeprefix(self._session.url)
        self._session.put_json(path, data, has_lock_version="lock_version" in data["issue"], names=self._names)


class Writer:
    """A writer of issues with one account; `may_write_private_notes` is a permission that was checked before."""

    def __init__(self, session: RedmineSession, *, may_write_private_notes: bool) -> None:
        self._session = session
        self._may_write_private_notes = may_write_private_notes

    def update(
        self, issue_id: int, changes: Sequence[Change], directory: Directory, lock_version: int | None = None
    ) -> None:
        """Send an issue's changes in one PUT; errors are those of RedmineSession.put_json.

        The caller reads the issue back, since Redmine accepts values that the account may not set and drops them.
        Raises AccessError for a private note without the permission: Redmine would publish it.
        """
        if any(change.field == "private_note" for change in changes) and not self._may_write_private_notes:
            raise AccessError(
                f"issue #{issue_id}: private note not sent, because Redmine would publish it; "
                "grant `set_notes_private` to the account's role"
            )
        values = _values(issue_id, changes, directory)
        if lock_version is not None:
            values["lock_version"] = lock_version
        names = [directory.names.fields[each.field] for each in changes if each.field in directory.names.fields]
        redmine = Redmine(self._session.url, engine=_WriteEngine, session=self._session, names=names)
        redmine.issue.update(issue_id, **values)


def _values(issue_id: int, changes: Sequence[Change], directory: Directory) -> dict[str, Any]:
    """Convert the changes of one issue to Redmine's attributes, with only those custom fields that change."""
    values: dict[str, Any] = {}
    for change in changes:
        if change.issue_id != issue_id:
            raise ValueError(f"a change of issue #{change.issue_id} in the update of #{issue_id}")
        if change.field in directory.names.fields:
            field = {"id": _field_id(change, directory), "value": change.new}
            values.setdefault("custom_fields", []).append(field)
            continue
        attributes = _attributes(change, directory)
        if attributes.keys() & values.keys():
            raise ValueError(f"issue #{issue_id}: two values for {', '.join(attributes)} in one update")
        values |= attributes
    return values


def _field_id(change: Change, directory: Directory) -> int:
    name = directory.names.fields[change.field]
    if name not in directory.field_ids:
        raise RefusedError(f'issue #{change.issue_id}: field "{name}" not found in its project; run `sup-sync check`')
    return directory.field_ids[name]


def _attributes(change: Change, directory: Directory) -> dict[str, Any]:
    match change.field:
        case "due_date":
            return {"due_date": change.new}
        case "public_note":
            return {"notes": change.new}
        case "private_note":
            return {"notes": change.new, "private_notes": True}
        case "status":
            statuses = {name: status_id for status_id, name in directory.statuses.items()}
            if change.new not in statuses:
                raise RefusedError(f'issue #{change.issue_id}: status "{change.new}" not found; run `sup-sync check`')
            return {"status_id": statuses[change.new]}
        case "assignee":
            if change.new and change.assignee_id is None:
                raise RefusedError(f'issue #{change.issue_id}: person "{change.new}" not found; run `sup-sync check`')
            return {"assigned_to_id": change.assignee_id or ""}
    raise ValueError(f"issue #{change.issue_id}: a change cannot set {change.field}")
