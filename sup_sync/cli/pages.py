"""The commands that put the mappings on the wall: regulation and calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime
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
    help="Write a page to this file; it needs no network (extra `report`).",
)


def page_texts(part: str, config: Config, language: str | None) -> Texts:
    from sup_sync.output.texts import Texts

    return Texts(part, page_language(language, config), config.rules.messages, config.rules.zone)


def today(config: Config) -> date:
    """In the support's zone."""
    return datetime.now(UTC).astimezone(config.rules.zone).date()
