"""The histories of requests, read one by one into the cache."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from time import monotonic

from sup_sync.config.load import Config
from sup_sync.errors import MissingError, OutOfTimeError, SupSyncError
from sup_sync.redmine.reader import Reader
from sup_sync.run.cache import Cache
from sup_sync.run.failures import FailureLog
from sup_sync.run.redmine_state import files_hash
from sup_sync.run.unknown_ids import ListedIds
from sup_sync.to_json import Json

Progress = Callable[[int, int], None]  # takes the number of issues done, and of all issues

FAILED_READS = "failed_reads"  # their key in the cache
FAILURES_SHARE = 1 / 3  # of the time for a run, for histories that cannot be read


class HistoryReader:
    """A reader of histories into the cache; `count` is their number, `unknown_ids` are ids on them that are in no list.

    `unread` has the reason for each request that could not be read. The cache then has no history of it, so that
    missing data does not look as if nothing happened, and the next runs read it again.
    If failed requests took too long, the rest is left to the next run.
    """

    def __init__(
        self,
        reader: Reader,
        cache: Cache,
        config: Config,
        read_at: datetime,
        progress: Progress,
    ) -> None:
        self._reader = reader
        self._cache = cache
        self._read_at = read_at
        self._progress = progress
        self._time_for_failures_s = config.run_time_s * FAILURES_SHARE
        self._files_hash = files_hash(config)
        self._failures = FailureLog.load(cache, FAILED_READS, read_at)
        self.count = 0
        self.unread: dict[int, str] = {}
        self.unknown_ids: set[str] = set()

    def read(self, rows: Collection[Json], total: int, lists: Json) -> None:
        """Read the issues of these rows, the last of `total`; those that failed before come last.

        Raises RedmineUnavailableError, OutOfTimeError or AccessError if more than one issue is concerned.
        """
        listed = ListedIds(lists)
        try:
            for number, row in enumerate(self._rows_to_try(rows), total - len(rows)):
                self._progress(number, total)
                self._read_one(row, listed)
        finally:
            self._failures.save(self._cache, FAILED_READS)

    def _rows_to_try(self, rows: Collection[Json]) -> Iterator[Json]:
        for row in sorted(rows, key=lambda row: self._failures.tried_at(row["id"])):
            if self._failures.is_waiting(row["id"], self._version(row)):
                self._leave_out(row, self._failures.failures[row["id"]].reason)
            elif self._time_for_failures_s <= 0:
                self._leave_out(
                    row, f"issue #{row['id']}: not read, as failed requests took too long; left to the next run"
                )
            else:
                yield row

    def _read_one(self, row: Json, listed: ListedIds) -> None:
        start = monotonic()
        try:
            issue = self._reader.fetch_issue(row["id"])
        except MissingError:
            self._cache.delete([row["id"]])  # deleted or moved between the list and this read
        except OutOfTimeError:
            raise  # no time is left to write; what was read stays in the cache
        except SupSyncError as error:
            self._reader.require_alive()
            self._time_for_failures_s -= monotonic() - start
            self._failures.add(row["id"], str(error), self._version(row))
            self._leave_out(row, str(error))
            return
        else:
            self.count += 1
            self._cache.store(row, issue, self._read_at)
            self.unknown_ids |= listed.unknown_ids(issue)
        self._failures.remove([row["id"]])

    def _version(self, row: Json) -> str:
        return f"{row['updated_on']} {self._files_hash}"

    def _leave_out(self, row: Json, reason: str) -> None:
        self._cache.store_unread(row)
        self.unread[row["id"]] = reason
