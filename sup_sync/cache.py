"""What runs remember: histories already read, the tracker's lists, when time alone next matters to a request.

It may be deleted at any time and changes no decision: it only saves reading.
"""

from __future__ import annotations

import json
import os
import sqlite3
import zlib
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from sup_sync.tracker import Json

T = TypeVar("T")

VERSION = 1
"""Of the tables below; a file with another one is thrown away."""

NEVER = 1 << 40
"""A second that does not come."""

IN_MEMORY = ":memory:"
DAMAGE = (sqlite3.Error, zlib.error, UnicodeDecodeError)
"""The last of them comes of an error of SQLite that quotes what is damaged."""

IN_USE = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
WAIT_S = 5

TABLES = f"""
CREATE TABLE memory (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
CREATE TABLE history (
    id INTEGER PRIMARY KEY, project TEXT,
    is_open INTEGER, updated_at INTEGER, read_at INTEGER,
    judged_by TEXT, matters_at INTEGER,
    issue BLOB
);
PRAGMA user_version = {VERSION};
"""
"""`issue` is Redmine's JSON, `value` any: both packed with a check sum. Moments are epoch seconds."""


@dataclass(frozen=True, slots=True)
class CacheFile:
    """Where the cache lies, None for nowhere, and who is told when it had to be thrown away."""

    path: Path | None = None
    tell: Callable[[str], None] = field(default=lambda _text: None)

    def use(self, work: Callable[[Cache], T]) -> T:
        """What `work` makes with the cache; a damaged or older one is thrown away, and the work begins anew.

        Where no file can be kept the work goes on without: it only takes longer.
        """
        for _ in range(2) if self.path and _is_writable(self.path) else ():
            try:
                with Cache(str(self.path)) as cache:
                    return work(cache)
            except DAMAGE as error:
                if getattr(error, "sqlite_errorcode", None) in IN_USE:
                    break
                self.tell(f"{self.path}: {error}: thrown away, and all is read anew")
                self._throw_away()
        with Cache(IN_MEMORY) as cache:
            return work(cache)

    def _throw_away(self) -> None:
        for end in ("", "-journal"):
            Path(f"{self.path}{end}").unlink(missing_ok=True)


NO_CACHE = CacheFile()


def _is_writable(path: Path) -> bool:
    """Whether the file can be kept there; it holds clients' texts, which are nobody else's to read."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError:
        return False
    return True


class Cache:
    """One tracker's histories as one account read them; every change is kept at once, so that a run may die."""

    def __init__(self, place: str) -> None:
        self._sql = sqlite3.connect(place, timeout=WAIT_S, isolation_level=None)
        self._sql.execute("PRAGMA synchronous = OFF")
        (version,) = self._sql.execute("PRAGMA user_version").fetchone()
        tables = self._sql.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        if version == 0 and not tables:
            self._sql.executescript(TABLES)
        elif version != VERSION:
            raise sqlite3.DatabaseError(f"its format is {version}, not {VERSION}")

    def __enter__(self) -> Cache:
        return self

    def __exit__(self, *_: object) -> None:
        self._sql.close()

    def begin(self, scope: Json) -> None:
        """Forget all that was read for another account or other projects."""
        if self.recall("scope") != scope:
            self._sql.execute("DELETE FROM history")
            self._sql.execute("DELETE FROM memory")
            self.remember("scope", scope)

    def recall(self, key: str) -> Any:
        """What was remembered by that name; None if nothing was."""
        row = self._sql.execute("SELECT value FROM memory WHERE key = ?", (key,)).fetchone()
        return _unpacked(row[0]) if row else None

    def remember(self, key: str, value: Any) -> None:
        self._sql.execute("INSERT OR REPLACE INTO memory VALUES (?, ?)", (key, _packed(value)))

    def forget_tracker(self) -> None:
        """The account's rights and the tracker's lists are to be read anew."""
        self.remember("tracker", None)

    def keep(self, row: Json, issue: Json, read_at: datetime) -> None:
        """Keep one issue, read at `read_at` or later, under its row in a list; it is to be judged anew."""
        is_open = not row["status"]["is_closed"]
        kept = (row["id"], row["project"]["name"], is_open, updated_s(row), int(read_at.timestamp()), _packed(issue))
        self._sql.execute("INSERT OR REPLACE INTO history VALUES (?, ?, ?, ?, ?, NULL, NULL, ?)", kept)

    def drop(self, issue_ids: Iterable[int]) -> None:
        self._sql.executemany("DELETE FROM history WHERE id = ?", ((each,) for each in issue_ids))

    def read_at(self, row: Json) -> int:
        """When an issue was read as this row of a list still shows it, in epoch seconds; 0 if it was not."""
        query = "SELECT read_at FROM history WHERE id = ? AND updated_at = ?"
        found = self._sql.execute(query, (row["id"], updated_s(row))).fetchone()
        return found[0] if found else 0

    def issues(self, issue_ids: Iterable[int], without: Container[str]) -> Iterator[Json]:
        """These issues as far as they are here, in their order, but for those of some projects, by name."""
        for issue_id in issue_ids:
            for project, packed in self._sql.execute("SELECT project, issue FROM history WHERE id = ?", (issue_id,)):
                if project not in without:
                    yield _unpacked(packed)

    def ids(self, closed_since: datetime) -> list[int]:
        """All that is open, or was touched since then, in order of id."""
        query = "SELECT id FROM history WHERE is_open OR updated_at >= ? ORDER BY id"
        return [row[0] for row in self._sql.execute(query, (int(closed_since.timestamp()),))]

    def due(self, closed_since: datetime, judged_by: str, now: datetime) -> list[int]:
        """Those of `ids` that were not judged by this edition of the rules, or to whom time matters by now."""
        query = """
            SELECT id FROM history WHERE (is_open OR updated_at >= ?) AND (judged_by IS NOT ? OR matters_at <= ?)
            ORDER BY id"""
        found = self._sql.execute(query, (int(closed_since.timestamp()), judged_by, int(now.timestamp())))
        return [row[0] for row in found]

    def read_before(self, second: int, closed_since: datetime) -> list[int]:
        """Those of `ids` that were not read since that epoch second."""
        query = "SELECT id FROM history WHERE (is_open OR updated_at >= ?) AND read_at < ?"
        return [row[0] for row in self._sql.execute(query, (int(closed_since.timestamp()), second))]

    def settle(self, judged_by: str, moments: Mapping[int, datetime | None]) -> None:
        """Nothing is to be written on these by this edition of the rules until their moment, None for never."""
        rows = ((judged_by, NEVER if at is None else int(at.timestamp()), key) for key, at in moments.items())
        self._sql.execute("BEGIN")
        self._sql.executemany("UPDATE history SET judged_by = ?, matters_at = ? WHERE id = ?", rows)
        self._sql.execute("COMMIT")


def updated_s(row: Json) -> int:
    """When an issue was changed last, by its row in a list, in epoch seconds."""
    return int(datetime.fromisoformat(row["updated_on"]).timestamp())


def _packed(value: Any) -> bytes:
    return zlib.compress(json.dumps(value).encode("ascii"), level=1)


def _unpacked(packed: Any) -> Any:
    """What was packed; in a damaged file it may not even be bytes."""
    if not isinstance(packed, bytes):
        raise sqlite3.DatabaseError("a value is damaged")
    return json.loads(zlib.decompress(packed))
