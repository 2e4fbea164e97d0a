"""`sup-sync schedule`: a systemd timer or cron entry that runs `apply` every five minutes."""

from __future__ import annotations

import difflib
import os
import pwd
import shlex
import stat
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sup_sync.cli.context import Settings, pass_settings, shipped_folder
from sup_sync.cli.examples import ExampleCommand
from sup_sync.cli.exit_codes import DONE
from sup_sync.cli.files import replace_file
from sup_sync.cli.options import global_options
from sup_sync.errors import SupSyncError

if TYPE_CHECKING:
    from sup_sync.host.schedule import Places, Schedule

BACKUP = ".old"  # suffix of the backup of a changed file; neither cron nor systemd reads such a name


@click.command(
    cls=ExampleCommand,
    examples=(
        "sup-sync --config /etc/sup-sync/config.yaml schedule",
        "sup-sync --config /etc/sup-sync/config.yaml schedule --remove",
    ),
)
@click.option("--remove", is_flag=True, help="Remove the schedule.")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.option(
    "--prefix",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("/"),
    help="Write files under DIRECTORY and run no commands (for packagers).",
)
@global_options
@pass_settings
def schedule(settings: Settings, remove: bool, yes: bool, prefix: Path) -> int:
    """Install a systemd timer or cron entry that runs `apply` every five minutes. Shows changes first."""
    is_systemd = (prefix / "run/systemd/system").is_dir()
    places = _places_for_removal(settings) if remove else _places(settings, is_systemd=is_systemd)
    planned = _make_schedule(places, is_systemd=is_systemd)
    if remove:
        _show_removal(planned, prefix)
    else:
        _show_installation(planned, prefix)
        _warn_of_missing_key(settings, places, is_systemd=is_systemd)
        _warn_of_unreadable_files(settings, places)
    if not yes and not sys.stdin.isatty():
        settings.info("nothing changed; pass --yes to apply", always=True)
        return DONE
    if not yes and not click.confirm("Make these changes?", err=True):
        settings.info("nothing changed", always=True)
        return DONE
    try:
        (_remove if remove else _install)(planned, prefix)
    except OSError as error:
        raise click.UsageError(f"{error.filename}: {error.strerror}; run it as root") from None
    return DONE


def _make_schedule(places: Places, *, is_systemd: bool) -> Schedule:
    from sup_sync.host.schedule import ACCOUNT, cron_file, systemd_timer

    texts = {path.name: path.read_text(encoding="utf-8") for path in (shipped_folder() / "deploy").iterdir()}
    if is_systemd:
        return systemd_timer(texts, places)
    secrets = [path for path in (places.key, places.notify_file) if path]
    foreign_files = [path for path in secrets if _owner(Path(path)) not in (None, ACCOUNT)]
    return cron_file(texts, places, has_account=_is_account(ACCOUNT), foreign_files=foreign_files)


def _places(settings: Settings, *, is_systemd: bool) -> Places:
    """Find the paths to schedule by a valid configuration: any other would fail every five minutes.

    Raises ConfigError or UsageError.
    """
    from sup_sync.host.schedule import obstacles

    places = _configured_places(settings)
    problems = obstacles(places, is_systemd=is_systemd)
    if problems:
        raise click.UsageError("\n".join(problems))
    return places


def _places_for_removal(settings: Settings) -> Places:
    """Find the paths to remove, even if the configuration is invalid or missing by now."""
    from sup_sync.host.schedule import CONFIG, PROGRAM, Places

    try:
        return _configured_places(settings)
    except SupSyncError:
        return Places(PROGRAM, CONFIG)


def _configured_places(settings: Settings) -> Places:
    from sup_sync.host.schedule import Places

    config = settings.load(require_config=True)
    return Places(
        program=os.path.abspath(sys.argv[0]),
        config=os.path.abspath(settings.path(require_config=True)),
        key=_absolute(config.server.key_file),
        notify_file=_absolute(config.notify_file),
    )


def _absolute(file: Path | None) -> str | None:
    return str(file.absolute()) if file else None


def _warn_of_missing_key(settings: Settings, places: Places, *, is_systemd: bool) -> None:
    """Warn if the key file is missing: scheduled runs do not have the environment of the terminal."""
    from sup_sync.host.schedule import ACCOUNT, KEY

    key = Path(places.key or KEY)
    if not key.exists():
        owner = "root" if is_systemd else ACCOUNT
        text = f"{key}: file not found; write the account's API key to it (owner {owner}, mode 600)"
        settings.info(text, always=True)


def _warn_of_unreadable_files(settings: Settings, places: Places) -> None:
    """Warn of each file that the service account, as which runs are scheduled, could not read."""
    for path in (places.program, os.path.realpath(sys.executable), places.config):
        unreadable = _find_unreadable(Path(path))
        if unreadable:
            text = f"{path}: the service account cannot read {unreadable}; change its mode or move the file"
            settings.info(text, always=True)


def _is_account(name: str) -> bool:
    with suppress(KeyError):
        return bool(pwd.getpwnam(name))
    return False


def _find_unreadable(path: Path) -> Path | None:
    """Return the file or the first folder above it that other accounts cannot read; None if they can read all."""
    for each in (*reversed(path.parents), path):
        with suppress(OSError):
            if not each.stat().st_mode & (stat.S_IXOTH if each.is_dir() else stat.S_IROTH):
                return each
    return None


def _owner(path: Path) -> str | None:
    """Return the name of a file's owner, empty if the owner has no name; None if the file does not exist."""
    try:
        return path.owner()
    except KeyError:
        return ""
    except OSError:
        return None


def _show_installation(planned: Schedule, prefix: Path) -> None:
    """Print each file, whole if it is new and otherwise the lines that differ; then the commands."""
    for path, text in _files(planned, prefix):
        current = _text(path)
        if current is None:
            click.echo(f"{path} will be created:\n{_indented(text)}")
        elif current == text:
            click.echo(f"{path} is up to date.")
        else:
            lines = difflib.unified_diff(current.splitlines(), text.splitlines(), "current", "new", lineterm="", n=0)
            click.echo(f"{path} differs and will be replaced (backup: {path}{BACKUP}):")
            click.echo(_indented("\n".join(lines)))
    _show_commands("Commands to run afterwards:", planned.commands, prefix)


def _show_removal(planned: Schedule, prefix: Path) -> None:
    _show_commands("Commands to run first:", planned.before_removal, prefix)
    for path, text in _files(planned, prefix):
        current = _text(path)
        if current is None:
            click.echo(f"{path} does not exist.")
        elif current == text:
            click.echo(f"{path} will be removed.")
        else:
            click.echo(f"{path} was changed and will be renamed to {path}{BACKUP}.")
    _show_commands("Commands to run afterwards:", planned.after_removal, prefix)


def _show_commands(title: str, commands: Iterable[tuple[str, ...]], prefix: Path) -> None:
    lines = [shlex.join(command) for command in commands]
    if lines:
        click.echo(f"{title if _is_system(prefix) else 'Commands to run yourself, because of --prefix:'}")
        click.echo(_indented("\n".join(lines)))


def _install(planned: Schedule, prefix: Path) -> None:
    for path, text in _files(planned, prefix):
        if _text(path) != text:
            _back_up(path)
            _write(path, text)
            click.echo(f"{path} written")
    _run(planned.commands, prefix)


def _remove(planned: Schedule, prefix: Path) -> None:
    existing = [(path, text) for path, text in _files(planned, prefix) if _text(path) is not None]
    if existing:
        _run(planned.before_removal, prefix)
    for path, text in existing:
        if _text(path) == text:
            path.unlink()
            click.echo(f"{path} removed")
        else:
            _back_up(path)
    if existing:
        _run(planned.after_removal, prefix)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, text, mode=0o644)


def _back_up(path: Path) -> None:
    if path.exists():
        path.replace(f"{path}{BACKUP}")
        click.echo(f"{path} renamed to {path}{BACKUP}")


def _run(commands: Iterable[tuple[str, ...]], prefix: Path) -> None:
    """Run the commands one after the other; raise ClickException at the first that fails."""
    for command in commands if _is_system(prefix) else ():
        try:
            subprocess.run(command, check=True)  # noqa: S603 - our own commands
        except (OSError, subprocess.CalledProcessError) as error:
            raise click.ClickException(f"`{shlex.join(command)}` failed: {error}") from None
        click.echo(f"{shlex.join(command)} done")


def _is_system(prefix: Path) -> bool:
    return prefix == Path("/")


def _files(planned: Schedule, prefix: Path) -> list[tuple[Path, str]]:
    return [(prefix / path, text) for path, text in planned.files.items()]


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else None


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())
