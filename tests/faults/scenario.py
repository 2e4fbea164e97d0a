"""Requests of which each owes the people concerned something else, and what they have got."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from end_to_end.diary import Diary
from end_to_end.scene import CLIENT, CONSULTATION, OPERATOR, make_fake
from faults.failing_proxy import TIMEOUT_S, Fault, Faulty, faulty
from stories.moments import read_moment
from stories.shipped import shipped_config
from support.worlds import ADMIN, BOT, FakeWorld, World

from sup_sync.config.load import Config
from sup_sync.errors import SupSyncError
from sup_sync.redmine.session import RedmineSession
from sup_sync.run.apply import apply

NOW = "Wed 12:00"


@dataclass(frozen=True)
class Got:
    """What a request shows of the tool: its notes, its status and its fields."""

    public: tuple[str, ...]
    private: tuple[str, ...]
    status: str
    fields: tuple[tuple[str, str], ...]


@dataclass
class Scenario:
    """The world with its requests, and the tool at work on it through a tracker that may fail.

    `said` is all that the runs told: how their writes ended, and their faults with whatever led to them.
    """

    world: World
    diary: Diary
    tracker: Faulty
    config: Config
    issue_ids: list[int]
    said: list[str] = field(default_factory=list)

    def run(self) -> int:
        """One run, whatever becomes of it; returns how many writes it sent."""
        session = RedmineSession(self.tracker.url, self.world.user(BOT), timeout_s=TIMEOUT_S)
        try:
            done = apply(session, self.config, read_moment(NOW), force=False, progress=lambda _done, _of: None)
            self.said += [repr(done), repr(session)]
        except SupSyncError as fault:
            self.said += [repr(fault), *traceback.format_exception(fault)]
        return session.requests_made["PUT"]

    def run_with(self, fault: Fault, at: int, release_at: int | None = None) -> None:
        """A run in which one request fails; what was held back comes after it, or at a request of the next."""
        self.tracker.seen.clear()
        self.tracker.fault, self.tracker.at = fault, at
        self.run()
        self.tracker.at = None
        self.tracker.seen.clear()
        self.tracker.release_at = release_at
        if release_at is None:
            self.tracker.release()

    def got(self) -> list[Got]:
        with self.people():
            return [self._got(issue_id) for issue_id in self.issue_ids]

    def _got(self, issue_id: int) -> Got:
        issue = self.diary.see(ADMIN, issue_id)
        ours = [each for each in issue["journals"] if each["notes"] and each["user"]["name"] == "sup sync"]
        return Got(
            public=tuple(each["notes"] for each in ours if not each["private_notes"]),
            private=tuple(each["notes"] for each in ours if each["private_notes"]),
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
    """A late request, one whose client did not answer, one to be reminded, a fresh one and one with nothing to say."""
    if world is None:
        world = FakeWorld()
        make_fake(world)
    config = shipped_config()
    diary = Diary(world, config)
    with faulty(world) as tracker:
        made = Scenario(world, diary, tracker, replace(config, server=replace(config.server, url=tracker.url)), [])
        with made.people():
            _late, silent, quiet, _fresh, answered = made.issue_ids = [
                diary.file("Wed 09:00", CLIENT),
                diary.file("Mon 09:00", CLIENT),
                diary.file("Wed 08:00", CLIENT),
                diary.file("Wed 11:55", CLIENT),
                diary.file("Wed 11:00", OPERATOR, "alatau-trade", CONSULTATION),
            ]
            for at, issue_id in (("Mon 10:00", silent), ("Wed 08:30", quiet)):
                with diary.at(at, issue_id):
                    world.set_status(OPERATOR, issue_id, "Клиент жауабын күтуде", "Сұрақ")
            with diary.at("Wed 11:30", answered):
                world.note(CLIENT, answered, "Рақмет")
        if isinstance(world, FakeWorld):
            world.tracker.now = read_moment(NOW)
        yield made
