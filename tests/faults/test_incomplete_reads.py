"""What can't be read whole is left alone: each request of the reading fails in each way, or a right is taken away."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler
from unittest.mock import patch

import pytest
from end_to_end.diary import Diary
from end_to_end.scene import BASE, CONSULTATION, ERROR, OPERATOR, VIP, make_fake
from faults.failing_proxy import (
    Fault,
    Faulty,
    Request,
    answer,
    bad_gateway_after,
    faulty,
    page,
    redirect,
    reset_before,
    truncated,
)
from stories.moments import read_moment
from stories.shipped import shipped_config
from support.promises import UNREAD
from support.scripted_server import reply
from support.worlds import BOT, FakeWorld

from sup_sync.config.load import Config
from sup_sync.errors import SupSyncError
from sup_sync.redmine import reader
from sup_sync.redmine.session import RedmineSession
from sup_sync.run.apply import apply

NOW = "Wed 12:00"


@dataclass
class Office:
    """Two projects, in each a late request and one whose client did not answer; `projects` are those of requests."""

    world: FakeWorld
    tracker: Faulty
    config: Config
    projects: dict[int, str]

    def run(self) -> None:
        self.tracker.seen.clear()
        session = RedmineSession(self.tracker.url, self.world.user(BOT))
        with suppress(SupSyncError):
            apply(session, self.config, read_moment(NOW), force=False, progress=lambda _done, _of: None)

    def written(self) -> set[int]:
        """The requests that a write was sent for."""
        sent = (re.match(r"/issues/(\d+)", each.path) for each in self.tracker.seen if each.method == "PUT")
        return {int(each[1]) for each in sent if each}

    def versions(self, project: str) -> list[int]:
        """Each write that the tracker takes counts there."""
        return [each.lock_version for each in self.world.tracker.issues if each.project.identifier == project]


@contextmanager
def two_projects() -> Iterator[Office]:
    world, projects = FakeWorld(), {}
    make_fake(world)
    with faulty(world) as tracker, patch.object(reader, "PAGE", 2):  # so that lists have pages that can fail alone
        config = shipped_config()
        config = replace(config, projects=(VIP, BASE), server=replace(config.server, url=tracker.url))
        diary = Diary(world, config)
        with world.rest.running():
            for project, kind in ((VIP, ERROR), (BASE, CONSULTATION)):
                late, silent = (diary.file(at, OPERATOR, project, kind) for at in ("Tue 09:00", "Mon 09:00"))
                with diary.at("Mon 10:00", silent):
                    world.set_status(OPERATOR, silent, "Клиент жауабын күтуде", "Сұрақ")
                projects |= dict.fromkeys((late, silent), project)
        world.tracker.now = read_moment(NOW)
        yield Office(world, tracker, config, projects)


@pytest.fixture(scope="module")
def reading() -> list[str]:
    """The requests of a healthy run up to where it begins to write."""
    with two_projects() as office:
        office.run()
        assert office.written() == set(office.projects)
        paths = [each.path for each in office.tracker.seen]
        assert sum(each.startswith("/issues.json?sort=id&") and "status_id=open" in each for each in paths) > 1
        return paths[: next(place for place, each in enumerate(paths) if re.fullmatch(r"/issues/\d+", each))]


def gone(_tracker: Faulty, handler: BaseHTTPRequestHandler, _request: Request) -> None:
    reply(500)(handler)


def another_object(_tracker: Faulty, handler: BaseHTTPRequestHandler, _request: Request) -> None:
    """JSON, but not of Redmine's form."""
    reply(200, '{"status": "ok"}', content_type="application/json")(handler)


FAULTS: tuple[Fault, ...] = (gone, page, truncated, another_object, redirect, bad_gateway_after, reset_before)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_nothing_is_written_in_the_scope_of_a_failed_read(
    fault: Fault, reading: list[str], count_promise: Callable[[str, str], None]
) -> None:
    for path in dict.fromkeys(reading):
        with two_projects() as office:
            office.tracker.fault, office.tracker.stuck = fault, path
            office.run()
            assert path in [each.path for each in office.tracker.seen]
            history = re.match(r"/issues/(\d+)\.json", path)
            scope = {office.projects[int(history[1])]} if history else {VIP, BASE}
            others = {number for number, project in office.projects.items() if project not in scope}
            assert office.written() == others, (fault.__name__, path)
            count_promise(
                UNREAD, f"{'a history' if history else 'a list or a check'}: {fault.__name__.replace('_', ' ')}"
            )


def lock_account(world: FakeWorld) -> None:
    next(each for each in world.tracker.users if each.login == BOT).is_locked = True


def switch_rest_off(world: FakeWorld) -> None:
    world.tracker.is_rest_on = False


def make_public(world: FakeWorld) -> None:
    """So that lists go on to answer a key that is no longer anybody's: 200, with what is public."""
    for project in world.tracker.projects:
        project.is_public = True


def lock_account_in_public(world: FakeWorld) -> None:
    make_public(world)
    lock_account(world)


def take_out_of_a_project(world: FakeWorld) -> None:
    project = next(each for each in world.tracker.projects if each.identifier == VIP)
    project.members = [each for each in project.members if getattr(each.who, "login", "") != BOT]


@pytest.mark.parametrize(
    ("lose", "scope"),
    [
        (lock_account, (VIP, BASE)),
        (lock_account_in_public, (VIP, BASE)),
        (switch_rest_off, (VIP, BASE)),
        (take_out_of_a_project, (VIP,)),
    ],
)
def test_nothing_is_written_if_the_account_loses_a_right_during_the_reading(
    lose: Callable[[FakeWorld], None],
    scope: tuple[str, ...],
    reading: list[str],
    count_promise: Callable[[str, str], None],
) -> None:
    for at in range(len(reading)):
        with two_projects() as office:

            def event(
                tracker: Faulty, handler: BaseHTTPRequestHandler, request: Request, world: FakeWorld = office.world
            ) -> None:
                lose(world)
                answer(handler, tracker.commit(request))

            before = [office.versions(project) for project in scope]
            office.tracker.fault, office.tracker.at = event, at
            office.run()
            assert [office.versions(project) for project in scope] == before, (lose.__name__, at, reading[at])
            count_promise(UNREAD, f"during the reading: {lose.__name__.replace('_', ' ')}")
