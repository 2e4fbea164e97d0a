"""`sup-sync apply` as a process of its own, beside a tracker in memory that answers from another. What an idle run asks
for is counted there; CPU is user and system, memory the largest resident one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from bench_row import Row, Size
from end_to_end.diary import Diary
from end_to_end.scene import make_fake
from reading.office import Office
from reading.test_size import ALONE
from shell import on_a_socket
from stories.shipped import Copy, shipped_config
from worlds import BOT, FakeWorld

from bench_sections.startup import PROGRAM

TITLE = "Runs"
PLACE = 3.5

OPEN = {Size.WHOLE: (10, 1_000, 20_000), Size.TINY: (2, 3)}
IDLE_RUNS = {Size.WHOLE: 7, Size.TINY: 1}
REQUESTS, CPU_S, MEMORY_MB = 2, 0.4, 300


def rows(size: Size) -> Iterator[Row]:
    for count in OPEN[size]:
        with ExitStack() as stack:
            yield from _of(count, IDLE_RUNS[size], stack)


def _of(count: int, times: int, stack: ExitStack) -> Iterator[Row]:
    office, folder = _office(stack)
    apply = Apply(office, folder)
    office.multiply(office.world.tracker.issues[0].id, count - 1)
    _, first_mb, first_s = apply()
    office.world.rest.requests.clear()
    idle = [apply() for _ in range(times)]
    asked = len(office.world.rest.requests) / times
    what = f"{count:,} open requests: "
    yield Row(f"{what}the first run, largest memory", first_mb, "MB", at_most=MEMORY_MB)
    yield Row(f"{what}the first run, CPU", first_s, "s")
    yield Row(f"{what}an idle run", asked, "requests", at_most=REQUESTS)
    yield Row(f"{what}an idle run, CPU", median(s for _, _, s in idle), "s", at_most=CPU_S)
    yield Row(f"{what}an idle run, largest memory", max(mb for _, mb, _ in idle), "MB", at_most=MEMORY_MB)


def _office(stack: ExitStack) -> tuple[Office, Path]:
    """A tracker behind a socket where one request is open, and all is said of it by now."""
    world, config = FakeWorld(), shipped_config()
    make_fake(world)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    with world.rest.running():
        office = Office(Diary(world, replace(config, server=replace(config.server, url=world.url))), world, folder)
        office.diary.file(f"{datetime.now(UTC) - timedelta(days=8):%Y-%m-%d} 10:00")
    world.tracker.now = datetime.now(UTC)
    url = stack.enter_context(on_a_socket(world, {}))
    Copy(folder).replace("config.yaml", "http://127.0.0.1:3000", url)
    Apply(office, folder)()
    office.world.tracker.issues[0].updated_at -= timedelta(hours=1)  # it has settled
    for cache in (folder / "state").rglob("*.cache"):
        cache.unlink()
    return office, folder


class Apply:
    """The command, by the tool's account; calling it gives its exit code, memory in MB and seconds of CPU."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.folder = folder
        key = office.world.user(BOT)
        self.environment = {**os.environ, "SUP_SYNC_KEY": key, "XDG_STATE_HOME": str(folder / "state")}

    def __call__(self) -> tuple[int, float, float]:
        line = [sys.executable, "-c", ALONE, str(PROGRAM), "apply", "-q"]
        done = subprocess.run(
            line, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, text=True, check=True
        )
        code, memory_mb, cpu_s = done.stdout.splitlines()[-1].split()
        if code != "0":
            raise subprocess.CalledProcessError(int(code), line)
        return int(code), float(memory_mb), float(cpu_s)
