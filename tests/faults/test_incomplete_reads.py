"""Incomplete reads: nothing is written in the scope of a request that fails, or of a right that is lost."""

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
    FailingProxy,
    Failure,
    Request,
    answer,
    bad_gateway_after,
    failing_proxy,
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
class TwoProjects:
    """Two projects, each with an overdue request and one without an answer; `projects` has the project by request."""

    world: FakeWorld
    proxy: FailingProxy
    config: Config
    projects: dict[int, str]

    def run(self) -> None:
        self.proxy.seen.clear()
        session = RedmineSession(self.proxy.url, self.world.user(BOT))
        with suppress(SupSyncError):
            apply(session, self.config, read_moment(NOW), force=False, progress=lambda _done, _of: None)

    def written_ids(self) -> set[int]:
        """Return the ids of the requests that the last run sent a write for."""
        sent = (re.match(r"/issues/(\d+)", each.path) for each in self.proxy.seen if each.method == "PUT")
        return {int(each[1]) for each in sent if each}

    def scope_of_list(self, path: str) -> set[int]:
        """Return the requests that a failed list concerns; the list over all projects is replaced by projects' own.

        The fields of a tracker, groups and accounts are needed by no request here.
        """
        own = re.search(r"^/projects/([\w-]+)[./]", path) or re.search(r"sort=updated_on.*[?&]project_id=(\d+)", path)
        if own:
            identifiers = {str(each.id): each.identifier for each in self.world.tracker.projects}
            project = identifiers.get(own[1], own[1])
            return {number for number, each in self.projects.items() if each == project}
        return set() if re.match(r"/(issues\.json|groups/|users/\d)", path) else set(self.projects)

    def versions(self, project: str) -> list[int]:
        """Return the version of each request of a project; every accepted write increments it."""
        return [each.lock_version for each in self.world.tracker.issues if each.project.identifier == project]


@contextmanager
def two_projects() -> Iterator[TwoProjects]:
    world, projects = FakeWorld(), {}
    make_fake(world)
    with failing_proxy(world) as proxy, patch.object(reader, "PAGE", 2):  # lists get several pages, to fail one by one
        config = shipped_config()
        config = replace(config, projects=(VIP, BASE), server=replace(config.server, url=proxy.url))
        diary = Diary(world, config)
        with world.rest.running():
            for project, kind in ((VIP, ERROR), (BASE, CONSULTATION)):
                overdue, unanswered = (diary.file(at, OPERATOR, project, kind) for at in ("Tue 09:00", "Mon 09:00"))
                with diary.at("Mon 10:00", unanswered):
                    world.set_status(OPERATOR, unanswered, "Клиент жауабын күтуде", "Сұрақ")
                projects |= dict.fromkeys((overdue, unanswered), project)
        world.tracker.now = read_moment(NOW)
        yield TwoProjects(world, proxy, config, projects)


@pytest.fixture(scope="module")
def reading() -> list[str]:
    """Return the paths that a healthy run requests before its first write."""
    with two_projects() as scene:
        scene.run()
        assert scene.written_ids() == set(scene.projects)
        paths = [each.path for each in scene.proxy.seen]
        assert sum(each.startswith("/issues.json?sort=id&") and "status_id=open" in each for each in paths) > 1
        return paths[: next(position for position, each in enumerate(paths) if re.fullmatch(r"/issues/\d+", each))]


def gone(_proxy: FailingProxy, handler: BaseHTTPRequestHandler, _request: Request) -> None:
    reply(500)(handler)


def another_object(_proxy: FailingProxy, handler: BaseHTTPRequestHandler, _request: Request) -> None:
    """Answer with JSON that is not in Redmine's format."""
    reply(200, '{"status": "ok"}', content_type="application/json")(handler)


FAILURES: tuple[Failure, ...] = (gone, page, truncated, another_object, redirect, bad_gateway_after, reset_before)


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.__name__)
def test_nothing_is_written_in_the_scope_of_a_failed_read(
    failure: Failure, reading: list[str], count_promise: Callable[[str, str], None]
) -> None:
    for path in dict.fromkeys(reading):
        with two_projects() as scene:
            scene.proxy.failure, scene.proxy.stuck = failure, path
            scene.run()
            assert path in [each.path for each in scene.proxy.seen]
            history = re.match(r"/issues/(\d+)\.json", path)
            scope = {int(history[1])} if history else scene.scope_of_list(path)
            assert scene.written_ids() == scene.projects.keys() - scope, (failure.__name__, path)
            count_promise(
                UNREAD, f"{'a history' if history else 'a list or a check'}: {failure.__name__.replace('_', ' ')}"
            )


def lock_account(world: FakeWorld) -> None:
    next(each for each in world.tracker.users if each.login == BOT).is_locked = True


def switch_rest_off(world: FakeWorld) -> None:
    world.tracker.is_rest_on = False


def make_public(world: FakeWorld) -> None:
    """Make projects public, so that lists still answer 200 to an invalid key."""
    for project in world.tracker.projects:
        project.is_public = True


def lock_account_in_public(world: FakeWorld) -> None:
    make_public(world)
    lock_account(world)


def take_out_of_a_project(world: FakeWorld) -> None:
    project = next(each for each in world.tracker.projects if each.identifier == VIP)
    project.members = [each for each in project.members if getattr(each.who, "login", "") != BOT]


@pytest.mark.parametrize(
    ("lose_right", "scope"),
    [
        (lock_account, (VIP, BASE)),
        (lock_account_in_public, (VIP, BASE)),
        (switch_rest_off, (VIP, BASE)),
        (take_out_of_a_project, (VIP,)),
    ],
)
def test_nothing_is_written_if_the_account_loses_a_right_during_the_reading(
    lose_right: Callable[[FakeWorld], None],
    scope: tuple[str, ...],
    reading: list[str],
    count_promise: Callable[[str, str], None],
) -> None:
    for at in range(len(reading)):
        with two_projects() as scene:

            def event(
                proxy: FailingProxy, handler: BaseHTTPRequestHandler, request: Request, world: FakeWorld = scene.world
            ) -> None:
                lose_right(world)
                answer(handler, proxy.commit(request))

            before = [scene.versions(project) for project in scope]
            scene.proxy.failure, scene.proxy.at = event, at
            scene.run()
            assert [scene.versions(project) for project in scope] == before, (lose_right.__name__, at, reading[at])
            count_promise(UNREAD, f"during the reading: {lose_right.__name__.replace('_', ' ')}")
