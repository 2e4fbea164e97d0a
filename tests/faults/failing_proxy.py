"""A proxy before Redmine that fails at a chosen request, in the ways in which networks and proxies fail."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

import requests
from support.scripted_server import reply, reset, serve
from support.worlds import FakeWorld, World

Reply = tuple[int, Mapping[str, str], str]

# sup-sync's timeout for an answer in these tests
TIMEOUT_S = 0.5


@dataclass(frozen=True)
class Request:
    """A request of sup-sync to Redmine."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class FailingProxy:
    """A proxy that passes requests on, except request number `at` (from 0) and each request for the path `stuck`.

    Those are handled by `failure` instead. `held` are the requests that are passed on later.
    """

    commit: Callable[[Request], Reply]
    at: int | None = None
    stuck: str | None = None
    failure: Failure | None = None
    url: str = ""
    seen: list[Request] = field(default_factory=list)
    held: list[Request] = field(default_factory=list)
    release_at: int | None = None

    def write(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        request = Request(handler.command, handler.path, dict(handler.headers), body)
        number = len(self.seen)
        self.seen.append(request)
        if number == self.release_at:
            self.release()
        if self.failure and (number == self.at or request.path == self.stuck):
            self.failure(self, handler, request)
        else:
            answer(handler, self.commit(request))

    def release(self) -> None:
        """Pass the held requests on."""
        while self.held:
            self.commit(self.held.pop(0))


Failure = Callable[[FailingProxy, BaseHTTPRequestHandler, Request], None]


def answer(handler: BaseHTTPRequestHandler, answered: Reply) -> None:
    status, headers, text = answered
    reply(status, text, **{name.replace("-", "_"): value for name, value in headers.items()})(handler)


def reset_before(_proxy: FailingProxy, handler: BaseHTTPRequestHandler, _request: Request) -> None:
    """Break the connection before Redmine receives the request."""
    reset(handler)


def reset_after(proxy: FailingProxy, handler: BaseHTTPRequestHandler, request: Request) -> None:
    """Commit, and break the connection before the answer."""
    proxy.commit(request)
    reset(handler)


def late_reply(proxy: FailingProxy, handler: BaseHTTPRequestHandler, request: Request) -> None:
    """Commit, and answer after the timeout."""
    answered = proxy.commit(request)
    threading.Event().wait(TIMEOUT_S * 2)
    answer(handler, answered)


def late_commit(proxy: FailingProxy, handler: BaseHTTPRequestHandler, request: Request) -> None:
    """Break the connection, and pass the request on later."""
    proxy.held.append(request)
    reset(handler)


def sent_twice(proxy: FailingProxy, handler: BaseHTTPRequestHandler, request: Request) -> None:
    """Pass the request on twice."""
    proxy.commit(request)
    answer(handler, proxy.commit(request))


def busy(_proxy: FailingProxy, handler: BaseHTTPRequestHandler, _request: Request) -> None:
    reply(503, "busy")(handler)


def bad_gateway_after(proxy: FailingProxy, handler: BaseHTTPRequestHandler, request: Request) -> None:
    """Commit, and answer 502 as if Redmine had not answered."""
    proxy.commit(request)
    reply(502, "<html>bad gateway</html>", content_type="text/html")(handler)


def page(_proxy: FailingProxy, handler: BaseHTTPRequestHandler, _request: Request) -> None:
    """Answer 200 with a maintenance page."""
    reply(200, "<html><body>Back soon</body></html>", content_type="text/html")(handler)


def truncated(proxy: FailingProxy, handler: BaseHTTPRequestHandler, request: Request) -> None:
    """Commit, and send half of the answer."""
    status, headers, text = proxy.commit(request)
    half = text[: len(text) // 2]
    reply(status, half, **{name.replace("-", "_"): value for name, value in headers.items()})(handler)


def redirect(_proxy: FailingProxy, handler: BaseHTTPRequestHandler, _request: Request) -> None:
    reply(302, "", location="http://127.0.0.1:9/elsewhere")(handler)


FAILURES: tuple[Failure, ...] = (
    reset_before,
    reset_after,
    late_reply,
    late_commit,
    sent_twice,
    busy,
    bad_gateway_after,
    page,
    truncated,
    redirect,
)


@contextmanager
def failing_proxy(world: World) -> Iterator[FailingProxy]:
    """Serve the world through a failing proxy with a socket of its own."""
    proxy = FailingProxy(committer(world))

    def write(handler: BaseHTTPRequestHandler) -> None:
        proxy.write(handler, script.asked[-1].body)

    with serve(write) as script:
        proxy.url = script.url
        yield proxy


def committer(world: World) -> Callable[[Request], Reply]:
    """Return a function that sends a request to the world and returns its reply."""
    lock = threading.Lock()
    session = requests.Session()
    session.trust_env = False

    def in_memory(request: Request) -> Reply:
        assert isinstance(world, FakeWorld)
        outgoing = requests.Request(request.method, world.url + request.path, dict(request.headers), data=request.body)
        with lock:
            return world.rest.answer(outgoing.prepare())

    def over_the_wire(request: Request) -> Reply:
        sent = {name: value for name, value in request.headers.items() if name.lower() not in ("host", "connection")}
        response = session.request(
            request.method,
            world.url + request.path,
            headers=sent,
            data=request.body,
            allow_redirects=False,
            timeout=60,
        )
        headers = {name: response.headers.get(name, "") for name in ("Content-Type", "Date")}
        return response.status_code, {name: value for name, value in headers.items() if value}, response.text

    return in_memory if isinstance(world, FakeWorld) else over_the_wire
