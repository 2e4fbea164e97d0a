"""The examples in `--help`: they run offline if they need no Redmine, otherwise their options are parsed."""

from __future__ import annotations

import re
import shlex
import shutil

import click
import pytest
from stories.shipped import REPOSITORY
from support.shell import Shell

from sup_sync.cli.examples import ExampleCommand
from sup_sync.cli.main import COMMANDS, GROUPS, cli

OFFLINE = {"due", "regulation", "calendar", "clients", "completion", "provision"}


def find_command(*names: str) -> click.Command:
    command: click.Command = cli
    for name in names:
        assert isinstance(command, click.Group)
        inner = command.get_command(click.Context(command), name)
        assert inner
        command = inner
    return command


RUNNABLE = [(name,) for name in COMMANDS] + [("calendar", "refresh")]
EXAMPLES = {
    line: names
    for names in RUNNABLE
    if isinstance(command := find_command(*names), ExampleCommand)
    for line in command.examples
}


def arguments_of(line: str) -> list[str]:
    """Split an example; drop what the shell would do with its output."""
    match = re.search(r"sup-sync ([^|>)]+)", line)
    assert match
    return shlex.split(match[1])


def is_offline(line: str) -> bool:
    return EXAMPLES[line][0] in OFFLINE or "--from" in line or "--offline" in line


@pytest.fixture
def files(shell: Shell) -> Shell:
    """The folder with the files that examples name."""
    shutil.copy(REPOSITORY / "examples/requests.jsonl", shell.folder)
    shutil.copytree(shell.folder / "mappings", shell.folder / "new/mappings")
    return shell


@pytest.mark.parametrize("names", RUNNABLE, ids=" ".join)
def test_each_command_shows_its_examples_last_in_its_help(shell: Shell, names: tuple[str, ...]) -> None:
    command = find_command(*names)
    assert isinstance(command, ExampleCommand)
    assert command.examples
    shown = shell(*names, "--help").out.partition("\nExamples:\n")[2]
    assert shown == "".join(f"  {line}\n" for line in command.examples)


@pytest.mark.parametrize("line", [line for line in EXAMPLES if is_offline(line)])
def test_offline_example_runs(files: Shell, line: str) -> None:
    result = files(*arguments_of(line))
    assert result.code in (0, 3), result.err  # the examples have a request in a tracker that is not mapped


@pytest.mark.parametrize("line", [line for line in EXAMPLES if not is_offline(line)])
def test_example_is_parsed_by_its_command(files: Shell, line: str) -> None:
    assert files.folder.exists()
    words, names = arguments_of(line), EXAMPLES[line]
    cli.make_context("sup-sync", list(words))
    find_command(*names).make_context(names[-1], words[words.index(names[-1]) + 1 :])


def test_groups_contain_each_command_once(shell: Shell) -> None:
    assert len(COMMANDS) == len(set(COMMANDS))
    listed = shell("--help").out
    places = [listed.index(f"\n{title}:\n") for title in GROUPS]
    assert places == sorted(places)
    names = [line.split()[0] for line in listed[places[0] :].splitlines() if re.match(r"  [a-z]+  ", line)]
    assert names == list(COMMANDS)
