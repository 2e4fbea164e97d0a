"""A folder with the shipped configuration to type commands in, and the tracker that it names."""

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
    """A folder with the shipped configuration of a tracker that is away."""
    return Shell(tmp_path, CLOSED_PORT, SENTINEL, monkeypatch, capsys)


@pytest.fixture
def empty_folder(shell: Shell, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shell stands in it instead."""
    folder = tmp_path_factory.mktemp("empty")
    shell.patch.chdir(folder)
    return folder


@pytest.fixture
def office(shell: Shell) -> Iterator[Office]:
    """A tracker that answers the shell."""
    world = FakeWorld()
    make_fake(world)
    world.tracker.now = datetime.now(UTC)
    faults: dict[str, Answer] = {}
    with serve_world(world, faults) as url:
        shell.files.replace("config.yaml", CLOSED_PORT, url)
        shell.use_key(world.user(BOT))
        yield Office(world, faults)


@pytest.fixture
def snapshot(shell: Shell, office: Office) -> Path:
    """A snapshot of one request."""
    office.file()
    path = shell.folder / "snapshot.jsonl"
    assert shell("snapshot", "-o", path) == CommandResult(0, "", "")
    return path
