"""A line of the bench's table, and how the time and memory of a process are taken for it."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from statistics import median

from support.alone import Took, run_alone

ROOT = Path(__file__).resolve().parent.parent.parent.parent


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


def cost_of(command: Sequence[str | Path], folder: Path = ROOT, environment: Mapping[str, str] | None = None) -> Took:
    """What one run of a command took; raises CalledProcessError where it fails."""
    took = run_alone(command, folder, environment)
    if took.code:
        raise subprocess.CalledProcessError(took.code, [str(word) for word in command])
    return took


def in_turns(commands: Sequence[Sequence[str | Path]], times: int, folder: Path = ROOT) -> list[list[float]]:
    """The seconds of CPU of each command's runs, in turns, so that what else the machine does hits all alike."""
    taken = [[cost_of(command, folder).cpu_s for command in commands] for _ in range(times)]
    return [list(of_command) for of_command in zip(*taken, strict=True)]


def least(what: str, taken: Sequence[float], unit: str, at_most: float | None = None) -> Row:
    """The least of several runs, to which all else that the machine does only adds; the note has their median."""
    return Row(what, min(taken), unit, at_most, note=f"median {shown(median(taken))}")
