"""A lock for one run at a time, which the system releases even if the process is killed."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sup_sync.errors import LockError, LockHeldError
from sup_sync.host.state_files import open_state_file


@contextmanager
def hold_lock(path: Path) -> Iterator[None]:
    """Hold the lock file; raises LockHeldError at once if another run holds it, LockError if it cannot be created."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.fdopen(open_state_file(path, os.O_WRONLY), "a")
    except OSError as error:
        raise LockError(
            f"{path}: cannot create the lock ({error.strerror}); set XDG_STATE_HOME to a writable directory"
        ) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockHeldError(f"{path}: another run is in progress; exiting") from None
        yield
