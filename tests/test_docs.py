"""The README can't rot: every command, exit code and file of mappings/ stands in it, and what stands in it is there."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from sup_sync import errors
from sup_sync.cli import codes
from sup_sync.cli.main import cli

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def inside(group: click.Group) -> dict[str, click.Command]:
    """The commands of a group, by name."""
    context = click.Context(group)
    found = {name: group.get_command(context, name) for name in group.list_commands(context)}
    return {name: command for name, command in found.items() if command}


def commands(group: click.Group, before: str = "") -> set[str]:
    """Every command that can be typed, `calendar refresh` as well."""
    names: set[str] = set()
    for name, command in inside(group).items():
        if isinstance(command, click.Group):
            names |= commands(command, f"{before}{name} ")
        if not isinstance(command, click.Group) or command.invoke_without_command:
            names.add(before + name)
    return names


def test_every_command_stands_in_the_readme_and_no_other() -> None:
    table = re.findall(r"^\| `sup-sync ([a-z ]+)", README, flags=re.MULTILINE)
    assert {" ".join(row.split()) for row in table} == commands(cli)


@pytest.mark.parametrize("name", sorted(commands(cli)))
def test_every_command_says_what_it_does_in_one_line(name: str) -> None:
    command: click.Command = cli
    for word in name.split():
        assert isinstance(command, click.Group)
        command = inside(command)[word]
    assert command.help
    assert command.get_short_help_str(200).count(".") <= 2


def test_every_exit_code_stands_in_the_readme() -> None:
    faults = {each.exit_code for each in vars(errors).values() if isinstance(each, type) and hasattr(each, "exit_code")}
    own = {code for name, code in vars(codes).items() if name.isupper()}
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", README, flags=re.MULTILINE)}
    assert faults | own - {codes.INTERRUPTED} <= told


def test_every_file_of_mappings_stands_in_the_readme() -> None:
    told = set(re.findall(r"^\| `([a-z]+\.yaml)`", README, flags=re.MULTILINE))
    assert told == {path.name for path in (ROOT / "mappings").glob("*.yaml")}


def test_every_script_that_the_docs_name_is_there() -> None:
    text = README + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"scripts/([a-z]+)", text))
    assert named
    assert all((ROOT / "scripts" / name).is_file() for name in named)


def test_every_option_that_the_readme_names_exists() -> None:
    options = {option for command in _all(cli) for param in command.params for option in param.opts}
    named = set(re.findall(r"`(--[a-z-]+)", README)) - {"--help"}
    assert named <= options


def _all(group: click.Group) -> list[click.Command]:
    direct = inside(group).values()
    inner = [each for command in direct if isinstance(command, click.Group) for each in _all(command)]
    return [group, *direct, *inner]
