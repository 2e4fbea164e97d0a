"""Agreement of the README and the docs with the code: commands, options, exit codes, files."""

from __future__ import annotations

import re
import tomllib
from itertools import pairwise
from pathlib import Path

import click
import pytest

from sup_sync import errors
from sup_sync.cli import exit_codes
from sup_sync.cli.main import cli

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").glob("*.md"))}
by_page = pytest.mark.parametrize("text", [README, *PAGES.values()], ids=["README.md", *PAGES])


def subcommands(group: click.Group) -> dict[str, click.Command]:
    """Return the direct subcommands of a group, by name."""
    context = click.Context(group)
    by_name = {name: group.get_command(context, name) for name in group.list_commands(context)}
    return {name: command for name, command in by_name.items() if command}


def commands(group: click.Group, before: str = "") -> set[str]:
    """Return the full name of every command, including nested ones like `calendar refresh`."""
    names: set[str] = set()
    for name, command in subcommands(group).items():
        if isinstance(command, click.Group):
            names |= commands(command, f"{before}{name} ")
        if not isinstance(command, click.Group) or command.invoke_without_command:
            names.add(before + name)
    return names


def exit_codes_of_errors() -> set[int]:
    return {each.exit_code for each in vars(errors).values() if isinstance(each, type) and hasattr(each, "exit_code")}


def test_readme_lists_exactly_the_commands() -> None:
    table = re.findall(r"^\| `sup-sync ([a-z ]+)", README, flags=re.MULTILINE)
    assert {" ".join(row.split()) for row in table} == commands(cli)


@pytest.mark.parametrize("name", sorted(commands(cli)))
def test_every_command_has_a_one_line_summary(name: str) -> None:
    command: click.Command = cli
    for word in name.split():
        assert isinstance(command, click.Group)
        command = subcommands(command)[word]
    assert command.help
    assert command.get_short_help_str(200).count(".") <= 2


def test_readme_lists_every_exit_code() -> None:
    of_errors, own = exit_codes_of_errors(), {code for name, code in vars(exit_codes).items() if name.isupper()}
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", README, flags=re.MULTILINE)}
    assert of_errors | own - {exit_codes.INTERRUPTED} <= listed


def test_readme_lists_every_file_of_mappings() -> None:
    listed = set(re.findall(r"^\| `([a-z]+\.yaml)`", README, flags=re.MULTILINE))
    assert listed == {path.name for path in (ROOT / "mappings").glob("*.yaml")}


def test_every_script_in_the_docs_exists() -> None:
    text = README + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"scripts/([a-z]+)", text))
    assert named
    assert all((ROOT / "scripts" / name).is_file() for name in named)


@by_page
def test_every_option_in_the_docs_exists(text: str) -> None:
    options = {option for command in _all_commands(cli) for param in command.params for option in param.opts}
    in_commands = re.findall(r"(?:`|^ +|[|&] *)sup-sync [^`\n]*", text, flags=re.MULTILINE)
    named = {
        option for line in [*in_commands, *re.findall(r"`--[a-z-]+", text)] for option in re.findall(r"--[a-z-]+", line)
    }
    assert named - {"--help"} <= options


@by_page
def test_every_command_in_the_docs_exists(text: str) -> None:
    named = re.findall(r"(?:`|^    |[|&] *)sup-sync (?:--config \S+ )?([a-z]+)", text, flags=re.MULTILINE)
    assert set(named) <= set(subcommands(cli))


def test_operations_covers_each_exit_code() -> None:
    of_errors, own = exit_codes_of_errors(), {code for name, code in vars(exit_codes).items() if name.isupper()}
    assert {
        int(code) for code in re.findall(r"^\| (\d+) \|", PAGES["operations.md"], flags=re.MULTILINE)
    } == of_errors | own


def test_site_navigation_lists_every_page() -> None:
    settings = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))
    assert {page for entry in settings["project"]["nav"] for page in entry.values()} >= set(PAGES)


def test_architecture_lists_every_district() -> None:
    listed = re.findall(r"^\| `([a-z]+)/` \|", PAGES["architecture.md"], flags=re.MULTILINE)
    districts = [path.parent.name for path in (ROOT / "sup_sync").glob("*/__init__.py")]
    assert sorted(listed) == sorted(districts)


def test_files_named_in_architecture_exist() -> None:
    named = re.findall(r"`([a-z]+/[a-z_/]+(?:\.py|/))`", PAGES["architecture.md"])
    assert named
    assert [each for each in named if not (ROOT / "sup_sync" / each).exists()] == []


def _all_commands(group: click.Group) -> list[click.Command]:
    direct = subcommands(group).values()
    inner = [each for command in direct if isinstance(command, click.Group) for each in _all_commands(command)]
    return [group, *direct, *inner]


@pytest.mark.parametrize("text", PAGES.values(), ids=PAGES)
def test_numbered_step_is_recognized(text: str) -> None:
    """The site continues the paragraph above a step unless an empty line or another step precedes it."""
    lines = text.splitlines()
    steps = [(above, line) for above, line in pairwise(lines) if re.match(r"\d+\. ", line)]
    assert [line for above, line in steps if above and not re.match(r"\d+\. ", above)] == []
