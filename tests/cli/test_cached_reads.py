"""The cache of plan, queue and report: only changes are read; with --now everything is read again."""

from __future__ import annotations

import re
import sqlite3
import zlib
from collections import Counter
from collections.abc import Callable
from contextlib import closing

import pytest
from cli.office import NOW, Office
from end_to_end.scene import CLIENT
from support.promises import SECRET
from support.shell import Shell


@pytest.fixture
def ids(office: Office) -> list[int]:
    return [office.file() for _ in range(3)]


def read(office: Office) -> Counter[int]:
    """Return the histories that were requested since the last call."""
    matches = [
        re.fullmatch(r"/issues/(\d+)\.json", path) for method, path in office.world.rest.requests if method == "GET"
    ]
    office.world.rest.requests.clear()
    return Counter(int(each[1]) for each in matches if each)


@pytest.mark.parametrize("command", ["plan", "queue", "report"])
def test_second_command_reads_only_changed_histories(
    shell: Shell, office: Office, ids: list[int], command: str
) -> None:
    read(office)
    first = shell(command, "--json")
    assert read(office) == Counter(ids)
    second = shell(command, "--json")
    assert read(office) == Counter()
    assert without_moment(second.out) == without_moment(first.out)
    with office.people() as diary, diary.at("Mon 10:00", ids[1]) as world:
        world.note(CLIENT, ids[1], "Тағы")
    office.world.tracker.issues[1].updated_at = office.world.tracker.now
    read(office)
    shell(command, "--json")
    assert read(office) == Counter([ids[1]])


def without_moment(text: str) -> str:
    """Remove the times that differ with each command."""
    return re.sub(r'"(now|left|elapsed)": "[^"]*"|"(working|wall)": \d+', "", text)


@pytest.mark.parametrize("command", ["plan", "queue", "report"])
def test_command_with_now_reads_everything_and_caches_nothing(
    shell: Shell, office: Office, ids: list[int], command: str
) -> None:
    for _ in range(2):
        read(office)
        assert shell(command, "--now", NOW, "--json").code == 0
        assert read(office) == Counter(ids)
    assert list((shell.folder / "state").rglob("*.cache")) == []


def test_apply_uses_histories_that_plan_cached(shell: Shell, office: Office, ids: list[int]) -> None:
    shell("plan")
    read(office)
    assert shell("apply", "-q").code == 0
    assert read(office) == Counter(dict.fromkeys(ids, 4))  # before and after each of two notes


def test_damaged_cache_is_reported_in_one_line(shell: Shell, ids: list[int]) -> None:
    shell("plan")
    (path,) = (shell.folder / "state").rglob("*.cache")
    path.write_bytes(b"garbage " * 4_000)
    result = shell("queue", "--json")
    assert (result.code, len(result.json["entries"])) == (0, len(ids))
    (line,) = result.err.splitlines()
    assert line == f"sup-sync: {path}: file is not a database; cache deleted, rereading everything"


def test_cache_does_not_contain_the_key(
    shell: Shell, office: Office, ids: list[int], count_promise: Callable[[str, str], None]
) -> None:
    assert office.file() > max(ids)
    shell("plan")
    (path,) = (shell.folder / "state").rglob("*.cache")
    with closing(sqlite3.connect(path)) as base:
        packed = [row[0] for row in base.execute("SELECT value FROM memory UNION ALL SELECT issue FROM history")]
    texts = [zlib.decompress(each).decode() for each in packed]
    assert sum(f'"id": {issue_id}' in text for issue_id in ids for text in texts) >= len(ids)
    assert shell.key not in "".join(texts)
    assert shell.key.encode() not in path.read_bytes()
    count_promise(SECRET, "the cache, unpacked")
