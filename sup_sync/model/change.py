"""One value in the tracker that should become another."""

from __future__ import annotations

from sup_sync.frozen import fast_value

GUARDED_FIELDS = frozenset({"assignee", "marker", "private_note", "public_note", "reason", "status"})
"""What is written by compare-and-swap: what people see at once, its marker, and the reason, which staff set too."""

NOTES = frozenset({"private_note", "public_note"})

NOTE_FIELDS = NOTES | {"marker"}
"""What is said, and the memory of it: no value of the request."""


@fast_value
class Change:
    """One value that should become another, why, and by which clause.

    `field` is a key of mappings/tracker.yaml's `fields`, or `due_date` (ISO date), `assignee` (a key of `people`),
    `status` (the tracker's name), `private_note`, `public_note` (the text). An empty text is no value.
    `write_number` numbers the writes of one issue: a public and a private note need two.
    """

    issue_id: int
    field: str
    old: str
    new: str
    reason: str
    clause: str = ""
    write_number: int = 0
