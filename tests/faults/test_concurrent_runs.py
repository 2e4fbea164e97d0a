"""Concurrent runs on several hosts: together they send the same notes as a single run."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from faults.scenario import scenario
from support.promises import ONCE


@pytest.mark.parametrize("hosts", [2, 3])
def test_concurrent_hosts_send_each_note_once(hosts: int, count_promise: Callable[[str, str], None]) -> None:
    with scenario() as scene:
        scene.run()
        expected = scene.states()
    for _ in range(8):
        with scenario() as scene, ThreadPoolExecutor(hosts) as pool:
            list(pool.map(lambda _number, scene=scene: scene.run(), range(hosts)))
            scene.run()
            assert scene.states() == expected
            assert scene.run() == 0
            count_promise(ONCE, f"{hosts} hosts at the same time")
