"""Imports of each command: none that it does not use, so that it starts fast."""

from __future__ import annotations

import subprocess
import sys

import pytest
from cli.office import NOW, Office
from stories.shipped import REPOSITORY
from support.shell import Shell

REST = {"requests", "redminelib", "urllib3", "sup_sync.redmine.session", "sup_sync.redmine.reader"}
SCREEN = {"rich", "sup_sync.output.terminal.layout"}
FILES = {"pydantic", "yaml", "sup_sync.config.load"}
DECISIONS = {
    "sup_sync.sla.judge",
    "sup_sync.sla.judgement",
    "sup_sync.planning.request_plan",
    "sup_sync.planning.plan",
    "sup_sync.views.compliance",
}
NOTICES = {"sup_sync.planning.notices"}  # only reading the files needs them, for the keys of regulation and texts

HOLIDAYS = {"holidays"}
OUTSIDE = {"apprise", "prometheus_client", "sup_sync.host.summary"}
BAR = {"rich.progress"}
PAGE = {"jinja2", "sup_sync.output.pages", "matplotlib"}
CHARTS = {"matplotlib", "sup_sync.output.pages.charts"}
TEXTS = {"sup_sync.output.texts"}

DUE = "due --filed-at 2026-11-20T17:50 --level vip --channel tracker --category error"

PROGRAM = """
import sys
from sup_sync.cli.main import run
assert run(sys.argv[2:]) == 0
sys.stderr.write("imported: " + " ".join(sorted(set(sys.argv[1].split(",")) & sys.modules.keys())))
"""


def imported_of(shell: Shell, command: str, unused: set[str]) -> list[str]:
    """Run a command in a process of its own; return which of the modules it imports."""
    line = [sys.executable, "-c", PROGRAM, ",".join(unused), *command.split()]
    done = subprocess.run(line, cwd=shell.folder, capture_output=True, text=True, check=True)
    return done.stderr.partition("imported: ")[2].split()


@pytest.mark.parametrize(
    ("command", "unused"),
    [
        ("--version", REST | SCREEN | FILES | DECISIONS | NOTICES | HOLIDAYS),
        ("--help", REST | SCREEN | FILES | DECISIONS | NOTICES | HOLIDAYS),
        ("apply --help", REST | SCREEN | FILES | DECISIONS | NOTICES | HOLIDAYS | OUTSIDE),
        (DUE, REST | SCREEN | DECISIONS | HOLIDAYS),
        (f"{DUE} --json", REST | SCREEN | DECISIONS | HOLIDAYS),
        ("clients", REST | DECISIONS | HOLIDAYS | BAR),
        ("clients --json", REST | DECISIONS | HOLIDAYS | SCREEN),
        ("provision --script", REST | DECISIONS | HOLIDAYS | SCREEN),
        ("regulation", REST | DECISIONS | HOLIDAYS | BAR | PAGE),
        ("regulation --json", REST | DECISIONS | HOLIDAYS | SCREEN | PAGE | TEXTS),
        ("regulation --html page.html", REST | DECISIONS | HOLIDAYS | SCREEN | CHARTS),
        ("calendar 2026", REST | DECISIONS | HOLIDAYS | BAR | PAGE),
        ("calendar 2026 --json", REST | DECISIONS | HOLIDAYS | SCREEN | PAGE | TEXTS),
        ("calendar 2026 --html page.html", REST | DECISIONS | HOLIDAYS | SCREEN | CHARTS),
        ("completion bash", REST | SCREEN | FILES | DECISIONS | NOTICES | HOLIDAYS),
        ("explain 3 --from EXAMPLES --now 2026-11-20T18:00 --json", HOLIDAYS | SCREEN),
        ("check --offline -q", REST | DECISIONS | HOLIDAYS | BAR),
        ("calendar refresh 2026", REST | SCREEN | FILES | DECISIONS | NOTICES),
        (f"plan --from FILE --now {NOW} --json", HOLIDAYS | SCREEN),
        (f"report --from FILE --now {NOW} --json", HOLIDAYS | SCREEN),
        (f"queue --from FILE --now {NOW} -q", HOLIDAYS | BAR),
        ("schedule --prefix root", REST | DECISIONS | HOLIDAYS | SCREEN | OUTSIDE),
    ],
)
def test_command_does_not_import_unused_modules(shell: Shell, command: str, unused: set[str]) -> None:
    examples = shell.files.path("config.yaml").parent / "requests.jsonl"
    examples.write_text("", encoding="utf-8")
    shell.files.replace("config.yaml", "  # key_file:", "  key_file:")  # cron asks for one
    shipped = str(REPOSITORY / "examples/requests.jsonl")
    assert imported_of(shell, command.replace("FILE", examples.name).replace("EXAMPLES", shipped), unused) == []


def test_run_without_monitoring_does_not_import_its_libraries(shell: Shell, office: Office) -> None:
    office.file()
    assert imported_of(shell, "apply -q", OUTSIDE | HOLIDAYS) == []
    assert imported_of(shell, "apply -q --metrics x.prom", OUTSIDE) == ["prometheus_client", "sup_sync.host.summary"]


def test_used_modules_are_seen(shell: Shell) -> None:
    assert imported_of(shell, "clients", FILES | SCREEN) == sorted(FILES | SCREEN)
    assert imported_of(shell, "calendar refresh 2026", HOLIDAYS) == ["holidays"]
