"""The items a request must carry (clauses 11, 12)."""

from __future__ import annotations

from typing import Literal, get_args

from sup_sync.frozen import fast_value

Item = Literal["iin", "full_name", "bin", "organisation", "contact", "steps", "evidence"]
"""What a regulation can require: fields of mappings/tracker.yaml, and `evidence`, a screenshot or a link."""


ITEMS: tuple[Item, ...] = get_args(Item)


EVIDENCE = "evidence"


LINK = "project_link"


INFORMATION = (*(item for item in ITEMS if item != EVIDENCE), LINK)
"""The fields, by our keys, that say who asks and what support needs to work on it: clients fill them in."""


@fast_value
class ItemProblem:
    """An item that a request lacks, or has in a form that cannot be right, and the clause that wants it."""

    item: str
    is_malformed: bool
    clause: str
