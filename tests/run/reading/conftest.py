"""A tracker in memory with the shipped mappings, whose runs remember what they read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from end_to_end.diary import Diary
from end_to_end.scene import make_fake
from run.reading.office import Office
from stories.shipped import shipped_config
from support.worlds import FakeWorld


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    world, config = FakeWorld(), shipped_config()
    make_fake(world)
    with world.rest.running():
        diary = Diary(world, replace(config, server=replace(config.server, url=world.url)))
        yield Office(diary, world, tmp_path)
