"""The options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sup_sync.cli.context import Settings
from sup_sync.cli.parameters import MomentType
from sup_sync.errors import SupSyncError

if TYPE_CHECKING:
    from sup_sync.config.load import Config

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


def _languages(ctx: click.Context, _: click.Parameter, begun: str) -> list[str]:
    """Complete the option with the languages of messages.yaml."""
    settings = ctx.ensure_object(Settings)
    settings.quiet = True
    try:
        return [each for each in settings.load().rules.messages.texts if each.startswith(begun)]
    except SupSyncError:
        return []


language_option = click.option(
    "--language",
    metavar="KEY",
    help="The language to say it in, one of messages.yaml: kk, ru, en; default: the one of notes that staff read.",
    shell_complete=_languages,
)


def require_language(language: str, languages: Iterable[str]) -> str:
    """Return the language; raise BadParameter if it is not among those that there are."""
    if language not in languages:
        known = ", ".join(map(repr, languages))
        raise click.BadParameter(f"{language!r} is not one of {known}.", param_hint="'--language'")
    return language


def page_language(language: str | None, config: Config) -> str:
    """The language that the option names, by default that of staff."""
    messages = config.rules.messages
    return messages.staff_language if language is None else require_language(language, messages.texts)


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
from_option = click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True),
    help="Read a snapshot (JSON lines) instead of the tracker; - is standard input.",
)
