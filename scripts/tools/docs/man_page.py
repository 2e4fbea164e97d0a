"""Prints the manual page sup-sync(1): every command with its options, on one page, as `man` wants it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from tools.docs.commands import commands_of

from sup_sync import __version__
from sup_sync.cli.main import cli

README = Path(__file__).parent.parent.parent.parent / "README.md"

ENVIRONMENT = (
    ("SUP_SYNC_KEY", "The key of the tracker's account, before any file."),
    ("SUP_SYNC_NOTIFY", "Where people are reached outside of the tracker, before any file: `head=URL`, one a line."),
    ("CREDENTIALS_DIRECTORY", "Set by systemd: holds the credentials sup-sync-key and sup-sync-notify."),
    ("STATE_DIRECTORY, XDG_STATE_HOME", "Above sup-sync/ with lock, audit log and cache; else ~/.local/state."),
    ("NO_COLOR", "Where it is set nothing is coloured."),
)
FILES = (
    ("config.yaml", "Where the tracker is and what a run may do; in the present folder, or as --config names it."),
    ("mappings/", "Beside it: the regulation, the tracker's names, the calendar, contracts, texts, examples."),
)


def page() -> str:
    """The whole page, in groff's macros for manuals."""
    ctx = click.Context(cli, info_name="sup-sync", help_option_names=["-h", "--help"])
    parts = [
        f'.TH SUP\\-SYNC 1 "" "sup\\-sync {__version__}" "User Commands"',
        ".SH NAME",
        f"sup\\-sync \\- {_text(_help(cli))}",
        ".SH SYNOPSIS",
        _usage(ctx, cli),
        ".SH OPTIONS",
        "These may stand before a command's name and behind it.",
        *_options(ctx, cli),
        ".SH COMMANDS",
        *(line for path, command in _commands() for line in _section(path, command)),
        ".SH EXIT STATUS",
        *_list(_exit_codes()),
        ".SH ENVIRONMENT",
        *_list(ENVIRONMENT),
        ".SH FILES",
        *_list(FILES),
    ]
    return "\n".join(parts) + "\n"


def _commands() -> Iterator[tuple[str, click.Command]]:
    """Every command that can be typed, with its name in full."""
    for command, context in commands_of(cli, click.Context(cli, info_name="sup-sync")):
        yield context.command_path, command


def _section(path: str, command: click.Command) -> Iterator[str]:
    ctx = click.Context(command, info_name=path)
    yield f".SS {_text(path)}"
    yield _usage(ctx, command)
    yield ".PP"
    yield _text(_help(command))
    yield from _options(ctx, command, left_out=[option for each in cli.get_params(ctx) for option in each.opts])


def _usage(ctx: click.Context, command: click.Command) -> str:
    words = " ".join(command.collect_usage_pieces(ctx))
    return f"\\fB{_text(ctx.command_path)}\\fR {_text(words)}"


def _options(ctx: click.Context, command: click.Command, left_out: Iterable[str] = ()) -> Iterator[str]:
    params = [each for each in command.get_params(ctx) if not set(each.opts) & set(left_out)]
    yield from _list(record for each in params if (record := each.get_help_record(ctx)))


def _exit_codes() -> list[tuple[str, str]]:
    return re.findall(r"^\| (\d+) \| (.+) \|$", README.read_text(encoding="utf-8"), flags=re.MULTILINE)


def _list(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for term, text in rows:
        yield from (".TP", f"\\fB{_text(term)}\\fR", _text(text))


def _help(command: click.Command) -> str:
    return " ".join((command.help or "").split())


def _text(text: str) -> str:
    """Words as groff prints them: hyphens stay hyphens, and no line is taken for a macro."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped


if __name__ == "__main__":
    print(page(), end="")
