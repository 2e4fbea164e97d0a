"""An internal error is reported as one line that names our code, with a traceback in a file that contains no values."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from cli.office import SENTINEL, Office
from support.promises import SECRET
from support.shell import CommandResult, Shell, one_line

from sup_sync import __version__
from sup_sync.cli.errors import traceback_text

CLIENT_TEXT = "Құпия мәтін"
SNAPSHOT = ("queue", "--from", "none.jsonl")


@pytest.fixture
def fails_in_a_library(shell: Shell) -> Callable[..., CommandResult]:
    """Run a command while `requests` fails with a message that quotes the key and client text."""

    def broken(*_: object, **__: object) -> None:
        try:
            raise KeyError(CLIENT_TEXT)
        except KeyError as cause:
            raise AttributeError(f"{shell.key} {CLIENT_TEXT}") from cause

    def run(*words: object) -> CommandResult:
        with shell.patch.context() as patch:
            patch.setattr(requests.Session, "send", broken)
            return shell(*words)

    return run


@pytest.fixture
def fails(shell: Shell) -> Callable[[], CommandResult]:
    """Run a command without Redmine that fails in our code."""
    shell.write("none.jsonl", '{"tracker": {}}\n')

    def run() -> CommandResult:
        with shell.patch.context() as patch:
            patch.setattr("sup_sync.run.caseload.decode_caseload", lambda *_, **__: 1 / 0)
            return shell(*SNAPSHOT)

    return run


def traceback_file(shell: Shell, command: str) -> Path:
    return shell.folder / f"state/sup-sync/{command}.traceback"


def test_line_names_our_last_frame_and_the_file_when_a_library_fails(
    shell: Shell, office: Office, fails_in_a_library: Callable[..., CommandResult]
) -> None:
    office.file()
    result = fails_in_a_library("plan")
    path = traceback_file(shell, "plan")
    one_line(result, 1, "internal error: AttributeError at redmine/", "with the command you ran", f" and {path}")


def test_traceback_holds_frames_of_all_causes_and_no_values(
    shell: Shell,
    office: Office,
    fails_in_a_library: Callable[..., CommandResult],
    count_promise: Callable[[str, str], None],
) -> None:
    office.file()
    fails_in_a_library("plan", "--now", "2026-06-08T10:31")
    text = traceback_file(shell, "plan").read_text(encoding="utf-8")
    assert text.startswith(f"sup-sync {__version__}, Python 3.")
    assert text.partition("\n")[0].endswith(", plan")
    assert "\nbuiltins.AttributeError\n" in text
    assert "\ncaused by builtins.KeyError\n" in text
    assert "  cli/commands/plan.py:" in text
    assert "  redmine/" in text
    assert "  requests.sessions:" in text or "  requests.api:" in text
    for value in (shell.key, CLIENT_TEXT, "2026-06-08", office.world.url, "raise AttributeError"):
        assert value not in text
    count_promise(SECRET, "the traceback of an internal error")


def test_traceback_can_be_read_by_its_owner_only(shell: Shell, fails: Callable[[], CommandResult]) -> None:
    before = os.umask(0)
    try:
        fails()
    finally:
        os.umask(before)
    assert stat.S_IMODE(traceback_file(shell, "queue").stat().st_mode) == 0o600


def test_each_error_replaces_the_traceback_of_the_one_before(shell: Shell, fails: Callable[[], CommandResult]) -> None:
    fails()
    traceback_file(shell, "queue").write_text("old")
    fails()
    assert "ZeroDivisionError" in traceback_file(shell, "queue").read_text(encoding="utf-8")
    assert [path.name for path in (shell.folder / "state/sup-sync").iterdir()] == ["queue.traceback"]


@pytest.mark.parametrize("obstacle", ["state", "state/sup-sync"])
def test_line_has_no_path_when_the_state_folder_cannot_be_written(
    shell: Shell, fails: Callable[[], CommandResult], obstacle: str
) -> None:
    (shell.folder / obstacle).parent.mkdir(exist_ok=True)
    shell.write(obstacle, "a file in the folder's place")
    result = fails()
    one_line(result, 1, "internal error: ZeroDivisionError at cli/loading.py:")
    assert result.line.endswith("; please report it with the command you ran")


def test_line_has_no_path_when_a_folder_has_the_name_of_the_traceback(
    shell: Shell, fails: Callable[[], CommandResult]
) -> None:
    traceback_file(shell, "queue").mkdir(parents=True)
    assert fails().line.endswith("; please report it with the command you ran")


@pytest.mark.parametrize("plant", [os.symlink, os.link])
@pytest.mark.parametrize("name", ["queue.traceback", ".queue.traceback.{pid}.part"])
def test_planted_link_is_replaced_and_not_followed(
    shell: Shell, fails: Callable[[], CommandResult], plant: Callable[[Path, Path], None], name: str
) -> None:
    victim = shell.write("victim", "precious")
    link = traceback_file(shell, "queue").with_name(name.format(pid=os.getpid()))
    link.parent.mkdir(parents=True)
    plant(victim, link)
    assert fails().line.endswith(str(traceback_file(shell, "queue")))
    assert victim.read_text() == "precious"
    assert not traceback_file(shell, "queue").is_symlink()


@pytest.mark.parametrize("plant", [os.symlink, os.link])
def test_link_planted_just_before_writing_is_not_followed(
    shell: Shell, fails: Callable[[], CommandResult], plant: Callable[[Path, Path], None]
) -> None:
    """Only the exclusive creation of the temporary file guards against that."""
    victim = shell.write("victim", "precious")
    link = traceback_file(shell, "queue").with_name(f".queue.traceback.{os.getpid()}.part")
    link.parent.mkdir(parents=True)
    plant(victim, link)
    shell.patch.setattr(Path, "unlink", lambda *_, **__: None)
    assert fails().line.endswith("; please report it with the command you ran")
    assert victim.read_text() == "precious"


def test_json_of_a_run_has_the_same_line(
    shell: Shell, office: Office, fails_in_a_library: Callable[..., CommandResult]
) -> None:
    office.file()
    result = fails_in_a_library("apply", "--json")
    assert result.json["error"] == result.err.removeprefix("sup-sync: ").rstrip("\n")
    assert str(traceback_file(shell, "apply")) in result.err


def test_error_that_is_its_own_cause_is_written_once() -> None:
    error = RuntimeError(SENTINEL)
    error.__context__ = ValueError(SENTINEL)
    error.__context__.__context__ = error
    text = traceback_text(error)
    assert text.count("RuntimeError") == text.count("ValueError") == 1
    assert SENTINEL not in text
