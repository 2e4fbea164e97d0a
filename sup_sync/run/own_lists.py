"""Each project's own list, which shows if the list over all projects lacks issues of it.

MariaDB 10.11 can leave a whole private project out of that list by a wrong plan of its optimizer, without an error
(fact). The first run of a day checks every project, each other run a few of them in turn. A project that was lacking
is read by its own list until the check of a later day finds it whole.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sup_sync.errors import OutOfTimeError, SupSyncError
from sup_sync.model.issue import Finding
from sup_sync.redmine.reader import Reader
from sup_sync.run.cache import Cache, updated_s
from sup_sync.to_json import Json

# A change this long before a reading may be missing in it: Redmine cuts seconds, and clocks differ a little.
CLOCK_TOLERANCE = timedelta(minutes=1)

CHECKED_PER_RUN = 5  # projects, one request each

KEY = "own_lists"  # of what is kept in the cache

Question = tuple[str, datetime | None]  # a status, and the time since when an issue changed

ADVICE = (
    "Redmine's list over all projects lacks requests of project {project}, which is now read by its own list; "
    "if Redmine runs on MariaDB, change its `optimizer_switch` (see docs/operations.md)"
)


class OwnLists:
    """The own lists of the projects in scope; `failed` has the error of each project, by id, that could not be read.

    `in_scope` returns those of some rows that are in scope.
    """

    def __init__(
        self, reader: Reader, cache: Cache, in_scope: Callable[[Collection[Json]], list[Json]], read_at: datetime
    ) -> None:
        self._reader = reader
        self._cache = cache
        self._in_scope = in_scope
        self._stable_s = int((read_at - CLOCK_TOLERANCE).timestamp())
        stored: dict[str, Any] = cache.get(KEY) or {}
        self._lacking: dict[str, int | None] = stored.get("lacking", {})  # by project id: an issue until it is reported
        self._queue: list[int] = stored.get("queue", [])
        self.failed: dict[int, str] = {}

    def fetch(self, projects: Iterable[Json], questions: Sequence[Question]) -> list[Json]:
        """Fetch the rows of these projects from their own lists."""
        rows: list[Json] = []
        for project in projects:
            with self.errors_of(project["id"]):
                for status, since in questions:
                    rows += self._reader.fetch_rows(status=status, updated_since=since, project_id=project["id"])
        return rows

    def complete(
        self, rows: Sequence[Json], projects: Iterable[Json], questions: Sequence[Question], *, is_daily: bool
    ) -> list[Json]:
        """Return rows of the list over all projects, completed by the own lists of projects that were lacking."""
        completed = {row["id"]: row for row in rows}
        for project in projects:
            if str(project["id"]) not in self._lacking:
                continue
            own = self._in_scope(self.fetch([project], questions))
            if is_daily and project["id"] not in self.failed and all(row["id"] in completed for row in own):
                del self._lacking[str(project["id"])]
            completed |= {row["id"]: row for row in own}
        return list(completed.values())

    def check(
        self, projects: Sequence[Json], questions: Sequence[Question], closed_since: datetime, *, is_daily: bool
    ) -> list[Json]:
        """Return rows that the list over all projects lacked, by a check of all projects or of the next few.

        The cache must contain what that list showed. Only the daily check compares the newest closed issue too: in
        between, an issue that is closed changes the number of open ones.
        """
        in_turn = {project["id"]: project for project in projects}
        queue = [each for each in self._queue if each in in_turn]
        queue += [each for each in in_turn if each not in queue]
        due = [each for each in queue if str(each) not in self._lacking]
        rows: list[Json] = []
        for project_id in due if is_daily else due[:CHECKED_PER_RUN]:
            with self.errors_of(project_id):
                since = closed_since if is_daily else None
                missing = self._find_missing(in_turn[project_id], questions, since)
                if missing is not None:
                    queue.remove(project_id)
                    queue.append(project_id)
                    rows += missing
        self._queue = queue
        self.store()
        return rows

    def _find_missing(
        self, project: Json, questions: Sequence[Question], closed_since: datetime | None
    ) -> list[Json] | None:
        """Compare a project's newest issues and their number with the cache; None if they are too new to tell."""
        newest, count = self._reader.fetch_newest(project["id"], status="open")
        closed = self._reader.fetch_newest(project["id"], status="closed")[0] if closed_since else None
        rows = [row for row in (newest, closed) if row and not self._is_known(row, closed_since)]
        if not rows and count == self._cache.count_open(project["id"]) + self._out_of_scope(project):
            return []
        if any(updated_s(row) > self._stable_s for row in rows):
            return None
        rows = self.fetch([project], questions)
        own = self._in_scope(rows)
        missing = [row for row in own if not self._cache.has_version(row)]
        late = [row["id"] for row in missing if updated_s(row) <= self._stable_s]
        if late:
            self._lacking[str(project["id"])] = late[0]
        self._forget_others(project, rows, own)
        return missing

    def _is_known(self, row: Json, closed_since: datetime | None) -> bool:
        """Return whether the cache has an issue's version, or needs none of it."""
        is_old = row["status"]["is_closed"] and closed_since and updated_s(row) < closed_since.timestamp()
        return bool(is_old) or self._cache.has_version(row) or not self._in_scope([row])

    def _out_of_scope(self, project: Json) -> int:
        """Return the number of open issues in a project's own list that were not in scope."""
        return int(self._cache.get(f"{KEY} {project['id']}") or 0)

    def _forget_others(self, project: Json, rows: Collection[Json], own: Collection[Json]) -> None:
        """Make the next run reread open issues that are no longer in their project's own list."""
        is_open = {row["id"] for row in rows if not row["status"]["is_closed"]}
        self._cache.invalidate(self._cache.open_ids(project["id"]) - is_open)
        self._cache.set(f"{KEY} {project['id']}", len(is_open - {row["id"] for row in own}))

    def unreported(self, projects: Iterable[Json]) -> tuple[Finding, ...]:
        """Return a finding for each project that was found lacking and was not reported yet."""
        names = {str(project["id"]): project["name"] for project in projects}
        new = {key: issue_id for key, issue_id in self._lacking.items() if issue_id is not None and key in names}
        self._lacking |= dict.fromkeys(new)
        if new:
            self.store()
        texts = {key: ADVICE.format(project=names[key]) for key in new}
        return tuple(Finding(issue_id, "not_listed", texts[key]) for key, issue_id in new.items())

    def store(self) -> None:
        self._cache.set(KEY, {"lacking": self._lacking, "queue": self._queue})

    @contextmanager
    def errors_of(self, project_id: int) -> Iterator[None]:
        """Record an error of reading one project, and go on with the others."""
        try:
            yield
        except OutOfTimeError:
            raise  # no time is left for the others
        except SupSyncError as error:
            self.failed[project_id] = str(error)
