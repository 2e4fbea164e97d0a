"""Whatever fails, and wherever: nothing is said twice, nothing is lost, and two healthy runs bring it all."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator

import pytest
from faults.failing_proxy import FAULTS, Fault, late_commit
from faults.scenario import Got, scenario
from support.promises import ONCE, SECRET
from support.worlds import BOT

Undisturbed = tuple[list[str], list[Got]]


@pytest.fixture(scope="module")
def undisturbed() -> Iterator[Undisturbed]:
    """The requests of a healthy run, and what people then have."""
    with scenario() as made:
        assert made.run() == 6
        requests = [f"{each.method} {each.path}" for each in made.tracker.seen]
        got = made.got()
        assert made.run() == 0
        yield requests, got


@pytest.fixture(scope="module")
def places(undisturbed: Undisturbed, request: pytest.FixtureRequest) -> list[int]:
    """Where a request fails: every one with --all, else three writes with what follows, and one of each other kind."""
    requests = undisturbed[0]
    if request.config.getoption("--all"):
        return list(range(len(requests)))
    kinds = {re.sub(r"\d+", "N", each.partition("?")[0]): place for place, each in enumerate(requests)}
    writes = [place for place, each in enumerate(requests) if each.startswith("PUT")][:3]
    return sorted({*kinds.values(), *(place + step for place in writes for step in (0, 1))})


def test_a_healthy_run_sends_every_due_note(undisturbed: Undisturbed) -> None:
    late, silent, quiet, fresh, answered = undisturbed[1]
    assert [(len(each.public), len(each.private)) for each in (late, silent, quiet, fresh, answered)] == [
        (1, 1),
        (1, 0),
        (0, 0),
        (1, 0),
        (1, 0),
    ]
    assert silent.status == "Жабылды"


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_two_healthy_runs_complete_everything_and_repeat_nothing(
    fault: Fault,
    undisturbed: Undisturbed,
    places: list[int],
    count_promise: Callable[[str, str], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    requests, wanted = undisturbed
    caplog.set_level(logging.DEBUG)
    for at in places:
        with scenario() as made:
            made.run_with(fault, at)
            made.run()
            made.run()
            assert made.got() == wanted, (fault.__name__, at, requests[at])
            assert made.run() == 0
            key = made.world.user(BOT)
            assert key not in "".join([*made.said, caplog.text])
            what = f"one request of a run: {fault.__name__.replace('_', ' ')}"
            count_promise(SECRET, what)
            count_promise(ONCE, what)


def test_a_write_delivered_during_the_next_run_repeats_and_loses_nothing(
    undisturbed: Undisturbed, count_promise: Callable[[str, str], None]
) -> None:
    requests, wanted = undisturbed
    first_write = next(place for place, each in enumerate(requests) if each.startswith("PUT"))
    for release_at in range(first_write - 3, first_write + 6):
        with scenario() as made:
            made.run_with(late_commit, first_write, release_at)
            made.run()
            made.tracker.release_at = None
            made.run()
            made.run()
            assert made.got() == wanted, release_at
            assert made.run() == 0
            count_promise(ONCE, "a write that reaches the tracker in the middle of the next run")
