"""Runs killed with SIGKILL at any request or system call: no note is lost or sent twice."""

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
from faults.failing_proxy import FailingProxy, Request, failing_proxy
from stories.shipped import Copy, shipped_config
from support.promises import ONCE
from support.scripted_server import reset
from support.shell import PROGRAM
from support.worlds import ADMIN, BOT, FakeWorld


class CronHost:
    """A Redmine in memory behind a proxy, two requests that are overdue in real time, and the command of cron."""

    def __init__(self, folder: Path, proxy: FailingProxy, world: FakeWorld) -> None:
        copy = Copy(folder)
        copy.replace("config.yaml", "http://127.0.0.1:3000", proxy.url)
        self.folder, self.proxy, self.world = folder, proxy, world
        self.diary = Diary(world, shipped_config())
        world.tracker.now = datetime.now(UTC)
        day = f"{datetime.now(UTC) - timedelta(days=8):%Y-%m-%d}"
        with world.rest.running():
            self.issue_ids = [self.diary.file(f"{day} 10:00"), self.diary.file(f"{day} 11:00")]

    def apply(self, *prefix: str) -> int:
        """Run the command of cron, with a prefix; return its exit code, or minus the signal that killed it."""
        env = {**os.environ, "SUP_SYNC_KEY": self.world.user(BOT), "XDG_STATE_HOME": str(self.folder / "state")}
        line = [*prefix, str(PROGRAM), "apply", "-q"]
        process = subprocess.Popen(line, cwd=self.folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.pid = process.pid
        process.communicate(timeout=60)
        return process.returncode

    def kill_on_request(self, *, is_committed: bool) -> None:
        def kill(proxy: FailingProxy, handler: BaseHTTPRequestHandler, request: Request) -> None:
            if is_committed:
                proxy.commit(request)
            os.kill(self.pid, signal.SIGKILL)
            reset(handler)

        self.proxy.failure = kill

    def notes(self) -> list[tuple[int, int]]:
        """Return the numbers of public and private notes of each request."""
        with self.world.rest.running():
            issues = [self.diary.see(ADMIN, each) for each in self.issue_ids]
        kinds = [[each["private_notes"] for each in issue["journals"] if each["notes"]] for issue in issues]
        return [(each.count(False), each.count(True)) for each in kinds]


def make_host(folder: Path, proxy: FailingProxy, world: FakeWorld) -> CronHost:
    folder.mkdir()
    return CronHost(folder, proxy, world)


@pytest.fixture
def requests_made(tmp_path: Path) -> list[str]:
    """Return the requests of a healthy run."""
    world = FakeWorld()
    make_fake(world)
    with failing_proxy(world) as proxy:
        healthy = make_host(tmp_path / "healthy", proxy, world)
        assert healthy.apply() == 0
        assert healthy.notes() == [(1, 1), (1, 1)]
        return [f"{each.method} {each.path}" for each in proxy.seen]


def test_a_killed_run_repeats_nothing_and_the_next_run_completes_it(
    tmp_path: Path, requests_made: list[str], request: pytest.FixtureRequest, count_promise: Callable[[str, str], None]
) -> None:
    positions = range(len(requests_made))
    if not request.config.getoption("--all"):
        first = next(position for position in positions if requests_made[position].startswith("PUT"))
        positions = range(first - 2, min(first + 5, len(requests_made)))
    for at in positions:
        for is_committed in (False, True):
            world = FakeWorld()
            make_fake(world)
            with failing_proxy(world) as proxy:
                killed = make_host(tmp_path / f"{at}-{is_committed}", proxy, world)
                killed.kill_on_request(is_committed=is_committed)
                proxy.at = at
                assert killed.apply() == -signal.SIGKILL
                proxy.at = None
                assert killed.apply() == 0
                assert killed.notes() == [(1, 1), (1, 1)], (at, requests_made[at], is_committed)
                proxy.seen.clear()
                assert killed.apply() == 0
                assert not [each for each in proxy.seen if each.method == "PUT"]
                when = "after" if is_committed else "before"
                count_promise(ONCE, f"kill -9 at a request, {when} Redmine receives it")


# the system calls at which a run is killed: those of its lock, audit log, requests and cache
CALLS = ("sendto", "recvfrom", "fsync", "flock", "connect", "pwrite64")

# one of this number of calls of a kind is tested, always including the last: each test takes two processes
EVERY = 3


def can_trace() -> bool:
    return bool(shutil.which("strace")) and subprocess.run(["strace", "-qq", "true"], check=False).returncode == 0


@pytest.mark.skipif(not can_trace(), reason="strace is missing or not permitted")
def test_a_run_killed_at_a_system_call_repeats_and_loses_nothing(
    tmp_path: Path, request: pytest.FixtureRequest, count_promise: Callable[[str, str], None]
) -> None:
    counts = system_calls(tmp_path)
    step = EVERY if request.config.getoption("--all") else 20
    positions = [(call, number) for call in CALLS for number in range(counts[call], 0, -step)]
    not_killed = []
    for call, number in positions:
        world = FakeWorld()
        make_fake(world)
        with failing_proxy(world) as proxy:
            killed = make_host(tmp_path / f"{call}-{number}", proxy, world)
            inject = f"inject={call}:signal=SIGKILL:when={number}"
            code = killed.apply("strace", "-f", "-qq", "-o", "/dev/null", "-e", inject)
            if code == 0:  # this run received its answers in fewer pieces, so it finished before that call
                not_killed.append((call, number))
                continue
            assert code == -signal.SIGKILL
            assert killed.apply() == 0
            assert killed.notes() == [(1, 1), (1, 1)], f"killed at {call} {number} of {counts[call]}"
            count_promise(ONCE, f"kill -9 at a system call (lock, audit log, cache, network), 1 in {step} of each kind")
    assert all(number > counts[call] - step for call, number in not_killed), (
        "only the last call of a kind may be missing"
    )


def system_calls(tmp_path: Path) -> Counter[str]:
    """Count these system calls in a healthy run."""
    world, log = FakeWorld(), tmp_path / "calls"
    make_fake(world)
    with failing_proxy(world) as proxy:
        healthy = make_host(tmp_path / "traced", proxy, world)
        assert healthy.apply("strace", "-f", "-qq", "-o", str(log), "-e", f"trace={','.join(CALLS)}") == 0
    calls = re.findall(r"^\d+ +(\w+)\(", log.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(calls) == set(CALLS)
    return Counter(calls)
