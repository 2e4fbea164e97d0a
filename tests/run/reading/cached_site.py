"""A Redmine in memory whose runs use a cache, with the requests of each run and a way to add many issues."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from end_to_end.diary import Diary, Ran
from stories.moments import read_moment
from support.fake_records import Issue
from support.worlds import BOT, FakeWorld

from sup_sync.config.load import Config
from sup_sync.model.change import Change
from sup_sync.planning.plan import Plan
from sup_sync.redmine.reader import Reader
from sup_sync.redmine.session import RedmineSession
from sup_sync.run.apply import RunResult
from sup_sync.run.cache import IN_MEMORY, Cache, CacheFile
from sup_sync.run.gather import IncrementalReader
from sup_sync.run.histories import Progress
from sup_sync.run.run_plan import plan_run
from sup_sync.run.scope import select_scope

# Kinds of requests; `checks` ask for a project's own list, those of kind `about` read statuses, people and releases.
ACCOUNT, LISTS, CHECKS, HISTORIES, FORMS, PUTS, ABOUT = (
    "account",
    "lists",
    "checks",
    "histories",
    "forms",
    "puts",
    "about",
)

# The result of a run that was interrupted.
UNFINISHED = Ran(RunResult(Plan((), (), 0), (), {}, 0, (), 0, 0), 0)

HISTORY = re.compile(r"GET /issues/(\d+)\.json")
KINDS = (
    (re.compile(r"GET /users/current\.json"), ACCOUNT),
    (re.compile(r"GET /issues\.json\?.*sort=updated_on%3Adesc.*limit=1(&|$)"), CHECKS),
    (re.compile(r"GET /issues\.json\?(?!.*limit=1(&|$))"), LISTS),
    (HISTORY, HISTORIES),
    (re.compile(r"GET /issues/\d+$"), FORMS),
    (re.compile(r"PUT /issues/\d+\.json"), PUTS),
)


@dataclass(frozen=True)
class RunTrace:
    """A run's result, its number of requests of each kind, and the ids of the histories that it read, in order.

    `checks` is the number of requests for a project's own list, which are not in `requests`.
    """

    result: Ran = field(repr=False)
    requests: Counter[str]
    histories: tuple[int, ...]
    checks: int = 0

    @property
    def is_idle(self) -> bool:
        return self.requests == {ACCOUNT: 1, LISTS: 1}


class CachedSite:
    """A Redmine in memory with a cache in a folder; `cache_reports` are the messages about the cache.

    While `is_compared`, each run must plan the same as a run without a cache.
    """

    is_compared = True

    def __init__(self, diary: Diary, world: FakeWorld, folder: Path) -> None:
        self.diary, self.world = diary, world
        self.path = folder / "state" / "cache"
        self.cache_reports: list[str] = []
        self.diary.cache = CacheFile(self.path, self.cache_reports.append)

    def run(self, now: str, **options: Any) -> RunTrace:
        """Run `sup-sync apply` at that time, which is also the time of Redmine."""
        session = options.pop("session", None) or self.diary.session()
        expected = self._plan_without_cache(now, **options) if self.is_compared else None
        recorder = RequestRecorder(session)
        result = self.diary.run(now, session=session, **options)
        assert expected in (None, result.done.plan.changes) or result.unread
        return recorder.trace(result)

    def _plan_without_cache(self, now: str, config: Config | None = None, **_: Any) -> tuple[Change, ...]:
        """Plan the changes that a run without a cache would write."""
        moment, config = read_moment(now), config or self.diary.config
        with Cache(IN_MEMORY) as cache:
            reading = IncrementalReader.open(
                Reader(self.diary.session()), config, cache, moment, lambda _done, _of: None
            )
            return plan_run(reading, config, moment, is_adopting=False).plan.changes

    def run_until_idle(self, *moments: str) -> None:
        """Run at these times, and check that the last run is idle."""
        for now in moments:
            trace = self.run(now)
        assert trace.is_idle

    def cached_ids(self, config: Config | None = None) -> set[int]:
        """Return the ids of the requests in this configuration's part of the cache."""
        bot = self.world.tracker.user_of(self.world.user(BOT))
        with Cache(str(self.path)) as cache:
            now = read_moment(self.diary.ran_at or "Mon 09:00")
            select_scope(cache, config or self.diary.config, {"id": bot.id}, now)
            return set(cache.ids(datetime.min.replace(year=1970, tzinfo=UTC)))

    def invalidate(self, issue_ids: Collection[int]) -> None:
        """Make the next run reread these requests."""
        bot = self.world.tracker.user_of(self.world.user(BOT))
        with Cache(str(self.path)) as cache:
            select_scope(cache, self.diary.config, {"id": bot.id}, read_moment(self.diary.ran_at or "Mon 09:00"))
            cache.invalidate(issue_ids)

    def add_person(self, login: str, *roles: str, is_staff: bool = False) -> None:
        """Add a person to all projects with these roles, and to the group of staff if `is_staff`."""
        tracker = self.world.tracker
        person = tracker.add_user(login, login.title())
        for project in tracker.projects if roles else ():
            tracker.join(project, person, roles)
        tracker.groups[0].users += [person] if is_staff else []

    def run_with_error(self, now: str, error: type[BaseException], **options: Any) -> RunTrace:
        """Run at that time, and check that the run raises this error."""
        session = options.pop("session", None) or self.diary.session()
        recorder = RequestRecorder(session)
        with pytest.raises(error):
            self.diary.run(now, session=session, **options)
        return recorder.trace(UNFINISHED)

    def issue(self, issue_id: int) -> Issue:
        return next(each for each in self.world.tracker.issues if each.id == issue_id)

    def copy_issue(self, issue_id: int, count: int) -> list[int]:
        """Add requests with the same history, also their markers, each changed a minute before the previous one."""
        model, tracker = self.issue(issue_id), self.world.tracker
        for number in range(count):
            journals = [replace(each, id=tracker._new()) for each in model.journals]
            changed_at = model.updated_at - timedelta(minutes=number)
            copy = replace(model, id=tracker._new(), journals=journals, updated_at=changed_at)
            copy.values = {
                key: text.replace(f"issue={issue_id} ", f"issue={copy.id} ") for key, text in model.values.items()
            }
            tracker.issues.append(copy)
            self.diary._moments[copy.id] = list(self.diary._moments[issue_id])
        return [each.id for each in tracker.issues[-count:]]

    def delete_cache(self) -> None:
        """Delete the cache."""
        self.path.unlink()


class RequestRecorder:
    """A recorder of the requests that a session sends."""

    def __init__(self, session: RedmineSession) -> None:
        self.requests: list[str] = []
        session._http.hooks["response"].append(self._record)

    def _record(self, response: requests.Response, *_: Any, **__: Any) -> None:
        self.requests.append(f"{response.request.method} {response.request.path_url}")

    def trace(self, result: Ran) -> RunTrace:
        matches = (HISTORY.match(each) for each in self.requests)
        kinds = Counter(map(kind_of, self.requests))
        checks = kinds.pop(CHECKS, 0)
        return RunTrace(result, kinds, tuple(int(each[1]) for each in matches if each), checks)


def kind_of(request: str) -> str:
    return next((kind for pattern, kind in KINDS if pattern.match(request)), ABOUT)


def once(act: Callable[[], None], *, when: int) -> Progress:
    """Return a progress callback that acts a single time, after `when` requests."""
    actions = [act]

    def progress(done: int, _total: int) -> None:
        if done == when and actions:
            actions.pop()()

    return progress
