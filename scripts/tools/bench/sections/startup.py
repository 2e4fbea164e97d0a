"""The CPU (user and system) of processes: the minimum of 20 runs, in turns with a Python that does nothing."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.bench.row import ROOT, Row, Size, measure_command, measure_in_turns, minimum_row

TITLE = "Start-up"
ORDER = 3

PROGRAM = Path(sys.executable).with_name("sup-sync")
DUE = "due --filed-at 2026-11-20T17:50 --level vip --channel tracker --category error --priority urgent"
RUNS = {Size.WHOLE: 20, Size.TINY: 1}

VERSION_MS, DUE_MS = 60, 250

CONTRACTS = {Size.WHOLE: 30_000, Size.TINY: 30}
CHECK_RUNS = {Size.WHOLE: 5, Size.TINY: 1}
CHECK_S = 2


def rows(size: Size) -> Iterator[Row]:
    commands = ([sys.executable, "-c", "pass"], [PROGRAM, "--version"], [PROGRAM, *DUE.split()])
    bare, version, due = ([cpu_s * 1000 for cpu_s in runs] for runs in measure_in_turns(commands, RUNS[size]))
    yield minimum_row("Python that does nothing", bare, "ms")
    yield minimum_row("`sup-sync --version`, above that", [run - min(bare) for run in version], "ms", VERSION_MS)
    yield minimum_row("`sup-sync due`, in total", due, "ms", DUE_MS)
    yield _check_row(CONTRACTS[size], CHECK_RUNS[size])


def _check_row(count: int, runs: int) -> Row:
    """Measure `check --offline` with this number of contracts."""
    with TemporaryDirectory() as folder:
        shutil.copy(ROOT / "config.yaml", folder)
        shutil.copytree(ROOT / "mappings", Path(folder, "mappings"))
        lines = (
            f"  - {{client: C{number}, level: vip, group: G{number}, from: 2026-01-01, until: 2099-12-31}}\n"
            for number in range(count)
        )
        Path(folder, "mappings", "clients.yaml").write_text(f"contracts:\n{''.join(lines)}", encoding="utf-8")
        figures = [measure_command([PROGRAM, "check", "--offline"], Path(folder)).cpu_s for _ in range(runs)]
    return minimum_row(f"`sup-sync check --offline` with {count:,} contracts, in total", figures, "s", CHECK_S)
