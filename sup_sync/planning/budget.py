"""The budget of a run: the most notes and new statuses that it writes, shared between projects and authors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace

from sup_sync.immutable import fast_value
from sup_sync.model.change import NOTES
from sup_sync.planning.limits import Limits
from sup_sync.planning.plan import Plan


@fast_value
class Candidate:
    """A request that needs notes: its project and author by id, and the requests that also get another status."""

    issue_id: int
    project_id: int
    author_id: int
    notes: int
    status_changes: int = 0


def share_budget(candidates: Sequence[Candidate], notes: int, status_changes: int) -> Mapping[int, int]:
    """Return the number of notes that each request may get, by id; requests that get none are missing.

    The candidates are in order of urgency. Those whose new status exceeds the budget wait; the others go on.
    """
    waiting: set[int] = set()
    for each in fair_order([each for each in candidates if each.status_changes]):
        if each.status_changes > status_changes:
            waiting.add(each.issue_id)
        else:
            status_changes -= each.status_changes
    granted: dict[int, int] = {}
    for each in fair_order([each for each in candidates if each.issue_id not in waiting]):
        granted[each.issue_id] = min(each.notes, notes)
        notes -= granted[each.issue_id]
        if notes <= 0:
            break
    return granted


def fair_order(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Sort candidates in order of urgency so that projects take turns, and in each project the authors.

    A turn is one note. So no project and no author gets more than its share while others wait.
    """
    by_author = _take_turns(candidates, lambda each: (each.project_id, each.author_id))
    return _take_turns(by_author, lambda each: each.project_id)


def _take_turns(candidates: Sequence[Candidate], group: Callable[[Candidate], Hashable]) -> list[Candidate]:
    """Sort candidates by the notes that those before them in their group need; the order of equals stays."""
    before: Counter[Hashable] = Counter()
    turns: dict[int, int] = {}
    for each in candidates:
        turns[each.issue_id] = before[group(each)]
        before[group(each)] += each.notes
    return sorted(candidates, key=lambda each: turns[each.issue_id])


def within_budget(plan: Plan, limits: Limits) -> tuple[Plan, tuple[int, ...]]:
    """Return the part of a plan that one run writes, and the requests left for the next run, in order of urgency.

    Changes without notes and new statuses are all written. Of two notes on a request the first may be written in one
    run, and the second in the next: the marker records each.
    """
    candidates = tuple(_candidates(plan))
    granted = share_budget(candidates, limits.notes, limits.status_changes)
    postponed = tuple(each.issue_id for each in candidates if granted.get(each.issue_id, 0) < each.notes)
    if not postponed:
        return plan, ()
    needs_notes = {each.issue_id for each in candidates}
    kept = (
        change
        for change in plan.changes
        if change.issue_id not in needs_notes or change.write_number < granted.get(change.issue_id, 0)
    )
    return replace(plan, changes=tuple(kept)), postponed


def _candidates(plan: Plan) -> Iterator[Candidate]:
    for issue_id, changes in plan.by_issue():
        notes, origin = sum(change.field in NOTES for change in changes), plan.origins.get(issue_id)
        status_changes = sum(1 + len(change.also_closes) for change in changes if change.field == "status")
        if notes:
            project_id, author_id = (origin.project_id, origin.author_id) if origin else (0, 0)
            yield Candidate(issue_id, project_id, author_id, notes, status_changes)
