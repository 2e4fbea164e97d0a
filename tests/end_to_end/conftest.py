"""Fixtures that run each test in memory, without and with a cache, and in a real Redmine, with the shipped rules."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from end_to_end.diary import Diary
from end_to_end.scene import RealScene, make_fake
from stories.shipped import shipped_config
from support.promises import IDEMPOTENT
from support.worlds import USES_SITE, FakeWorld, RealWorld, World

from sup_sync.run.cache import NO_CACHE, CacheFile


@pytest.fixture(scope="session")
def real_scene() -> RealScene:
    """Return a real Redmine; skip the test if none runs, or fail if SUP_SYNC_REAL_REDMINE=1 requires one."""
    world = RealWorld()
    if os.environ.get("SUP_SYNC_REAL_REDMINE") != "1" and not world.is_running():
        pytest.skip("no Redmine runs for the tests; run scripts/redmine up --site sup-sync-test")
    return RealScene(world)


@pytest.fixture(params=["fake", "cached", pytest.param("real", marks=USES_SITE)])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    if request.param == "real":
        scene: RealScene = request.getfixturevalue("real_scene")
        scene.make_fresh()
        yield scene.world
    else:
        fake = FakeWorld()
        make_fake(fake)
        with fake.rest.running():
            yield fake


@pytest.fixture
def diary(
    world: World, request: pytest.FixtureRequest, tmp_path: Path, count_promise: Callable[[str, str], None]
) -> Iterator[Diary]:
    """Yield a diary; after the test, check that another run at the same time writes nothing."""
    config = shipped_config()
    cache = NO_CACHE if request.node.callspec.params["world"] == "fake" else CacheFile(tmp_path / "cache", pytest.fail)
    diary = Diary(world, replace(config, server=replace(config.server, url=world.url)), cache)
    yield diary
    if diary.ran_at:
        before = diary.traces()
        again = diary.run(diary.ran_at)
        assert again.puts == 0
        assert again.done.outcomes == ()
        assert diary.traces() == before
        count_promise(IDEMPOTENT, f"an end-to-end test, run again, {diary.place}")
