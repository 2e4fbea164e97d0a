"""Commands of sup-sync in a folder with config.yaml, run in this process or in a new one."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import requests
from stories.shipped import Copy
from support.scripted_server import Answer, reply, serve
from support.worlds import FakeWorld

from sup_sync.cli.main import run

PROGRAM = Path(sys.executable).with_name("sup-sync")


@dataclass(frozen=True)
class CommandResult:
    """The exit code and output of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def line(self) -> str:
        """The only line on stderr, if stdout is empty."""
        assert self.out == ""
        (line,) = self.err.splitlines()
        return line


class Shell:
    """A folder with the shipped files to run commands in. No output may contain a traceback or the key."""

    def __init__(
        self, folder: Path, url: str, key: str, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.folder = folder
        self.files = Copy(folder)
        self.files.replace("config.yaml", "http://127.0.0.1:3000", url)
        self.patch = patch
        self.capsys = capsys
        self.use_key(key)
        for name in ("CREDENTIALS_DIRECTORY", "STATE_DIRECTORY", "COLUMNS", "PYTHONUNBUFFERED"):
            patch.delenv(name, raising=False)
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        patch.chdir(folder)

    def __call__(self, *words: object) -> CommandResult:
        self.capsys.readouterr()
        code = run([str(word) for word in words])
        return self.check(CommandResult(code, *self.capsys.readouterr()))

    def process(self, *words: object, **options: Any) -> CommandResult:
        line = [str(PROGRAM), *map(str, words)]
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "timeout": 60} | options
        process = subprocess.run(line, check=False, **options)
        return self.check(CommandResult(process.returncode, process.stdout or "", process.stderr))

    def check(self, result: CommandResult) -> CommandResult:
        assert "Traceback" not in result.out + result.err
        assert "Exception ignored" not in result.err
        assert self.key not in result.out + result.err
        return result

    def use_key(self, key: str) -> None:
        self.key = key
        self.patch.setenv("SUP_SYNC_KEY", key)

    def forget(self) -> None:
        """Delete the caches."""
        for path in (self.folder / "state").rglob("*.cache"):
            path.unlink()

    def write(self, name: str, text: str | bytes, mode: int = 0o644) -> Path:
        path = self.folder / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        path.chmod(mode)
        return path


@contextmanager
def serve_world(world: FakeWorld, faults: dict[str, Answer]) -> Iterator[str]:
    """Serve a world to other processes and yield its URL. `faults` replace answers, by pattern of the path."""

    def write(handler: BaseHTTPRequestHandler) -> None:
        for pattern, fault in faults.items():
            if re.match(pattern, handler.path):
                fault(handler)
                return
        body = script.asked[-1].body
        request = requests.Request(handler.command, world.url + handler.path, dict(handler.headers), data=body)
        status, headers, text = world.rest.answer(request.prepare())
        reply(status, text, **{name.replace("-", "_"): value for name, value in headers.items()})(handler)

    with serve(write) as script:
        yield script.url


def one_line(result: CommandResult, code: int, *parts: str) -> None:
    """Assert that a command printed only one line of sup-sync, which contains these parts."""
    assert (result.code, result.line[:10]) == (code, "sup-sync: ")
    for part in parts:
        assert part in result.line
