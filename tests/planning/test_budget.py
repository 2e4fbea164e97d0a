"""The budget of a run: the most urgent first, shared between projects and authors, and never exceeded."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from stories.moments import read_moment

from sup_sync.model.change import Change
from sup_sync.planning.budget import Candidate, share_budget, within_budget
from sup_sync.planning.limits import Limits
from sup_sync.planning.origin import Origin
from sup_sync.planning.plan import Plan

MOST_NOTES = 2  # on one request
MOST_STATUS_CHANGES = 3  # of one request and its duplicates

CANDIDATES = st.lists(
    st.tuples(st.integers(1, 4), st.integers(1, 5), st.integers(1, MOST_NOTES), st.integers(0, MOST_STATUS_CHANGES)),
    max_size=60,
).map(lambda rows: [Candidate(number, *row) for number, row in enumerate(rows)])


@given(CANDIDATES, st.integers(1, 40), st.integers(0, 20))
def test_budget_is_spent_but_never_exceeded(candidates: list[Candidate], notes: int, statuses: int) -> None:
    granted = share_budget(candidates, notes, statuses)
    by_id = {each.issue_id: each for each in candidates}
    assert sum(granted.values()) <= notes
    assert sum(by_id[key].status_changes for key in granted) <= statuses
    assert all(0 < count <= by_id[key].notes for key, count in granted.items())
    if sum(each.status_changes for each in candidates) <= statuses:
        assert sum(granted.values()) == min(notes, sum(each.notes for each in candidates))


@given(CANDIDATES, st.integers(1, 40))
def test_no_project_and_no_author_gets_more_than_its_share_while_others_wait(
    candidates: list[Candidate], notes: int
) -> None:
    granted = share_budget(candidates, notes, MOST_STATUS_CHANGES * len(candidates))
    waiting = [each for each in candidates if each.issue_id not in granted]
    of_project, of_author = Counter[int](), Counter[tuple[int, int]]()
    for each in candidates:
        of_project[each.project_id] += granted.get(each.issue_id, 0)
        of_author[each.project_id, each.author_id] += granted.get(each.issue_id, 0)
    for each in waiting:
        assert max(of_project.values()) <= of_project[each.project_id] + MOST_NOTES
        rivals = [count for (project, _), count in of_author.items() if project == each.project_id]
        assert max(rivals) <= of_author[each.project_id, each.author_id] + MOST_NOTES


@given(CANDIDATES, st.integers(1, 40))
def test_most_urgent_request_of_an_author_goes_first(candidates: list[Candidate], notes: int) -> None:
    granted = share_budget(candidates, notes, MOST_STATUS_CHANGES * len(candidates))
    by_author: dict[tuple[int, int], list[bool]] = {}
    for each in candidates:
        by_author.setdefault((each.project_id, each.author_id), []).append(each.issue_id in granted)
    assert all(served == sorted(served, reverse=True) for served in by_author.values())


@given(CANDIDATES, st.integers(1, 40), st.integers(MOST_STATUS_CHANGES, 20))
def test_all_are_served_in_a_finite_number_of_runs(candidates: list[Candidate], notes: int, statuses: int) -> None:
    left = {each.issue_id: each for each in candidates}
    runs = 0
    while left:
        for key, count in share_budget(list(left.values()), notes, statuses).items():
            each = left.pop(key)
            if count < each.notes:
                left[key] = replace(each, notes=each.notes - count)
        runs += 1
        assert runs <= len(candidates) * MOST_NOTES


def flood() -> Plan:
    """Plan two notes on each of 40 requests of one client, and on one of another client of the same project."""
    changes = [
        Change(number, field, "", "text", "why", write_number=write)
        for number in range(41)
        for write, field in enumerate(("public_note", "private_note"))
    ]
    silent = Change(99, "level", "", "VIP", "why")
    origin = Origin(1, 1, read_moment("Wed 12:00") - timedelta(hours=1), is_handled=False, is_touched=False)
    origins = {number: replace(origin, author_id=2 if number == 40 else 1) for number in range(41)}
    return Plan((*changes, silent), (), 100, origins=origins)


def test_flood_of_one_client_is_written_up_to_the_budget_and_the_rest_is_left() -> None:
    plan, postponed = within_budget(flood(), Limits(notes=9, status_changes=0, changed_share=0.5))
    assert plan.notes == 9
    assert {each.issue_id for each in plan.changes} == {0, 1, 2, 3, 40, 99}
    assert [each.write_number for each in plan.changes if each.issue_id == 3] == [0]
    assert postponed == tuple(range(3, 40))


def test_plan_within_the_budget_is_not_changed() -> None:
    plan = flood()
    assert within_budget(plan, Limits(notes=82, status_changes=0, changed_share=0.5)) == (plan, ())
