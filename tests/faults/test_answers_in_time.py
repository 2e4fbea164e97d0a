"""A client who answers at the last moment, at any request of a run, keeps the request from being ended."""

from __future__ import annotations

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

import pytest
from end_to_end.scene import CLIENT
from faults.failing_proxy import Faulty, Request, answer
from faults.scenario import Scenario, scenario
from support.promises import ANSWERED

ENDED = "Жабылды"
DEEDS: dict[str, Callable[[Scenario, int], None]] = {
    "writes": lambda made, issue_id: made.world.note(CLIENT, issue_id, "Міне"),
    "attaches a file": lambda made, issue_id: made.world.attach(CLIENT, issue_id, "a.png"),
    "fills in a field": lambda made, issue_id: made.world.set_fields(
        CLIENT, issue_id, {made.world.names.fields["steps"]: "Міне"}
    ),
    "reopens": lambda made, issue_id: made.world.set_status(CLIENT, issue_id, "Жаңа", "Міне"),
}


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the tool would be done before a client of a busy machine has answered."""
    monkeypatch.setattr("faults.scenario.TIMEOUT_S", 30)


@pytest.fixture(scope="module")
def last() -> int:
    """The place of the write that ends the silent request, in a healthy run."""
    with scenario() as made:
        made.run()
        assert made.got()[1].status == ENDED
        path = f"/issues/{made.issue_ids[1]}.json"
        return next(place for place, each in enumerate(made.tracker.seen) if (each.method, each.path) == ("PUT", path))


@pytest.mark.parametrize("deed", DEEDS)
def test_a_request_stays_open_if_the_client_answers_before_the_write_is_committed(
    deed: str, last: int, request: pytest.FixtureRequest, count_promise: Callable[[str, str], None]
) -> None:
    for at in range(0 if request.config.getoption("--all") else last - 5, last + 1):
        with scenario() as made:
            silent = made.issue_ids[1]

            def event(
                tracker: Faulty, handler: BaseHTTPRequestHandler, request: Request, made: Scenario = made
            ) -> None:
                with made.people():
                    DEEDS[deed](made, made.issue_ids[1])
                answer(handler, tracker.commit(request))

            made.tracker.fault, made.tracker.at = event, at
            made.run()
            made.tracker.at = None
            made.run()
            got = made.got()[1]
            assert got.status != ENDED, (silent, at)
            assert not [each for each in got.public if "жауап келмеді" in each]
            count_promise(ANSWERED, f"a client {deed} at any request of the run")
