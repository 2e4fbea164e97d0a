"""`sup-sync apply` as a process of its own, beside a tracker in memory that answers from another. What an idle run asks
for is counted there; CPU is user and system, of idle runs the least of seven; memory is the largest resident one.
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
from run.reading.office import Office
from stories.shipped import Copy, shipped_config
from support.alone import Took
from support.shell import on_a_socket
from support.worlds import BOT, FakeWorld
from tools.bench.row import Row, Size, cost_of, least
from tools.bench.sections.startup import PROGRAM

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
    first = apply()
    office.world.rest.requests.clear()
    idle = [apply() for _ in range(times)]
    asked = len(office.world.rest.requests) / times
    what = f"{count:,} open requests: "
    yield Row(f"{what}the first run, largest memory", first.memory_mb, "MB", at_most=MEMORY_MB)
    yield Row(f"{what}the first run, CPU", first.cpu_s, "s")
    yield Row(f"{what}an idle run", asked, "requests", at_most=REQUESTS)
    yield least(f"{what}an idle run, CPU", [each.cpu_s for each in idle], "s", CPU_S)
    yield Row(f"{what}an idle run, largest memory", max(each.memory_mb for each in idle), "MB", at_most=MEMORY_MB)


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
    """The command, by the tool's account; calling it tells what it took."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "SUP_SYNC_KEY": office.world.user(BOT),
            "XDG_STATE_HOME": str(folder / "state"),
        }

    def __call__(self) -> Took:
        return cost_of([PROGRAM, "apply", "-q"], self.folder, self.environment)
