"""A scripted server over real sockets for the guarded session."""

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
    """Record the waits between tries instead of waiting."""
    seconds: list[float] = []
    monkeypatch.setattr("time.sleep", seconds.append)
    return seconds
