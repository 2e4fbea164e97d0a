"""A tracker in memory whose runs remember what they read, what each run asked it for, and how it becomes large."""

from __future__ import annotations

import re
from collections import Counter
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
from sup_sync.run.apply import RunResult, plan_run
from sup_sync.run.cache import IN_MEMORY, Cache, CacheFile
from sup_sync.run.gather import IncrementalReader
from sup_sync.run.scope import select_scope

ACCOUNT, LISTS, HISTORIES, FORMS, PUTS, ABOUT = "account", "lists", "histories", "forms", "puts", "about"
"""Kinds of requests; those `about` the tracker ask for its statuses, projects, people and releases."""

NOT_ENDED = Ran(RunResult(Plan((), (), 0), (), {}, 0, (), 0, 0), 0)
"""What a run that was broken off has done."""

HISTORY = re.compile(r"GET /issues/(\d+)\.json")
KINDS = (
    (re.compile(r"GET /users/current\.json"), ACCOUNT),
    (re.compile(r"GET /issues\.json\?(?!.*limit=1(&|$))"), LISTS),
    (HISTORY, HISTORIES),
    (re.compile(r"GET /issues/\d+$"), FORMS),
    (re.compile(r"PUT /issues/\d+\.json"), PUTS),
)


@dataclass(frozen=True)
class ReceivedRequest:
    """What a run did, with the requests it made, counted by kind, and the histories it read, in order."""

    ran: Ran = field(repr=False)
    made: Counter[str]
    read: tuple[int, ...]

    @property
    def is_idle(self) -> bool:
        return self.made == {ACCOUNT: 1, LISTS: 1}


class Office:
    """The diary of a tracker in memory, with a cache in a folder; `told` is what was said of the cache.

    While `is_compared`, each run has to plan what one without a cache would.
    """

    is_compared = True

    def __init__(self, diary: Diary, world: FakeWorld, folder: Path) -> None:
        self.diary, self.world = diary, world
        self.path = folder / "state" / "cache"
        self.told: list[str] = []
        self.diary.cache = CacheFile(self.path, self.told.append)

    def run(self, now: str, **options: Any) -> ReceivedRequest:
        """`sup-sync apply` at that moment, which is the tracker's own too."""
        session = options.pop("session", None) or self.diary.session()
        afresh = self._planned_afresh(now, **options) if self.is_compared else None
        asking = Asking(session)
        ran = self.diary.run(now, session=session, **options)
        assert afresh in (None, ran.done.plan.changes) or ran.done.unread_projects
        return asking.counted(ran)

    def _planned_afresh(self, now: str, config: Config | None = None, **_: Any) -> tuple[Change, ...]:
        """What a run that remembers nothing would write."""
        moment, config = read_moment(now), config or self.diary.config
        with Cache(IN_MEMORY) as cache:
            reading = IncrementalReader.open(
                Reader(self.diary.session()), config, cache, moment, lambda _done, _of: None
            )
            return plan_run(reading, config, moment, is_adopting=False).plan.changes

    def mark_idle(self, *moments: str) -> None:
        """Runs, of which the last one finds that nothing happened."""
        for now in moments:
            asked = self.run(now)
        assert asked.is_idle

    def remembered(self, config: Config | None = None) -> set[int]:
        """The requests in the cache by this configuration, by number."""
        bot = self.world.tracker.user_of(self.world.user(BOT))
        with Cache(str(self.path)) as cache:
            now = read_moment(self.diary.ran_at or "Mon 09:00")
            select_scope(cache, config or self.diary.config, {"id": bot.id}, now)
            return set(cache.ids(datetime.min.replace(year=1970, tzinfo=UTC)))

    def add_person(self, login: str, *roles: str, is_staff: bool = False) -> None:
        """Somebody new, a member of all projects by these roles, and of the staff's group."""
        tracker = self.world.tracker
        person = tracker.add_user(login, login.title())
        for project in tracker.projects if roles else ():
            tracker.join(project, person, roles)
        tracker.groups[0].users += [person] if is_staff else []

    def broken(self, now: str, fault: type[BaseException], **options: Any) -> ReceivedRequest:
        """A run that ends in this fault."""
        session = options.pop("session", None) or self.diary.session()
        asking = Asking(session)
        with pytest.raises(fault):
            self.diary.run(now, session=session, **options)
        return asking.counted(NOT_ENDED)

    def issue(self, issue_id: int) -> Issue:
        return next(each for each in self.world.tracker.issues if each.id == issue_id)

    def multiply(self, issue_id: int, count: int) -> list[int]:
        """So many more requests like this one, each changed a minute before the one filed before it."""
        model, tracker = self.issue(issue_id), self.world.tracker
        for number in range(count):
            journals = [replace(each, id=tracker._new()) for each in model.journals]
            changed_at = model.updated_at - timedelta(minutes=number)
            copy = replace(
                model, id=tracker._new(), values=dict(model.values), journals=journals, updated_at=changed_at
            )
            tracker.issues.append(copy)
            self.diary._moments[copy.id] = list(self.diary._moments[issue_id])
        return [each.id for each in tracker.issues[-count:]]

    def lose(self) -> None:
        """The cache is deleted."""
        self.path.unlink()


class Asking:
    """Watches what a session asks for."""

    def __init__(self, session: RedmineSession) -> None:
        self.asked: list[str] = []
        session._http.hooks["response"].append(self._note)

    def _note(self, answer: requests.Response, *_: Any, **__: Any) -> None:
        self.asked.append(f"{answer.request.method} {answer.request.path_url}")

    def counted(self, ran: Ran) -> ReceivedRequest:
        read = (HISTORY.match(each) for each in self.asked)
        return ReceivedRequest(ran, Counter(map(kind_of, self.asked)), tuple(int(found[1]) for found in read if found))


def kind_of(asked: str) -> str:
    return next((kind for pattern, kind in KINDS if pattern.match(asked)), ABOUT)
