"""The README and the docs can't rot: commands, exit codes and files stand there, and what stands there exists."""

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


def test_readme_lists_exactly_the_commands() -> None:
    table = re.findall(r"^\| `sup-sync ([a-z ]+)", README, flags=re.MULTILINE)
    assert {" ".join(row.split()) for row in table} == commands(cli)


@pytest.mark.parametrize("name", sorted(commands(cli)))
def test_every_command_has_a_one_line_summary(name: str) -> None:
    command: click.Command = cli
    for word in name.split():
        assert isinstance(command, click.Group)
        command = inside(command)[word]
    assert command.help
    assert command.get_short_help_str(200).count(".") <= 2


def test_readme_lists_every_exit_code() -> None:
    faults = {each.exit_code for each in vars(errors).values() if isinstance(each, type) and hasattr(each, "exit_code")}
    own = {code for name, code in vars(exit_codes).items() if name.isupper()}
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", README, flags=re.MULTILINE)}
    assert faults | own - {exit_codes.INTERRUPTED} <= told


def test_readme_lists_every_file_of_mappings() -> None:
    told = set(re.findall(r"^\| `([a-z]+\.yaml)`", README, flags=re.MULTILINE))
    assert told == {path.name for path in (ROOT / "mappings").glob("*.yaml")}


def test_every_script_in_the_docs_exists() -> None:
    text = README + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"scripts/([a-z]+)", text))
    assert named
    assert all((ROOT / "scripts" / name).is_file() for name in named)


@by_page
def test_every_option_in_the_docs_exists(text: str) -> None:
    options = {option for command in _all(cli) for param in command.params for option in param.opts}
    in_commands = re.findall(r"(?:`|^ +|[|&] *)sup-sync [^`\n]*", text, flags=re.MULTILINE)
    named = {
        option for line in [*in_commands, *re.findall(r"`--[a-z-]+", text)] for option in re.findall(r"--[a-z-]+", line)
    }
    assert named - {"--help"} <= options


@by_page
def test_every_command_in_the_docs_exists(text: str) -> None:
    named = re.findall(r"(?:`|^    |[|&] *)sup-sync (?:--config \S+ )?([a-z]+)", text, flags=re.MULTILINE)
    assert set(named) <= set(inside(cli))


def test_operations_covers_each_exit_code() -> None:
    faults = {each.exit_code for each in vars(errors).values() if isinstance(each, type) and hasattr(each, "exit_code")}
    own = {code for name, code in vars(exit_codes).items() if name.isupper()}
    assert {
        int(code) for code in re.findall(r"^\| (\d+) \|", PAGES["operations.md"], flags=re.MULTILINE)
    } == faults | own


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


def _all(group: click.Group) -> list[click.Command]:
    direct = inside(group).values()
    inner = [each for command in direct if isinstance(command, click.Group) for each in _all(command)]
    return [group, *direct, *inner]


@pytest.mark.parametrize("text", PAGES.values(), ids=PAGES)
def test_numbered_step_is_recognized(text: str) -> None:
    """Below more than the step before, the site takes a step without an empty line above for more of the same."""
    lines = text.splitlines()
    steps = [(above, line) for above, line in pairwise(lines) if re.match(r"\d+\. ", line)]
    assert [line for above, line in steps if above and not re.match(r"\d+\. ", above)] == []
