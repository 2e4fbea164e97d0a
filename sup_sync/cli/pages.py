"""The parts that commands with an HTML page share: its option, its libraries, its texts."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sup_sync.config.load import Config
    from sup_sync.output.texts import Texts

page_option = click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a page to this file; it needs no network (extra `report`).",
)


def page_texts(part: str, config: Config, language: str | None) -> Texts:
    from sup_sync.output.texts import Texts

    messages = config.rules.messages
    return Texts(part, language or messages.staff_language, messages, config.rules.zone)


def require_libraries(option: str, *libraries: str) -> None:
    """Fail early if a library that pages need is missing."""
    for library in libraries:
        if find_spec(library) is None:
            raise click.UsageError(f"{option} needs {library}, which is not installed: pip install 'sup-sync[report]'")
