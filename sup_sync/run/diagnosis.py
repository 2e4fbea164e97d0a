"""The cause of a failed write, by the issue's edit form: a cause of this issue, or of its project and tracker."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum

from sup_sync.errors import SupSyncError
from sup_sync.immutable import value
from sup_sync.model.directory import Directory
from sup_sync.redmine.reader import Reader

# The names on the form of changes that are not custom fields.
FORM_KEYS = {
    "due_date": "due_date",
    "assignee": "assigned_to_id",
    "status": "status_id",
    "private_note": "notes",
    "public_note": "notes",
}


class Concern(StrEnum):
    """The scope of a failed write: nothing (it was not tried), this request, or its project, tracker and status."""

    NOTHING = "nothing"
    REQUEST = "request"
    PLACE = "place"


@value
class Diagnosis:
    """The concern of a failed write, the cause if the edit form shows it, and the digest of the form if it was read."""

    concern: Concern
    cause: str = ""
    form: str = ""


def diagnose(
    reader: Reader, directory: Directory, issue_id: int, *, messages: Iterable[str] = (), ignored: Collection[str] = ()
) -> Diagnosis:
    """Read the edit form after a rejection with these messages, or after Redmine ignored these fields.

    A field that is not on the form may not be set on any issue in the same project, tracker and status.
    """
    try:
        state = reader.fetch_form_state(issue_id)
    except SupSyncError:
        return Diagnosis(Concern.REQUEST)
    is_missing = any(_form_key(field, directory) not in state.keys for field in ignored)
    problems = " and ".join(state.problems(tuple(messages)))
    return Diagnosis(Concern.PLACE if is_missing else Concern.REQUEST, problems, state.digest)


def _form_key(field: str, directory: Directory) -> str:
    return FORM_KEYS.get(field) or str(directory.field_ids.get(directory.names.fields[field]))
