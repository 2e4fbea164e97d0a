"""Rules of the code that import-linter (pyproject.toml) cannot express."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, replace
from datetime import timedelta
from pathlib import Path

import pytest

import sup_sync
from sup_sync.model.policy import Metric, Target

ROOT = Path(__file__).parent.parent.parent
PACKAGE = Path(sup_sync.__file__).parent

PRESENT = {"datetime": {"now", "today", "utcnow"}, "date": {"today"}}
TICKING = {"time", "time_ns", "localtime", "gmtime"}


def present_moments(source: str) -> Iterator[int]:
    """Yield the lines that ask for the present moment, under whatever name the file imports it."""
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
            if node.attr in PRESENT.get(owner, ()) or (owner == "time" and node.attr in TICKING):
                yield node.lineno


def test_only_the_command_line_asks_the_time() -> None:
    asking = {
        str(path.relative_to(PACKAGE)): lines
        for path in PACKAGE.rglob("*.py")
        if (lines := list(present_moments(path.read_text(encoding="utf-8"))))
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
def test_each_way_to_ask_the_time_is_found(source: str) -> None:
    assert list(present_moments(source)) == [source.count("\n") + 1]


def test_sleeping_and_attributes_named_now_do_not_ask_the_time() -> None:
    assert list(present_moments("import time\ntime.sleep(1)\nself.now")) == []


@pytest.mark.parametrize("folder", sorted({path.parent for path in PACKAGE.rglob("*.py")}), ids=lambda path: path.name)
def test_each_folder_says_what_it_is_for(folder: Path) -> None:
    docstring = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
    assert docstring
    assert docstring.partition("\n")[0].endswith(".")


@pytest.mark.parametrize("decorator", ["value", "fast_value"])
def test_the_type_checker_refuses_to_change_a_value(tmp_path: Path, decorator: str) -> None:
    lines = f"""
from sup_sync.frozen import {decorator}

@{decorator}
class Made:
    number: int

Made(1).number = 2
"""
    command = [sys.executable, "-m", "mypy", "--config-file=", "--cache-dir", str(tmp_path), "-c", lines]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert 'Property "number" defined in "Made" is read-only' in result.stdout


def test_python_refuses_to_change_a_value() -> None:
    target = Target(Metric.FIRST_RESPONSE, timedelta(hours=1), "20")
    with pytest.raises(FrozenInstanceError):
        target.clause = "21"  # type: ignore[misc]
    assert len({target, replace(target)}) == 1
