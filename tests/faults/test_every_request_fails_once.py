"""Whatever fails, and wherever: nothing is said twice, nothing is lost, and two healthy runs bring it all."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from faults.faulty import FAULTS, Fault, late_commit
from faults.scenario import Got, scenario


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two tries of a read nobody has to wait here."""
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)


@pytest.fixture(scope="module")
def undisturbed() -> Iterator[tuple[list[str], list[Got]]]:
    """The requests of a healthy run, and what people then have."""
    with scenario() as made:
        assert made.run() == 6
        requests = [f"{each.method} {each.path}" for each in made.tracker.seen]
        got = made.got()
        assert made.run() == 0
        yield requests, got


def test_a_healthy_run_gives_everybody_what_they_are_owed(undisturbed: tuple[list[str], list[Got]]) -> None:
    late, silent, quiet, fresh, answered = undisturbed[1]
    assert [(len(each.public), len(each.private)) for each in (late, silent, quiet, fresh, answered)] == [
        (1, 1), (1, 0), (0, 0), (1, 0), (1, 0),
    ]
    assert silent.status == "Жабылды"


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_two_healthy_runs_bring_it_all_and_nothing_twice(
    fault: Fault, undisturbed: tuple[list[str], list[Got]]
) -> None:
    requests, wanted = undisturbed
    for at in range(len(requests)):
        with scenario() as made:
            made.run_with(fault, at)
            made.run()
            made.run()
            assert made.got() == wanted, (fault.__name__, at, requests[at])
            assert made.run() == 0
