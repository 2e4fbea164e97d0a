"""The CPU (user and system) of processes: the minimum of 20 runs, in turns with a Python that does nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from tools.bench.row import Row, Size, measure_in_turns, minimum_row

TITLE = "Start-up"
ORDER = 3

PROGRAM = Path(sys.executable).with_name("sup-sync")
DUE = "due --filed-at 2026-11-20T17:50 --level vip --channel tracker --category error --priority urgent"
RUNS = {Size.WHOLE: 20, Size.TINY: 1}

VERSION_MS, DUE_MS = 60, 250


def rows(size: Size) -> Iterator[Row]:
    commands = ([sys.executable, "-c", "pass"], [PROGRAM, "--version"], [PROGRAM, *DUE.split()])
    bare, version, due = ([cpu_s * 1000 for cpu_s in runs] for runs in measure_in_turns(commands, RUNS[size]))
    yield minimum_row("Python that does nothing", bare, "ms")
    yield minimum_row("`sup-sync --version`, above that", [run - min(bare) for run in version], "ms", VERSION_MS)
    yield minimum_row("`sup-sync due`, in total", due, "ms", DUE_MS)
