"""Three hosts run at once, each from a cron of its own: together they say what one would."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from faults.scenario import scenario
from support.promises import ONCE


@pytest.mark.parametrize("hosts", [2, 3])
def test_concurrent_hosts_send_each_note_once(hosts: int, count_promise: Callable[[str, str], None]) -> None:
    with scenario() as made:
        made.run()
        wanted = made.got()
    for _ in range(8):
        with scenario() as made, ThreadPoolExecutor(hosts) as pool:
            list(pool.map(lambda _number, made=made: made.run(), range(hosts)))
            made.run()
            assert made.got() == wanted
            assert made.run() == 0
            count_promise(ONCE, f"{hosts} hosts at once")
