"""The atomic write of the files that commands make."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import click

DEFAULT_MODE = 0o666  # less the umask


def write_atomically(path: Path, text: str, encoding: str = "utf-8", mode: int | None = None) -> None:
    """Write atomically: to a new temporary file, with this mode if one is given, that is then renamed."""
    if path.exists() and not path.is_file():
        raise click.UsageError(f"{path}: not a regular file; choose another path")
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        draft.unlink(missing_ok=True)  # left by a process of this number that was killed, or planted
        file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, DEFAULT_MODE if mode is None else 0)
        with open(file, "w", encoding=encoding, newline="") as stream:
            if mode is not None:
                os.fchmod(file, mode)  # exactly this one, whatever the umask
            stream.write(text)
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise click.UsageError(f"{path}: cannot be written: {error.strerror}: name another place") from None
