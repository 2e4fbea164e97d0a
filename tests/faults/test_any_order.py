"""Random orders of clients, staff, time and runs, with failures, kills and two hosts: the promises hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import pytest
from end_to_end.scene import CLIENT, ERROR, VIP
from faults.actions import ACTIONS, OPENED, REFUSED, TAKEN, reason_name
from faults.failing_proxy import FAILURES, FailingProxy, Failure, Request, answer, late_reply
from faults.promise_checks import (
    WITHIN,
    History,
    check_client_view,
    check_closing,
    check_lateness,
    check_marker,
    check_reason,
    check_stop,
)
from faults.simulation import SIGN, KilledError, Simulation, Write
from faults.wire import Host, interleave
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from stories.redmine_json import GIVEN
from stories.shipped import Copy, shipped_config
from support.promises import ANSWERED, HARMLESS, ONCE, PRIVATE

from sup_sync.config.load import Config
from sup_sync.model.policy import ClockKind
from sup_sync.run import redmine_state

LONGEST_CLOSED = timedelta(days=14)


OFTEN = ["staff ask", "staff ask", "staff ask", "client notes", "client reopens", "staff stop"]
ACTION = st.sampled_from([*ACTIONS, *OFTEN])
ANSWERS = ["client fills in", "client fills in", "client attaches", "client attaches", "staff write a private note"]
DAY = 24 * 60
MINUTES = st.sampled_from([0, 1, 31, 95, 121, 245, 485, 545, DAY, 3 * DAY])
LONG = st.sampled_from([31, 121, 245, 485, DAY])
# positions in the writing of a run: the edit form, the state, the write, the read-back, and so on
POSITIONS = st.integers(0, 8)


class AnyOrder(RuleBasedStateMachine):
    """Random actions and runs; checks each write of sup-sync, and from time to time what is still due."""

    count_promises: Callable[[], object]

    @initialize(kind=st.sampled_from(["shipped", "asks"]), is_caching=st.booleans())
    def set_up(self, kind: str, is_caching: bool) -> None:
        self.simulation = Simulation(config_of(kind), cache_folder=TemporaryDirectory() if is_caching else None)
        self.checked_writes = 0
        self.patched = patch.object(redmine_state, "fetch_redmine_state", self.simulation.fetch_state)
        self.patched.start()
        self.file_request(is_complete=True)

    def pass_time(self, minutes: int) -> None:
        self.simulation.base.now += timedelta(minutes=minutes)

    def act(self, action: str, which: int) -> None:
        self.simulation.base.now += timedelta(seconds=1)
        ACTIONS[action](self.simulation, self.simulation.base.issues[which % len(self.simulation.base.issues)].id)

    @precondition(lambda self: len(self.simulation.base.issues) < 4)
    @rule(is_complete=st.booleans())
    def file_request(self, is_complete: bool) -> None:
        names = self.simulation.world.names.fields
        fields = {names[key]: value for key, value in GIVEN.items() if is_complete or key != "steps"}
        texts = {"subject": self.simulation.text(), "description": self.simulation.text()}
        self.simulation.world.file(CLIENT, VIP, ERROR, fields=fields, **texts)

    @rule(action=ACTION, which=st.integers(0, 2))
    def a_person_acts(self, action: str, which: int) -> None:
        self.act(action, which)

    @rule(minutes=MINUTES)
    def run_once(self, minutes: int) -> None:
        self.pass_time(minutes)
        self.simulation.run()

    @rule(minutes=LONG, action=ACTION, which=st.integers(0, 2), at=POSITIONS)
    def a_person_acts_during_a_run(self, minutes: int, action: str, which: int, at: int) -> None:
        def event(wire: FailingProxy, line: Any, request: Request) -> None:
            self.act(action, which)
            answer(line, wire.commit(request))

        self.pass_time(minutes)
        self.simulation.run(at, event)

    @rule(action=ACTION, which=st.integers(0, 2), at=POSITIONS)
    def a_person_acts_while_the_request_is_closed(self, action: str, which: int, at: int) -> None:
        self.act("staff ask", which)
        self.a_person_acts_during_a_run(DAY, action, which, at)

    @rule(which=st.integers(0, 2), action=st.sampled_from([None, *ANSWERS]))
    def a_question_is_not_answered(self, which: int, action: str | None) -> None:
        """Ask; run after the reminder is due, let a person act, then run after the answer is due."""
        calendar = self.simulation.config.rules.calendars[ClockKind.WORKING]
        self.act("staff ask", which)
        asked_at = self.simulation.base.now
        self.simulation.base.now = calendar.after(asked_at, WITHIN * 0.6)
        self.simulation.run()
        if action:
            self.act(action, which)
        self.simulation.base.now = calendar.after(asked_at, WITHIN * 1.1)
        self.everything_due_is_done()

    @rule(
        which=st.integers(0, 2),
        action=st.sampled_from(["staff stop", "staff refuse", "client notes"]),
        at=st.integers(0, 2),
    )
    def a_person_acts_while_a_client_reopens(self, which: int, action: str, at: int) -> None:
        self.a_question_is_not_answered(which, None)
        self.act("client reopens", which)
        self.a_person_acts_during_a_run(1, action, which, at)

    @precondition(lambda self: len(self.simulation.base.issues) < 4)
    @rule(minutes=LONG, action=ACTION, at=st.integers(3, 5))
    def a_person_acts_between_two_notes(self, minutes: int, action: str, at: int) -> None:
        self.simulation.run()
        self.file_request(is_complete=True)
        self.a_person_acts_during_a_run(minutes, action, len(self.simulation.base.issues) - 1, at)

    @rule(which=st.integers(0, 2), minutes=LONG)
    def a_release_is_delayed(self, which: int, minutes: int) -> None:
        self.act("staff hand it on", which)
        self.simulation.run()
        self.pass_time(minutes)
        self.act("the release is delayed", which)
        self.simulation.run()

    @rule(minutes=LONG, failure=st.sampled_from([each for each in FAILURES if each is not late_reply]), at=POSITIONS)
    def a_request_fails(self, minutes: int, failure: Failure, at: int) -> None:
        self.pass_time(minutes)
        self.simulation.run(at, failure)

    @precondition(lambda self: self.simulation.wire.held)
    @rule(minutes=LONG, at=POSITIONS)
    def held_requests_arrive_during_a_run(self, minutes: int, at: int) -> None:
        def event(wire: FailingProxy, line: Any, request: Request) -> None:
            wire.release()
            answer(line, wire.commit(request))

        self.pass_time(minutes)
        self.simulation.run(at, event)

    @rule(minutes=LONG, at=POSITIONS, is_committed=st.booleans())
    def a_run_is_killed(self, minutes: int, at: int, is_committed: bool) -> None:
        def event(wire: FailingProxy, _line: Any, request: Request) -> None:
            if is_committed:
                wire.commit(request)
            raise KilledError

        self.pass_time(minutes)
        self.simulation.run(at, event)

    @rule(minutes=LONG, turns=st.lists(st.integers(1, 9), min_size=1, max_size=6))
    def two_hosts_run_concurrently(self, minutes: int, turns: list[int]) -> None:
        self.pass_time(minutes)
        interleave([Host(partial(self.run_on, host)) for host in range(2)], turns)

    def run_on(self, host: int, pause: Callable[[], None]) -> None:
        self.simulation.run(pause=pause, host=host)

    @precondition(lambda self: self.simulation.cache_folder)
    @rule(minutes=LONG, action=ACTION, which=st.integers(0, 2), at=POSITIONS)
    def a_person_acts_and_another_plans_during_a_run(self, minutes: int, action: str, which: int, at: int) -> None:
        def event(wire: FailingProxy, line: Any, request: Request) -> None:
            self.act(action, which)
            self.pass_time(2)
            self.simulation.plan()
            answer(line, wire.commit(request))

        self.pass_time(minutes)
        self.simulation.run(at, event)

    @precondition(lambda self: self.simulation.cache_folder)
    @rule(is_damaged=st.booleans())
    def the_cache_is_lost(self, is_damaged: bool) -> None:
        if is_damaged:
            for path in Path(self.simulation.cache_folder.name).iterdir():
                path.write_bytes(path.read_bytes()[:-3000] + b"\0" * 3000)
        else:
            self.simulation.delete_cache()

    @rule()
    def everything_due_is_done(self) -> None:
        """Check that two healthy runs do everything that is due, and that the next run writes nothing."""
        self.simulation.wire.release()
        self.simulation.end_waits()
        self.simulation.run()
        self.simulation.run()
        assert self.simulation.run().puts == 0
        assert not self.simulation.plan_without_cache(), "a run without the cache would write"
        self.every_write_keeps_the_promises()
        for issue in self.simulation.base.issues:
            self.check_everything_due(History(self.simulation, issue, issue.journals))

    def teardown(self) -> None:
        if hasattr(self, "simulation"):
            try:
                self.everything_due_is_done()
                self.pass_time(DAY)
                self.everything_due_is_done()
                self.count_promises()
            finally:
                self.patched.stop()
                if self.simulation.cache_folder:
                    self.simulation.cache_folder.cleanup()

    @invariant()
    def every_write_keeps_the_promises(self) -> None:
        if not hasattr(self, "simulation"):
            return
        writes, self.checked_writes = self.simulation.writes[self.checked_writes :], len(self.simulation.writes)
        for write in writes:
            before = History(self.simulation, write.issue, write.past)
            check_marker(History(self.simulation, write.issue, [*write.past, *write.new]))
            check_closing(self.simulation, before, write)
            check_stop(before, write)
            check_lateness(before, write)
            check_reason(before, write)
            assert not [each for each in write.notes if SIGN in each.notes], "a text of a person in a note"
            self.check_run(write)
        for issue in {write.issue.id: write.issue for write in writes}.values():
            check_client_view(self.simulation, History(self.simulation, issue, issue.journals))

    def check_run(self, write: Write) -> None:
        notes = [note for each in self.simulation.writes for note in each.notes if each.run is write.run]
        kinds = [each.is_private for each in notes if each in write.issue.journals]
        assert max(kinds.count(True), kinds.count(False)) <= 1, "two notes of a kind in one run"

    def check_everything_due(self, history: History) -> None:
        """Check by the history: closing without an answer, acknowledgement, escalation to the head, refusal."""
        issue, now = history.issue, self.simulation.base.now
        calendar = self.simulation.config.rules.calendars[ClockKind.WORKING]
        if issue.updated_at < now - LONGEST_CLOSED and issue.status.is_closed:
            return
        notes = history.notes()
        if history.stopped_index() is not None:
            assert any("@d.bekova" in each.notes for each in notes if each.is_private)
            return
        answered_at = history.answered_at()
        first_response_at = issue.values.get(self.simulation.world.field_id("first_response_at"), "")
        assert first_response_at == (f"{answered_at.astimezone(calendar.zone):%Y-%m-%d %H:%M}" if answered_at else "")
        asked = history.question()
        if asked and calendar.is_open(now):
            assert calendar.elapsed(asked.created_at, now) <= WITHIN, "not closed, though the client did not answer"
        if answered_at is None and issue.status.name in (OPENED, TAKEN):
            assert any(f"№ {issue.id} " in each.notes for each in notes if not each.is_private)
        is_open = not issue.status.is_closed
        if answered_at is None and is_open and history.open_time(calendar, now) > timedelta(hours=4):
            assert any("@d.bekova" in each.notes for each in notes if each.is_private), "the head was not notified"
        if issue.status.name == REFUSED and issue.values.get(self.simulation.world.field_id("reason")) == reason_name(
            "law"
        ):
            assert any("қабылданбады" in each.notes for each in notes if not each.is_private)


@cache
def config_of(kind: str) -> Config:
    """Return the configuration for one project: as shipped, or with questions to clients about missing items."""
    if kind == "shipped":
        return replace(shipped_config(), projects=(VIP,))
    with TemporaryDirectory() as folder:
        copy = Copy(Path(folder))
        copy.replace("regulation.yaml", "# asked: {clause: 11}", "asked: {clause: 11}")
        return replace(copy.load(), projects=(VIP,))


@pytest.fixture
def search_settings(request: pytest.FixtureRequest) -> settings:
    count = 300 if request.config.getoption("--all") else 28
    return settings(
        max_examples=count,
        stateful_step_count=25,
        derandomize=True,
        database=None,
        deadline=None,
        print_blob=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )


def test_promises_hold_for_any_order_of_people_time_and_failures(
    search_settings: settings, count_promise: Callable[[str, str], None]
) -> None:
    label = "people, time, two hosts, failures and kills in any order"
    promises = (ONCE, ANSWERED, PRIVATE, HARMLESS)
    count_promises = staticmethod(lambda: [count_promise(promise, label) for promise in promises])
    machine = type("AnyOrder", (AnyOrder,), {"count_promises": count_promises})
    run_state_machine_as_test(machine, settings=search_settings)
