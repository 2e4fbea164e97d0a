"""The options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sup_sync.cli.context import Settings
from sup_sync.cli.parameters import TimeType
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
    """Add the options that every command takes, before or after its name."""
    config = click.option(
        "--config",
        "-c",
        type=click.Path(path_type=Path, dir_okay=False),
        expose_value=False,
        callback=_set_config,
        help="Configuration file. Default: config.yaml in the current directory.",
    )
    quiet = click.option(
        "--quiet",
        "-q",
        is_flag=True,
        expose_value=False,
        callback=_set_quiet,
        help="Print nothing if there is nothing to report.",
    )
    return config(quiet(command))


now_option = click.option("--now", type=TimeType(), help="Evaluate as of this time. Default: now.")


def _languages(ctx: click.Context, _: click.Parameter, prefix: str) -> list[str]:
    """Complete the option with the languages of messages.yaml."""
    settings = ctx.ensure_object(Settings)
    settings.quiet = True
    try:
        return [each for each in settings.load().rules.messages.texts if each.startswith(prefix)]
    except SupSyncError:
        return []


language_option = click.option(
    "--language",
    metavar="KEY",
    help="Output language. Default: `language` in config.yaml.",
    shell_complete=_languages,
)


def require_language(language: str, languages: Iterable[str]) -> str:
    """Return the language; raise BadParameter if it is not one of `languages`."""
    if language not in languages:
        known = ", ".join(map(repr, languages))
        raise click.BadParameter(f"{language!r} is not one of {known}.", param_hint="'--language'")
    return language


def page_language(language: str | None, config: Config) -> str:
    """Return the language of the option, by default that of staff; raise BadParameter if texts lack it."""
    messages = config.rules.messages
    return messages.staff_language if language is None else require_language(language, messages.texts)


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
from_option = click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True),
    help="Read a snapshot (JSON lines) instead of Redmine; - for stdin.",
)
