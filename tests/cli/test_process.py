"""`sup-sync` as a process: its key, its pipes, its signals, and the files it writes."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cli.office import CLOSED_PORT, NOW, Office
from support.promises import SECRET, TRUTH
from support.scripted_server import reply, serve, silence
from support.shell import PROGRAM, CommandResult, Shell, one_line


def test_key_is_read_from_its_file(shell: Shell, office: Office) -> None:
    office.file()
    shell.patch.delenv("SUP_SYNC_KEY")
    shell.files.replace("config.yaml", "# key_file: /etc/sup-sync/key", "key_file: key")
    shell.write("key", f"{shell.key}\n", 0o600)
    assert shell.process("apply").out == "Written: 1 applied.\n"


def test_closed_pipe_is_not_an_error(shell: Shell, snapshot: Path) -> None:
    lines = snapshot.read_text().splitlines()
    number = json.loads(lines[1])["id"]
    others = [lines[1].replace(f'{{"id": {number},', f'{{"id": {number + each},', 1) for each in range(400)]
    many = shell.write("many.jsonl", "\n".join([lines[0], *others]))
    for words in (("plan",), ("plan", "--json"), ("queue",)):
        line = [str(PROGRAM), *words, "--from", str(many), "--now", NOW]
        with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.read(1)
            process.stdout.close()
            assert process.stderr.read() == ""
        assert process.returncode == 0


def test_full_disk_behind_stdout_is_reported(shell: Shell, snapshot: Path) -> None:
    with Path("/dev/full").open("w") as full:
        for words in (("plan",), ("plan", "--json"), ("queue",), ("report",)):
            result = shell.process(*words, "--from", snapshot, "--now", NOW, stdout=full)
            one_line(result, 1, "the output: No space left on device")


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Restore SIGINT: a background job of a shell ignores it, and so would the commands that tests start."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_interrupted_run_is_reported_to_its_monitor(shell: Shell, count_promise: Callable[[str, str], None]) -> None:
    with serve(silence(3)) as server, serve(reply(200)) as monitor:
        shell.files.replace("config.yaml", CLOSED_PORT, server.url)
        line = [str(PROGRAM), "apply", "--ping", monitor.url]
        with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            wait_until(lambda: bool(server.asked))
            process.send_signal(signal.SIGINT)
            result = shell.check(CommandResult(0, *process.communicate()))
    assert [each.path for each in monitor.asked] == ["/start", "/130"]
    assert (process.returncode, result.out) == (130, "")
    assert result.err.strip() == "sup-sync: interrupted; nothing is left half-written"
    count_promise(TRUTH, "exit code 130: interrupted")


def test_process_list_does_not_contain_the_key(shell: Shell, count_promise: Callable[[str, str], None]) -> None:
    """Other users see arguments and thread names of a process; only its owner can read the environment."""
    with serve(silence(1)) as server:
        shell.files.replace("config.yaml", CLOSED_PORT, server.url)
        with subprocess.Popen([PROGRAM, "apply"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            wait_until(lambda: bool(server.asked))
            assert server.asked[0].headers["X-Redmine-API-Key"] == shell.key
            place = Path("/proc") / str(process.pid)
            assert "apply" in (place / "cmdline").read_text()
            assert not [each for each in Path("/proc").glob("[0-9]*/cmdline") if shell.key in words_of(each)]
            assert not [each for each in place.glob("task/*/comm") if shell.key[:8] in each.read_text()]
            assert (place / "environ").stat().st_mode & 0o077 == 0
            process.kill()
            process.communicate()
    count_promise(SECRET, "the list of processes while a run waits for Redmine")


def words_of(path: Path) -> str:
    """Read the arguments of a process; empty if it has exited meanwhile."""
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def wait_until(is_so: Callable[[], bool]) -> None:
    until = datetime.now(UTC) + timedelta(seconds=20)
    while not is_so():
        assert datetime.now(UTC) < until


@pytest.mark.parametrize("place", ["missing/snapshot.jsonl", "/proc/snapshot.jsonl"])
def test_unwritable_snapshot_is_reported_with_its_path(shell: Shell, office: Office, place: str) -> None:
    office.file()
    one_line(shell("snapshot", "-o", place), 2, f"{place}: cannot be written (")


def test_snapshot_replaces_only_regular_files(shell: Shell, office: Office) -> None:
    office.file()
    pipe = shell.folder / "pipe"
    os.mkfifo(pipe)
    one_line(shell("snapshot", "-o", "pipe"), 2, "pipe: not a regular file; choose another path")
    assert pipe.is_fifo()


def test_snapshot_too_large_for_the_disk_keeps_the_old_file(shell: Shell, snapshot: Path) -> None:
    before = snapshot.read_bytes()

    def allow_little() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    result = shell.process("snapshot", "-q", "-o", snapshot, preexec_fn=allow_little)
    one_line(result, 2, "snapshot.jsonl: cannot be written (File too large); choose another path")
    assert snapshot.read_bytes() == before
    assert [each.name for each in shell.folder.iterdir() if each.name.startswith(".")] == []
