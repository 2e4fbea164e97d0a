"""The lines that a screen prints."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO

from rich.console import Console

from sup_sync.output.terminal.layout import make_console


def screen_lines(show: Callable[[Console], None], width: int = 80) -> list[str]:
    """Print a screen in a width and return its lines."""
    file = StringIO()
    console = make_console(file)
    console.width = width
    show(console)
    return file.getvalue().splitlines()
