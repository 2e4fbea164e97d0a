"""What runs remember: histories already read, the tracker's lists, when time alone next matters to a request.

It may be deleted at any time and changes no decision: it only saves reading.
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

from sup_sync.frozen import value
from sup_sync.model.directory import Json

T = TypeVar("T")

VERSION = 3
"""Of the tables below; a file with another one is thrown away."""

NEVER = 1 << 40
"""A second that does not come."""

IN_MEMORY = ":memory:"
CORRUPTION_ERRORS = (sqlite3.Error, zlib.error, UnicodeDecodeError)
"""The last of them comes of an error of SQLite that quotes what is damaged."""

IN_USE = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
NO_ROOM = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}
"""What keeps a sound file from being used now: neither says anything about what is in it."""

WAIT_S = 5
KEPT_UNUSED = timedelta(days=1)
"""So long what was read for another account or configuration is kept, if none of its runs comes."""

TABLES = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS scope (number INTEGER PRIMARY KEY, used_on TEXT);
CREATE TABLE IF NOT EXISTS memory (scope INTEGER, key TEXT, value BLOB, PRIMARY KEY (scope, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS history (
    scope INTEGER, id INTEGER, project TEXT,
    is_open INTEGER, updated_at INTEGER, read_at INTEGER,
    judged_by TEXT, judged_at INTEGER, matters_at INTEGER,
    issue BLOB,
    PRIMARY KEY (scope, id)
);
CREATE INDEX IF NOT EXISTS light
    ON history (scope, is_open, updated_at, read_at, judged_by, judged_at, matters_at, id);
PRAGMA user_version = {VERSION};
COMMIT;
"""
"""`issue` is Redmine's JSON, `value` any: both packed with a check sum. Moments are epoch seconds.

The index has all else, so that an idle run looks through little, however many requests are open. Made at once, as
another run may come to make them in the same moment.
"""

CURRENT = "FROM history WHERE scope = ? AND (is_open OR updated_at >= ?)"


@value
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
            except CORRUPTION_ERRORS as error:
                code = getattr(error, "sqlite_errorcode", 0)
                if {code, code & 0xFF} & NO_ROOM:  # the low byte is the kind
                    self.tell(f"{self.path}: {error}: nothing is remembered, and all is read anew")
                if {code, code & 0xFF} & (NO_ROOM | IN_USE):
                    break
                self.tell(f"{self.path}: {error}: thrown away, and all is read anew")
                self._throw_away()
        with Cache(IN_MEMORY) as cache:
            return work(cache)

    def _throw_away(self) -> None:
        for end in ("", "-journal"):
            with suppress(OSError):  # then the next try finds it damaged again, and the work goes on without
                Path(f"{self.path}{end}").unlink()


NO_CACHE = CacheFile()

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def machine_start() -> str:
    """The name of this start of the machine.

    Where the last one ended without power, the newest moments may have reached the disk and not what was read by then.
    """
    try:
        return BOOT_ID.read_text(encoding="ascii")
    except OSError:
        return ""


def _is_writable(path: Path) -> bool:
    """Whether the file can be kept there; it holds clients' texts, which are nobody else's to read."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError:
        return False
    return True


class Cache:
    """A tracker's histories as one account read them for one configuration; others have theirs in the same file.

    Every change is kept at once, so that a run may die.
    """

    def __init__(self, place: str) -> None:
        self._scope = 0
        self._sql = sqlite3.connect(place, timeout=WAIT_S, isolation_level=None)
        self._sql.execute("PRAGMA synchronous = OFF")
        query = "SELECT user_version, (SELECT count(*) FROM sqlite_schema) FROM pragma_user_version"
        version, tables = self._sql.execute(query).fetchone()
        if version == 0 and not tables:
            self._sql.executescript(TABLES)
        elif version != VERSION:
            raise sqlite3.DatabaseError(f"its format is {version}, not {VERSION}")

    def __enter__(self) -> Cache:
        return self

    def __exit__(self, *_: object) -> None:
        self._sql.close()

    def begin(self, scope: Json, today: date) -> None:
        """Use what was read for this account and configuration since the machine started; forget what none uses."""
        number = sha256(json.dumps([scope, machine_start()], sort_keys=True).encode()).digest()[:7]
        self._scope = int.from_bytes(number)
        used = self._scope, today.isoformat()
        if not self._sql.execute("SELECT 1 FROM scope WHERE number = ? AND used_on = ?", used).fetchone():
            self._sql.execute("INSERT OR REPLACE INTO scope VALUES (?, ?)", used)
        last_on = (today - KEPT_UNUSED).isoformat()
        unused = self._sql.execute("SELECT number FROM scope WHERE used_on < ?", (last_on,)).fetchall()
        self._sql.executemany("DELETE FROM memory WHERE scope = ?", unused)  # first: histories alone are not used
        self._sql.executemany("DELETE FROM history WHERE scope = ?", unused)
        self._sql.executemany("DELETE FROM scope WHERE number = ?", unused)

    def recall(self, key: str) -> Any:
        """What was remembered by that name; None if nothing was."""
        query = "SELECT value FROM memory WHERE scope = ? AND key = ?"
        row = self._sql.execute(query, (self._scope, key)).fetchone()
        return _unpacked(row[0]) if row else None

    def remember(self, key: str, value: Any) -> None:
        self._sql.execute("INSERT OR REPLACE INTO memory VALUES (?, ?, ?)", (self._scope, key, _packed(value)))

    def forget_tracker(self) -> None:
        """The account's rights and the tracker's lists are to be read anew."""
        self.remember("tracker", None)

    def keep(self, row: Json, issue: Json, read_at: datetime) -> None:
        """Keep one issue, read at `read_at` or later, under its row in a list; it is to be judged anew."""
        place = self._scope, row["id"], row["project"]["name"], not row["status"]["is_closed"]
        kept = (*place, updated_s(row), int(read_at.timestamp()), _packed(issue))
        self._sql.execute("INSERT OR REPLACE INTO history VALUES (?, ?, ?, ?, ?, ?, NULL, NULL, NULL, ?)", kept)

    def drop(self, issue_ids: Iterable[int]) -> None:
        self._each("DELETE FROM history WHERE scope = ? AND id = ?", issue_ids)

    def invalidate(self, issue_ids: Iterable[int]) -> None:
        """These are to be read anew, whether or not a list will tell of them."""
        self._each("UPDATE history SET read_at = 0 WHERE scope = ? AND id = ?", issue_ids)

    def _each(self, statement: str, issue_ids: Iterable[int]) -> None:
        self._sql.executemany(statement, ((self._scope, each) for each in issue_ids))

    def invalidated(self) -> set[int]:
        query = "SELECT id FROM history WHERE scope = ? AND read_at = 0"
        return {row[0] for row in self._sql.execute(query, (self._scope,))}

    def read_at(self, row: Json) -> int:
        """When an issue was read as this row of a list still shows it, in epoch seconds; 0 if it was not."""
        query = "SELECT read_at FROM history WHERE scope = ? AND id = ? AND updated_at = ?"
        found = self._sql.execute(query, (self._scope, row["id"], updated_s(row))).fetchone()
        return found[0] if found else 0

    def issues(self, issue_ids: Iterable[int], without: Container[str]) -> Iterator[Json]:
        """These issues as far as they are here, in their order, but for those of some projects, by name."""
        query = "SELECT project, issue FROM history WHERE scope = ? AND id = ?"
        for issue_id in issue_ids:
            for project, packed in self._sql.execute(query, (self._scope, issue_id)):
                if project not in without:
                    yield _unpacked(packed)

    def ids(self, closed_since: datetime) -> list[int]:
        """All that is open, or was touched since then, in order of id."""
        return self._current(closed_since, "TRUE")

    def count(self, closed_since: datetime) -> int:
        """How many `ids` there are."""
        query = f"SELECT count(*) {CURRENT}"
        (number,) = self._sql.execute(query, (self._scope, int(closed_since.timestamp()))).fetchone()
        return int(number)

    def due(self, closed_since: datetime, rules_hash: str, now: datetime) -> list[int]:
        """Those of `ids` that this edition of the rules has not judged, or that time matters to by now.

        What was judged later than now was judged by a clock that was set back since.
        """
        second = int(now.timestamp())
        condition = "(judged_by IS NOT ? OR matters_at <= ? OR judged_at > ?)"
        return self._current(closed_since, condition, rules_hash, second, second)

    def read_before(self, second: int, closed_since: datetime) -> list[int]:
        """Those of `ids` that were not read since that epoch second."""
        return self._current(closed_since, "read_at < ?", second)

    def _current(self, closed_since: datetime, condition: str, *values: Any) -> list[int]:
        query = f"SELECT id {CURRENT} AND {condition}"
        found = self._sql.execute(query, (self._scope, int(closed_since.timestamp()), *values))
        return sorted(row[0] for row in found)  # to order them SQLite would go through the texts

    def mark_idle(self, rules_hash: str, now: datetime, quiet: Iterable[IdleUntil]) -> None:
        """Nothing is to be written on these by this edition of the rules until their moment.

        As they were judged: what another run has read since is not settled.
        """
        update = """
            UPDATE history SET judged_by = ?, judged_at = ?, matters_at = ?
            WHERE scope = ? AND id = ? AND updated_at = ?"""
        how = rules_hash, int(now.timestamp())
        self._sql.execute("BEGIN")
        self._sql.executemany(update, ((*how, each.until_s, self._scope, each.id, each.updated_s) for each in quiet))
        self._sql.execute("COMMIT")


@value
class IdleUntil:
    """An issue as it was when it was judged, and the moment until which nothing is to be written, None for ever."""

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
    """When an issue was changed last, by its row in a list, in epoch seconds."""
    return int(datetime.fromisoformat(row["updated_on"]).timestamp())


def _packed(value: Any) -> bytes:
    return zlib.compress(json.dumps(value).encode("ascii"), level=1)


def _unpacked(packed: Any) -> Any:
    """What was packed; in a damaged file it may not even be bytes."""
    if not isinstance(packed, bytes):
        raise sqlite3.DatabaseError("a value is damaged")
    return json.loads(zlib.decompress(packed))
