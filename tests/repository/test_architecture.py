"""The order of imports is the architecture: they point down the list of floors, and each door has its keepers."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import sup_sync

ROOT = Path(__file__).parent.parent.parent

FLOORS = (
    "cli",
    "terminal",
    "html",
    "texts",
    "sync",
    "publishing",
    "writing",
    "reading",
    "searches",
    "preflight",
    "redmine",
    "wiki",
    "http",
    "key",
    "lock",
    "ping",
    "notify",
    "metrics",
    "audit",
    "cache",
    "snapshot",
    "clients",
    "queue",
    "regulation",
    "timeline",
    "explanation",
    "whatif",
    "rows",
    "figures",
    "report",
    "schedule",
    "summary",
    "provision",
    "config",
    "onboarding",
    "world",
    "plan",
    "draft",
    "notices",
    "agenda",
    "rulebook",
    "ladder",
    "judging",
    "judgement",
    "waiting",
    "ledger",
    "life",
    "messages",
    "languages",
    "priority",
    "marker",
    "tracker",
    "identification",
    "call",
    "change",
    "limits",
    "year",
    "plain",
    "clock",
    "policy",
    "issue",
    "worktime",
    "printable",
    "errors",
    "frozen",
)
"""The modules and packages of the house, from the top down."""

ISLANDS = {"calendar_refresh": {"cli"}}
"""What imports nothing of the house, and who alone imports it."""

PURE = {
    "onboarding",
    "world",
    "clients",
    "queue",
    "regulation",
    "timeline",
    "explanation",
    "whatif",
    "rows",
    "figures",
    "report",
    "schedule",
    "summary",
    "plan",
    "draft",
    "notices",
    "agenda",
    "rulebook",
    "ladder",
    "judging",
    "judgement",
    "waiting",
    "ledger",
    "life",
    "messages",
    "languages",
    "priority",
    "marker",
    "tracker",
    "identification",
    "call",
    "change",
    "limits",
    "year",
    "plain",
    "clock",
    "policy",
    "issue",
    "worktime",
    "printable",
    "errors",
    "frozen",
}
"""What decides: it imports the standard library and each other."""

IMPURE = {"logging", "os", "pathlib", "time"}
"""What of the standard library decides nothing."""

KEEPERS = {
    "requests": {"http", "redmine", "ping"},
    "redminelib": {"http", "redmine"},
    "urllib3": {"http"},
    "yaml": {"config"},
    "pydantic": {"config"},
    "click": {"cli", "terminal"},
    "rich": {"cli", "terminal"},
    "holidays": {"calendar_refresh"},
    "apprise": {"notify"},
    "prometheus_client": {"metrics"},
    "jinja2": {"html"},
    "markupsafe": {"html"},
    "matplotlib": {"html"},
}
"""Who alone may import a library."""

PRESENT = {"datetime": {"now", "today", "utcnow"}, "date": {"today"}}
TICKING = {"time", "time_ns", "localtime", "gmtime"}
"""How the present moment is asked for, which only `cli` does."""


def broken_rules(sources: Mapping[str, str]) -> list[str]:
    """What in these modules, by their dotted names within the house, breaks a rule; each with module and line."""
    floors = {name.split(".")[0] for name in sources} - {""}
    broken = [f"{name} has no floor: give it one" for name in floors - {*FLOORS, *ISLANDS}]
    for name, source in sources.items():
        floor, tree = name.split(".")[0], ast.parse(source)
        for line, module in imports(tree):
            broken += [f"{name}:{line}: {text}" for text in broken_by_import(floor, module)]
        if floor != "cli":
            broken += [f"{name}:{line}: asks the time: take it as an argument" for line in present_moments(tree)]
    return sorted(broken)


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every import, wherever it stands: its line and what it names, `.` for a relative one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, each.name) for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level:
            yield node.lineno, "."
        elif isinstance(node, ast.ImportFrom) and node.module == "sup_sync":
            yield from ((node.lineno, f"sup_sync.{each.name}") for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, str(node.module)


def broken_by_import(floor: str, module: str) -> Iterator[str]:
    top, _, rest = module.partition(".")
    if module == ".":
        yield "a relative import: name the module in full"
    elif top == "sup_sync":
        yield from broken_by_floor(floor, rest.split(".")[0])
    else:
        if floor not in KEEPERS.get(top, {floor}):
            yield f"imports {top}, which only {', '.join(sorted(KEEPERS[top]))} may"
        if floor in PURE and (top not in sys.stdlib_module_names or top in IMPURE):
            yield f"imports {top}, but only decides"


def broken_by_floor(floor: str, below: str) -> Iterator[str]:
    if below in ("__version__", floor):
        return
    if floor in ISLANDS:
        yield f"imports {below}, but is an island"
    elif below in ISLANDS:
        if floor not in ISLANDS[below]:
            yield f"imports {below}, which only {', '.join(ISLANDS[below])} may"
    elif below not in FLOORS:
        yield f"imports {below or 'sup_sync'}, which has no floor"
    elif not floor or FLOORS.index(below) < FLOORS.index(floor):
        yield f"imports {below}, which stands above it"
    elif floor in PURE and below not in PURE:
        yield f"imports {below}, but only decides"


def present_moments(tree: ast.AST) -> Iterator[int]:
    """The lines that ask for the present moment, by whatever name the file calls it."""
    called = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from (node.lineno for alias in node.names if alias.name in TICKING)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            whose = node.value.attr if isinstance(node.value, ast.Attribute) else called.get(node.value.id, "")
            if node.attr in PRESENT.get(whose, ()) or (whose == "time" and node.attr in TICKING):
                yield node.lineno


def sources_of_the_house() -> dict[str, str]:
    root = Path(sup_sync.__file__).parent
    files = {path.relative_to(root).with_suffix(""): path for path in root.rglob("*.py")}
    return {".".join(name.parts).removesuffix("__init__").rstrip("."): path.read_text() for name, path in files.items()}


def test_the_house_keeps_its_rules():
    assert broken_rules(sources_of_the_house()) == []


def test_what_is_frozen_cannot_be_changed_in_any_line_that_the_type_checker_accepts(tmp_path):
    line = "from sup_sync.model.working_time import Span\ndef end(span: Span) -> None:\n    span.start = span.end\n"
    command = [sys.executable, "-m", "mypy", "--config-file=", "--cache-dir", str(tmp_path), "-c", line]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert 'Property "start" defined in "Span" is read-only' in done.stdout


def test_every_floor_is_there():
    floors = {name.split(".")[0] for name in sources_of_the_house()}
    assert floors == {"", *FLOORS, *ISLANDS}


@pytest.mark.parametrize(
    ("name", "source", "broken"),
    [
        ("cellar", "", ["cellar has no floor: give it one"]),
        ("cellar.rows", "", ["cellar has no floor: give it one"]),
        ("clock", "from sup_sync.planning.plan import Plan", ["clock:1: imports plan, which stands above it"]),
        ("clock", "import sup_sync.planning.plan", ["clock:1: imports plan, which stands above it"]),
        ("clock", "from sup_sync import plan", ["clock:1: imports plan, which stands above it"]),
        ("config.load", "\nfrom sup_sync.cli.main import main", ["config.load:2: imports cli, which stands above it"]),
        (
            "clock",
            "def f():\n    from sup_sync.planning.plan import Plan",
            ["clock:2: imports plan, which stands above it"],
        ),
        (
            "clock",
            "if TYPE_CHECKING:\n    import sup_sync.planning.plan",
            ["clock:2: imports plan, which stands above it"],
        ),
        ("", "from sup_sync.errors import SupSyncError", [":1: imports errors, which stands above it"]),
        ("sync", "from sup_sync.cellar import rows", ["sync:1: imports cellar, which has no floor"]),
        ("sync", "import sup_sync", ["sync:1: imports sup_sync, which has no floor"]),
        ("sync", "from . import plan", ["sync:1: a relative import: name the module in full"]),
        ("report", "from sup_sync.config import Config", ["report:1: imports config, but only decides"]),
        ("sync", "from sup_sync import calendar_refresh", ["sync:1: imports calendar_refresh, which only cli may"]),
        (
            "calendar_refresh",
            "from sup_sync.errors import SupSyncError",
            ["calendar_refresh:1: imports errors, but is an island"],
        ),
        ("plan", "import os", ["plan:1: imports os, but only decides"]),
        ("queue", "import logging.handlers", ["queue:1: imports logging, but only decides"]),
        ("tracker", "from pathlib import Path", ["tracker:1: imports pathlib, but only decides"]),
        ("worktime", "import time", ["worktime:1: imports time, but only decides"]),
        ("worktime", "import numpy", ["worktime:1: imports numpy, but only decides"]),
        (
            "plan",
            "import yaml",
            ["plan:1: imports yaml, but only decides", "plan:1: imports yaml, which only config may"],
        ),
        ("sync", "import requests", ["sync:1: imports requests, which only http, ping, redmine may"]),
        ("sync", "from redminelib import Redmine", ["sync:1: imports redminelib, which only http, redmine may"]),
        ("redmine", "import urllib3", ["redmine:1: imports urllib3, which only http may"]),
        ("sync", "from pydantic import BaseModel", ["sync:1: imports pydantic, which only config may"]),
        ("sync", "import click", ["sync:1: imports click, which only cli, terminal may"]),
        ("sync", "from rich.table import Table", ["sync:1: imports rich, which only cli, terminal may"]),
        ("cli.main", "import holidays", ["cli.main:1: imports holidays, which only calendar_refresh may"]),
        *(
            ("sync", source, [f"sync:{source.count(chr(10)) + 1}: asks the time: take it as an argument"])
            for source in (
                "from datetime import datetime\ndatetime.now()",
                "from datetime import datetime as clock\nclock.now(UTC)",
                "import datetime\ndatetime.datetime.utcnow()",
                "import datetime as dt\ndt.date.today()",
                "from datetime import date\ntoday = date.today",
                "import time\ntime.time()",
                "import time as t\nt.time_ns()",
                "from time import time",
            )
        ),
    ],
)
def test_a_broken_rule_is_named(name, source, broken):
    assert broken_rules({name: source}) == broken


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("cli.main", "import click\nfrom sup_sync import __version__\nfrom sup_sync.config.public_holidays import x"),
        ("cli.main", "from datetime import datetime\ndatetime.now()"),
        ("terminal.plan", "from rich.table import Table\nfrom sup_sync.output.terminal.layout import table"),
        ("config.load", "import yaml, pydantic\nfrom sup_sync.config.shapes import Shape"),
        ("sync", "import time\ntime.sleep(1)\nself.now"),
        ("plan", "import re\nfrom sup_sync.sla.clock import Clock\nfrom sup_sync.errors import UnsafePlan"),
        ("calendar_refresh", "import holidays"),
    ],
)
def test_what_the_rules_allow_is_not_named(name, source):
    assert broken_rules({name: source}) == []
