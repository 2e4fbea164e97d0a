"""The progress bar of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

DELAY_S = 1.0  # a run that takes less shows no bar


@contextmanager
def progress(quiet: bool, clock: Callable[[], float] = monotonic) -> Iterator[Callable[[int, int], None]]:
    """Yield a function that updates a bar on stderr with (done, total); no bar if quiet or without a terminal."""
    console = Console(stderr=True, markup=False, emoji=False, highlight=False)
    if quiet or not console.is_terminal:
        yield lambda _done, _total: None
        return
    columns = (TextColumn("requests"), BarColumn(), MofNCompleteColumn())
    bar, began = Progress(*columns, console=console, transient=True), clock()
    task = bar.add_task("")

    def advance(done: int, total: int) -> None:
        bar.update(task, completed=done, total=total)
        if clock() - began > DELAY_S:
            bar.start()

    try:
        yield advance
    finally:
        if bar.live.is_started:
            bar.stop()
