"""Commands to type, and a fake Redmine on a socket, which other processes can reach."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from end_to_end.diary import Diary
from end_to_end.scene import CLIENT
from stories.shipped import shipped_config
from support.scripted_server import Answer
from support.worlds import FakeWorld

SENTINEL = "5e171e15e171e15e171e15e171e15e171e15e171"  # an API key that does not exist

NOW = "2026-06-08T10:31"
CLOSED_PORT = "http://127.0.0.1:9"

DUE = ("due", "--filed-at", "2026-06-09T14:00", "--level", "vip", "--channel", "tracker", "--category", "error")
REDMINE_COMMANDS = ("apply", "plan", "check", "snapshot", "queue", "report")  # commands that contact Redmine


class Office:
    """A fake Redmine with people, on a socket; `responses` replace its own, by pattern of path."""

    def __init__(self, world: FakeWorld, responses: dict[str, Answer]) -> None:
        self.world = world
        self.responses = responses
        self._diary = Diary(world, shipped_config())

    @contextmanager
    def people(self) -> Iterator[Diary]:
        """Let people work in Redmine, without the socket."""
        with self.world.rest.running():
            yield self._diary

    def file(self, at: str = "Mon 09:00", login: str = CLIENT, *place: str) -> int:
        with self.people() as diary:
            return diary.file(at, login, *place)
