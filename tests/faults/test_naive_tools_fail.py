"""The control: under the same faults, tools that do without the protocol say things twice, or lose them."""

from __future__ import annotations

import pytest
import requests
from faults.failing_proxy import Fault, bad_gateway_after, late_reply, reset_after, reset_before, sent_twice
from faults.scenario import Scenario, scenario
from support.worlds import BOT

TEXT = "Мерзім өтті"
TRIES = 3


class Naive:
    """Tells of one request that it is late: a note and its marker in two writes, each tried again until it succeeds."""

    def __init__(self, made: Scenario, *, marker_first: bool = False) -> None:
        self.made = made
        self.issue_id = made.issue_ids[0]
        self.marker_first = marker_first
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["X-Redmine-API-Key"] = made.world.user(BOT)

    def run(self) -> None:
        field = self.made.world.names.fields["marker"]
        issue = self.ask("GET")
        if issue is None or any(each["name"] == field and each["value"] for each in issue["custom_fields"]):
            return
        marker = {"custom_fields": [{"id": self.field_id, "value": "told"}]}
        first, second = (marker, {"notes": TEXT}) if self.marker_first else ({"notes": TEXT}, marker)
        self.ask("PUT", first)
        self.ask("PUT", second)

    @property
    def field_id(self) -> int:
        with self.made.people():
            return self.made.world.field_id("marker")

    def ask(self, method: str, issue: dict[str, object] | None = None) -> dict[str, list[dict[str, str]]] | None:
        url = f"{self.made.tracker.url}/issues/{self.issue_id}.json"
        tries = 1 if self.marker_first else TRIES
        for _ in range(tries):
            try:
                said = self.session.request(method, url, json=issue and {"issue": issue}, timeout=0.2)
            except requests.RequestException:
                continue
            if said.ok:
                found: dict[str, list[dict[str, str]]] | None = said.json()["issue"] if method == "GET" else None
                return found
        return None

    def told(self) -> int:
        return self.made.got()[0].public.count(TEXT)


def with_fault(fault: Fault, at: int, *, marker_first: bool) -> int:
    """How often it was said after a run in which one request fails, and two healthy ones."""
    with scenario() as made:
        naive = Naive(made, marker_first=marker_first)
        assert naive.field_id
        made.tracker.fault, made.tracker.at = fault, at
        naive.run()
        made.tracker.at = None
        naive.run()
        naive.run()
        return naive.told()


@pytest.mark.parametrize("marker_first", [False, True])
def test_naive_tools_work_if_nothing_fails(marker_first: bool) -> None:
    with scenario() as made:
        naive = Naive(made, marker_first=marker_first)
        naive.run()
        naive.run()
        assert naive.told() == 1


@pytest.mark.parametrize("fault", [reset_after, late_reply, bad_gateway_after, sent_twice])
def test_a_tool_that_retries_sends_its_note_twice(fault: Fault) -> None:
    assert with_fault(fault, 1, marker_first=False) == 2


def test_a_tool_that_marks_first_loses_its_note() -> None:
    assert with_fault(reset_before, 2, marker_first=True) == 0
