"""Each contract test runs in a tracker in memory and in a real Redmine: what holds in one has to hold in the other."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from worlds import BOT, FakeWorld, FieldOf, ProjectOf, RealWorld, RoleOf, Scene, UserOf, World

from sup_sync.http import TrackerSession
from sup_sync.provision import BOT_PERMISSIONS, BOT_ROLE
from sup_sync.redmine import Reader, Writer
from sup_sync.tracker import Directory

STAFF_GROUP, STAFF_ROLE, CLIENT_ROLE = "Қолдау қызметі", "Қолдау операторы", "Клиент"
VIP_GROUP = "VIP Алатау"
CONSULTATION, ERROR = "Кеңес", "Қате, істеліп бітпеген"
CROWD = tuple(UserOf(f"user{number}", f"Тұтынушы {number}") for number in range(105))

SCENE = Scene(
    users=(
        UserOf("d.bekova", "Дана Бекова"),
        UserOf("operator", "Айдос Серік"),
        UserOf("client", "Әйгерім Нұр"),
        UserOf("left", "Ерлан Сапар", is_locked=True),
        UserOf("publisher", "Без Права"),
        UserOf("talker", "Только Слова"),
        UserOf("blind", "Не Видит"),
        *CROWD,
    ),
    groups={STAFF_GROUP: ("d.bekova", "operator", "left"), VIP_GROUP: ("client",)},
    roles=(
        RoleOf("publisher", tuple(each for each in BOT_PERMISSIONS if each != "set_notes_private"), BOT_ROLE),
        RoleOf("talker", ("view_issues", "add_issue_notes"), BOT_ROLE),
        RoleOf("blind", tuple(each for each in BOT_PERMISSIONS if each != "view_private_notes"), BOT_ROLE),
    ),
    projects=(
        ProjectOf(
            "alatau",
            "Алатау Трейд",
            {
                BOT: (BOT_ROLE,),
                STAFF_GROUP: (STAFF_ROLE,),
                VIP_GROUP: (CLIENT_ROLE,),
                "publisher": ("publisher",),
                "talker": ("talker",),
                "blind": ("blind",),
            },
        ),
        ProjectOf("strict", "Қатаң", {BOT: (BOT_ROLE,), VIP_GROUP: (CLIENT_ROLE,)}),
        ProjectOf("ending", "Жабылатын", {BOT: (BOT_ROLE,), VIP_GROUP: (CLIENT_ROLE,)}),
        ProjectOf("crowd", "Көпшілік", {BOT: (BOT_ROLE,)} | {each.login: (CLIENT_ROLE,) for each in CROWD}),
        ProjectOf("square", "Алаң", {"client": (CLIENT_ROLE,)}, is_public=True),
        ProjectOf("vault", "Қойма", {"client": (CLIENT_ROLE,)}),
    ),
    fields=(
        FieldOf("Тек қате", trackers=(ERROR,)),
        FieldOf("Жасырын", seen_by=(STAFF_ROLE,)),
        FieldOf("Бекітілген"),
        FieldOf("Сүзгісіз", is_filter=False),
        FieldOf("Міндетті", projects=("strict",), seen_by=(BOT_ROLE,), is_required=True),
    ),
    read_only={BOT_ROLE: ("Бекітілген",)},
    issues={"crowd": 105},
)


@pytest.fixture(scope="session")
def real_world() -> RealWorld:
    """A real Redmine; missing it is a failure where SUP_SYNC_REAL_REDMINE=1 says that there has to be one."""
    world = RealWorld()
    if os.environ.get("SUP_SYNC_REAL_REDMINE") != "1" and not world.is_running():
        pytest.skip("no real Redmine runs for the tests: scripts/redmine up --site sup-sync-test")
    world.reset(SCENE)
    file_one_of_each(world)
    return world


@pytest.fixture(params=["fake", "real"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    if request.param == "real":
        yield request.getfixturevalue("real_world")
    else:
        with FakeWorld().running(SCENE) as fake:
            file_one_of_each(fake)
            yield fake


def file_one_of_each(world: World) -> None:
    """One request in each of Redmine's trackers, so that their fields can be seen."""
    for tracker in world.names.trackers:
        world.file("operator", "alatau", tracker)


Session = Callable[..., TrackerSession]


@pytest.fixture
def session(world: World) -> Session:
    """A guarded session with somebody's key, the bot's if nobody is named."""
    return lambda login=BOT: TrackerSession(world.url, world.user(login))


@pytest.fixture
def reader(session: Session) -> Reader:
    return Reader(session())


@pytest.fixture
def writer(session: Session) -> Writer:
    return Writer(session(), may_write_private_notes=True)


@pytest.fixture
def directory(world: World, reader: Reader) -> Directory:
    return Directory(reader.fetch_lists(["alatau", "strict", "ending"], [STAFF_GROUP]), world.names)
