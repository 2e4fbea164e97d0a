"""Answers of clients during a run: the request stays open if the answer comes before the write."""

from __future__ import annotations

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

import pytest
from end_to_end.scene import CLIENT
from faults.failing_proxy import FailingProxy, Request, answer
from faults.scenario import Scenario, scenario
from support.promises import ANSWERED

CLOSED = "Жабылды"
ACTIONS: dict[str, Callable[[Scenario, int], None]] = {
    "writes a note": lambda scene, issue_id: scene.world.note(CLIENT, issue_id, "Міне"),
    "attaches a file": lambda scene, issue_id: scene.world.attach(CLIENT, issue_id, "a.png"),
    "fills in a field": lambda scene, issue_id: scene.world.set_fields(
        CLIENT, issue_id, {scene.world.names.fields["steps"]: "Міне"}
    ),
    "reopens": lambda scene, issue_id: scene.world.set_status(CLIENT, issue_id, "Жаңа", "Міне"),
}


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Raise the timeout, since a client's answer can take longer on a busy machine."""
    monkeypatch.setattr("faults.scenario.TIMEOUT_S", 30)


@pytest.fixture(scope="module")
def closing_write() -> int:
    """Return the position, among the requests of a healthy run, of the write that closes a request."""
    with scenario() as scene:
        scene.run()
        assert scene.states()[1].status == CLOSED
        path = f"/issues/{scene.issue_ids[1]}.json"
        return next(
            position for position, each in enumerate(scene.proxy.seen) if (each.method, each.path) == ("PUT", path)
        )


@pytest.mark.parametrize("action", ACTIONS)
def test_a_request_stays_open_if_the_client_answers_before_the_write_is_committed(
    action: str, closing_write: int, request: pytest.FixtureRequest, count_promise: Callable[[str, str], None]
) -> None:
    for at in range(0 if request.config.getoption("--all") else closing_write - 5, closing_write + 1):
        with scenario() as scene:
            unanswered = scene.issue_ids[1]

            def event(
                proxy: FailingProxy, handler: BaseHTTPRequestHandler, request: Request, scene: Scenario = scene
            ) -> None:
                with scene.people():
                    ACTIONS[action](scene, scene.issue_ids[1])
                answer(handler, proxy.commit(request))

            scene.proxy.failure, scene.proxy.at = event, at
            scene.run()
            scene.proxy.at = None
            scene.run()
            state = scene.states()[1]
            assert state.status != CLOSED, (unanswered, at)
            assert not [each for each in state.public if "жауап келмеді" in each]
            count_promise(ANSWERED, f"a client {action} at any request of the run")
