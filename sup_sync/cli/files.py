"""Files that commands write: whole, or not at all, and what pages need for that."""

from __future__ import annotations

from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import click


def require_libraries(option: str, *libraries: str) -> None:
    """What only pages need, found out before the work for one begins."""
    for library in libraries:
        if find_spec(library) is None:
            raise click.UsageError(f"{option} needs {library}, which is not installed: pip install 'sup-sync[report]'")


def write_atomically(path: Path, text: str, encoding: str = "utf-8", mode: int | None = None) -> None:
    """Write beside the file, then put it in its place, with this mode where one is given: nothing half written."""
    if path.exists() and not path.is_file():
        raise click.UsageError(f"{path}: no ordinary file: name another")
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.write_text(text, encoding=encoding, newline="")
        if mode is not None:
            draft.chmod(mode)
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise click.UsageError(f"{path}: cannot be written: {error.strerror}: name another place") from None
