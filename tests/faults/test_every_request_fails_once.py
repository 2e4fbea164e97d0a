"""Runs in which one request fails: two healthy runs complete them, and no note is lost or sent twice."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator

import pytest
from faults.failing_proxy import FAILURES, Failure, late_commit
from faults.scenario import RequestState, scenario
from support.promises import ONCE, SECRET
from support.worlds import BOT

Undisturbed = tuple[list[str], list[RequestState]]


@pytest.fixture(scope="module")
def undisturbed() -> Iterator[Undisturbed]:
    """Return the requests of a healthy run, and the states after it."""
    with scenario() as scene:
        assert scene.run() == 6
        requests = [f"{each.method} {each.path}" for each in scene.proxy.seen]
        states = scene.states()
        assert scene.run() == 0
        yield requests, states


@pytest.fixture
def positions(failure: Failure, undisturbed: Undisturbed, request: pytest.FixtureRequest) -> list[int]:
    """Return the positions of the requests that fail: all with --all, otherwise a sample for this failure.

    The sample is a write, the request after it, and every third of the other kinds of requests, each failure others.
    """
    requests = undisturbed[0]
    if request.config.getoption("--all"):
        return list(range(len(requests)))
    kinds = {re.sub(r"\d+", "N", each.partition("?")[0]): position for position, each in enumerate(requests)}
    number = FAILURES.index(failure) % 3
    write = [position for position, each in enumerate(requests) if each.startswith("PUT")][number]
    return sorted({*list(kinds.values())[number::3], write, write + 1})


def test_a_healthy_run_sends_every_due_note(undisturbed: Undisturbed) -> None:
    overdue, unanswered, to_remind, new, answered = undisturbed[1]
    assert [(len(each.public), len(each.private)) for each in (overdue, unanswered, to_remind, new, answered)] == [
        (1, 1),
        (1, 0),
        (0, 0),
        (1, 0),
        (1, 0),
    ]
    assert unanswered.status == "Жабылды"


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.__name__)
def test_two_healthy_runs_complete_everything_and_repeat_nothing(
    failure: Failure,
    undisturbed: Undisturbed,
    positions: list[int],
    count_promise: Callable[[str, str], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    requests, expected = undisturbed
    caplog.set_level(logging.DEBUG)
    for at in positions:
        with scenario() as scene:
            scene.run_with(failure, at)
            scene.run()
            scene.run()
            assert scene.states() == expected, (failure.__name__, at, requests[at])
            assert scene.run() == 0
            key = scene.world.user(BOT)
            assert key not in "".join([*scene.output, caplog.text])
            label = f"one request of a run: {failure.__name__.replace('_', ' ')}"
            count_promise(SECRET, label)
            count_promise(ONCE, label)


def test_a_write_delivered_during_the_next_run_repeats_and_loses_nothing(
    undisturbed: Undisturbed, count_promise: Callable[[str, str], None]
) -> None:
    requests, expected = undisturbed
    first_write = next(position for position, each in enumerate(requests) if each.startswith("PUT"))
    for release_at in range(first_write - 3, first_write + 6):
        with scenario() as scene:
            scene.run_with(late_commit, first_write, release_at)
            scene.run()
            scene.proxy.release_at = None
            scene.run()
            scene.run()
            assert scene.states() == expected, release_at
            assert scene.run() == 0
            count_promise(ONCE, "a write that reaches Redmine during the next run")
