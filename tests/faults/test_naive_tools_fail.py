"""Control: under the same failures, tools without sup-sync's write protocol lose notes or send them twice."""

from __future__ import annotations

import pytest
import requests
from faults.failing_proxy import Failure, bad_gateway_after, late_reply, reset_after, reset_before, sent_twice
from faults.scenario import Scenario, scenario
from support.worlds import BOT

TEXT = "Мерзім өтті"
TRIES = 3


class Naive:
    """A tool that writes a note and its marker in two writes, and retries each until it succeeds."""

    def __init__(self, scene: Scenario, *, marker_first: bool = False) -> None:
        self.scene = scene
        self.issue_id = scene.issue_ids[0]
        self.marker_first = marker_first
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["X-Redmine-API-Key"] = scene.world.user(BOT)

    def run(self) -> None:
        field = self.scene.world.names.fields["marker"]
        issue = self.ask("GET")
        if issue is None or any(each["name"] == field and each["value"] for each in issue["custom_fields"]):
            return
        marker = {"custom_fields": [{"id": self.field_id, "value": "sent"}]}
        first, second = (marker, {"notes": TEXT}) if self.marker_first else ({"notes": TEXT}, marker)
        self.ask("PUT", first)
        self.ask("PUT", second)

    @property
    def field_id(self) -> int:
        with self.scene.people():
            return self.scene.world.field_id("marker")

    def ask(self, method: str, issue: dict[str, object] | None = None) -> dict[str, list[dict[str, str]]] | None:
        url = f"{self.scene.proxy.url}/issues/{self.issue_id}.json"
        tries = 1 if self.marker_first else TRIES
        for _ in range(tries):
            try:
                response = self.session.request(method, url, json=issue and {"issue": issue}, timeout=0.2)
            except requests.RequestException:
                continue
            if response.ok:
                current: dict[str, list[dict[str, str]]] | None = response.json()["issue"] if method == "GET" else None
                return current
        return None

    def notes_sent(self) -> int:
        return self.scene.states()[0].public.count(TEXT)


def count_notes(failure: Failure, at: int, *, marker_first: bool) -> int:
    """Count the notes after a run in which one request fails, and two healthy runs."""
    with scenario() as scene:
        naive = Naive(scene, marker_first=marker_first)
        assert naive.field_id
        scene.proxy.failure, scene.proxy.at = failure, at
        naive.run()
        scene.proxy.at = None
        naive.run()
        naive.run()
        return naive.notes_sent()


@pytest.mark.parametrize("marker_first", [False, True])
def test_naive_tools_work_if_nothing_fails(marker_first: bool) -> None:
    with scenario() as scene:
        naive = Naive(scene, marker_first=marker_first)
        naive.run()
        naive.run()
        assert naive.notes_sent() == 1


@pytest.mark.parametrize("failure", [reset_after, late_reply, bad_gateway_after, sent_twice])
def test_a_tool_that_retries_sends_its_note_twice(failure: Failure) -> None:
    assert count_notes(failure, 1, marker_first=False) == 2


def test_a_tool_that_marks_first_loses_its_note() -> None:
    assert count_notes(reset_before, 2, marker_first=True) == 0
