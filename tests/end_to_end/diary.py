"""Actions of people and runs of sup-sync, each at a time of one week (see stories/moments.py)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests
from end_to_end.scene import CLIENT, ERROR, VIP
from stories.moments import read_moment
from stories.redmine_json import GIVEN
from support.worlds import ADMIN, BOT, FakeWorld, Json, World

from sup_sync.config.load import Config
from sup_sync.planning.notification import Notification
from sup_sync.redmine.session import RedmineSession
from sup_sync.run.apply import Progress, RunHooks, RunResult, apply
from sup_sync.run.cache import NO_CACHE, CacheFile
from sup_sync.run.selection import EVERYTHING, Selection
from sup_sync.run.write import OutcomeKind, WriteOutcome


@dataclass(frozen=True)
class Ran:
    """The result of a run, and the number of writes (PUT) that it sent."""

    done: RunResult
    puts: int

    @property
    def outcomes(self) -> dict[int, OutcomeKind]:
        return {each.issue_id: each.kind for each in self.done.outcomes}

    @property
    def unread(self) -> dict[int, str]:
        """Return the reason for each request that could not be read."""
        return {each.issue_id: each.text for each in self.done.plan.findings if each.kind == "unreadable"}

    @property
    def findings(self) -> set[tuple[int, str]]:
        return {(each.issue_id, each.kind) for each in self.done.plan.findings}


class Diary:
    """Actions by REST, whose times are changed afterwards, since REST knows only the present.

    `config` is the shipped one with the world's url; `ran_at` is the time of the last run. `notifications` are the
    messages sent outside Redmine; if `notify_error` is set, sending fails with it.
    """

    def __init__(self, world: World, config: Config, cache: CacheFile = NO_CACHE) -> None:
        self.world = world
        self.config = config
        self.cache = cache
        self.ran_at: str | None = None
        self.notifications: list[Notification] = []
        self.notify_error: str | None = None
        self._moments: dict[int, list[str]] = {}
        self._updated_at: dict[int, datetime] = {}

    @property
    def place(self) -> str:
        """Return the place of the test, as docs/promises.md names it."""
        return "in memory" if isinstance(self.world, FakeWorld) else "on a real Redmine"

    def file(
        self,
        at: str,
        login: str = CLIENT,
        project: str = VIP,
        tracker: str = ERROR,
        fields: Mapping[str, str] | None = None,
        **given: Any,
    ) -> int:
        """File a request with all required items; `fields`, by their names in Redmine, override them."""
        defaults = {self.world.names.fields[key]: value for key, value in GIVEN.items()}
        issue_id = self.world.file(login, project, tracker, fields=defaults | dict(fields or {}), **given)
        self._moments[issue_id] = []
        self._updated_at[issue_id] = read_moment(at)
        self.world.shift(issue_id, created_at=read_moment(at), updated_at=read_moment(at))
        return issue_id

    def copy(self, at: str, login: str, issue_id: int, *, is_linked: bool = True) -> int:
        """File a copy of a request."""
        copy = self.world.copy(login, issue_id, is_linked=is_linked)
        self._moments[copy] = []
        for each in (issue_id, copy):
            self._place(each, at)
        self.world.shift(copy, created_at=read_moment(at))
        return copy

    @contextmanager
    def at(self, moment: str, *issue_ids: int) -> Iterator[World]:
        """Give everything that is done to these requests inside the `with` block this time."""
        yield self.world
        for issue_id in issue_ids:
            self._place(issue_id, moment)

    def _place(self, issue_id: int, moment: str) -> None:
        moments = self._moments[issue_id]
        moments += [moment] * (len(self.see(ADMIN, issue_id)["journals"]) - len(moments))
        self._updated_at[issue_id] = read_moment(moment)
        self.world.shift(issue_id, updated_at=read_moment(moment), journals=[read_moment(each) for each in moments])

    def session(
        self, login: str = BOT, *, key: str = "", time_left: Callable[[], float] = lambda: math.inf
    ) -> RedmineSession:
        """Return a session with the key of an account, or with this key."""
        return RedmineSession(self.world.url, key or self.world.user(login), time_left=time_left)

    def run(
        self,
        now: str,
        *,
        session: RedmineSession | None = None,
        config: Config | None = None,
        force: bool = False,
        is_adopting: bool = False,
        progress: Progress = lambda _done, _total: None,
        before_writing: Callable[[], None] = lambda: None,
        selection: Selection = EVERYTHING,
    ) -> Ran:
        """Run `sup-sync apply` at this time; `before_writing` is called after everything is read and decided."""
        session, config = session or self.session(), config or self.config

        def record(entry: Json) -> None:
            if entry["event"] == "run":
                before_writing()

        done = apply(
            session,
            config,
            read_moment(now),
            force=force,
            progress=progress,
            is_adopting=is_adopting,
            cache=self.cache,
            hooks=RunHooks(record, self._notify),
            selection=selection,
        )
        for outcome in done.outcomes:
            if self._is_touched(outcome):
                self._place(outcome.issue_id, now)
        self.ran_at = now
        return Ran(done, session.requests_made["PUT"])

    def _is_touched(self, outcome: WriteOutcome) -> bool:
        """Return whether Redmine accepted a write of the run, or the request was changed meanwhile."""
        if outcome.kind is OutcomeKind.APPLIED:
            return True
        updated_at = datetime.fromisoformat(self.see(ADMIN, outcome.issue_id)["updated_on"])
        return updated_at != self._updated_at.get(outcome.issue_id)

    def _notify(self, notification: Notification) -> str | None:
        self.notifications.append(notification)
        return self.notify_error

    def use_real_time(self) -> None:
        """Give later changes the current time, as a real Redmine does."""
        if isinstance(self.world, FakeWorld):
            self.world.tracker.now = datetime.now(UTC)

    def see(self, login: str, issue_id: int) -> Json:
        return self.world.see(login, issue_id)

    def fields(self, login: str, issue_id: int) -> dict[str, str]:
        """Return the fields that an account sees, by key; the marker without the number of the request."""
        keys = {name: key for key, name in self.world.names.fields.items()}
        fields = {keys[each["name"]]: each["value"] or "" for each in self.see(login, issue_id)["custom_fields"]}
        return {key: value.removeprefix(f"issue={issue_id} ") for key, value in fields.items()}

    def notes(self, login: str, issue_id: int, *, private: bool = True) -> list[str]:
        """Return the texts of the private, or the public, notes that an account sees."""
        journals = self.see(login, issue_id)["journals"]
        return [each["notes"] for each in journals if each["notes"] and each["private_notes"] is private]

    def traces(self) -> dict[int, str]:
        """Return the time of the last change of each request: every accepted write changes it."""
        rows = self.world.get(ADMIN, "/issues.json", status_id="*", limit=100)["issues"]
        return {row["id"]: row["updated_on"] for row in rows}


def interfere(session: RedmineSession, act: Callable[[], None], *, asked: str, times_before: int = 0) -> None:
    """Act once, after the first answer to a request for such a path, or after `times_before` more."""
    left = [times_before]

    def after(response: requests.Response, *_: Any, **__: Any) -> None:
        if re.fullmatch(asked, response.request.path_url or ""):
            left[0] -= 1
            if left[0] == -1:
                act()

    session._http.hooks["response"].append(after)
