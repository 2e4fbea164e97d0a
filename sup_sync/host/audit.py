"""What runs meant to write and how it ended: JSON lines that are only ever added to, and never the text of a note."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sup_sync.errors import AuditError

LARGEST_BYTES = 10_000_000
KEPT = 9
"""So many full files are kept beside the one that is written."""

Record = Callable[[Mapping[str, Any]], None]


@contextmanager
def open_audit(path: Path, clock: Callable[[], datetime]) -> Iterator[Record]:
    """A function that adds a record, with the moment of `clock` and the run's number, and returns once it is on disk.

    Raises AuditError where a record can't be kept: then nothing must be written to the tracker either.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _rotate(path)
        file = path.open("ab", buffering=0)
    except OSError as error:
        raise AuditError(
            f"{path}: no audit log can be kept: {error.strerror}: set XDG_STATE_HOME to a folder of yours"
        ) from None

    def record(words: Mapping[str, Any]) -> None:
        at = clock().astimezone(UTC).isoformat(timespec="milliseconds")
        try:
            file.write(json.dumps({"at": at, "run": os.getpid(), **words}).encode("ascii") + b"\n")
            os.fsync(file.fileno())
        except OSError as error:
            raise AuditError(
                f"{path}: the audit log can't be written: {error.strerror}: nothing more is sent"
            ) from None

    with file:
        yield record


def _rotate(path: Path) -> None:
    if not path.exists() or path.stat().st_size < LARGEST_BYTES:
        return
    for number in range(KEPT, 0, -1):
        full = path if number == 1 else path.with_name(f"{path.name}.{number - 1}")
        if full.exists():
            full.replace(path.with_name(f"{path.name}.{number}"))
