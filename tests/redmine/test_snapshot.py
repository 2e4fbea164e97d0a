"""The lines of a snapshot: written lines can be loaded, and invalid lines are named by file and line."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sup_sync.errors import SnapshotError
from sup_sync.redmine.snapshot import load_snapshot, snapshot_lines

TEXT = st.text() | st.sampled_from(["\u2028", "\x85", "\r\n", "\x00", '"}\n{"id": 1}', "\U0001f4a5"])
VALUE = st.none() | st.booleans() | st.integers() | TEXT
ISSUE = st.dictionaries(TEXT, VALUE | st.lists(VALUE)).map(lambda value: {**value, "id": 7})


def load(text: str) -> tuple[Any, list[Any]]:
    return load_snapshot(io.StringIO(text), "s.jsonl")


@given(st.dictionaries(TEXT, VALUE), st.lists(ISSUE.filter(lambda issue: "issue" not in issue)))
def test_written_snapshot_can_be_loaded(lists: dict[str, Any], issues: list[dict[str, Any]]) -> None:
    issues = [{**issue, "id": number} for number, issue in enumerate(issues, 1)]
    text = "".join(line + "\n" for line in snapshot_lines(lists, issues))
    assert load(text) == (lists, issues)


def test_lists_are_in_the_first_line_and_each_issue_in_its_own() -> None:
    lines = list(snapshot_lines({"people": []}, [{"id": 1}, {"id": 2, "subject": "екі\nжол"}]))
    assert lines == ['{"tracker": {"people": []}}', '{"id": 1}', '{"id": 2, "subject": "екі\\nжол"}']


def test_later_line_of_the_same_issue_counts() -> None:
    assert load('{"id": 1, "subject": "a"}\n{"id": 2}\n{"id": 1, "subject": "b"}\n') == (
        None,
        [{"id": 1, "subject": "b"}, {"id": 2}],
    )


def test_issues_may_be_bare_or_inside_issue_with_or_without_lists() -> None:
    assert load('{"issue": {"id": 1}}\n{"id": 2}\n') == (None, [{"id": 1}, {"id": 2}])
    assert load('{"id": 2}\n{"tracker": {}}\n') == ({}, [{"id": 2}])
    assert load("") == (None, [])


def test_issue_with_a_tracker_is_not_mistaken_for_the_lists() -> None:
    issue = {"id": 3, "tracker": {"id": 1, "name": "Кеңес"}}
    for line in (issue, {"issue": issue}):
        assert load(json.dumps(line)) == (None, [issue])


def test_blank_lines_are_skipped_but_counted() -> None:
    assert load('\n  \n{"id": 2}\n\n') == (None, [{"id": 2}])
    with pytest.raises(SnapshotError, match=r"^s\.jsonl:3: "):
        load('\n\n{"id"\n')


@pytest.mark.parametrize(
    "line",
    ["no JSON", "[]", '"text"', "1", "null", "{", "[" * 100_000, "{}", '{"id": "1"}', '{"issue": 1}', '{"issue": {}}'],
)
def test_line_without_an_issue_is_named(line: str) -> None:
    with pytest.raises(SnapshotError, match=r"^s\.jsonl:2: .*`sup-sync snapshot`") as caught:
        load(f'{{"id": 1}}\n{line}\n')
    assert caught.value.exit_code == 2
    assert len(str(caught.value)) < 150
