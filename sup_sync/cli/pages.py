"""The option, libraries and texts of commands that write an HTML page."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sup_sync.cli.options import page_language

if TYPE_CHECKING:
    from sup_sync.config.load import Config
    from sup_sync.output.texts import Texts

page_option = click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a self-contained HTML page (extra `report`).",
)


def page_texts(part: str, config: Config, language: str | None) -> Texts:
    """Load the texts of a page in the language of the option, by default that of staff."""
    from sup_sync.output.texts import Texts

    return Texts(part, page_language(language, config), config.rules.messages, config.rules.zone)


def require_libraries(option: str, *libraries: str) -> None:
    """Fail early if a library that pages need is missing."""
    for library in libraries:
        if find_spec(library) is None:
            raise click.UsageError(
                f"{option} needs {library}, which is not installed; run pip install 'sup-sync[report]'"
            )
