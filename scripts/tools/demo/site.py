"""A site of scripts/redmine, as the demo uses it: by REST, by its database, and by the script's commands."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parent.parent.parent.parent
TIMEOUT_S = 30

Json = dict[str, Any]


class DemoError(Exception):
    """An error and its fix in one line."""


@dataclass(frozen=True, slots=True)
class Site:
    """A site of scripts/redmine, by its name."""

    name: str

    def run(self, command: str, *arguments: str) -> str:
        """Run a command of scripts/redmine and return its output; raise DemoError with its message if it fails."""
        result = subprocess.run(
            [ROOT / "scripts" / "redmine", "--site", self.name, command, *arguments],
            check=False,
            capture_output=True,
            text=True,
        )
        if result.returncode:
            raise DemoError(result.stderr.strip())
        return result.stdout.strip()

    def person(self, login: str) -> Person:
        return Person(self.run("url"), self.run("key", login))

    @contextlib.contextmanager
    def database(self) -> Iterator[sqlite3.Connection]:
        with contextlib.closing(sqlite3.connect(self.run("db"), timeout=10)) as base, base:
            yield base


class Person:
    """A user of Redmine's REST API with a key of their own."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["X-Redmine-API-Key"] = key

    def send(self, method: str, path: str, values: Json | bytes | None = None) -> Json:
        """Send a request and return Redmine's answer; raise DemoError if Redmine rejects it."""
        body: Json = {"data": values} if isinstance(values, bytes) else {"json": values}
        headers = {"Content-Type": "application/octet-stream"} if isinstance(values, bytes) else {}
        answer = self.session.request(method, self.url + path, headers=headers, timeout=TIMEOUT_S, **body)
        if not answer.ok:
            raise DemoError(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
        return answer.json() if answer.content.strip() else {}

    def upload(self, name: str, content: str) -> Json:
        answer = self.send("POST", f"/uploads.json?filename={name}", content.encode())
        return {"token": answer["upload"]["token"], "filename": name, "content_type": "text/plain"}
