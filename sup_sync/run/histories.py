"""The histories of requests, read one by one into the cache."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from sup_sync.errors import MissingError, OutOfTimeError, SupSyncError
from sup_sync.redmine.reader import Reader
from sup_sync.run.cache import Cache
from sup_sync.run.unknown_ids import ListedIds
from sup_sync.to_json import Json

Progress = Callable[[int, int], None]  # takes the number of issues done, and of all issues


class HistoryReader:
    """A reader of histories into the cache; `count` is their number, `unknown_ids` are ids on them that are in no list.

    `unread_projects` are the ids of projects in which reading failed, with the error. Their requests must not be used,
    nor `unread_ids`, which the cache may have in another project: missing data must not look as if nothing happened.
    """

    def __init__(self, reader: Reader, cache: Cache, read_at: datetime, progress: Progress) -> None:
        self._reader = reader
        self._cache = cache
        self._read_at = read_at
        self._progress = progress
        self.count = 0
        self.unread_projects: dict[int, str] = {}
        self.unread_ids: set[int] = set()
        self.unknown_ids: set[str] = set()

    def read(self, rows: Collection[Json], total: int, lists: Json) -> None:
        """Read the issues of these rows, the last of `total`; after an error the rest of its project is left out."""
        listed = ListedIds(lists)
        for number, row in enumerate(rows, total - len(rows)):
            self._progress(number, total)
            project = row["project"]["id"]
            if project in self.unread_projects:
                self.unread_ids.add(row["id"])
                continue
            try:
                stored_row, issue = self._reader.fetch_listed_issue(row)
            except MissingError:
                self._cache.delete([row["id"]])  # deleted or moved between the list and this read
            except OutOfTimeError:
                raise  # no time is left to write; what was read stays in the cache
            except SupSyncError as error:
                self.unread_projects[project] = str(error)
                self.unread_ids.add(row["id"])
            else:
                self.count += 1
                self._cache.store(stored_row, issue, self._read_at)
                self.unknown_ids |= listed.unknown_ids(issue)
