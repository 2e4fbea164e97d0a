"""`sup-sync apply` as a process, with a fake Redmine in another process, which counts the requests of an idle
run. CPU is user and system time; that of idle runs is the minimum of seven. Memory is the peak resident size.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from end_to_end.diary import Diary
from end_to_end.scene import make_fake
from run.reading.cached_site import CachedSite
from stories.shipped import Copy, shipped_config
from support.process_usage import Usage
from support.shell import serve_world
from support.worlds import BOT, FakeWorld
from tools.bench.row import Row, Size, measure_command, minimum_row
from tools.bench.sections.startup import PROGRAM

TITLE = "Runs"
ORDER = 3.5

OPEN = {Size.WHOLE: (10, 1_000, 20_000), Size.TINY: (2, 3)}
IDLE_RUNS = {Size.WHOLE: 7, Size.TINY: 1}
REQUESTS, CPU_S, MEMORY_MB = 2, 0.4, 300


def rows(size: Size) -> Iterator[Row]:
    for count in OPEN[size]:
        with ExitStack() as stack:
            yield from _rows_of(count, IDLE_RUNS[size], stack)


def _rows_of(count: int, times: int, stack: ExitStack) -> Iterator[Row]:
    site, folder = _site(stack)
    apply = Apply(site, folder)
    site.copy_issue(site.world.tracker.issues[0].id, count - 1)
    first = apply()
    site.world.rest.requests.clear()
    idle = [apply() for _ in range(times)]
    requests = len(site.world.rest.requests) / times
    prefix = f"{count:,} open requests: "
    yield Row(f"{prefix}first run, peak memory", first.memory_mb, "MB", at_most=MEMORY_MB)
    yield Row(f"{prefix}first run, CPU", first.cpu_s, "s")
    yield Row(f"{prefix}idle run", requests, "requests", at_most=REQUESTS)
    yield minimum_row(f"{prefix}idle run, CPU", [run.cpu_s for run in idle], "s", CPU_S)
    yield Row(f"{prefix}idle run, peak memory", max(run.memory_mb for run in idle), "MB", at_most=MEMORY_MB)


def _site(stack: ExitStack) -> tuple[CachedSite, Path]:
    """Make a fake Redmine behind a socket with one open request, for which no write is due."""
    world, config = FakeWorld(), shipped_config()
    make_fake(world)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    with world.rest.running():
        site = CachedSite(Diary(world, replace(config, server=replace(config.server, url=world.url))), world, folder)
        site.diary.file(f"{datetime.now(UTC) - timedelta(days=8):%Y-%m-%d} 10:00")
    world.tracker.now = datetime.now(UTC)
    url = stack.enter_context(serve_world(world, {}))
    Copy(folder).replace("config.yaml", "http://127.0.0.1:3000", url)
    Apply(site, folder)()
    site.world.tracker.issues[0].updated_at -= timedelta(hours=1)  # so that it counts as unchanged
    for cache in (folder / "state").rglob("*.cache"):
        cache.unlink()
    return site, folder


class Apply:
    """The command with the account of sup-sync; a call runs it and returns the CPU and memory that it used."""

    def __init__(self, site: CachedSite, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "SUP_SYNC_KEY": site.world.user(BOT),
            "XDG_STATE_HOME": str(folder / "state"),
        }

    def __call__(self) -> Usage:
        return measure_command([PROGRAM, "apply", "-q"], self.folder, self.environment)
