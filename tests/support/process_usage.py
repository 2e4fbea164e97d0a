"""The CPU time and memory of a process, measured without its parent."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Usage:
    """The exit code of a process, its CPU time (user and system, seconds) and its peak resident memory (MB)."""

    code: int
    cpu_s: float
    memory_mb: float


# an intermediate process, since the peak memory of a child includes its parent's memory at the time of the fork
_WRAPPER = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(code, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""


def measure_process(command: Sequence[str | Path], folder: Path, environment: Mapping[str, str] | None = None) -> Usage:
    """Run a command in a folder, discard its output, and return its usage."""
    line = [sys.executable, "-c", _WRAPPER, *command]
    result = subprocess.run(line, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    code, cpu_s, memory_mb = result.stdout.split()
    return Usage(int(code), float(cpu_s), float(memory_mb))
