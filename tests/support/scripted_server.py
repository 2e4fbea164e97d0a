"""A server on loopback that answers as a test tells it, over real sockets: by silence, resets and rubbish too."""

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
"""For `localhost`, signed by itself, from 2020 to 2120; its key is public here, so it is good for tests alone."""

PRIVATE_KEY = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgw/XUAi2+K1iH6reb
d/gRb1Msmsihqw59LpnJEPhjdoShRANCAARk2p/faG2dAt1hrY2e8B4F5zCwCT0w
rTAxC967qw2FQgkpS2AR/pGfWrXEBevuQjmG9ka4byyW3rTO3Fk70yLt
-----END PRIVATE KEY-----
"""


@dataclass(frozen=True)
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class ScriptedServer:
    """Gives its answers in order, the last one for ever; `asked` are the requests that came."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    script: ScriptedServer

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.script.asked.append(Asked(self.command, self.path, dict(self.headers), body))
        answers = self.script.answers
        (answers.pop(0) if len(answers) > 1 else answers[0])(self)

    do_POST = do_PUT = do_GET  # noqa: N815 - http.server's own names

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is none of our business."""


@contextmanager
def serve(*answers: Answer, tls_folder: Path | None = None) -> Iterator[ScriptedServer]:
    """A server with these answers; with a folder for its certificate it speaks TLS as `localhost`."""
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
    """A plain answer; `retry_after="5"` is the header Retry-After."""

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
    """No answer for that long; not by `time.sleep`, which tests replace."""

    def write(_handler: BaseHTTPRequestHandler) -> None:
        threading.Event().wait(seconds)

    return write


def rubbish(sent: bytes) -> Answer:
    """Bytes that are no answer of HTTP."""

    def write(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(sent)

    return write


def half(handler: BaseHTTPRequestHandler) -> None:
    """Promise a body and send a part of it."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    handler.wfile.write(b'{"issues": [')
