"""The part of a plan that a run may write: all, some requests, or what a person reviewed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from sup_sync.errors import PlanFileError, StaleError
from sup_sync.immutable import value
from sup_sync.model.change import Change
from sup_sync.model.issue import Issue
from sup_sync.planning.plan import Plan
from sup_sync.planning.reviewed import (
    DIFFERENT,
    TOUCHED,
    ReviewedPlan,
    is_same,
    still_valid,
    with_reviewed_texts,
)
from sup_sync.run.write import OutcomeKind, PlanWriter, WriteOutcome


class ReviewedWriter(PlanWriter):
    """A writer of reviewed changes: it compares each request with the review before each write."""

    def __init__(self, reviewed: ReviewedPlan, *parts: Any, **options: Any) -> None:
        super().__init__(*parts, **options)
        self.reviewed = reviewed.requests

    def _is_guarded(self, _changes: Sequence[Change]) -> bool:
        return True

    def _decide_again(self, issue: Issue) -> Sequence[Change]:
        """Decide again, and return the changes, those of the next write with the reviewed texts; raises StaleError."""
        request = self.reviewed[issue.id]
        write_number = 1 if issue.id in self.notes_written else 0
        if write_number == 0 and issue.updated_at != request.updated_at:
            raise StaleError(TOUCHED)
        decided = super()._decide_again(issue)
        changes = [each for each in decided if each.write_number == 0]
        expected = [replace(each, write_number=0) for each in request.changes if each.write_number == write_number]
        if not is_same(changes, expected):
            raise StaleError(DIFFERENT)
        return [*with_reviewed_texts(changes, expected), *(each for each in decided if each.write_number)]


@value
class Selection:
    """The requests that a run may write, by id (None: all), and the plan that was reviewed, if any."""

    only: frozenset[int] | None = None
    reviewed: ReviewedPlan | None = None

    @property
    def is_whole(self) -> bool:
        return self.only is None and self.reviewed is None

    @property
    def writer(self) -> Callable[..., PlanWriter]:
        """The class of the writer, or a function with its parameters."""
        return PlanWriter if self.reviewed is None else partial(ReviewedWriter, self.reviewed)

    def of(
        self, plan: Plan, issues: Sequence[Issue], account_id: int, now: datetime
    ) -> tuple[Plan, tuple[WriteOutcome, ...]]:
        """Return the selected part of a plan, and an outcome for each reviewed request that may not be written."""
        if self.only is not None:
            plan = replace(plan, changes=tuple(each for each in plan.changes if each.issue_id in self.only))
        if self.reviewed is None:
            return plan, ()
        if self.reviewed.account_id != account_id:
            raise PlanFileError("the plan was made with another account; make a new one with `sup-sync plan --out`")
        plan, reasons = still_valid(
            plan, self._within(self.reviewed), {each.id: each.updated_at for each in issues}, now
        )
        return plan, tuple(WriteOutcome(key, OutcomeKind.STALE, text) for key, text in reasons.items())

    def _within(self, reviewed: ReviewedPlan) -> ReviewedPlan:
        if self.only is None:
            return reviewed
        return replace(reviewed, requests={key: each for key, each in reviewed.requests.items() if key in self.only})


EVERYTHING = Selection()
