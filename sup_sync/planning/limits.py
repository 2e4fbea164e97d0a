"""How much one run may do."""

from __future__ import annotations

from sup_sync.frozen import value


@value
class Limits:
    """How much one run may do: notes, requests ended, and the share of the issues judged that lose a value they had."""

    notes: int
    status_changes: int
    changed_share: float
