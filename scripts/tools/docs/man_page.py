"""The manual page sup-sync(1): every command with its options and examples, in the format of `man`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from tools.docs.commands import commands_of

from sup_sync import __version__
from sup_sync.cli.examples import ExampleCommand
from sup_sync.cli.main import GROUPS, cli

README = Path(__file__).parent.parent.parent.parent / "README.md"

ENVIRONMENT = (
    ("SUP_SYNC_KEY", "API key of the Redmine account; takes precedence over any file."),
    (
        "SUP_SYNC_NOTIFY",
        "Addresses for notifications outside Redmine: `head=URL`, one per line; takes precedence over any file.",
    ),
    ("CREDENTIALS_DIRECTORY", "Set by systemd: directory of the credentials sup-sync-key and sup-sync-notify."),
    (
        "STATE_DIRECTORY, XDG_STATE_HOME",
        "Parent directory of sup-sync/, which contains lock, audit log and cache. Default: ~/.local/state.",
    ),
    ("NO_COLOR", "If set, output is not coloured."),
)
FILES = (
    ("config.yaml", "Address of Redmine and limits of a run. Default: in the current directory; see --config."),
    ("mappings/", "In the same directory: the regulation, names in Redmine, the calendar, contracts, texts, examples."),
)


def page() -> str:
    """Return the page in groff's macros for manuals."""
    ctx = click.Context(cli, info_name="sup-sync", help_option_names=["-h", "--help"])
    parts = [
        f'.TH SUP\\-SYNC 1 "" "sup\\-sync {__version__}" "User Commands"',
        ".SH NAME",
        f"sup\\-sync \\- {_text(_help(cli))}",
        ".SH SYNOPSIS",
        _usage(ctx, cli),
        ".SH OPTIONS",
        "These options may come before or after the command.",
        *_options(ctx, cli),
        *_command_groups(),
        ".SH EXIT STATUS",
        *_list(_exit_codes()),
        ".SH ENVIRONMENT",
        *_list(ENVIRONMENT),
        ".SH FILES",
        *_list(FILES),
    ]
    return "\n".join(parts) + "\n"


def _command_groups() -> Iterator[str]:
    root = click.Context(cli, info_name="sup-sync")
    for title, names in GROUPS.items():
        yield f'.SH "COMMANDS: {title.upper()}"'
        for command, context in commands_of(cli, root, names):
            yield from _section(context.command_path, command)


def _section(path: str, command: click.Command) -> Iterator[str]:
    ctx = click.Context(command, info_name=path)
    yield f".SS {_text(path)}"
    yield _usage(ctx, command)
    yield ".PP"
    yield _text(_help(command))
    yield from _options(ctx, command, shared=[option for param in cli.get_params(ctx) for option in param.opts])
    yield from _examples(command)


def _usage(ctx: click.Context, command: click.Command) -> str:
    words = " ".join(command.collect_usage_pieces(ctx))
    return f"\\fB{_text(ctx.command_path)}\\fR {_text(words)}"


def _options(ctx: click.Context, command: click.Command, shared: Iterable[str] = ()) -> Iterator[str]:
    params = [param for param in command.get_params(ctx) if not set(param.opts) & set(shared)]
    yield from _list(record for param in params if (record := param.get_help_record(ctx)))


def _examples(command: click.Command) -> Iterator[str]:
    if isinstance(command, ExampleCommand) and command.examples:
        yield from (".PP", "Examples:", ".RS", ".nf", *map(_text, command.examples), ".fi", ".RE")


def _exit_codes() -> list[tuple[str, str]]:
    return re.findall(r"^\| (\d+) \| (.+) \|$", README.read_text(encoding="utf-8"), flags=re.MULTILINE)


def _list(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for term, text in rows:
        yield from (".TP", f"\\fB{_text(term)}\\fR", _text(text))


def _help(command: click.Command) -> str:
    return " ".join((command.help or "").split())


def _text(text: str) -> str:
    """Escape a text for groff: keep its hyphens, and do not let a line start a macro."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped


if __name__ == "__main__":
    print(page(), end="")
