"""Five requests, each due for another kind of note, and the state that people see of them."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from end_to_end.diary import Diary
from end_to_end.scene import CLIENT, CONSULTATION, OPERATOR, make_fake
from faults.failing_proxy import TIMEOUT_S, FailingProxy, Failure, failing_proxy
from stories.moments import read_moment
from stories.shipped import shipped_config
from support.worlds import ADMIN, BOT, FakeWorld, World

from sup_sync.config.load import Config
from sup_sync.errors import SupSyncError
from sup_sync.redmine.session import RedmineSession
from sup_sync.run.apply import apply

NOW = "Wed 12:00"


@dataclass(frozen=True)
class RequestState:
    """The status and fields of a request, and the notes that sup-sync sent."""

    public: tuple[str, ...]
    private: tuple[str, ...]
    status: str
    fields: tuple[tuple[str, str], ...]


@dataclass
class Scenario:
    """A world with requests, and runs of sup-sync that reach it through a failing proxy.

    `output` contains the results and errors of the runs, with their tracebacks.
    """

    world: World
    diary: Diary
    proxy: FailingProxy
    config: Config
    issue_ids: list[int]
    output: list[str] = field(default_factory=list)

    def run(self) -> int:
        """Run once, even if the run fails; return the number of writes (PUT) that it sent."""
        session = RedmineSession(self.proxy.url, self.world.user(BOT), timeout_s=TIMEOUT_S)
        try:
            result = apply(session, self.config, read_moment(NOW), force=False, progress=lambda _done, _of: None)
            self.output += [repr(result), repr(session)]
        except SupSyncError as error:
            self.output += [repr(error), *traceback.format_exception(error)]
        return session.requests_made["PUT"]

    def run_with(self, failure: Failure, at: int, release_at: int | None = None) -> None:
        """Run while one request fails; release the held requests after the run, or at a request of the next run."""
        self.proxy.seen.clear()
        self.proxy.failure, self.proxy.at = failure, at
        self.run()
        self.proxy.at = None
        self.proxy.seen.clear()
        self.proxy.release_at = release_at
        if release_at is None:
            self.proxy.release()

    def states(self) -> list[RequestState]:
        with self.people():
            return [self._state(issue_id) for issue_id in self.issue_ids]

    def _state(self, issue_id: int) -> RequestState:
        issue = self.diary.see(ADMIN, issue_id)
        notes = [each for each in issue["journals"] if each["notes"] and each["user"]["name"] == "sup sync"]
        return RequestState(
            public=tuple(each["notes"] for each in notes if not each["private_notes"]),
            private=tuple(each["notes"] for each in notes if each["private_notes"]),
            status=issue["status"]["name"],
            fields=tuple(sorted(self.diary.fields(ADMIN, issue_id).items())),
        )

    @contextmanager
    def people(self) -> Iterator[None]:
        if isinstance(self.world, FakeWorld):
            with self.world.rest.running():
                yield
        else:
            yield


@contextmanager
def scenario(world: World | None = None) -> Iterator[Scenario]:
    """File five requests: overdue, without an answer of the client, due for a reminder, new, and acknowledged only."""
    if world is None:
        world = FakeWorld()
        make_fake(world)
    config = shipped_config()
    diary = Diary(world, config)
    with failing_proxy(world) as proxy:
        scene = Scenario(world, diary, proxy, replace(config, server=replace(config.server, url=proxy.url)), [])
        with scene.people():
            _overdue, unanswered, to_remind, _new, answered = scene.issue_ids = [
                diary.file("Wed 09:00", CLIENT),
                diary.file("Mon 09:00", CLIENT),
                diary.file("Wed 08:00", CLIENT),
                diary.file("Wed 11:55", CLIENT),
                diary.file("Wed 11:00", OPERATOR, "alatau-trade", CONSULTATION),
            ]
            for at, issue_id in (("Mon 10:00", unanswered), ("Wed 08:30", to_remind)):
                with diary.at(at, issue_id):
                    world.set_status(OPERATOR, issue_id, "Клиент жауабын күтуде", "Сұрақ")
            with diary.at("Wed 11:30", answered):
                world.note(CLIENT, answered, "Рақмет")
        if isinstance(world, FakeWorld):
            world.tracker.now = read_moment(NOW)
        yield scene
