"""A run that is killed with -9 at any request, before or after the tracker has it: nothing twice, nothing lost."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from end_to_end.diary import Diary
from end_to_end.scene import make_fake
from faults.failing_proxy import Faulty, Request, faulty
from stories.shipped import Copy, shipped_config
from support.promises import ONCE
from support.scripted_server import reset
from support.shell import PROGRAM
from support.worlds import ADMIN, BOT, FakeWorld


class Office:
    """A tracker in memory on a socket, with two requests that are late by the real clock, and cron's command."""

    def __init__(self, folder: Path, tracker: Faulty, world: FakeWorld) -> None:
        copy = Copy(folder)
        copy.replace("config.yaml", "http://127.0.0.1:3000", tracker.url)
        self.folder, self.tracker, self.world = folder, tracker, world
        self.diary = Diary(world, shipped_config())
        world.tracker.now = datetime.now(UTC)
        filed_on = f"{datetime.now(UTC) - timedelta(days=8):%Y-%m-%d}"
        with world.rest.running():
            self.issue_ids = [self.diary.file(f"{filed_on} 10:00"), self.diary.file(f"{filed_on} 11:00")]

    def apply(self, *before: str) -> int:
        """Cron's command, with words before it; returns its exit code, or minus the signal that ended it."""
        env = {**os.environ, "SUP_SYNC_KEY": self.world.user(BOT), "XDG_STATE_HOME": str(self.folder / "state")}
        line = [*before, str(PROGRAM), "apply", "-q"]
        process = subprocess.Popen(line, cwd=self.folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.pid = process.pid
        process.communicate(timeout=60)
        return process.returncode

    def killer(self, *, is_committed: bool) -> None:
        def kill(tracker: Faulty, handler: BaseHTTPRequestHandler, request: Request) -> None:
            if is_committed:
                tracker.commit(request)
            os.kill(self.pid, signal.SIGKILL)
            reset(handler)

        self.tracker.fault = kill

    def notes(self) -> list[tuple[int, int]]:
        """How many public and private notes each request has of the tool."""
        with self.world.rest.running():
            issues = [self.diary.see(ADMIN, each) for each in self.issue_ids]
        kinds = [[each["private_notes"] for each in issue["journals"] if each["notes"]] for issue in issues]
        return [(each.count(False), each.count(True)) for each in kinds]


def office(folder: Path, tracker: Faulty, world: FakeWorld) -> Office:
    folder.mkdir()
    return Office(folder, tracker, world)


@pytest.fixture
def requests_made(tmp_path: Path) -> list[str]:
    """What a healthy run asks for."""
    world = FakeWorld()
    make_fake(world)
    with faulty(world) as tracker:
        healthy = office(tmp_path / "healthy", tracker, world)
        assert healthy.apply() == 0
        assert healthy.notes() == [(1, 1), (1, 1)]
        return [f"{each.method} {each.path}" for each in tracker.seen]


def test_a_killed_run_repeats_nothing_and_the_next_run_completes_it(
    tmp_path: Path, requests_made: list[str], request: pytest.FixtureRequest, count_promise: Callable[[str, str], None]
) -> None:
    places = range(len(requests_made))
    if not request.config.getoption("--all"):
        first = next(place for place in places if requests_made[place].startswith("PUT"))
        places = range(first - 2, min(first + 5, len(requests_made)))
    for at in places:
        for is_committed in (False, True):
            world = FakeWorld()
            make_fake(world)
            with faulty(world) as tracker:
                killed = office(tmp_path / f"{at}-{is_committed}", tracker, world)
                killed.killer(is_committed=is_committed)
                tracker.at = at
                assert killed.apply() == -signal.SIGKILL
                tracker.at = None
                assert killed.apply() == 0
                assert killed.notes() == [(1, 1), (1, 1)], (at, requests_made[at], is_committed)
                tracker.seen.clear()
                assert killed.apply() == 0
                assert not [each for each in tracker.seen if each.method == "PUT"]
                when = "after" if is_committed else "before"
                what = f"kill -9 at a request, {when} the tracker has it"
                count_promise(ONCE, what)


CALLS = ("sendto", "recvfrom", "fsync", "flock", "connect", "pwrite64")
"""The system calls between which the world can tell how far a run has come: its lock, audit log, requests, cache."""


EVERY = 3
"""Of so many calls of a kind one is tried, the last one always: each takes two runs, as processes."""


def can_trace() -> bool:
    return bool(shutil.which("strace")) and subprocess.run(["strace", "-qq", "true"], check=False).returncode == 0


@pytest.mark.skipif(not can_trace(), reason="no strace here, or no right to trace")
def test_a_run_killed_at_a_system_call_repeats_and_loses_nothing(
    tmp_path: Path, request: pytest.FixtureRequest, count_promise: Callable[[str, str], None]
) -> None:
    counts = system_calls(tmp_path)
    step = EVERY if request.config.getoption("--all") else 20
    places = [(call, number) for call in CALLS for number in range(counts[call], 0, -step)]
    spared = []
    for call, number in places:
        world = FakeWorld()
        make_fake(world)
        with faulty(world) as tracker:
            killed = office(tmp_path / f"{call}-{number}", tracker, world)
            inject = f"inject={call}:signal=SIGKILL:when={number}"
            code = killed.apply("strace", "-f", "-qq", "-o", "/dev/null", "-e", inject)
            if code == 0:  # the network gave it the same in fewer pieces: it was done before that call
                spared.append((call, number))
                continue
            assert code == -signal.SIGKILL
            assert killed.apply() == 0
            assert killed.notes() == [(1, 1), (1, 1)], f"killed at {call} {number} of {counts[call]}"
            count_promise(ONCE, f"kill -9 at a system call (lock, audit log, cache, network), 1 in {step} of each kind")
    assert all(number > counts[call] - step for call, number in spared), "only the last of a kind may come to nothing"


def system_calls(tmp_path: Path) -> Counter[str]:
    """How many of each of these calls a healthy run makes."""
    world, log = FakeWorld(), tmp_path / "calls"
    make_fake(world)
    with faulty(world) as tracker:
        healthy = office(tmp_path / "traced", tracker, world)
        assert healthy.apply("strace", "-f", "-qq", "-o", str(log), "-e", f"trace={','.join(CALLS)}") == 0
    notifications = re.findall(r"^\d+ +(\w+)\(", log.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(notifications) == set(CALLS)
    return Counter(notifications)
