"""The page docs/commands.md: every command with its options and examples, in the groups of `sup-sync --help`."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator

import click

from sup_sync.cli.examples import ExampleCommand
from sup_sync.cli.main import GROUPS, cli

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
    for title, names in GROUPS.items():
        lines += [f"## {title}\n", *(_section(*each) for each in commands_of(cli, root, names))]
    return "\n".join(lines)


def commands_of(
    group: click.Group, context: click.Context, names: Iterable[str]
) -> Iterator[tuple[click.Command, click.Context]]:
    """Yield the commands of these names that can be run, with their subcommands (`calendar refresh`)."""
    commands = ((name, group.get_command(context, name)) for name in names)
    for name, command in ((name, command) for name, command in commands if command):
        inner = click.Context(command, info_name=name, parent=context)
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield command, inner
        if isinstance(command, click.Group):
            yield from commands_of(command, inner, command.list_commands(inner))


def _section(command: click.Command, context: click.Context) -> str:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    text = inspect.cleandoc(command.help or "").replace("\b\n", "")
    params = [param for param in command.params if param.name not in SHARED]
    parts = [
        f"### {context.command_path}",
        text,
        f"    {usage}",
        _options(params, context).rstrip(),
        _examples(command),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _examples(command: click.Command) -> str:
    examples = command.examples if isinstance(command, ExampleCommand) else ()
    return "\n".join(["Examples:\n", *(f"    {line}" for line in examples)]) if examples else ""


def _options(params: list[click.Parameter], context: click.Context) -> str:
    options = [param for param in params if isinstance(param, click.Option)]
    records = [record for record in (option.get_help_record(context) for option in options) if record]
    if not records:
        return ""
    rows = [f"| `{_cell(option)}` | {_cell(text)} |" for option, text in records]
    return "\n".join(["| option | what it does |", "| --- | --- |", *rows, ""])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
