"""The items that a request must contain (clauses 11, 12)."""

from __future__ import annotations

from typing import Literal, get_args

from sup_sync.immutable import fast_value

# A regulation can require fields of mappings/tracker.yaml, and `evidence`, which is a screenshot or a link.
Item = Literal["iin", "full_name", "bin", "organisation", "contact", "steps", "evidence"]

ITEMS: tuple[Item, ...] = get_args(Item)
EVIDENCE = "evidence"
LINK = "project_link"

# The keys of the fields that clients fill in: who they are, and what support needs for the work.
INFORMATION = (*(item for item in ITEMS if item != EVIDENCE), LINK)


@fast_value
class ItemProblem:
    """An item that is missing from a request or invalid, and the clause that requires it."""

    item: str
    is_malformed: bool
    clause: str
