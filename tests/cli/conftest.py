"""Fixtures of the command line: a folder with the shipped configuration, and the fake Redmine that it names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cli.office import CLOSED_PORT, SENTINEL, Office
from end_to_end.scene import make_fake
from support.scripted_server import Answer
from support.shell import CommandResult, Shell, serve_world
from support.worlds import BOT, FakeWorld


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A folder with the shipped configuration; its Redmine is unreachable."""
    return Shell(tmp_path, CLOSED_PORT, SENTINEL, monkeypatch, capsys)


@pytest.fixture
def empty_folder(shell: Shell, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder that is the current directory of the shell."""
    folder = tmp_path_factory.mktemp("empty")
    shell.patch.chdir(folder)
    return folder


@pytest.fixture
def office(shell: Shell) -> Iterator[Office]:
    """A fake Redmine that answers the shell."""
    world = FakeWorld()
    make_fake(world)
    world.tracker.now = datetime.now(UTC)
    responses: dict[str, Answer] = {}
    with serve_world(world, responses) as url:
        shell.files.replace("config.yaml", CLOSED_PORT, url)
        shell.use_key(world.user(BOT))
        yield Office(world, responses)


@pytest.fixture
def snapshot(shell: Shell, office: Office) -> Path:
    """A snapshot of one request."""
    office.file()
    path = shell.folder / "snapshot.jsonl"
    assert shell("snapshot", "-o", path) == CommandResult(0, "", "")
    return path
