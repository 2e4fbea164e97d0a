"""The options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from sup_sync.cli.context import Settings
from sup_sync.cli.parameters import MomentType
from sup_sync.model.languages import LANGUAGES

F = TypeVar("F", bound=Callable[..., Any])


def _set_config(ctx: click.Context, _: click.Parameter, value: Path | None) -> None:
    if value is not None:
        ctx.ensure_object(Settings).config_path = value


def _set_quiet(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        ctx.ensure_object(Settings).quiet = True


def global_options(command: F) -> F:
    """The options that every command takes, before its name as well as behind it."""
    config = click.option(
        "--config",
        "-c",
        type=click.Path(path_type=Path, dir_okay=False),
        expose_value=False,
        callback=_set_config,
        help="config.yaml to work by; default: the one in this folder.",
    )
    quiet = click.option(
        "--quiet",
        "-q",
        is_flag=True,
        expose_value=False,
        callback=_set_quiet,
        help="Say nothing when there is nothing to say.",
    )
    return config(quiet(command))


now_option = click.option("--now", type=MomentType(), help="The present to judge by; default: this moment.")
language_option = click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    help="The language to say it in; default: the one of notes that staff read.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
from_option = click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True),
    help="Read a snapshot (JSON lines) instead of the tracker; - is standard input.",
)
