"""A cache that is damaged, strange or out of reach changes nothing but how long a run takes, and says one line."""

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
from run.reading.office import HISTORIES, PUTS, Office, ReceivedRequest
from support.promises import ONCE

from sup_sync.run import cache

Damage = Callable[[Path], None]
Tried = Callable[[str, str], None]


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
    """One bit of a value, in the middle of it, where the file holds it."""
    with closing(sqlite3.connect(path)) as base:
        (value,) = base.execute(query).fetchone()
    data = bytearray(path.read_bytes())
    at = data.index(value[len(value) // 4 :][:100]) + 50
    data[at] ^= 4
    path.write_bytes(data)


def spoil_a_name(path: Path) -> None:
    """SQLite then quotes in its error what is no text."""
    path.write_bytes(path.read_bytes().replace(b"tablehistoryhistory", b"tablehistor\xf9history"))


def execute(statement: str) -> Damage:
    def damage(path: Path) -> None:
        with closing(sqlite3.connect(path)) as base, base:
            base.execute(statement)

    damage.__name__ = statement
    return damage


def become_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES = [
    truncate,
    fill_with_garbage,
    zero_pages,
    flip_in_an_issue,
    flip_in_the_lists,
    spoil_a_name,
    execute("PRAGMA user_version = 0"),
    execute(f"PRAGMA user_version = {cache.VERSION + 1}"),
    execute("DROP TABLE history"),
    execute("UPDATE memory SET value = 'text'"),
]


@pytest.fixture
def due(office: Office) -> Office:
    """Requests of which two are late at 11:05, and all of them remembered."""
    for _ in range(2):
        office.diary.file("Mon 09:00")
    office.diary.file("Mon 09:00", OPERATOR, BASE, CONSULTATION)
    office.mark_idle("Mon 10:00", "Mon 10:05", "Mon 10:10")
    return office


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda each: each.__name__)
def test_a_damaged_file_is_thrown_away_with_one_line(due: Office, damage: Damage, count_promise: Tried) -> None:
    damage(due.path)
    asked = due.run("Mon 11:05")
    assert wrote_as_due(asked)
    assert asked.made[HISTORIES] >= 3 + 2 * 2
    (line,) = due.told
    assert line.startswith(f"{due.path}: ")
    assert line.endswith(": thrown away, and all is read anew")
    due.run("Mon 11:10")
    assert due.run("Mon 11:15").is_idle
    assert len(due.told) == 1
    count_promise(ONCE, "what runs remember is damaged or of another form")


def wrote_as_due(asked: ReceivedRequest) -> bool:
    """Whether the two that are late were escalated, and nothing else was done."""
    changes = [(each.field, each.new) for each in asked.ran.done.plan.changes if each.field != "private_note"]
    escalated = [("state", "Мерзімі өтті"), ("marker", "acknowledged#0@1.00 first_response#0@1.00")]
    return asked.made[PUTS] == 2 and changes == escalated * 2 and asked.ran.done.is_complete


def test_a_sound_file_is_used(due: Office) -> None:
    asked = due.run("Mon 11:05")
    assert wrote_as_due(asked)
    assert (asked.made[HISTORIES], due.told) == (2 * 2, [])


def test_what_was_read_before_the_machine_started_is_not_used(
    due: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "boot").write_text("another")
    monkeypatch.setattr(cache, "BOOT_ID", tmp_path / "boot")
    asked = due.run("Mon 11:05")
    assert wrote_as_due(asked)
    assert (asked.made[HISTORIES], due.told) == (3 + 2 * 2, [])


@contextmanager
def locked(path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        base.execute("BEGIN EXCLUSIVE")
        yield
        base.execute("ROLLBACK")


def test_while_another_holds_the_file_a_run_goes_without(due: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "WAIT_S", 0.01)
    with locked(due.path):
        asked = due.run("Mon 11:05")
    assert wrote_as_due(asked)
    assert asked.made[HISTORIES] == 3 + 2 * 2
    assert due.told == []
    assert due.run("Mon 11:10").made[HISTORIES] == 2  # what was remembered stands


def test_a_lock_in_the_middle_of_the_work_changes_nothing(due: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "WAIT_S", 0.01)
    for each in due.world.tracker.issues:
        with due.diary.at("Mon 10:59", each.id):
            due.world.note(OPERATOR, each.id, "Ішкі", private=True)
    locks = [locked(due.path)]

    def lock(_done: int, _of: int) -> None:
        if len(locks) == 1:
            locks.append(locks[0])
            locks[0].__enter__()

    asked = due.run("Mon 11:05", progress=lock)
    locks[0].__exit__(None, None, None)
    assert wrote_as_due(asked)
    assert due.told == []
    due.run("Mon 11:10")
    assert due.run("Mon 11:15").is_idle


def test_where_a_folder_stands_a_run_goes_without(due: Office) -> None:
    become_a_folder(due.path)
    assert wrote_as_due(due.run("Mon 11:05"))
    assert (due.told, due.path.is_dir()) == ([], True)


def test_where_nothing_can_be_kept_a_run_goes_without(due: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError

    monkeypatch.setattr(cache.os, "open", refuse)  # root, as whom tests may run, can write anywhere
    assert wrote_as_due(due.run("Mon 11:05"))
    assert due.told == []


class Limited(sqlite3.Connection):
    """A connection to a file that this pragma keeps from being written."""

    pragma: str

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        if given[0] != cache.IN_MEMORY:
            self.execute(f"PRAGMA {self.pragma}")


@pytest.mark.parametrize(
    ("pragma", "why"), [("max_page_count = 1", "database or disk is full"), ("query_only = ON", "readonly database")]
)
def test_where_nothing_more_can_be_kept_a_run_goes_without_and_what_was_remembered_stands(
    due: Office, monkeypatch: pytest.MonkeyPatch, pragma: str, why: str
) -> None:
    with due.diary.at("Mon 11:00", *(each.id for each in due.world.tracker.issues)) as world:
        for each in due.world.tracker.issues:
            world.note(OPERATOR, each.id, "Ішкі " * 2_000, private=True)
    with monkeypatch.context() as patched:
        patched.setattr(
            cache.sqlite3, "connect", partial(sqlite3.connect, factory=type("Limited", (Limited,), {"pragma": pragma}))
        )
        asked = due.run("Mon 11:05")
    assert wrote_as_due(asked)
    assert asked.made[HISTORIES] <= 2 * 3 + 2 * 2
    (line,) = due.told
    assert why in line
    assert len(due.remembered()) == 3
    due.run("Mon 11:10")
    assert due.run("Mon 11:15").is_idle


def test_a_damaged_file_that_cannot_be_thrown_away_ends_no_run(due: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    fill_with_garbage(due.path)
    monkeypatch.setattr(cache.Path, "unlink", refuse)  # root, as whom tests may run, can take anything away
    assert wrote_as_due(due.run("Mon 11:05"))


def test_the_file_is_its_owners_alone(due: Office) -> None:
    assert stat.S_IMODE(due.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(due.path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("seed", range(20))
def test_no_flipped_byte_ends_a_run(due: Office, seed: int) -> None:
    """SQLite has no check sums of its own: a flip may be found or not, but a run comes to its end and says no more."""
    chance = random.Random(seed)  # noqa: S311 - the same in every run
    data = bytearray(due.path.read_bytes())
    for _ in range(3):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    due.path.write_bytes(data)
    assert due.run("Mon 11:05").ran.done.is_complete
    assert len(due.told) <= 1
