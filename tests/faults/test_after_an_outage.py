"""After a weekend's outage everything is due at once: each is told once, oldest breach first, over as many runs."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from end_to_end.diary import Diary
from end_to_end.scene import CLIENT, CONSULTATION, OPERATOR, VIP, make_fake
from stories.shipped import shipped_config
from support.promises import DRAINED
from support.worlds import FakeWorld


def requests_left(count: int) -> Callable[[], float]:
    """Time for so many requests."""
    left = iter(range(count))
    return lambda: math.inf if next(left, None) is not None else 0.0


def test_it_is_drained_over_the_next_runs(
    request: pytest.FixtureRequest, count_promise: Callable[[str, str], None]
) -> None:
    count = 1000 if request.config.getoption("--all") else 100
    world = FakeWorld()
    make_fake(world)
    with world.rest.running():
        diary = Diary(world, shipped_config())
        filed = [f"last Fri {9 + number // 60 % 6:02}:{number % 60:02}" for number in range(count)]
        late = [diary.file(at, CLIENT, VIP, CONSULTATION) for at in sorted(filed)]
        needed = diary.session()
        diary.run("last Fri 08:00", session=needed)
        budget, runs, told = needed.requests_made["GET"] + 2 * count, 0, 0
        while told < count:
            before = told
            ran = diary.run("Mon 09:00", session=diary.session(time_left=requests_left(budget)), force=True)
            has_note = [bool(diary.notes(OPERATOR, each)) for each in late]
            told, runs = sum(has_note), runs + 1
            assert has_note == sorted(has_note, reverse=True), "an older breach waits behind a later one"
            assert told > before
            left = [each for each in ran.done.outcomes if "the run is out of time" in each.text]
            assert ran.done.is_complete == (not left)
        assert runs > 2
        diary.run("Mon 09:00", force=True)
        for issue_id in late:
            assert len(diary.notes(OPERATOR, issue_id)) == 1
            assert len(diary.notes(OPERATOR, issue_id, private=False)) == 1
        assert diary.run("Mon 09:00").puts == 0
        count_promise(DRAINED, f"{count} requests due at once, {runs} runs")
