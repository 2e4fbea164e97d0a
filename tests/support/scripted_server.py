"""A server on loopback with scripted responses over real sockets, including silence, resets and garbage."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

# self-signed for `localhost`, from 2020 to 2120; its key is public here, so it is only for tests
CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIBeDCCAR+gAwIBAgIBATAKBggqhkjOPQQDAjAYMRYwFAYDVQQDDA1zdXAtc3lu
YyB0ZXN0MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAYMRYwFAYD
VQQDDA1zdXAtc3luYyB0ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEZNqf
32htnQLdYa2NnvAeBecwsAk9MK0wMQveu6sNhUIJKUtgEf6Rn1q1xAXr7kI5hvZG
uG8slt60ztxZO9Mi7aNYMFYwDwYDVR0TAQH/BAUwAwEB/zAdBgNVHQ4EFgQUqR3b
sYNxUXZY9PmyDNgAEa5exckwFAYDVR0RBA0wC4IJbG9jYWxob3N0MA4GA1UdDwEB
/wQEAwIChDAKBggqhkjOPQQDAgNHADBEAiB9RiQGtcQxk32F/F3qUcR2pIk3Woi/
+CVoSLp1C1K+CAIgNkoJUPvbNmXKBSnMdqFizLl5ZN9idw6ERlAoD+BuRMM=
-----END CERTIFICATE-----
"""

PRIVATE_KEY = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgw/XUAi2+K1iH6reb
d/gRb1Msmsihqw59LpnJEPhjdoShRANCAARk2p/faG2dAt1hrY2e8B4F5zCwCT0w
rTAxC967qw2FQgkpS2AR/pGfWrXEBevuQjmG9ka4byyW3rTO3Fk70yLt
-----END PRIVATE KEY-----
"""


@dataclass(frozen=True)
class ReceivedRequest:
    """A request as received."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class ScriptedServer:
    """A server that gives its answers in order and repeats the last. `asked` are the requests received."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    asked: list[ReceivedRequest] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    script: ScriptedServer

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.script.asked.append(ReceivedRequest(self.command, self.path, dict(self.headers), body))
        answers = self.script.answers
        (answers.pop(0) if len(answers) > 1 else answers[0])(self)

    do_POST = do_PUT = do_GET  # noqa: N815 - http.server's own names

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that disconnect."""


@contextmanager
def serve(*answers: Answer, tls_folder: Path | None = None) -> Iterator[ScriptedServer]:
    """Run a server with these answers; with TLS as `localhost` if a folder for its certificate is given."""
    script = ScriptedServer(answers=list(answers))
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"script": script}))
    script.url = f"http://127.0.0.1:{server.server_port}"
    if tls_folder:
        script.url = f"https://localhost:{server.server_port}"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(write_pem(tls_folder))
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def write_pem(folder: Path) -> Path:
    path = folder / "localhost.pem"
    path.write_text(CERTIFICATE + PRIVATE_KEY)
    return path


def reply(status: int = 200, body: str = "", **headers: str) -> Answer:
    """Make a plain response. `retry_after="5"` is the header Retry-After."""

    def write(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body.encode())))
        handler.end_headers()
        handler.wfile.write(body.encode())

    return write


def reply_json(value: Any, status: int = 200) -> Answer:
    return reply(status, json.dumps(value), content_type="application/json")


def reset(handler: BaseHTTPRequestHandler) -> None:
    """Break the connection without an answer."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def silence(seconds: float) -> Answer:
    """Make a delay without a response. It does not use `time.sleep`, which tests replace."""

    def write(_handler: BaseHTTPRequestHandler) -> None:
        threading.Event().wait(seconds)

    return write


def rubbish(sent: bytes) -> Answer:
    """Make a response of bytes that are not valid HTTP."""

    def write(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(sent)

    return write


def half(handler: BaseHTTPRequestHandler) -> None:
    """Announce a body and send only a part of it."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    handler.wfile.write(b'{"issues": [')
