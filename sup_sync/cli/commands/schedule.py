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

from sup_sync.cli.context import Settings, pass_settings, shipped
from sup_sync.cli.exit_codes import DONE
from sup_sync.cli.options import global_options
from sup_sync.errors import SupSyncError

if TYPE_CHECKING:
    from sup_sync.host.schedule import Places, Schedule

OLD = ".old"
"""What a changed file is put aside as; neither cron nor systemd reads such a name."""


@click.command()
@click.option("--remove", is_flag=True, help="Take it back instead.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@click.option(
    "--prefix",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("/"),
    help="Put the files below DIR, and run no commands: for packages.",
)
@global_options
@pass_settings
def schedule(settings: Settings, remove: bool, yes: bool, prefix: Path) -> int:
    """Run `apply` every five minutes: by a systemd timer, else by cron. Shows what it does first."""
    is_systemd = (prefix / "run/systemd/system").is_dir()
    places = _places_for_removal(settings) if remove else _places(settings, is_systemd=is_systemd)
    wanted = _wanted(places, is_systemd=is_systemd)
    if remove:
        _show_removal(wanted, prefix)
    else:
        _show(wanted, prefix)
        _tell_key(settings, places, is_systemd=is_systemd)
        _tell_closed(settings, places)
    if not yes and not sys.stdin.isatty():
        settings.tell("nothing was changed: --yes does it", is_news=True)
        return DONE
    if not yes and not click.confirm("Do this?", err=True):
        settings.tell("nothing was changed", is_news=True)
        return DONE
    try:
        (_remove if remove else _install)(wanted, prefix)
    except OSError as error:
        raise click.UsageError(f"{error.filename}: {error.strerror}: does it take root?") from None
    return DONE


def _wanted(places: Places, *, is_systemd: bool) -> Schedule:
    from sup_sync.host.schedule import ACCOUNT, cron_file, systemd_timer

    texts = {path.name: path.read_text(encoding="utf-8") for path in (shipped() / "deploy").iterdir()}
    if is_systemd:
        return systemd_timer(texts, places)
    named = [path for path in (places.key, places.notify_file) if path]
    foreign_files = [path for path in named if _owner(Path(path)) not in (None, ACCOUNT)]
    return cron_file(texts, places, has_account=_is_account(ACCOUNT), foreign_files=foreign_files)


def _places(settings: Settings, *, is_systemd: bool) -> Places:
    """Where things lie by a configuration that is sound: another one would only fail every five minutes."""
    from sup_sync.host.schedule import obstacles

    places = _found(settings)
    hindered = obstacles(places, is_systemd=is_systemd)
    if hindered:
        raise click.UsageError("\n".join(hindered))
    return places


def _places_for_removal(settings: Settings) -> Places:
    """The same, but what is broken or gone by now is no obstacle."""
    from sup_sync.host.schedule import CONFIG, PROGRAM, Places

    try:
        return _found(settings)
    except SupSyncError:
        return Places(PROGRAM, CONFIG)


def _found(settings: Settings) -> Places:
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


def _tell_key(settings: Settings, places: Places, *, is_systemd: bool) -> None:
    """The schedule has no environment of its own: the key has to lie in its file."""
    from sup_sync.host.schedule import ACCOUNT, KEY

    key = Path(places.key or KEY)
    if not key.exists():
        owner = "root" if is_systemd else ACCOUNT
        text = f"{key} is not there yet: put the account's API key into it, with {owner} as its owner and mode 600"
        settings.tell(text, is_news=True)


def _tell_closed(settings: Settings, places: Places) -> None:
    """The runs have an account of their own, which has to be let in to what it runs and reads."""
    for path in (places.program, os.path.realpath(sys.executable), places.config):
        closed = _closed(Path(path))
        if closed:
            text = f"{path}: {closed} keeps the runs' own account out: let it in, or install and configure elsewhere"
            settings.tell(text, is_news=True)


def _is_account(name: str) -> bool:
    with suppress(KeyError):
        return bool(pwd.getpwnam(name))
    return False


def _closed(path: Path) -> Path | None:
    """The file, or the folder above it, that lets nobody in but its owner; None where all are open to anybody."""
    for each in (*reversed(path.parents), path):
        with suppress(OSError):
            if not each.stat().st_mode & (stat.S_IXOTH if each.is_dir() else stat.S_IROTH):
                return each
    return None


def _owner(path: Path) -> str | None:
    """Whose a file is, by name as far as they have one; None where it is not there."""
    try:
        return path.owner()
    except KeyError:
        return ""
    except OSError:
        return None


def _show(wanted: Schedule, prefix: Path) -> None:
    """Each file with its place, whole where it is new, else the lines that differ; then the commands."""
    for path, text in _files(wanted, prefix):
        before = _text(path)
        if before is None:
            click.echo(f"{path} is to be written:\n{_indented(text)}")
        elif before == text:
            click.echo(f"{path} is there already.")
        else:
            lines = difflib.unified_diff(before.splitlines(), text.splitlines(), "now", "then", lineterm="", n=0)
            click.echo(f"{path} is another one, to be replaced, and kept as {path}{OLD}:")
            click.echo(_indented("\n".join(lines)))
    _show_commands("Then these are to run:", wanted.commands, prefix)


def _show_removal(wanted: Schedule, prefix: Path) -> None:
    _show_commands("These are to run:", wanted.before_removal, prefix)
    for path, text in _files(wanted, prefix):
        before = _text(path)
        if before is None:
            click.echo(f"{path} is not there.")
        elif before == text:
            click.echo(f"{path} is to be removed.")
        else:
            click.echo(f"{path} is another one than sup-sync writes: it is to be kept as {path}{OLD}.")
    _show_commands("Then these are to run:", wanted.after_removal, prefix)


def _show_commands(title: str, commands: Iterable[tuple[str, ...]], prefix: Path) -> None:
    lines = [shlex.join(command) for command in commands]
    if lines:
        click.echo(f"{title if _is_system(prefix) else 'With --prefix these are left to you:'}")
        click.echo(_indented("\n".join(lines)))


def _install(wanted: Schedule, prefix: Path) -> None:
    for path, text in _files(wanted, prefix):
        if _text(path) != text:
            _put_aside(path)
            _write(path, text)
            click.echo(f"{path} written")
    _run(wanted.commands, prefix)


def _remove(wanted: Schedule, prefix: Path) -> None:
    there = [(path, text) for path, text in _files(wanted, prefix) if _text(path) is not None]
    if there:
        _run(wanted.before_removal, prefix)
    for path, text in there:
        if _text(path) == text:
            path.unlink()
            click.echo(f"{path} removed")
        else:
            _put_aside(path)
    if there:
        _run(wanted.after_removal, prefix)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o644)


def _put_aside(path: Path) -> None:
    if path.exists():
        path.replace(f"{path}{OLD}")
        click.echo(f"{path} kept as {path}{OLD}")


def _run(commands: Iterable[tuple[str, ...]], prefix: Path) -> None:
    """Run the commands one after the other; the first that fails ends it."""
    for command in commands if _is_system(prefix) else ():
        try:
            subprocess.run(command, check=True)  # noqa: S603 - our own words
        except (OSError, subprocess.CalledProcessError) as error:
            raise click.ClickException(f"`{shlex.join(command)}` failed: {error}") from None
        click.echo(f"{shlex.join(command)} done")


def _is_system(prefix: Path) -> bool:
    return prefix == Path("/")


def _files(wanted: Schedule, prefix: Path) -> list[tuple[Path, str]]:
    return [(prefix / path, text) for path, text in wanted.files.items()]


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else None


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())
