"""The cache: histories already read, the lists, and when each request must be checked again.

It changes no decision and only saves reading. It may be deleted at any time.
"""

from __future__ import annotations

import json
import os
import sqlite3
import zlib
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import suppress
from dataclasses import field
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from sup_sync.immutable import value
from sup_sync.to_json import Json

T = TypeVar("T")

# The version of the tables below; a file with another version is deleted.
VERSION = 5

NEVER = 1 << 40  # an epoch second far in the future
IN_MEMORY = ":memory:"

# Errors that a damaged file causes; UnicodeDecodeError, if SQLite quotes damaged text in its message.
CORRUPTION_ERRORS = (sqlite3.Error, zlib.error, UnicodeDecodeError)

# Errors that keep an intact file from being used now.
IN_USE = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
NOT_WRITABLE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}

WAIT_S = 5  # for a lock of another run
KEPT_UNUSED = timedelta(days=1)  # for the part of an account and configuration that no run uses

# `issue` is Redmine's JSON (NULL if it could not be read), `value` is any JSON; both are compressed, with a check sum.
# Times are epoch seconds.
# The index contains all columns except `issue`, so that an idle run reads little, however many requests are open.
# One transaction creates them, since another run may create them at the same time.
TABLES = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS scope (number INTEGER PRIMARY KEY, used_on TEXT);
CREATE TABLE IF NOT EXISTS memory (scope INTEGER, key TEXT, value BLOB, PRIMARY KEY (scope, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS history (
    scope INTEGER, id INTEGER, project INTEGER,
    is_open INTEGER, updated_at INTEGER, read_at INTEGER,
    rules_hash TEXT, judged_at INTEGER, next_check_at INTEGER,
    issue BLOB,
    PRIMARY KEY (scope, id)
);
CREATE INDEX IF NOT EXISTS light
    ON history (scope, is_open, updated_at, read_at, rules_hash, judged_at, next_check_at, id);
PRAGMA user_version = {VERSION};
COMMIT;
"""

CURRENT = "FROM history WHERE scope = ? AND (is_open OR updated_at >= ?)"


@value
class CacheFile:
    """The path of the cache (None for a run without one), and a function that reports why a file could not be used."""

    path: Path | None = None
    report: Callable[[str], None] = field(default=lambda _text: None)

    def use(self, work: Callable[[Cache], T]) -> T:
        """Run `work` with the cache and return its result; a damaged or older file is deleted, and `work` runs again.

        If no file can be written, `work` uses a cache in memory and only takes longer.
        """
        for _ in range(2) if self.path and _is_writable(self.path) else ():
            try:
                with Cache(str(self.path)) as cache:
                    return work(cache)
            except CORRUPTION_ERRORS as error:
                code = getattr(error, "sqlite_errorcode", 0)
                if {code, code & 0xFF} & NOT_WRITABLE:  # the low byte is the kind
                    self.report(f"{self.path}: {error}; nothing is stored, rereading everything")
                if {code, code & 0xFF} & (NOT_WRITABLE | IN_USE):
                    break
                self.report(f"{self.path}: {error}; cache deleted, rereading everything")
                self._delete_file()
        with Cache(IN_MEMORY) as cache:
            return work(cache)

    def _delete_file(self) -> None:
        for suffix in ("", "-journal"):
            with suppress(OSError):  # the next try then fails too, and a cache in memory is used
                Path(f"{self.path}{suffix}").unlink()


NO_CACHE = CacheFile()

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def boot_id() -> str:
    """Return the id of this boot of the machine; empty if there is none.

    A power failure may leave a file with the newest times but without the histories that were read until then.
    """
    try:
        return BOOT_ID.read_text(encoding="ascii")
    except OSError:
        return ""


def _is_writable(path: Path) -> bool:
    """Create the file, readable only by its owner since it contains client text; return whether it can be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError:
        return False
    return True


class Cache:
    """The histories that one account read for one configuration; the same file contains those of others.

    Every change is saved at once, so that an interrupted run loses nothing.
    """

    def __init__(self, path: str) -> None:
        self._scope = 0
        self._sql = sqlite3.connect(path, timeout=WAIT_S, isolation_level=None)
        self._sql.execute("PRAGMA synchronous = OFF")
        query = "SELECT user_version, (SELECT count(*) FROM sqlite_schema) FROM pragma_user_version"
        version, tables = self._sql.execute(query).fetchone()
        if version == 0 and not tables:
            self._sql.executescript(TABLES)
        elif version != VERSION:
            raise sqlite3.DatabaseError(f"format {version} instead of {VERSION}")

    def __enter__(self) -> Cache:
        return self

    def __exit__(self, *_: object) -> None:
        self._sql.close()

    def select_scope(self, scope: Json, today: date) -> None:
        """Select the part read for this account and configuration since the last boot; delete unused parts."""
        number = sha256(json.dumps([scope, boot_id()], sort_keys=True).encode()).digest()[:7]
        self._scope = int.from_bytes(number)
        used = self._scope, today.isoformat()
        if not self._sql.execute("SELECT 1 FROM scope WHERE number = ? AND used_on = ?", used).fetchone():
            self._sql.execute("INSERT OR REPLACE INTO scope VALUES (?, ?)", used)
        last_on = (today - KEPT_UNUSED).isoformat()
        unused = self._sql.execute("SELECT number FROM scope WHERE used_on < ?", (last_on,)).fetchall()
        self._sql.executemany(
            "DELETE FROM memory WHERE scope = ?", unused
        )  # first: histories without memory are not used
        self._sql.executemany("DELETE FROM history WHERE scope = ?", unused)
        self._sql.executemany("DELETE FROM scope WHERE number = ?", unused)

    def get(self, key: str) -> Any:
        """Return the value of a key; None if there is none."""
        query = "SELECT value FROM memory WHERE scope = ? AND key = ?"
        row = self._sql.execute(query, (self._scope, key)).fetchone()
        return _unpacked(row[0]) if row else None

    def set(self, key: str, value: Any) -> None:
        self._sql.execute("INSERT OR REPLACE INTO memory VALUES (?, ?, ?)", (self._scope, key, _packed(value)))

    def forget_redmine_state(self) -> None:
        """Make the next run reread the account's roles and the lists."""
        self.set("redmine_state", None)

    def store(self, row: Json, issue: Json, read_at: datetime) -> None:
        """Store an issue that was read at `read_at` or later, with its row in a list; it must be judged again."""
        self._store(row, int(read_at.timestamp()), _packed(issue))

    def store_unread(self, row: Json) -> None:
        """Store that an issue could not be read, instead of its history; the next run must read it."""
        self._store(row, 0, None)

    def _store(self, row: Json, read_s: int, packed: bytes | None) -> None:
        key = self._scope, row["id"]
        listed = row["project"]["id"], not row["status"]["is_closed"], updated_s(row)
        values = (*key, *listed, read_s, packed)
        self._sql.execute("INSERT OR REPLACE INTO history VALUES (?, ?, ?, ?, ?, ?, NULL, NULL, NULL, ?)", values)

    def delete(self, issue_ids: Iterable[int]) -> None:
        self._each("DELETE FROM history WHERE scope = ? AND id = ?", issue_ids)

    def invalidate(self, issue_ids: Iterable[int]) -> None:
        """Make the next run reread these issues, even if no list shows a change."""
        self._each("UPDATE history SET read_at = 0 WHERE scope = ? AND id = ?", issue_ids)

    def _each(self, statement: str, issue_ids: Iterable[int]) -> None:
        self._sql.executemany(statement, ((self._scope, each) for each in issue_ids))

    def invalidated(self) -> frozenset[int]:
        """Return the issues that must be reread."""
        query = "SELECT id FROM history WHERE scope = ? AND read_at = 0"
        return frozenset(row[0] for row in self._sql.execute(query, (self._scope,)))

    def read_at(self, row: Json) -> int:
        """Return when the version of an issue in a list row was read, in epoch seconds; 0 if it was not."""
        query = "SELECT read_at FROM history WHERE scope = ? AND id = ? AND updated_at = ?"
        stored = self._sql.execute(query, (self._scope, row["id"], updated_s(row))).fetchone()
        return stored[0] if stored else 0

    def delete_other_projects(self, projects: Container[int]) -> None:
        """Delete the issues of all projects but these, by id."""
        rows = self._sql.execute("SELECT id, project FROM history WHERE scope = ?", (self._scope,)).fetchall()
        self.delete(issue_id for issue_id, project in rows if project not in projects)

    def issues(self, issue_ids: Iterable[int], projects: Container[int]) -> Iterator[Json]:
        """Yield these issues in their order, if they were read and are in these projects, by id."""
        query = "SELECT project, issue FROM history WHERE scope = ? AND id = ? AND issue IS NOT NULL"
        for issue_id in issue_ids:
            for project, packed in self._sql.execute(query, (self._scope, issue_id)):
                if project in projects:
                    yield _unpacked(packed)

    def ids(self, closed_since: datetime) -> list[int]:
        """Return the ids of issues that are open or were changed since then, in order."""
        return self._current(closed_since, "TRUE")

    def count(self, closed_since: datetime) -> int:
        """Count `ids`."""
        query = f"SELECT count(*) {CURRENT}"
        (number,) = self._sql.execute(query, (self._scope, int(closed_since.timestamp()))).fetchone()
        return int(number)

    def ids_to_judge(self, closed_since: datetime, rules_hash: str, now: datetime) -> list[int]:
        """Return those of `ids` that were not judged by these rules, or that must be checked again by now.

        An issue with a later time of judging was judged before the clock was set back.
        """
        second = int(now.timestamp())
        condition = "(rules_hash IS NOT ? OR next_check_at <= ? OR judged_at > ?)"
        return self._current(closed_since, condition, rules_hash, second, second)

    def read_before(self, second: int, closed_since: datetime) -> list[int]:
        """Return those of `ids` that were not read since that epoch second."""
        return self._current(closed_since, "read_at < ?", second)

    def _current(self, closed_since: datetime, condition: str, *values: Any) -> list[int]:
        query = f"SELECT id {CURRENT} AND {condition}"
        rows = self._sql.execute(query, (self._scope, int(closed_since.timestamp()), *values))
        return sorted(row[0] for row in rows)  # SQLite would read the texts to sort them

    def mark_idle(self, rules_hash: str, now: datetime, idle: Iterable[IdleUntil]) -> None:
        """Record that by these rules nothing is to be written on these issues until their time.

        An issue that another run has read since it was judged is not marked.
        """
        update = """
            UPDATE history SET rules_hash = ?, judged_at = ?, next_check_at = ?
            WHERE scope = ? AND id = ? AND updated_at = ?"""
        judged = rules_hash, int(now.timestamp())
        self._sql.execute("BEGIN")
        self._sql.executemany(update, ((*judged, each.until_s, self._scope, each.id, each.updated_s) for each in idle))
        self._sql.execute("COMMIT")


@value
class IdleUntil:
    """The version of an issue that was judged, and until when nothing is to be written on it; None for ever."""

    id: int
    updated_at: datetime
    until: datetime | None

    @property
    def updated_s(self) -> int:
        return int(self.updated_at.timestamp())

    @property
    def until_s(self) -> int:
        return NEVER if self.until is None else int(self.until.timestamp())


def updated_s(row: Json) -> int:
    """Return when an issue was changed last, by its row in a list, in epoch seconds."""
    return int(datetime.fromisoformat(row["updated_on"]).timestamp())


def _packed(value: Any) -> bytes:
    return zlib.compress(json.dumps(value).encode("ascii"), level=1)


def _unpacked(packed: Any) -> Any:
    """Unpack a value; raises DatabaseError unless it is bytes, as in a damaged file."""
    if not isinstance(packed, bytes):
        raise sqlite3.DatabaseError("a value is damaged")
    return json.loads(zlib.decompress(packed))
