"""The limits of one run."""

from __future__ import annotations

from sup_sync.immutable import value


@value
class Limits:
    """The most that one run may do: notes, status changes, and the share of judged issues with a replaced value."""

    notes: int
    status_changes: int
    changed_share: float
