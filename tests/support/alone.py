"""What a process takes of processor and memory, counted without the one that starts it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Usage:
    """How a process ended, its seconds of CPU (user and system), and its largest resident memory in MB."""

    code: int
    cpu_s: float
    memory_mb: float


_BETWEEN = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(code, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""
"""A small process between, as a process counts the memory of the one that started it as its own."""


def run_alone(command: Sequence[str | Path], folder: Path, environment: Mapping[str, str] | None = None) -> Usage:
    """Run a command in a folder, whatever it prints left aside, and tell what it took."""
    line = [sys.executable, "-c", _BETWEEN, *command]
    done = subprocess.run(line, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    code, cpu_s, memory_mb = done.stdout.split()
    return Usage(int(code), float(cpu_s), float(memory_mb))
