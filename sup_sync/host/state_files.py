"""Files of the state folder, which only their owner can read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

ONLY_OWNER = 0o600


def open_state_file(path: Path, flags: int) -> int:
    """Open a file of the state folder, created if missing, and return its descriptor; raises OSError.

    Its mode is 0600 regardless of the umask and of what it was before. A link in its place is not followed.
    """
    descriptor = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, ONLY_OWNER)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.fchmod(descriptor, ONLY_OWNER)
    return descriptor
