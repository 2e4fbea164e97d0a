"""Reading of Redmine into the cache: changed requests in each run, everything in the first run of a day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Self

from sup_sync.config.load import Config
from sup_sync.errors import RedmineUnavailableError
from sup_sync.model.issue import Finding
from sup_sync.redmine.lists import CLOSED_PROJECT
from sup_sync.redmine.preflight.checks import partial_problems, usable_state
from sup_sync.redmine.preflight.problem import RedmineState
from sup_sync.redmine.reader import Reader
from sup_sync.redmine.snapshot import Gathered
from sup_sync.run.cache import Cache, updated_s
from sup_sync.run.caseload import closed_since
from sup_sync.run.histories import HistoryReader, Progress
from sup_sync.run.linked import from_redmine
from sup_sync.run.own_lists import CLOCK_TOLERANCE, OwnLists, Question
from sup_sync.run.redmine_state import (
    names_hash,
    open_redmine_state,
    readable_versions,
    reread_redmine_state,
    with_releases,
)
from sup_sync.run.scope import local_day
from sup_sync.run.unknown_ids import ListedIds
from sup_sync.to_json import Json

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class IncrementalReader:
    """One run's reading of Redmine into the cache, in this order: lists of changed requests, histories, unknown ids.

    `state` was read before (`open` does that), `read_at` is the time when the reading started. `updated_on` does not
    show edited notes and moved projects, and nothing shows changed lists. So the first run of a local day reads
    everything, and a run that finds an id in no list rereads the lists. A project that could not be used before is read
    completely.
    """

    def __init__(
        self, reader: Reader, config: Config, cache: Cache, state: RedmineState, read_at: datetime, progress: Progress
    ) -> None:
        self.cache = cache
        self.state = state
        self.closed_since = closed_since(config.closed_days, read_at)
        self._reader = reader
        self._config = config
        self._read_at = read_at
        self._today = local_day(config, read_at)
        self._histories = HistoryReader(reader, cache, config, read_at, progress)
        self._own_lists = OwnLists(reader, cache, self._in_scope, read_at)
        self._newest_s = 0  # the last change by the lists read, in scope or not
        self._scope: frozenset[int] = frozenset()  # projects by id
        self._ignored_trackers: frozenset[int] = frozenset()
        self._has_new_scope = False

    @classmethod
    def open(cls, reader: Reader, config: Config, cache: Cache, read_at: datetime, progress: Progress) -> Self:
        """Fetch the account, and the state unless the cache has it of today, and make a reader with them."""
        state = open_redmine_state(reader, config, cache, read_at)
        reading = cls(reader, config, cache, state, read_at, progress)
        reading._use(state)
        return reading

    @property
    def unread_projects(self) -> dict[str, str]:
        """Return the names of the projects in which reading failed, with the error."""
        names = {project["id"]: project["name"] for project in self._projects}
        return {names[project_id]: error for project_id, error in self._own_lists.failed.items()}

    @property
    def unread_requests(self) -> tuple[Finding, ...]:
        """Return a finding for each request that could not be read; such a request is not used."""
        return tuple(Finding(issue_id, "unreadable", text) for issue_id, text in self._histories.unread.items())

    @property
    def problems(self) -> tuple[str, ...]:
        """Return the problems in Redmine that leave out a part of the run."""
        return tuple(map(str, partial_problems(self.state)))

    @property
    def histories_read(self) -> int:
        return self._histories.count

    def everything(self) -> Gathered:
        """Read all issues in scope, and return them with their histories, in order of id."""
        rows = self._listed([("*", None)], is_daily=True)
        self._read([row for row in rows if self.cache.read_at(row) < _stable_s(row)], len(rows))
        self._check_lists([("*", None)], is_daily=True)
        return self._gathered(row["id"] for row in rows)

    def current(self) -> Gathered:
        """Read what a run may change, and return it: open issues, and those changed lately."""
        self.read_current()
        return self._gathered(self.cache.ids(self.closed_since))

    def read_current(self) -> None:
        """Bring the cache up to date with what a run may change: open issues, and those changed lately.

        If the last change seen is in the future, the clock was set back, and the lists would not show new changes.
        """
        since = self.cache.get("since")
        is_clock_set_back = since is None or since > self._read_at.timestamp()
        if is_clock_set_back or self.cache.get("full_read_on") != self._today:
            self._read_all()
        else:
            self._read_changed(since)

    def read_releases(self, project_ids: Collection[int]) -> bool:
        """Reread the releases of projects, and return whether any changed, or a project was left out as that failed."""
        failed = len(self._own_lists.failed)
        versions: list[Json] = []
        for project_id in project_ids:
            with self._own_lists.errors_of(project_id):
                versions += readable_versions(self._reader, project_id)
        changed = with_releases(self._config, self.cache, self.state, versions)
        self.state = changed or self.state
        return changed is not None or len(self._own_lists.failed) > failed

    def reread_lists(self) -> bool:
        """Reread the lists, and return whether they changed."""
        before = self.state.lists
        self._reread_state()
        return self.state.lists != before

    def cached_issues(self, issue_ids: Iterable[int]) -> Iterator[Json]:
        """Yield these issues from the cache, unless reading failed in their project."""
        return self.cache.issues(issue_ids, self._scope.difference(self._own_lists.failed))

    def cached_issue(self, issue_id: int) -> Json | None:
        """Return one issue from the cache, as `cached_issues` does; None if it is not there."""
        return next(self.cached_issues([issue_id]), None)

    def fetch_issue(self, issue_id: int) -> Json | None:
        """Fetch an issue that the cache need not have, such as one closed long ago; None if it cannot be read."""
        return from_redmine(self._reader)(issue_id)

    def _gathered(self, issue_ids: Iterable[int]) -> Gathered:
        raw_issues = tuple(self.cached_issues(issue_ids))
        return Gathered(self.state.lists, raw_issues, self.unread_projects, self.unread_requests, self.problems)

    def _read_all(self) -> None:
        """Read everything; after a run of today that was interrupted, continue at the point where it stopped."""
        self._has_new_scope = False
        start_s = self._full_read_start()
        questions: list[Question] = [("open", None), ("closed", self.closed_since)]
        rows = self._listed(questions, is_daily=True)
        unread = [row for row in rows if self.cache.read_at(row) < max(start_s, _stable_s(row))]
        self._read(unread, len(rows))
        if not self._own_lists.failed:
            gone = set(self.cache.read_before(start_s, self.closed_since)) - self._histories.unread.keys()
            self.cache.delete(gone)
            self._check_lists(questions, is_daily=True)
        if not self._own_lists.failed:
            self._set_since(int(self.closed_since.timestamp()))
            self.cache.set("full_read_on", None if self._has_new_scope else self._today)

    def _full_read_start(self) -> int:
        """Return when the full read of today started, in epoch seconds: now, unless an earlier run started it."""
        now_s = int(self._read_at.timestamp())
        start = self.cache.get("full_read_start")
        if start is None or start["on"] != self._today or start["at"] > now_s:  # a clock may be set back
            start = {"on": self._today, "at": now_s}
            self.cache.set("full_read_start", start)
        return int(start["at"])

    def _read_changed(self, since: int) -> None:
        rows = self._listed([("*", datetime.fromtimestamp(since, UTC))], is_daily=False)
        rows += self._invalidated_rows({row["id"] for row in rows})
        self._reread_lists_for_closed_projects(rows)
        self._read(rows, len(rows))
        self._check_lists([("open", None), ("closed", self.closed_since)], is_daily=False)
        if not self._own_lists.failed:
            self._set_since(since)

    def _set_since(self, since: int) -> None:
        """Set the time since which the next run lists changes; recent changes are listed again.

        Call it only after everything listed is stored, as no later run lists earlier changes.
        """
        stable_until = int((self._read_at - CLOCK_TOLERANCE).timestamp())
        self.cache.set("since", min(max(since, self._newest_s + 1), stable_until))

    def _check_lists(self, questions: Sequence[Question], *, is_daily: bool) -> None:
        """Check by the own lists of projects if the list over all projects was whole, and read what it lacked."""
        readable = [project for project in self._projects if project["id"] not in self._own_lists.failed]
        missing = self._own_lists.check(readable, questions, self.closed_since, is_daily=is_daily)
        self._read(missing, len(missing))

    def unreported_gaps(self) -> tuple[Finding, ...]:
        """Return a finding for each project that the list over all projects lacks; each is returned once."""
        return self._own_lists.unreported(self._projects)

    @property
    def _projects(self) -> Sequence[Json]:
        projects: Sequence[Json] = self.state.lists["projects"]
        return projects

    def _listed(self, questions: Sequence[Question], *, is_daily: bool) -> list[Json]:
        """List the issues in scope, also those of projects that the list over all projects lacks."""
        rows = [row for question in questions for row in self._rows(question)]
        self._newest_s = max((self._newest_s, *map(updated_s, rows)))
        rows = self._own_lists.complete(self._in_scope(rows), self._projects, questions, is_daily=is_daily)
        self._newest_s = max((self._newest_s, *map(updated_s, rows)))
        return rows

    def _rows(self, question: Question) -> list[Json]:
        """List the issues of all projects; if that list fails or is not whole, by each project's own list."""
        status, since = question
        try:
            return self._reader.fetch_rows(status=status, updated_since=since)
        except RedmineUnavailableError as error:
            self._reader.cause_of(error)
            return self._own_lists.fetch(self._projects, [question])

    def _invalidated_rows(self, listed: Collection[int]) -> list[Json]:
        """List the issues that must be reread though no list shows a change; forget those that are gone.

        If the list fails, each is read by itself, as one of them may be the cause.
        """
        invalidated = self.cache.invalidated().difference(listed)
        try:
            rows = self._reader.fetch_rows_of(invalidated)
        except RedmineUnavailableError as error:
            self._reader.cause_of(error)
            return list(self.cached_issues(invalidated))
        self.cache.delete(invalidated - {row["id"] for row in rows})
        return self._in_scope(rows)

    def _in_scope(self, rows: Collection[Json]) -> list[Json]:
        """Return the rows in scope; forget issues that were moved out of it."""
        in_scope = [row for row in rows if self._is_in_scope(row)]
        self.cache.delete({row["id"] for row in rows} - {row["id"] for row in in_scope})
        return in_scope

    def _is_in_scope(self, row: Json) -> bool:
        return row["project"]["id"] in self._scope and row["tracker"]["id"] not in self._ignored_trackers

    def _reread_lists_for_closed_projects(self, rows: Collection[Json]) -> None:
        """Reread the lists if a request changed in a project that they show as closed, since it was reopened."""
        closed = {project["id"] for project in self.state.lists["projects"] if project["status"] == CLOSED_PROJECT}
        if any(row["project"]["id"] in closed for row in rows):
            self._reread_state()

    def _read(self, rows: Collection[Json], total: int) -> None:
        """Read histories, then reread the lists if an id is in none of them, once for each id."""
        self._histories.read(rows, total, self.state.lists)
        unknown_ids, looked_up = self._histories.unknown_ids, set(self.cache.get("unknown_ids") or ())
        if unknown_ids - looked_up:
            self._reread_state()
            self.cache.set("unknown_ids", sorted((looked_up | unknown_ids) - ListedIds(self.state.lists).ids))

    def _reread_state(self) -> None:
        self._use(reread_redmine_state(self._reader, self._config, self.cache, self.state.account, self._read_at))

    def _use(self, state: RedmineState) -> None:
        """Use this state; forget the requests of projects that cannot be used now, and read all that could not before.

        The lists of changed requests would not show what changed in such a project before.
        """
        self.state = state
        self._scope = frozenset(project["id"] for project in usable_state(state).lists["projects"])
        ignored = self.state.names.ignored_trackers
        self._ignored_trackers = frozenset(row["id"] for row in state.lists["trackers"] if row["name"] in ignored)
        scope = {"projects": sorted(self._scope), "names": names_hash(self._config)}
        before = self.cache.get("scope")
        if before is not None and before != scope:
            self.cache.delete_other_projects(self._scope)
            self.cache.invalidate(self._with_unlisted_people() if before["names"] != scope["names"] else ())
            self._has_new_scope = True
            self.cache.set("full_read_on", None)
        if before != scope:
            self.cache.set("scope", scope)

    def _with_unlisted_people(self) -> Iterator[int]:
        """Find the issues with people who are in no list; only the history has their names, which may have changed."""
        listed = ListedIds(self.state.lists)
        for issue in list(self.cache.issues(self.cache.ids(EPOCH), self._scope)):
            if any(each.startswith("people ") for each in listed.unknown_ids(issue)):
                yield issue["id"]


def _stable_s(row: Json) -> int:
    """Return the first epoch second at which a reading surely contains the change that a row shows."""
    return updated_s(row) + int(CLOCK_TOLERANCE.total_seconds())
