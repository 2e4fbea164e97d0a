"""The limits of the guarded session on a whole answer: its time, and the size of its body."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from time import monotonic

import pytest
from redmine.session.calls import get, put, session
from support.scripted_server import ScriptedServer, reply_json, rubbish, serve, silence, write_pem

from sup_sync.errors import AmbiguousError, RedmineUnavailableError
from sup_sync.redmine import transport

HEADERS = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 400\r\n"


def drip(at_once: bytes, slowly: bytes, pause_s: float = 0.05) -> Callable[[BaseHTTPRequestHandler], None]:
    """Make an answer of which a part comes byte by byte, each before any timeout of a single read."""

    def write(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(at_once)
        for byte in slowly:
            threading.Event().wait(pause_s)
            handler.wfile.write(bytes([byte]))

    return write


SLOW = {
    "headers": drip(b"", HEADERS * 10),
    "body": drip(HEADERS + b"\r\n", b" " * 400),
    "chunks": drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n" * 80),
    "without length": drip(b"HTTP/1.0 200 OK\r\n\r\n", b" " * 400),
}


@pytest.mark.parametrize("kind", SLOW)
@pytest.mark.parametrize("is_tls", [False, True])
def test_answer_that_comes_byte_by_byte_is_a_timeout(kind: str, is_tls: bool, tmp_path: Path) -> None:
    with serve(SLOW[kind], tls_folder=tmp_path if is_tls else None) as server:
        options = {"ca_file": write_pem(tmp_path)} if is_tls else {}
        for send, error in ((get, RedmineUnavailableError), (put, AmbiguousError)):
            start = monotonic()
            with pytest.raises(error, match="no response in time"):
                send(server, timeout_s=0.4, **options)
            assert 0.35 < monotonic() - start < 1.5


def test_answer_ends_with_the_time_of_the_run(server: ScriptedServer) -> None:
    ends_at = monotonic() + 0.4
    server.answers = [SLOW["body"]]
    with pytest.raises(RedmineUnavailableError, match="no response in time"):
        get(server, timeout_s=60, time_left=lambda: ends_at - monotonic())
    assert monotonic() - ends_at < 1


def test_wait_between_two_tries_ends_with_the_time_of_the_run(server: ScriptedServer, waits: list[float]) -> None:
    left = iter([100.0, 100.0, 100.0, 2.0])
    server.answers = [rubbish(b"HTTP/1.1 503 Busy\r\nRetry-After: 60\r\nConnection: close\r\n\r\n"), reply_json({})]
    get(server, time_left=lambda: next(left, 2.0))
    assert waits == [2.0]


def test_connection_is_used_again_after_an_answer_and_keeps_its_time(server: ScriptedServer) -> None:
    used = session(server, timeout_s=0.6)
    for _ in range(3):  # the socket of a first answer has little time left; the next answer has its own
        server.answers = [silence_then_answer(0.4)]
        assert used.get_json("/issues.json") == {"issues": []}


def silence_then_answer(seconds: float) -> Callable[[BaseHTTPRequestHandler], None]:
    def write(handler: BaseHTTPRequestHandler) -> None:
        silence(seconds)(handler)
        reply_json({"issues": []})(handler)

    return write


def packed(size: int) -> bytes:
    body = gzip.compress(b" " * size)
    return b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body


LARGE_ANSWERS = {
    "/issues.json": "shorten the longest descriptions of requests",
    "/issues/7.json": "shorten its longest notes in Redmine, or continue in a new request",
    "/groups/5.json": "check that `url` is Redmine's base URL",
}


def test_body_that_unpacks_to_more_than_the_largest_is_an_error(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "LARGEST_BODY", 2 << 20)
    server.answers = [rubbish(packed(200 << 20))]
    for path, fix in LARGE_ANSWERS.items():
        with pytest.raises(RedmineUnavailableError) as caught:
            session(server).get_json(path)
        assert str(caught.value).startswith(f"GET {path}: the answer is larger than 2 MB; {fix}")
    with pytest.raises(AmbiguousError, match=r"PUT /issues/7\.json: the answer is larger than 2 MB"):
        put(server)


def test_body_of_the_largest_size_is_read(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "LARGEST_BODY", 1 << 20)
    text = b"{}" + b" " * ((1 << 20) - 2)
    server.answers = [rubbish(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(text) + text)]
    assert get(server) == {}
