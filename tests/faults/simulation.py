"""A Redmine in memory, and runs of sup-sync that are disturbed while they write."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests
from end_to_end.scene import VIP, make_fake
from faults.failing_proxy import FailingProxy, Failure, Request, answer, committer
from faults.wire import Line, Wire, use_wire
from stories.moments import read_moment
from support.fake_records import Issue, Journal
from support.worlds import BOT, FakeWorld

from sup_sync.config.load import Config
from sup_sync.errors import SupSyncError
from sup_sync.model.change import Change
from sup_sync.redmine.preflight.problem import RedmineState
from sup_sync.redmine.reader import Reader
from sup_sync.redmine.session import RedmineSession
from sup_sync.run.apply import apply
from sup_sync.run.cache import IN_MEMORY, NO_CACHE, Cache, CacheFile
from sup_sync.run.gather import IncrementalReader
from sup_sync.run.histories import FAILED_READS
from sup_sync.run.redmine_state import fetch_redmine_state
from sup_sync.run.retries import FAILED_WRITES
from sup_sync.run.run_plan import plan_run

# a sign in every text that people write, and in no other text
SIGN = "⟦"


class KilledError(BaseException):
    """The death of a run in the middle of its work."""


@dataclass
class Run:
    """A run of sup-sync: its time, the journals that it could know, and an event at request `at` of its writing."""

    now: datetime
    known: dict[int, int]
    at: int | None = None
    event: Failure | None = None
    position: int | None = None
    puts: int = 0

    def is_hit(self, request: Request) -> bool:
        """Count this request, and return whether the event happens at it.

        The writing begins with the first edit form or write.
        """
        if self.position is None and (request.method == "PUT" or re.fullmatch(r"/issues/\d+", request.path)):
            self.position = 0
        elif self.position is not None:
            self.position += 1
        return self.event is not None and self.position == self.at


@dataclass(frozen=True)
class Sent(Request):
    """A request, with the run that sent it."""

    run: Run


@dataclass(frozen=True)
class Write:
    """A write of sup-sync that Redmine accepted, with the journals before it and those that it added."""

    issue: Issue
    run: Run
    past: list[Journal]
    new: list[Journal]

    @property
    def notes(self) -> list[Journal]:
        return [each for each in self.new if each.notes]


@dataclass
class Simulation:
    """A Redmine in memory, the actions of people, and runs of sup-sync through a connection that may fail."""

    config: Config
    world: FakeWorld = field(default_factory=FakeWorld)
    writes: list[Write] = field(default_factory=list)
    versions: list[int] = field(default_factory=list)
    lists: dict[tuple[object, ...], RedmineState] = field(default_factory=dict)
    text_count: int = 0
    cache_folder: TemporaryDirectory[str] | None = None

    def __post_init__(self) -> None:
        make_fake(self.world)
        self.base, self.wire = self.world.tracker, FailingProxy(self._commit)
        self.reply = committer(self.world)
        self.base.now = read_moment("Mon 09:00")
        self.world._http.mount(self.world.url, Wire(self._answer_people))
        for name, days in (("2.4", 2), ("2.5", 9)):
            self.versions.append(self.world.add_version(VIP, name, (self.base.now + timedelta(days=days)).date()))

    def text(self, kind: str = "сөз") -> str:
        self.text_count += 1
        return f"{SIGN}{kind} {self.text_count}⟧"

    def _request(self, request: requests.PreparedRequest, run: Run) -> Sent:
        body = request.body or b""
        return Sent(
            request.method or "",
            request.path_url,
            request.headers,
            body.encode() if isinstance(body, str) else body,
            run,
        )

    def _answer_people(self, line: Any, request: requests.PreparedRequest) -> None:
        answer(line, self.reply(self._request(request, Run(self.base.now, {}))))

    def _commit(self, request: Request) -> tuple[int, Any, str]:
        """Send a request of sup-sync to Redmine; record an accepted write."""
        matched = re.fullmatch(r"/issues/(\d+)\.json", request.path) if request.method == "PUT" else None
        if matched is None or not isinstance(request, Sent):
            return self.reply(request)
        issue = self.base.pick(self.base.issues, matched[1])
        past = list(issue.journals)
        answered = self.reply(request)
        if answered[0] == requests.codes.no_content:
            self.writes.append(Write(issue, request.run, past, issue.journals[len(past) :]))
        return answered

    def _pass_on(self, run: Run, pause: Callable[[], None], line: Line, prepared: requests.PreparedRequest) -> None:
        request = self._request(prepared, run)
        if request.path.startswith("/issues/"):
            pause()
        run.puts += request.method == "PUT"
        if run.is_hit(request):
            event, run.event = run.event, None
            event(self.wire, line, request)  # type: ignore[arg-type]
        else:
            answer(line, self.wire.commit(request))  # type: ignore[arg-type]

    def cache_file(self, host: int = 0) -> CacheFile:
        return CacheFile(Path(self.cache_folder.name) / str(host)) if self.cache_folder else NO_CACHE

    def delete_cache(self) -> None:
        for path in Path(self.cache_folder.name).iterdir() if self.cache_folder else ():
            path.unlink()

    def end_waits(self) -> None:
        """Let the next run try again what failed more than once, as it does a day later at the latest."""
        for path in Path(self.cache_folder.name).iterdir() if self.cache_folder else ():
            with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as base:  # the file may be damaged
                base.execute("DELETE FROM memory WHERE key IN (?, ?)", (FAILED_READS, FAILED_WRITES))
                base.commit()

    def run(
        self, at: int = 0, event: Failure | None = None, pause: Callable[[], None] = lambda: None, host: int = 0
    ) -> Run:
        """Run once on a host, even if the run fails."""
        run = Run(self.base.now, {each.id: len(each.journals) for each in self.base.issues}, at, event)
        session = RedmineSession(self.world.url, self.world.user(BOT))
        use_wire(session, partial(self._pass_on, run, pause))
        with suppress(SupSyncError, KilledError):
            apply(
                session,
                self.config,
                run.now,
                force=False,
                progress=lambda _done, _of: None,
                cache=self.cache_file(host),
            )
        assert run.puts == session.requests_made["PUT"], "a write was retried"
        return run

    def plan(self) -> None:
        """Read without a lock, as `plan` and `queue` do, with the first host's cache."""
        self.cache_file().use(lambda cache: self._reader(cache).current())

    def _reader(self, cache: Cache) -> IncrementalReader:
        session = RedmineSession(self.world.url, self.world.user(BOT))
        use_wire(session, partial(self._pass_on, Run(self.base.now, {}), lambda: None))
        return IncrementalReader.open(Reader(session), self.config, cache, self.base.now, lambda _done, _of: None)

    def plan_without_cache(self) -> tuple[Change, ...]:
        """Return the changes that a run without a cache would write."""
        with Cache(IN_MEMORY) as cache:
            return plan_run(self._reader(cache), self.config, self.base.now, is_adopting=False).plan.changes

    def fetch_state(self, reader: Reader, config: Config, _account: Any, read_at: datetime) -> RedmineState:
        """Read Redmine's lists only if they changed; other tests cover failures of these requests."""
        state = (len(self.base.issues), *(each.due_on for each in self.base.versions))
        if state not in self.lists:
            self.lists[state] = fetch_redmine_state(reader, config, read_at=read_at)
        return self.lists[state]
