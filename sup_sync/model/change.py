"""One value in Redmine that should change."""

from __future__ import annotations

from sup_sync.immutable import fast_value

# Written by compare-and-swap: changes that people see at once, the marker, and the reason, which staff also set.
GUARDED_FIELDS = frozenset({"assignee", "marker", "private_note", "public_note", "reason", "status"})

NOTES = frozenset({"private_note", "public_note"})

# Notes and the record of the notes that were sent: not values of the request.
NOTE_FIELDS = NOTES | {"marker"}


@fast_value
class Change:
    """A field of an issue, its old and new value, the reason and the clause.

    `field` is a key of mappings/tracker.yaml's `fields`, or `due_date` (ISO date), `assignee` (a key of `people`),
    `status` (its name in Redmine), `private_note`, `public_note` (the text). An empty text means that there is no
    value. `write_number` numbers the writes of one issue: a public and a private note need two. `assignee_id` is the
    id of the new assignee; None if it is not known, or for other fields.
    """

    issue_id: int
    field: str
    old: str
    new: str
    reason: str
    clause: str = ""
    write_number: int = 0
    assignee_id: int | None = None
