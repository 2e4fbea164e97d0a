"""The memory of a run with 20,000 open requests; only with --all, as the fake Redmine needs minutes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from run.reading.cached_site import CachedSite
from stories.shipped import Copy
from support.process_usage import Usage, measure_process
from support.shell import PROGRAM, serve_world
from support.worlds import BOT

OPEN = 20_000
MOST_MB = 300


@pytest.fixture
def folder(
    site: CachedSite, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """A working folder, and a Redmine behind a socket with one open request without pending changes."""
    if not request.config.getoption("--all"):
        pytest.skip("minutes long: with --all")
    folder = tmp_path_factory.mktemp("folder")
    site.diary.file(f"{datetime.now(UTC) - timedelta(days=8):%Y-%m-%d} 10:00")
    site.world.tracker.now = datetime.now(UTC)
    with serve_world(site.world, {}) as url:
        Copy(folder).replace("config.yaml", "http://127.0.0.1:3000", url)
        yield folder


def apply(site: CachedSite, folder: Path) -> Usage:
    environment = {**os.environ, "SUP_SYNC_KEY": site.world.user(BOT), "XDG_STATE_HOME": str(folder / "state")}
    usage = measure_process([PROGRAM, "apply", "-q"], folder, environment)
    print(usage)  # noqa: T201 - shown by `pytest -rP`
    return usage


def test_a_first_and_an_idle_run_stay_small(site: CachedSite, folder: Path) -> None:
    assert apply(site, folder).code == 0
    site.copy_issue(site.world.tracker.issues[0].id, OPEN)
    for cache in (folder / "state").rglob("*.cache"):
        cache.unlink()
    first, second, idle = (apply(site, folder) for _ in range(3))
    assert (first.code, second.code, idle.code) == (0, 0, 0)
    assert max(first.memory_mb, second.memory_mb, idle.memory_mb) < MOST_MB


def test_first_run_that_would_change_every_request_stays_small(site: CachedSite, folder: Path) -> None:
    """The plan exceeds the limits, so nothing is written."""
    site.copy_issue(site.world.tracker.issues[0].id, OPEN)
    first, again = apply(site, folder), apply(site, folder)
    assert (first.code, again.code) == (4, 4)
    assert max(first.memory_mb, again.memory_mb) < MOST_MB
