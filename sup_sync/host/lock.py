"""One run at a time: a lock that the system takes back when the process ends, however it ends."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sup_sync.errors import LockError, LockHeldError


@contextmanager
def hold_lock(path: Path) -> Iterator[None]:
    """Hold the lock file; raises LockHeldError at once where another run holds it, LockError where it can't be made."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = path.open("a")
    except OSError as error:
        raise LockError(
            f"{path}: no lock can be made: {error.strerror}: set XDG_STATE_HOME to a folder of yours"
        ) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockHeldError(f"{path}: another run holds the lock; this one ends, the next goes on") from None
        yield
