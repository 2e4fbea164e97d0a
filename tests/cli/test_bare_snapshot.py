"""Snapshots without the lists of Redmine, or with lists that lack a mapped name: what cannot be judged is reported."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from stories.moments import read_moment
from stories.redmine_json import VIP_PROJECT, new_issue, new_lists
from support.shell import Shell

AT = ("--now", "2026-06-08T12:00")
COMMANDS = (("queue",), ("report",), ("plan",), ("explain", "7"), ("whatif", "mappings"))
BY_BIN, BY_GROUP = "bin: 970240000816", "group: VIP Тобыл"

Write = Callable[..., Path]


@pytest.fixture
def write(shell: Shell) -> Write:
    """A function that writes a snapshot of request 7 with these lists, or none; `change` are keys of its project."""

    def make(lists: dict[str, Any] | None = None, **change: str) -> Path:
        issue = new_issue(7, read_moment("Mon 09:00"), "client")
        issue["project"] |= change
        lines = [] if lists is None else [{"tracker": lists}]
        return shell.write("snapshot.jsonl", "".join(f"{json.dumps(each)}\n" for each in (*lines, issue)))

    return make


def contracts(shell: Shell, *keys: str, until: str = "2028-12-31") -> None:
    """Write the contracts, each with these keys that identify the client."""
    rows = (f"  - {{client: ЖШС, level: vip, {key}, from: 2024-01-01, until: {until}}}\n" for key in keys)
    shell.files.path("clients.yaml").write_text("contracts:\n" + "".join(rows), encoding="utf-8")


def level(shell: Shell, source: Path) -> str | None:
    result = shell("explain", 7, "--from", source, *AT, "--json")
    answer: str | None = next(each["value"] for each in result.json["classification"] if each["name"] == "level")
    assert result.code == (0 if answer else 3)
    return answer


@pytest.mark.parametrize("words", COMMANDS)
def test_request_of_unknown_level_is_named_with_exit_code_3(shell: Shell, write: Write, words: tuple[str, ...]) -> None:
    result = shell(*words, "--from", write(), *AT, "-q")
    assert result.code == 3
    assert "#7" in result.err or "#7" in result.out
    assert "base" not in result.out.casefold()


def test_level_is_unknown_if_a_contract_by_project_or_group_is_in_force(shell: Shell, write: Write) -> None:
    assert level(shell, write()) is None
    contracts(shell, BY_GROUP)
    assert level(shell, write()) is None
    plan = shell("plan", "--from", write(), *AT, "--json")
    assert plan.json["changes"] == []
    assert [(each["kind"], each["clause"]) for each in plan.json["findings"]] == [("no_level", "3")]
    assert "create it with `sup-sync snapshot`" in plan.json["findings"][0]["text"]


def test_level_is_known_if_no_contract_depends_on_the_lists(shell: Shell, write: Write) -> None:
    contracts(shell, BY_BIN)
    assert level(shell, write()) == "base"
    contracts(shell, BY_GROUP, until="2026-06-07")
    assert level(shell, write()) == "base"
    contracts(shell, f"project: {VIP_PROJECT}")
    assert level(shell, write(identifier=VIP_PROJECT)) == "vip"
    assert level(shell, write(identifier="portal-users")) == "base"


def test_contract_that_surely_applies_decides_only_before_unknown_ones(shell: Shell, write: Write) -> None:
    contracts(shell, f"project: {VIP_PROJECT}", BY_GROUP)
    assert level(shell, write(identifier=VIP_PROJECT)) == "vip"
    contracts(shell, BY_GROUP, f"project: {VIP_PROJECT}")
    assert level(shell, write(identifier=VIP_PROJECT)) is None


def test_lists_decide_the_level(shell: Shell, write: Write) -> None:
    contracts(shell, BY_GROUP)
    assert level(shell, write(new_lists())) == "base"


def test_mapped_names_that_the_lists_lack_are_printed(shell: Shell, write: Write) -> None:
    contracts(shell, BY_GROUP, "project: murager-group", "group: VIP Ескі")
    lists = new_lists() | {"groups": [{"id": 1, "name": "VIP Ескі"}], "trackers": []}
    lists["projects"], lists["priorities"] = lists["projects"][:1], lists["priorities"][:1]
    result = shell("queue", "--from", write(lists), *AT, "-q")
    for text in (
        'priority "Жедел"',
        'group "VIP Тобыл"',
        'group "Қолдау қызметі"',
        'project "murager-group"',
        'tracker "Кеңес"',
    ):
        assert f"sup-sync: snapshot.jsonl: {text} is not in its lists of Redmine" in result.err
    assert "VIP Ескі" not in result.err
