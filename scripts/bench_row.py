"""A line of the bench's table, and how the time and memory of a process are taken."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent


class Size(StrEnum):
    """How much a section measures: all, or so little that a test can run it."""

    WHOLE = "whole"
    TINY = "tiny"


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured, its figure (None: there is none, and the note says why), and the bound that it has to keep."""

    what: str
    figure: float | None
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None
    note: str = ""

    @property
    def target(self) -> str:
        if self.at_most is not None:
            return f"at most {shown(self.at_most)}"
        return f"at least {shown(self.at_least)}" if self.at_least is not None else ""

    @property
    def is_kept(self) -> bool | None:
        """Whether the figure is within its bound; None where there is no figure or no bound."""
        if self.figure is None or not self.target:
            return None
        above = self.at_least is None or self.figure >= self.at_least
        return above and (self.at_most is None or self.figure <= self.at_most)


def shown(figure: float) -> str:
    """A figure to three digits, larger ones whole: 0.233, 47.6, 24,918."""
    return f"{figure:,.0f}" if abs(figure) >= 100 or figure == int(figure) else f"{figure:.3g}"  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took: seconds of CPU (user and system), and its largest memory in MB."""

    cpu_s: float
    memory_mb: float


def cost_of(command: Sequence[str | Path], folder: Path = ROOT) -> Cost:
    """The cost of one run of a command; raises CalledProcessError where it fails."""
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, [str(word) for word in command])
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def medians(commands: Sequence[Sequence[str | Path]], times: int, folder: Path = ROOT) -> list[float]:
    """The median seconds of CPU of each command, run in turns, so that what else the machine does hits all alike."""
    taken = [[cost_of(command, folder).cpu_s for command in commands] for _ in range(times)]
    return [median(of_command) for of_command in zip(*taken, strict=True)]
