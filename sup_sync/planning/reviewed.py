"""A plan that a person reviewed, and the part of a later plan that is still the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sup_sync.immutable import value
from sup_sync.model.change import NOTES, Change
from sup_sync.planning.plan import Plan

# A note may name a moment that counts from its sending; later than this it would mislead the client.
TEXT_VALID_FOR = timedelta(hours=1)

TOUCHED = "changed since the plan was reviewed"
DIFFERENT = "the reviewed changes are no longer those that are due"
OTHER_TEXT = "its note would now have another text"


@value
class ReviewedRequest:
    """The reviewed changes of one request, and its last change when they were planned."""

    updated_at: datetime
    changes: tuple[Change, ...]


@value
class ReviewedPlan:
    """A reviewed plan: when and by which account it was made, whether for adoption, and its requests by id."""

    created_at: datetime
    account_id: int
    is_adopting: bool
    requests: Mapping[int, ReviewedRequest]


def still_valid(
    plan: Plan, reviewed: ReviewedPlan, updated_at: Mapping[int, datetime], now: datetime
) -> tuple[Plan, dict[int, str]]:
    """Return the reviewed part of a plan, with the reviewed texts, and the reason for each request left out.

    `updated_at` is the last change of each planned request.
    """
    planned = dict(plan.by_issue())
    reasons: dict[int, str] = {}
    for issue_id, request in reviewed.requests.items():
        changes = planned.get(issue_id, ())
        if updated_at.get(issue_id, request.updated_at) != request.updated_at:
            reasons[issue_id] = TOUCHED
        elif not is_same(changes, request.changes):
            reasons[issue_id] = DIFFERENT
        elif _texts(changes) != _texts(request.changes) and now - reviewed.created_at > TEXT_VALID_FOR:
            reasons[issue_id] = OTHER_TEXT
    valid = {key: request.changes for key, request in reviewed.requests.items() if key not in reasons}
    kept = (change for issue_id in planned if issue_id in valid for change in valid[issue_id])
    return replace(plan, changes=tuple(kept)), reasons


def is_same(changes: Iterable[Change], reviewed: Iterable[Change]) -> bool:
    """Return whether two lists of changes decide the same, whatever their reasons and the texts of their notes are."""
    return _decisions(changes) == _decisions(reviewed)


def with_reviewed_texts(changes: Sequence[Change], reviewed: Iterable[Change]) -> list[Change]:
    """Return the changes with the reviewed texts of their notes."""
    texts = {change.field: change.new for change in reviewed if change.field in NOTES}
    return [replace(change, new=texts.get(change.field, change.new)) for change in changes]


def _decisions(changes: Iterable[Change]) -> list[tuple[int, str, str, str]]:
    return sorted(
        (change.write_number, change.field, change.old, "" if change.field in NOTES else change.new)
        for change in changes
    )


def _texts(changes: Iterable[Change]) -> set[str]:
    return {change.new for change in changes if change.field in NOTES}
