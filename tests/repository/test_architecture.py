"""Rules of the code that import-linter (pyproject.toml) cannot express."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, replace
from datetime import timedelta
from pathlib import Path

import pytest

import sup_sync
from sup_sync.model.policy import Target

ROOT = Path(__file__).parent.parent.parent
PACKAGE = Path(sup_sync.__file__).parent

WALL_CLOCK = {"datetime": {"now", "today", "utcnow"}, "date": {"today"}}
TICKING = {"time", "time_ns", "localtime", "gmtime"}


def calls_for_the_time(source: str) -> Iterator[int]:
    """Yield the lines that ask for the current time, under any imported name."""
    tree = ast.parse(source)
    imported = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from (node.lineno for alias in node.names if alias.name in TICKING)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else imported.get(node.value.id, "")
            if node.attr in WALL_CLOCK.get(owner, ()) or (owner == "time" and node.attr in TICKING):
                yield node.lineno


def test_only_the_command_line_asks_the_time() -> None:
    asking = {
        str(path.relative_to(PACKAGE)): lines
        for path in PACKAGE.rglob("*.py")
        if (lines := list(calls_for_the_time(path.read_text(encoding="utf-8"))))
    }
    assert {name for name in asking if not name.startswith("cli/")} == set()


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\ndatetime.now()",
        "from datetime import datetime as clock\nclock.now(UTC)",
        "import datetime\ndatetime.datetime.utcnow()",
        "import datetime as dt\ndt.date.today()",
        "from datetime import date\ntoday = date.today",
        "import time\ntime.time()",
        "import time as t\nt.time_ns()",
        "from time import time",
    ],
)
def test_each_way_to_ask_the_time_is_detected(source: str) -> None:
    assert list(calls_for_the_time(source)) == [source.count("\n") + 1]


def test_sleeping_and_attributes_named_now_do_not_ask_the_time() -> None:
    assert list(calls_for_the_time("import time\ntime.sleep(1)\nself.now")) == []


CLAUSE = re.compile(r"\d{1,2}(\.\d{1,2})*")
SENTENCE = re.compile(r"\bclauses? \d")
NAMED = re.compile(r"clauses?|.*_clauses?")


def clause_literals(source: str) -> Iterator[str]:
    """Yield the clause numbers in code: in a sentence, under a name for a clause, or as an argument of a call.

    A docstring may name clauses. Numbers that are compared, are keys or are other data do not count.
    """
    tree = ast.parse(source)
    docstrings = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
        if is_text and SENTENCE.search(node.value):
            yield node.value
        given: list[ast.expr | None] = []
        match node:
            case ast.Call():
                given = [*node.args, *(each.value for each in node.keywords if NAMED.fullmatch(each.arg or ""))]
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                given = [node.value] if NAMED.fullmatch(name.lower()) else []
        for value in (part for each in given if each for part in _values(each)):
            if isinstance(value, ast.Constant) and CLAUSE.fullmatch(str(value.value)) and isinstance(value.value, str):
                yield value.value


def _values(node: ast.expr) -> Iterator[ast.expr]:
    """Yield the possible values of an expression: branches of a condition, members of a tuple or list, or itself."""
    match node:
        case ast.IfExp():
            yield from (*_values(node.body), *_values(node.orelse))
        case ast.BoolOp(values=members) | ast.Tuple(elts=members) | ast.List(elts=members):
            yield from (part for each in members for part in _values(each))
        case _:
            yield node


def test_no_clause_number_is_in_the_code() -> None:
    literals_by_file = {
        str(path.relative_to(PACKAGE)): literals
        for path in PACKAGE.rglob("*.py")
        if (literals := list(clause_literals(path.read_text(encoding="utf-8"))))
    }
    assert literals_by_file == {}


def test_no_clause_number_is_in_the_texts() -> None:
    """The texts of pages take their clauses from the regulation."""
    number = re.compile(r"\d(?: (?:and|и|және) \d+)?-тармақ|(?:пп?\.|пункты?|clauses?) \d")
    for path in sorted((PACKAGE / "output/texts").glob("*.toml")):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert [line for line in lines if number.search(line) and not line.startswith("#")] == []


@pytest.mark.parametrize(
    ("source", "literal"),
    [
        ('self._find("no_version", "set one", "23")', "23"),
        ('self._set("level", names[level], reason, "4.2.1")', "4.2.1"),
        ('Verdict(clause="23" if clock.release_on is not None else clock.target.clause)', "23"),
        ('REFUSAL_CLAUSE = "9"', "9"),
        ('clause: str = "20"', "20"),
        ('Attribute(clauses=["11", other])', "11"),
        ('reason = f"{level}, by time left (clauses 19, 21)"', ", by time left (clauses 19, 21)"),
        ('print("↑ out of turn (clause 22)")', "↑ out of turn (clause 22)"),
    ],
)
def test_each_clause_number_in_code_is_detected(source: str, literal: str) -> None:
    assert list(clause_literals(source)) == [literal]


@pytest.mark.parametrize(
    "source",
    ['def f():\n    """The rule (clause 23)."""', 'f("level", policy.clauses.level)', 'x == "1"', 'f"clause {clause}"'],
)
def test_other_numbers_are_not_taken_for_clauses(source: str) -> None:
    assert list(clause_literals(source)) == []


@pytest.mark.parametrize("folder", sorted({path.parent for path in PACKAGE.rglob("*.py")}), ids=lambda path: path.name)
def test_each_folder_documents_its_purpose(folder: Path) -> None:
    docstring = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
    assert docstring
    assert docstring.partition("\n")[0].endswith(".")


@pytest.mark.parametrize("decorator", ["value", "fast_value"])
def test_type_checker_rejects_changing_a_value(tmp_path: Path, decorator: str) -> None:
    lines = f"""
from sup_sync.immutable import {decorator}

@{decorator}
class Example:
    number: int

Example(1).number = 2
"""
    command = [sys.executable, "-m", "mypy", "--config-file=", "--cache-dir", str(tmp_path), "-c", lines]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert 'Property "number" defined in "Example" is read-only' in result.stdout


def test_python_rejects_changing_a_value() -> None:
    target = Target("first_response", timedelta(hours=1), "20")
    with pytest.raises(FrozenInstanceError):
        target.clause = "21"  # type: ignore[misc]
    assert len({target, replace(target)}) == 1
