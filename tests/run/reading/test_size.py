"""What the process of a run takes where 20,000 requests are open: with --all, as the fake tracker needs minutes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from run.reading.office import Office
from stories.shipped import Copy
from support.process_usage import Usage, measure_process
from support.shell import PROGRAM, serve_world
from support.worlds import BOT

OPEN = 20_000
MOST_MB = 300


@pytest.fixture
def folder(office: Office, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder to run in, with a tracker behind a socket where one request is open, and all is said of it by now."""
    if not request.config.getoption("--all"):
        pytest.skip("minutes long: with --all")
    folder = tmp_path_factory.mktemp("folder")
    office.diary.file(f"{datetime.now(UTC) - timedelta(days=8):%Y-%m-%d} 10:00")
    office.world.tracker.now = datetime.now(UTC)
    with serve_world(office.world, {}) as url:
        Copy(folder).replace("config.yaml", "http://127.0.0.1:3000", url)
        yield folder


def apply(office: Office, folder: Path) -> Usage:
    environment = {**os.environ, "SUP_SYNC_KEY": office.world.user(BOT), "XDG_STATE_HOME": str(folder / "state")}
    usage = measure_process([PROGRAM, "apply", "-q"], folder, environment)
    print(usage)  # noqa: T201 - shown by `pytest -rP`
    return usage


def test_a_first_and_an_idle_run_stay_small(office: Office, folder: Path) -> None:
    assert apply(office, folder).code == 0
    office.multiply(office.world.tracker.issues[0].id, OPEN)
    for cache in (folder / "state").rglob("*.cache"):
        cache.unlink()
    first, second, idle = (apply(office, folder) for _ in range(3))
    assert (first.code, second.code, idle.code) == (0, 0, 0)
    assert max(first.memory_mb, second.memory_mb, idle.memory_mb) < MOST_MB


def test_a_first_run_that_would_change_each_of_them_stays_small(office: Office, folder: Path) -> None:
    """It is over the limits, so it plans and writes nothing."""
    office.multiply(office.world.tracker.issues[0].id, OPEN)
    first, again = apply(office, folder), apply(office, folder)
    assert (first.code, again.code) == (4, 4)
    assert max(first.memory_mb, again.memory_mb) < MOST_MB
