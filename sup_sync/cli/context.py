"""The context of a command: its settings, the current time, the session with Redmine, state files and output."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, date, datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

from sup_sync.cli.garbage import resume_collection
from sup_sync.errors import ConfigError, Mistake

if TYPE_CHECKING:
    from sup_sync.config.load import Config
    from sup_sync.redmine.session import RedmineSession
    from sup_sync.run.cache import CacheFile


class Settings:
    """The global options of a command: the path of the configuration, and `--quiet`."""

    def __init__(self) -> None:
        self.config_path: Path | None = None
        self.quiet = False

    def load(self, *, require_config: bool = False, mappings: Path | None = None) -> Config:
        """Load the configuration: that of --config, config.yaml, or (unless `require_config`) the shipped one.

        Raises ConfigError.
        """
        from sup_sync.config.load import load_config

        config = load_config(self.path(require_config=require_config), datetime.now(UTC).date(), mappings)
        for warning in config.warnings:
            self.info(str(warning) if warning.is_warning else f"{warning}. Until then `apply` does not run")
        return config

    def path(self, *, require_config: bool = False) -> Path:
        """Return the path of the configuration; raise ConfigError if it does not exist."""
        if self.config_path and not self.config_path.exists():
            raise ConfigError([Mistake(str(self.config_path), 1, "file not found; correct --config")])
        if self.config_path or Path("config.yaml").exists():
            return self.config_path or Path("config.yaml")
        if require_config:
            missing = "not in the current directory; pass --config or run `sup-sync init`"
            raise ConfigError([Mistake("config.yaml", 1, missing)])
        return shipped_folder() / "config.yaml"

    def info(self, text: str, *, always: bool = False) -> None:
        """Print a line on stderr, for the terminal or cron's log; with --quiet only if `always`."""
        if always or not self.quiet:
            log_line(text)


def log_line(line: str) -> None:
    """Print one line on stderr, even if names from Redmine in it contain line breaks or control characters."""
    from sup_sync.sanitize import clean

    click.echo(f"sup-sync: {clean(line)}", err=True)


def shipped_folder() -> Path:
    """Return the folder of the shipped config.yaml, mappings/ and examples/: in the wheel or the checkout."""
    package = Path(__file__).parent.parent
    inside = package / "shipped"
    return inside if inside.exists() else package.parent


pass_settings = click.make_pass_decorator(Settings, ensure=True)


def in_support_zone(time: datetime | None, config: Config) -> datetime:
    """Return the given time, in the support's zone if it has no offset; by default the current time."""
    if time is None:
        return datetime.now(UTC)
    return time if time.tzinfo else time.replace(tzinfo=config.rules.zone)


def today(config: Config) -> date:
    """Return the current date in the support's zone."""
    return datetime.now(UTC).astimezone(config.rules.zone).date()


def print_json(value: Any) -> None:
    from sup_sync.to_json import json_text

    click.echo(json_text(value))


def connect(config: Config, *, ends_at: float = math.inf) -> RedmineSession:
    """Open a session with the configured Redmine, with the key of the environment or of `key_file`.

    `ends_at` is the time of the monotonic clock (seconds) after which the session sends nothing.
    """
    from sup_sync.host.secret_files import load_key
    from sup_sync.redmine.session import RedmineSession

    resume_collection()
    server = config.server
    key = load_key(server.key_file, os.environ)
    return RedmineSession(
        server.url, key, timeout_s=server.timeout_s, time_left=lambda: ends_at - monotonic(), ca_file=server.ca_file
    )


def report_left_out(settings: Settings, unread_projects: Mapping[str, str], problems: Iterable[str]) -> None:
    """Print what is left out of the work, even with --quiet: unread projects, and mismatches in Redmine."""
    for project, reason in unread_projects.items():
        settings.info(f"project {project} skipped, because reading it failed: {reason}", always=True)
    for problem in problems:
        settings.info(f"left out: {problem}", always=True)


def state_folder() -> Path:
    """Return the folder of state files of the current user."""
    state = os.environ.get("STATE_DIRECTORY") or os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "sup-sync"


def state_path(config: Config, kind: str) -> Path:
    """Return the path of a state file of this Redmine: the lock, the audit log, the cache."""
    name = "".join(letter if letter.isalnum() else "-" for letter in config.server.url)
    return state_folder() / f"{name}.{kind}"


def cache_file(settings: Settings, config: Config) -> CacheFile:
    from sup_sync.run.cache import CacheFile

    return CacheFile(state_path(config, "cache"), settings.info)


def progress_bar(settings: Settings) -> AbstractContextManager[Callable[[int, int], None]]:
    """Show the progress of a command on stderr; import nothing for it if stderr is not a terminal."""
    if settings.quiet or not sys.stderr.isatty():
        return nullcontext(lambda _done, _total: None)
    from sup_sync.output.terminal.progress import progress

    return progress(quiet=False)
