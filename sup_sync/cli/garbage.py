"""The settings of Python's garbage collector for a command, its session with Redmine, and its exit."""

from __future__ import annotations

import gc

# `report` of 2,100 requests took 1.76 s of CPU with these settings, 1.95 s with Python's own; `scripts/bench values`
# measures it again. The figure is for all of these settings together.
YOUNG_OBJECTS, YOUNG_ROUNDS, MIDDLE_ROUNDS = 10_000, 10, 1_000


def pause_collection() -> None:
    """Stop collecting for a command: its data stays in use until it exits, so collecting would free nothing."""
    gc.set_threshold(YOUNG_OBJECTS, YOUNG_ROUNDS, MIDDLE_ROUNDS)
    gc.disable()


def resume_collection() -> None:
    """Collect rarely during a session with Redmine: HTTP requests leave reference cycles, and a run may take hours."""
    gc.enable()


def skip_collection_at_exit() -> None:
    """Exempt all objects from the collection at exit: the system takes the memory back anyway."""
    gc.freeze()
