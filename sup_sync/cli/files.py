"""The atomic write of output files."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import click

NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
DEFAULT_MODE = 0o666  # minus the umask


def write_atomically(path: Path, text: str, encoding: str = "utf-8", mode: int | None = None) -> None:
    """Write a file as `replace_file` does; raises UsageError."""
    if path.exists() and not path.is_file():
        raise click.UsageError(f"{path}: not a regular file; choose another path")
    try:
        replace_file(path, text, encoding, mode)
    except OSError as error:
        raise click.UsageError(f"{path}: cannot be written ({error.strerror}); choose another path") from None


def replace_file(path: Path, text: str, encoding: str = "utf-8", mode: int | None = None) -> None:
    """Write atomically: to a new temporary file, with `mode` if given, that is then renamed.

    A link in place of either file is replaced, not followed. Raises OSError with the path.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        temporary.unlink(missing_ok=True)  # left by a killed process with the same number, or planted
        file = os.open(temporary, NEW_FILE, DEFAULT_MODE if mode is None else 0)
        with open(file, "w", encoding=encoding, newline="") as stream:
            if mode is not None:
                os.fchmod(file, mode)  # exactly this mode, regardless of the umask
            stream.write(text)
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise OSError(error.errno, error.strerror, str(path)) from None
