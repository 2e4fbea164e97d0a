"""Each contract test runs against a Redmine in memory and a real Redmine; both must behave alike."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from support.contract_scene import SCENE, STAFF_GROUP, Session
from support.worlds import BOT, USES_SITE, FakeWorld, RealWorld, World

from sup_sync.model.directory import Directory
from sup_sync.redmine.lists import decode_directory
from sup_sync.redmine.reader import Reader
from sup_sync.redmine.session import RedmineSession
from sup_sync.redmine.writer import Writer


@pytest.fixture(scope="session")
def real_world() -> RealWorld:
    """A real Redmine; a missing one is an error only with SUP_SYNC_REAL_REDMINE=1."""
    world = RealWorld()
    if os.environ.get("SUP_SYNC_REAL_REDMINE") != "1" and not world.is_running():
        pytest.skip("no real Redmine runs for the tests: scripts/redmine up --site sup-sync-test")
    world.reset(SCENE)
    file_one_of_each(world)
    return world


@pytest.fixture(params=["fake", pytest.param("real", marks=USES_SITE)])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    if request.param == "real":
        yield request.getfixturevalue("real_world")
    else:
        with FakeWorld().running(SCENE) as fake:
            file_one_of_each(fake)
            yield fake


def file_one_of_each(world: World) -> None:
    """File one request in each tracker, so that its fields can be read."""
    for tracker in world.names.trackers:
        world.file("operator", "alatau", tracker)


@pytest.fixture
def session(world: World) -> Session:
    """Make a guarded session with the key of a login, by default of the bot."""
    return lambda login=BOT: RedmineSession(world.url, world.user(login))


@pytest.fixture
def reader(session: Session) -> Reader:
    return Reader(session())


@pytest.fixture
def writer(session: Session) -> Writer:
    return Writer(session(), may_write_private_notes=True)


@pytest.fixture
def directory(request: pytest.FixtureRequest, world: World) -> Directory:
    if isinstance(world, RealWorld):
        shared: Directory = request.getfixturevalue("real_directory")
        return shared
    return read_directory(world)


@pytest.fixture(scope="session")
def real_directory(real_world: RealWorld) -> Directory:
    """Read the directory once: it takes a second, and no test changes it."""
    return read_directory(real_world)


def read_directory(world: World) -> Directory:
    reader = Reader(RedmineSession(world.url, world.user(BOT)))
    return decode_directory(
        reader.fetch_lists(reader.fetch_account(), ["alatau", "strict"], [STAFF_GROUP]), world.names
    )
