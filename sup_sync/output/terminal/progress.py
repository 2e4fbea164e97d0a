"""How far a run has come, shown to whoever waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

PATIENCE_S = 1.0
"""What takes no longer than so many seconds has no bar."""


@contextmanager
def progress(quiet: bool, clock: Callable[[], float] = monotonic) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr, told how many of how many are done; none where nobody would see it, nor in the first second."""
    console = Console(stderr=True, markup=False, emoji=False, highlight=False)
    if quiet or not console.is_terminal:
        yield lambda _done, _total: None
        return
    columns = (TextColumn("requests"), BarColumn(), MofNCompleteColumn())
    bar, began = Progress(*columns, console=console, transient=True), clock()
    task = bar.add_task("")

    def advance(done: int, total: int) -> None:
        bar.update(task, completed=done, total=total)
        if clock() - began > PATIENCE_S:
            bar.start()

    try:
        yield advance
    finally:
        if bar.live.is_started:
            bar.stop()
