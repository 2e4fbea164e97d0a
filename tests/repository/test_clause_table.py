"""The table docs/clauses.md: every clause has a row, and everything that a row names exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
TABLE = ROOT / "docs/clauses.md"
CLAUSES = tuple(map(str, range(3, 26)))  # 1 and 2 only state the purpose of the regulation

STORIES, END_TO_END = ("tests/stories/", "tests/views/test_queue.py"), "tests/end_to_end/"


class Row(NamedTuple):
    """A row: the clause, its text, the modules that implement it, its settings in mappings/, its tests."""

    clause: str
    text: str
    modules: list[str]
    settings: list[str]
    tests: list[str]


def _rows() -> list[Row]:
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]
    return [Row(each[0], each[1], *(re.findall(r"`([^`]+)`", cell) for cell in each[2:])) for each in cells]


ROWS = _rows()
by_clause = pytest.mark.parametrize("row", ROWS, ids=[row.clause for row in ROWS])


@cache
def _mapping(name: str) -> Any:
    return yaml.safe_load((ROOT / "mappings" / name).read_text(encoding="utf-8"))


@cache
def _functions(path: str) -> set[str]:
    """Return the names of the test functions in a file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {each.name for each in tree.body if isinstance(each, ast.FunctionDef) and each.name.startswith("test_")}


def _named_clauses(data: Any) -> set[str]:
    """Return every clause that a mapping names."""
    if isinstance(data, list):
        return set().union(*map(_named_clauses, data))
    if not isinstance(data, dict):
        return set()
    own = {str(data["clause"])} if "clause" in data else set()
    own |= set(map(str, data.get("clauses", {}).values()))
    return own.union(*map(_named_clauses, data.values()))


def test_every_clause_has_one_row_in_the_regulations_order() -> None:
    clauses = [row.clause for row in ROWS]
    sla_table = sorted(each for each in _named_clauses(_mapping("regulation.yaml")) if each.startswith("SLA "))
    assert clauses == [*CLAUSES, *sla_table]


def test_every_clause_that_the_mappings_name_has_a_row() -> None:
    assert _named_clauses(_mapping("regulation.yaml")) <= {row.clause for row in ROWS}


@by_clause
def test_row_summarizes_its_clause_and_names_existing_modules(row: Row) -> None:
    assert row.text
    assert row.modules
    assert [each for each in row.modules if not (ROOT / "sup_sync" / each).is_file()] == []


@by_clause
def test_settings_of_a_clause_exist_in_the_mappings(row: Row) -> None:
    assert row.settings
    for setting in row.settings:
        name, _, section = setting.partition(": ")
        data = _mapping(name)
        for key in section.split("."):
            assert key in data, setting
            data = data[key]


@by_clause
def test_every_test_of_a_clause_exists(row: Row) -> None:
    missing = [each for each in row.tests if each.partition("::")[2] not in _functions(each.partition("::")[0])]
    assert missing == []


@by_clause
def test_every_clause_is_tested_by_a_story_and_against_redmine(row: Row) -> None:
    assert any(each.startswith(STORIES) for each in row.tests)
    assert any(each.startswith(END_TO_END) for each in row.tests)


@pytest.mark.parametrize(
    "path", sorted(each for each in (ROOT / "docs").rglob("*") if each.is_file()), ids=lambda path: path.name
)
def test_docs_mention_nothing_outside_the_repository(path: Path) -> None:
    assert not re.search(r"\.\./|(?<![\w.])/(work|home|root|tmp)\b", path.read_text(encoding="utf-8"))


def test_readme_links_the_table() -> None:
    assert "(docs/clauses.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
