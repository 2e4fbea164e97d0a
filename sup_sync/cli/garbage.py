"""The settings of Python's garbage collector, in order of a process: a command, its session with Redmine, its exit."""

from __future__ import annotations

import gc

# `report` of 2,100 requests took 1.76 s of CPU with these settings, 1.95 s with Python's own; `scripts/bench values`
# measures again. The figure is for all of them together.
YOUNG_OBJECTS, YOUNG_ROUNDS, MIDDLE_ROUNDS = 10_000, 10, 1_000


def pause_collection() -> None:
    """Stop collecting for a command: what it reads stays in use until it exits, so a search would find nothing."""
    gc.set_threshold(YOUNG_OBJECTS, YOUNG_ROUNDS, MIDDLE_ROUNDS)
    gc.disable()


def resume_collection() -> None:
    """Collect rarely while Redmine is asked: each request leaves cycles of the libraries, and a run asks for hours."""
    gc.enable()


def skip_collection_at_exit() -> None:
    """Exempt all objects from the search of the interpreter's shutdown: the system takes the memory back anyway."""
    gc.freeze()
