"""A Redmine in memory with the shipped mappings, whose runs use a cache."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from end_to_end.diary import Diary
from end_to_end.scene import make_fake
from run.reading.cached_site import CachedSite
from stories.shipped import shipped_config
from support.worlds import FakeWorld


@pytest.fixture
def site(tmp_path: Path) -> Iterator[CachedSite]:
    world, config = FakeWorld(), shipped_config()
    make_fake(world)
    with world.rest.running():
        diary = Diary(world, replace(config, server=replace(config.server, url=world.url)))
        yield CachedSite(diary, world, tmp_path)
