"""A row of the bench's table, and the measurement of a process's time and memory for it."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from statistics import median

from support.process_usage import Usage, measure_process

ROOT = Path(__file__).resolve().parent.parent.parent.parent


class Size(StrEnum):
    """The amount that a section measures: everything, or so little that a test can run it."""

    WHOLE = "whole"
    TINY = "tiny"


@dataclass(frozen=True, slots=True)
class Row:
    """A measurement: its figure (None: not measured, for the reason in the note), and the limit that it must meet."""

    name: str
    figure: float | None
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None
    note: str = ""

    @property
    def target(self) -> str:
        if self.at_most is not None:
            return f"at most {format_figure(self.at_most)}"
        return f"at least {format_figure(self.at_least)}" if self.at_least is not None else ""

    @property
    def is_met(self) -> bool | None:
        """Return whether the figure is within its limit, or None without a figure or a limit."""
        if self.figure is None or not self.target:
            return None
        is_enough = self.at_least is None or self.figure >= self.at_least
        return is_enough and (self.at_most is None or self.figure <= self.at_most)


def format_figure(figure: float) -> str:
    """Write a figure with three digits, a larger one as a whole number: 0.233, 47.6, 24,918."""
    return f"{figure:,.0f}" if abs(figure) >= 100 or figure == int(figure) else f"{figure:.3g}"  # noqa: PLR2004


def measure_command(
    command: Sequence[str | Path], folder: Path = ROOT, environment: Mapping[str, str] | None = None
) -> Usage:
    """Run a command and return the CPU and memory that it used; raise CalledProcessError if it fails."""
    used = measure_process(command, folder, environment)
    if used.code:
        raise subprocess.CalledProcessError(used.code, [str(word) for word in command])
    return used


def measure_in_turns(commands: Sequence[Sequence[str | Path]], times: int, folder: Path = ROOT) -> list[list[float]]:
    """Run commands in turns, so that other load affects all of them; return the CPU seconds of each one's runs."""
    rounds = [[measure_command(command, folder).cpu_s for command in commands] for _ in range(times)]
    return [list(runs) for runs in zip(*rounds, strict=True)]


def minimum_row(name: str, figures: Sequence[float], unit: str, at_most: float | None = None) -> Row:
    """Make a row of the minimum, as other load only adds to a run; the note contains the median."""
    return Row(name, min(figures), unit, at_most, note=f"median {format_figure(median(figures))}")
