"""The audit log of writes and their results: append-only JSON lines, without the text of notes."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sup_sync.errors import AuditError
from sup_sync.host.state_files import open_state_file

LARGEST_BYTES = 10_000_000
KEPT = 9  # rotated files

Record = Callable[[Mapping[str, Any]], None]


@contextmanager
def open_audit(path: Path, clock: Callable[[], datetime]) -> Iterator[Record]:
    """Open the log and yield a function that writes a record to disk, with the time of `clock` and the id of the run.

    Raises AuditError if a record cannot be written; then nothing may be written to Redmine either.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _rotate(path)
        file = os.fdopen(open_state_file(path, os.O_WRONLY | os.O_APPEND), "ab", buffering=0)
    except OSError as error:
        raise AuditError(
            f"{path}: cannot open the audit log ({error.strerror}); set XDG_STATE_HOME to a writable directory"
        ) from None

    started_at = clock().astimezone(UTC)
    run_id = f"{started_at:%Y%m%dT%H%M%S}{started_at.microsecond // 1000:03}Z-{os.getpid()}"

    def record(entry: Mapping[str, Any]) -> None:
        at = clock().astimezone(UTC).isoformat(timespec="milliseconds")
        try:
            file.write(json.dumps({"at": at, "run": run_id, **entry}).encode("ascii") + b"\n")
            os.fsync(file.fileno())
        except OSError as error:
            raise AuditError(f"{path}: cannot write the audit log ({error.strerror}); nothing more is sent") from None

    with file:
        yield record


def read_audit(path: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the records of the log and its rotated files, the oldest first; damaged lines are skipped.

    Raises AuditError if a file cannot be read.
    """
    rotated = (path.with_name(f"{path.name}.{number}") for number in range(KEPT, 0, -1))
    for each in (*rotated, path):
        try:
            lines = each.read_bytes().splitlines() if each.exists() else ()
        except OSError as error:
            raise AuditError(f"{each}: cannot read the audit log ({error.strerror}); run as its owner") from None
        for line in lines:
            with suppress(ValueError):
                record = json.loads(line)
                if isinstance(record, dict):
                    yield record


def _rotate(path: Path) -> None:
    if not path.exists() or path.stat().st_size < LARGEST_BYTES:
        return
    for number in range(KEPT, 0, -1):
        full = path if number == 1 else path.with_name(f"{path.name}.{number - 1}")
        if full.exists():
            full.replace(path.with_name(f"{path.name}.{number}"))
