"""The context of a command: its settings, the present moment, the session with Redmine, state files and output."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Mapping
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
    """What stands before and behind a command's name: the configuration's place, and whether to be quiet."""

    def __init__(self) -> None:
        self.config_path: Path | None = None
        self.quiet = False

    def load(self, *, require_config: bool = False, mappings: Path | None = None) -> Config:
        """The configuration: as named, else config.yaml here, else the shipped one (not for what asks a tracker)."""
        from sup_sync.config.load import load_config

        config = load_config(self.path(require_config=require_config), datetime.now(UTC).date(), mappings)
        for warning in config.warnings:
            self.tell(str(warning))
        return config

    def path(self, *, require_config: bool = False) -> Path:
        if self.config_path and not self.config_path.exists():
            raise ConfigError([Mistake(str(self.config_path), 1, "no such file: name yours with --config")])
        if self.config_path or Path("config.yaml").exists():
            return self.config_path or Path("config.yaml")
        if require_config:
            missing = "not in this folder: name one with --config, or write it with `sup-sync init`"
            raise ConfigError([Mistake("config.yaml", 1, missing)])
        return shipped() / "config.yaml"

    def tell(self, text: str, *, is_news: bool = False) -> None:
        """A line for the person at the terminal or cron's log, on stderr; `is_news` is told even when quiet."""
        if is_news or not self.quiet:
            log_line(text)


def log_line(line: str) -> None:
    """One line on stderr, whatever names of the tracker's are in it."""
    from sup_sync.sanitize import clean

    click.echo(f"sup-sync: {clean(line)}", err=True)


def shipped() -> Path:
    """Where the shipped config.yaml, mappings/ and examples/ lie: in the wheel, else in the checkout."""
    package = Path(__file__).parent.parent
    inside = package / "shipped"
    return inside if inside.exists() else package.parent


pass_settings = click.make_pass_decorator(Settings, ensure=True)


def in_support_zone(moment: datetime | None, config: Config) -> datetime:
    """The moment given, read in the support's zone where it has none; else the present."""

    if moment is None:
        return datetime.now(UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=config.rules.zone)


def today(config: Config) -> date:
    """Return the date of now in the support's zone."""
    return datetime.now(UTC).astimezone(config.rules.zone).date()


def print_json(value: Any) -> None:
    from sup_sync.to_json import json_text

    click.echo(json_text(value))


def connect(config: Config, *, ends_at: float = math.inf) -> RedmineSession:
    """A session with the configured tracker, by the key of the environment or its file.

    `ends_at` is the moment of the monotonic clock from which on it sends nothing.
    """
    from sup_sync.host.secret_files import load_key
    from sup_sync.redmine.session import RedmineSession

    resume_collection()
    server = config.server
    key = load_key(server.key_file, os.environ)
    return RedmineSession(
        server.url, key, timeout_s=server.timeout_s, time_left=lambda: ends_at - monotonic(), ca_file=server.ca_file
    )


def report_unread_projects(settings: Settings, gaps: Mapping[str, str]) -> None:
    """Name the projects of which nothing is used; told even when quiet."""
    for project, why in gaps.items():
        settings.tell(f"project {project} could not be read whole, so nothing of it is used: {why}", is_news=True)


def state_folder() -> Path:
    """Return the folder of state files, by user of the machine."""
    state = os.environ.get("STATE_DIRECTORY") or os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "sup-sync"


def state_path(config: Config, kind: str) -> Path:
    """Return the path of a state file of this Redmine: the lock, the audit log, the cache."""
    name = "".join(letter if letter.isalnum() else "-" for letter in config.server.url)
    return state_folder() / f"{name}.{kind}"


def cache_file(settings: Settings, config: Config) -> CacheFile:
    from sup_sync.run.cache import CacheFile

    return CacheFile(state_path(config, "cache"), settings.tell)


def progress_bar(settings: Settings) -> AbstractContextManager[Callable[[int, int], None]]:
    """How far a command has come, on stderr; where nobody would see it nothing is brought in for it."""
    if settings.quiet or not sys.stderr.isatty():
        return nullcontext(lambda _done, _total: None)
    from sup_sync.output.terminal.progress import progress

    return progress(quiet=False)
