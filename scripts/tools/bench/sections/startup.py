"""CPU (user and system) of whole processes, the least of 20 runs, in turns with a Python that does nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from tools.bench.row import Row, Size, in_turns, least

TITLE = "Start-up"
PLACE = 3

PROGRAM = Path(sys.executable).with_name("sup-sync")
DUE = "due --filed-at 2026-11-20T17:50 --level vip --channel tracker --category error --priority urgent"
RUNS = {Size.WHOLE: 20, Size.TINY: 1}

VERSION_MS, DUE_MS = 60, 250


def rows(size: Size) -> Iterator[Row]:
    commands = ([sys.executable, "-c", "pass"], [PROGRAM, "--version"], [PROGRAM, *DUE.split()])
    bare, version, due = ([taken_s * 1000 for taken_s in each] for each in in_turns(commands, RUNS[size]))
    yield least("Python that does nothing", bare, "ms")
    yield least("`sup-sync --version`, above that", [each - min(bare) for each in version], "ms", VERSION_MS)
    yield least("`sup-sync due`, whole", due, "ms", DUE_MS)
