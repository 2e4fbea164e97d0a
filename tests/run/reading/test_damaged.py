"""A cache that is damaged, of another format or not accessible: a run only takes longer, and reports one line."""

from __future__ import annotations

import os
import random
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from end_to_end.scene import BASE, CONSULTATION, OPERATOR
from run.reading.cached_site import HISTORIES, PUTS, CachedSite, RunTrace
from support.promises import ONCE

from sup_sync.run import cache

Damage = Callable[[Path], None]
CountPromise = Callable[[str, str], None]


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2 + 100)


def fill_with_garbage(path: Path) -> None:
    path.write_bytes(b"garbage " * 4_000)


def zero_pages(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:4096] + bytes(len(data) - 4096))


def flip_in_an_issue(path: Path) -> None:
    flip(path, "SELECT issue FROM history ORDER BY id LIMIT 1")


def flip_in_the_lists(path: Path) -> None:
    flip(path, "SELECT value FROM memory WHERE key = 'redmine_state'")


def flip(path: Path, query: str) -> None:
    """Flip one bit in the middle of a value in the file."""
    with closing(sqlite3.connect(path)) as base:
        (value,) = base.execute(query).fetchone()
    data = bytearray(path.read_bytes())
    at = data.index(value[len(value) // 4 :][:100]) + 50
    data[at] ^= 4
    path.write_bytes(data)


def damage_a_name(path: Path) -> None:
    """Damage a table name, so that SQLite quotes invalid text in its error."""
    path.write_bytes(path.read_bytes().replace(b"tablehistoryhistory", b"tablehistor\xf9history"))


def execute(statement: str) -> Damage:
    def damage(path: Path) -> None:
        with closing(sqlite3.connect(path)) as base, base:
            base.execute(statement)

    damage.__name__ = statement
    return damage


def replace_by_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES = [
    truncate,
    fill_with_garbage,
    zero_pages,
    flip_in_an_issue,
    flip_in_the_lists,
    damage_a_name,
    execute("PRAGMA user_version = 0"),
    execute(f"PRAGMA user_version = {cache.VERSION + 1}"),
    execute("DROP TABLE history"),
    execute("UPDATE memory SET value = 'text'"),
]


@pytest.fixture
def due(site: CachedSite) -> CachedSite:
    """A site with three cached requests, of which two are late at 11:05."""
    for _ in range(2):
        site.diary.file("Mon 09:00")
    site.diary.file("Mon 09:00", OPERATOR, BASE, CONSULTATION)
    site.run_until_idle("Mon 10:00", "Mon 10:05", "Mon 10:10")
    return site


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda each: each.__name__)
def test_damaged_file_is_deleted_with_one_line(due: CachedSite, damage: Damage, count_promise: CountPromise) -> None:
    damage(due.path)
    trace = due.run("Mon 11:05")
    assert has_escalated(trace)
    assert trace.requests[HISTORIES] >= 3 + 2 * 2
    (line,) = due.cache_reports
    assert line.startswith(f"{due.path}: ")
    assert line.endswith("; cache deleted, rereading everything")
    due.run("Mon 11:10")
    assert due.run("Mon 11:15").is_idle
    assert len(due.cache_reports) == 1
    count_promise(ONCE, "a cache that is damaged or has another format")


def has_escalated(trace: RunTrace) -> bool:
    """Return whether only the two late requests were escalated."""
    changes = [
        (each.field, each.new.removeprefix(f"issue={each.issue_id} "))
        for each in trace.result.done.plan.changes
        if each.field != "private_note"
    ]
    escalated = [("state", "Мерзімі өтті"), ("marker", "acknowledged#0@1.00 first_response#0@1.00")]
    return trace.requests[PUTS] == 2 and changes == escalated * 2 and trace.result.done.is_complete


def test_intact_file_is_used(due: CachedSite) -> None:
    trace = due.run("Mon 11:05")
    assert has_escalated(trace)
    assert (trace.requests[HISTORIES], due.cache_reports) == (2 * 2, [])


def test_histories_read_before_the_boot_are_not_used(
    due: CachedSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "boot").write_text("another")
    monkeypatch.setattr(cache, "BOOT_ID", tmp_path / "boot")
    trace = due.run("Mon 11:05")
    assert has_escalated(trace)
    assert (trace.requests[HISTORIES], due.cache_reports) == (3 + 2 * 2, [])


@contextmanager
def locked(path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        base.execute("BEGIN EXCLUSIVE")
        yield
        base.execute("ROLLBACK")


def test_run_works_without_a_cache_while_it_is_locked(due: CachedSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "WAIT_S", 0.01)
    with locked(due.path):
        trace = due.run("Mon 11:05")
    assert has_escalated(trace)
    assert trace.requests[HISTORIES] == 3 + 2 * 2
    assert due.cache_reports == []
    assert due.run("Mon 11:10").requests[HISTORIES] == 2  # the cache is unchanged


def test_run_works_without_a_cache_if_it_is_locked_later(due: CachedSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "WAIT_S", 0.01)
    for each in due.world.tracker.issues:
        with due.diary.at("Mon 10:59", each.id):
            due.world.note(OPERATOR, each.id, "Ішкі", private=True)
    locks = [locked(due.path)]

    def lock(_done: int, _of: int) -> None:
        if len(locks) == 1:
            locks.append(locks[0])
            locks[0].__enter__()

    trace = due.run("Mon 11:05", progress=lock)
    locks[0].__exit__(None, None, None)
    assert has_escalated(trace)
    assert due.cache_reports == []
    due.run("Mon 11:10")
    assert due.run("Mon 11:15").is_idle


def test_run_works_without_a_cache_if_the_path_is_a_folder(due: CachedSite) -> None:
    replace_by_a_folder(due.path)
    assert has_escalated(due.run("Mon 11:05"))
    assert (due.cache_reports, due.path.is_dir()) == ([], True)


def test_run_works_without_a_cache_if_the_file_cannot_be_created(
    due: CachedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError

    monkeypatch.setattr(cache.os, "open", refuse)  # tests may run as root, who can write anywhere
    assert has_escalated(due.run("Mon 11:05"))
    assert due.cache_reports == []


class Limited(sqlite3.Connection):
    """A connection with a pragma that prevents writing to the file."""

    pragma: str

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        if given[0] != cache.IN_MEMORY:
            self.execute(f"PRAGMA {self.pragma}")


@pytest.mark.parametrize(
    ("pragma", "reason"), [("max_page_count = 1", "database or disk is full"), ("query_only = ON", "readonly database")]
)
def test_run_works_without_a_cache_if_the_disk_is_full_and_keeps_the_file(
    due: CachedSite, monkeypatch: pytest.MonkeyPatch, pragma: str, reason: str
) -> None:
    with due.diary.at("Mon 11:00", *(each.id for each in due.world.tracker.issues)) as world:
        for each in due.world.tracker.issues:
            world.note(OPERATOR, each.id, "Ішкі " * 2_000, private=True)
    with monkeypatch.context() as patched:
        patched.setattr(
            cache.sqlite3, "connect", partial(sqlite3.connect, factory=type("Limited", (Limited,), {"pragma": pragma}))
        )
        trace = due.run("Mon 11:05")
    assert has_escalated(trace)
    assert trace.requests[HISTORIES] <= 2 * 3 + 2 * 2
    (line,) = due.cache_reports
    assert reason in line
    assert len(due.cached_ids()) == 3
    due.run("Mon 11:10")
    assert due.run("Mon 11:15").is_idle


def test_run_works_if_a_damaged_file_cannot_be_deleted(due: CachedSite, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    fill_with_garbage(due.path)
    monkeypatch.setattr(cache.Path, "unlink", refuse)  # tests may run as root, who can delete anything
    assert has_escalated(due.run("Mon 11:05"))


def test_file_is_readable_only_by_its_owner(due: CachedSite) -> None:
    assert stat.S_IMODE(due.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(due.path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("seed", range(20))
def test_run_completes_with_flipped_bits_in_the_file(due: CachedSite, seed: int) -> None:
    """SQLite has no check sums: a flipped bit may be detected or not, but a run completes with at most one line."""
    generator = random.Random(seed)  # noqa: S311 - the same in every run
    data = bytearray(due.path.read_bytes())
    for _ in range(3):
        data[generator.randrange(len(data))] ^= 1 << generator.randrange(8)
    due.path.write_bytes(data)
    assert due.run("Mon 11:05").result.done.is_complete
    assert len(due.cache_reports) <= 1
