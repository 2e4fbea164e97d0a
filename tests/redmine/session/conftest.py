"""The other side of a guarded session: a server over real sockets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.scripted_server import ScriptedServer, reply_json, serve


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with serve(reply_json({"issues": []})) as script:
        yield script


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits between tries, which tests don't wait for."""
    found: list[float] = []
    monkeypatch.setattr("time.sleep", found.append)
    return found
