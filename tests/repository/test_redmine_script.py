"""The command line of scripts/redmine, read without a Redmine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tools.redmine.cli import COMMANDS, parse

ROOT = Path(__file__).parent.parent.parent
ARGUMENTS = {"key": ["admin"], "runner": ["-"]}


@pytest.fixture(autouse=True)
def _no_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SUP_SYNC_SITE", "SUP_SYNC_REDMINE"):
        monkeypatch.delenv(name, raising=False)


def refusal(line: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Return the one line on stderr of a command line that is refused with exit code 2."""
    with pytest.raises(SystemExit) as exit_info:
        parse(line.split())
    printed = capsys.readouterr()
    assert (exit_info.value.code, printed.out, printed.err.count("\n")) == (2, "", 1)
    return printed.err


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("options", [["--site", "x", "--version", "6"], ["--version=6", "--site=x"]], ids=["a", "b"])
def test_site_and_version_are_read_in_any_place(command: str, options: list[str]) -> None:
    words = [command, *ARGUMENTS.get(command, ())]
    for place in range(len(words) + 1):
        read = parse([*words[:place], *options, *words[place:]])
        assert (read.command, read.site, read.version) == (command, "x", "6")


def test_site_may_come_before_the_command_and_version_after_it() -> None:
    read = parse(["--site", "x", "up", "--version", "6"])
    assert (read.site, read.version) == ("x", "6")


def test_site_and_version_default_to_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (parse(["up"]).site, parse(["up"]).version) == ("sup-sync-demo", None)
    monkeypatch.setenv("SUP_SYNC_SITE", "y")
    monkeypatch.setenv("SUP_SYNC_REDMINE", "6")
    assert (parse(["up"]).site, parse(["up"]).version) == ("y", "6")
    assert parse(["--site", "x", "up"]).site == parse(["up", "--site", "x"]).site == "x"


def test_runner_passes_on_only_what_follows_the_dashes() -> None:
    read = parse(["runner", "--version", "6", "scene.rb", "--site", "x", "--", "--site", "y", "-v", "--", "z"])
    assert (read.site, read.version, read.file) == ("x", "6", "scene.rb")
    assert read.script_arguments == ["--site", "y", "-v", "--", "z"]
    assert parse(["runner", "-"]).script_arguments == parse(["runner", "-", "--"]).script_arguments == []


@pytest.mark.parametrize("unknown", ["--sites", "--sit", "-s", "word"])
def test_runner_refuses_an_unknown_argument_before_the_dashes(unknown: str, capsys: pytest.CaptureFixture[str]) -> None:
    message = f"redmine: unknown argument '{unknown}' (arguments for the Ruby script go after --)"
    for line in (f"runner - {unknown} x", f"runner - {unknown} -- x", f"runner - --site x {unknown}"):
        assert refusal(line, capsys).startswith(message)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--sites x up", "argument COMMAND: invalid choice: 'x'"),
        ("up --sites x", "unknown argument '--sites'"),
        ("--sites=x up", "unknown argument '--sites=x'"),
        ("up x", "unknown argument 'x'"),
        ("down -- --site x", "only `runner` takes arguments after --"),
        ("runner - --site", "argument --site: expected one argument"),
        ("runner", "the following arguments are required: FILE"),
        ("key", "the following arguments are required: LOGIN"),
        ("up --site default", "argument --site: invalid name 'default'"),
        ("--site X up", "argument --site: invalid name 'X'"),
        ("up --version 4", "argument --version: invalid version '4'"),
        ("", "the following arguments are required: COMMAND"),
    ],
)
def test_usage_error_is_reported_on_one_line(line: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert refusal(line, capsys).startswith(f"redmine: {message}")


def test_the_script_runs_with_the_standard_library_only(tmp_path: Path) -> None:
    line = [sys.executable, "-S", "-E", ROOT / "scripts/redmine", "runner", "--help"]
    result = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")
    assert "FILE [-- ARG ...]" in result.stdout


def test_the_script_refuses_an_unknown_option_of_runner(tmp_path: Path) -> None:
    line = [ROOT / "scripts/redmine", "runner", "-", "--sites", "x"]
    result = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
