"""CPU (user and system) of whole processes, the median of 20 runs, in turns with a Python that does nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from bench_row import Row, Size, medians

TITLE = "Start-up"
PLACE = 3

PROGRAM = Path(sys.executable).with_name("sup-sync")
DUE = "due --filed-at 2026-11-20T17:50 --level vip --channel tracker --category error --priority urgent"
RUNS = {Size.WHOLE: 20, Size.TINY: 1}

VERSION_MS, DUE_MS = 60, 250


def rows(size: Size) -> Iterator[Row]:
    commands = ([sys.executable, "-c", "pass"], [PROGRAM, "--version"], [PROGRAM, *DUE.split()])
    bare, version, due = (taken * 1000 for taken in medians(commands, RUNS[size]))
    yield Row("Python that does nothing", bare, "ms")
    yield Row("`sup-sync --version`, above that", version - bare, "ms", at_most=VERSION_MS)
    yield Row("`sup-sync due`, whole", due, "ms", at_most=DUE_MS)
