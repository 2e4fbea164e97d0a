"""Runs after an outage, if all requests are overdue: one note for each, oldest breach first, over several runs."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from end_to_end.diary import Diary
from end_to_end.scene import CLIENT, CONSULTATION, OPERATOR, VIP, make_fake
from stories.shipped import shipped_config
from support.promises import DRAINED
from support.worlds import FakeWorld


def time_for(count: int) -> Callable[[], float]:
    """Return a clock that leaves time for this number of requests."""
    left = iter(range(count))
    return lambda: math.inf if next(left, None) is not None else 0.0


def test_overdue_requests_are_notified_once_over_the_next_runs_oldest_breach_first(
    request: pytest.FixtureRequest, count_promise: Callable[[str, str], None]
) -> None:
    count = 1000 if request.config.getoption("--all") else 100
    world = FakeWorld()
    make_fake(world)
    with world.rest.running():
        diary = Diary(world, shipped_config())
        filed_at = [f"last Fri {9 + number // 60 % 6:02}:{number % 60:02}" for number in range(count)]
        late = [diary.file(at, CLIENT, VIP, CONSULTATION) for at in sorted(filed_at)]
        needed = diary.session()
        diary.run("last Fri 08:00", session=needed)
        budget, runs, notified = needed.requests_made["GET"] + 2 * count, 0, 0
        while notified < count:
            before = notified
            run = diary.run("Mon 09:00", session=diary.session(time_left=time_for(budget)), force=True)
            has_note = [bool(diary.notes(OPERATOR, each)) for each in late]
            notified, runs = sum(has_note), runs + 1
            assert has_note == sorted(has_note, reverse=True), "an older breach waits behind a later one"
            assert notified > before
            left = [each for each in run.done.outcomes if "the run is out of time" in each.text]
            assert run.done.is_complete == (not left)
        assert runs > 2
        diary.run("Mon 09:00", force=True)
        for issue_id in late:
            assert len(diary.notes(OPERATOR, issue_id)) == 1
            assert len(diary.notes(OPERATOR, issue_id, private=False)) == 1
        assert diary.run("Mon 09:00").puts == 0
        count_promise(DRAINED, f"{count} requests due at once, {runs} runs")
