"""The page docs/commands.md: every command with its options, from the code of the commands."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from sup_sync.cli.main import cli

INTRODUCTION = """\
# Every command

`sup-sync COMMAND --help` shows the same in the terminal. [Operations](operations.md#exit-codes) explains the exit
codes. `scripts/docs` generates this page from the commands.
"""

SHARED = ("config", "quiet")  # options of every command, listed once


def commands_page() -> str:
    root = click.Context(cli, info_name="sup-sync", **cli.context_settings)
    shared = [param for param in cli.params if param.name in SHARED]
    lines = [INTRODUCTION, "Every command takes these options, before or after its name:\n", _options(shared, root)]
    return "\n".join([*lines, *(_section(*each) for each in commands_of(cli, root))])


def commands_of(group: click.Group, context: click.Context) -> Iterator[tuple[click.Command, click.Context]]:
    """Yield every command that can be run, including `calendar refresh`, in the order of their names."""
    commands = ((name, group.get_command(context, name)) for name in group.list_commands(context))
    for name, command in ((name, command) for name, command in commands if command):
        inner = click.Context(command, info_name=name, parent=context)
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield command, inner
        if isinstance(command, click.Group):
            yield from commands_of(command, inner)


def _section(command: click.Command, context: click.Context) -> str:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    text = inspect.cleandoc(command.help or "").replace("\b\n", "")
    params = [param for param in command.params if param.name not in SHARED]
    return f"## {context.command_path}\n\n{text}\n\n    {usage}\n\n{_options(params, context)}"


def _options(params: list[click.Parameter], context: click.Context) -> str:
    options = [param for param in params if isinstance(param, click.Option)]
    records = [record for record in (option.get_help_record(context) for option in options) if record]
    if not records:
        return ""
    rows = [f"| `{_cell(option)}` | {_cell(text)} |" for option, text in records]
    return "\n".join(["| option | what it does |", "| --- | --- |", *rows, ""])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
