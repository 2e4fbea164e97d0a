"""A tracker that fails once, at a request of your choice, in every way that a network and a proxy know."""

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

TIMEOUT_S = 0.2
"""How long the tool waits for an answer in these tests."""


@dataclass(frozen=True)
class Request:
    """A request of the tool on its way to the tracker."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Faulty:
    """Passes requests on, but does `fault` to the one numbered `at` (from 0), or each time to that of path `stuck`.

    `held` are those it passes on later.
    """

    commit: Callable[[Request], Reply]
    at: int | None = None
    stuck: str | None = None
    fault: Fault | None = None
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
        if self.fault and (number == self.at or request.path == self.stuck):
            self.fault(self, handler, request)
        else:
            answer(handler, self.commit(request))

    def release(self) -> None:
        """What was held back reaches the tracker now."""
        while self.held:
            self.commit(self.held.pop(0))


Fault = Callable[[Faulty, BaseHTTPRequestHandler, Request], None]


def answer(handler: BaseHTTPRequestHandler, said: Reply) -> None:
    status, headers, text = said
    reply(status, text, **{name.replace("-", "_"): value for name, value in headers.items()})(handler)


def reset_before(_tracker: Faulty, handler: BaseHTTPRequestHandler, _request: Request) -> None:
    """The connection breaks before the tracker has the request."""
    reset(handler)


def reset_after(tracker: Faulty, handler: BaseHTTPRequestHandler, request: Request) -> None:
    """The tracker commits, and the connection breaks before its answer comes."""
    tracker.commit(request)
    reset(handler)


def late_reply(tracker: Faulty, handler: BaseHTTPRequestHandler, request: Request) -> None:
    """The tracker commits, and answers when nobody waits any more."""
    said = tracker.commit(request)
    threading.Event().wait(TIMEOUT_S * 2)
    answer(handler, said)


def late_commit(tracker: Faulty, handler: BaseHTTPRequestHandler, request: Request) -> None:
    """A proxy gives up on the client, and passes the request on later."""
    tracker.held.append(request)
    reset(handler)


def sent_twice(tracker: Faulty, handler: BaseHTTPRequestHandler, request: Request) -> None:
    """A proxy passes the request on twice."""
    tracker.commit(request)
    answer(handler, tracker.commit(request))


def busy(_tracker: Faulty, handler: BaseHTTPRequestHandler, _request: Request) -> None:
    reply(503, "busy")(handler)


def bad_gateway_after(tracker: Faulty, handler: BaseHTTPRequestHandler, request: Request) -> None:
    """The tracker commits, and the proxy says that it did not answer."""
    tracker.commit(request)
    reply(502, "<html>bad gateway</html>", content_type="text/html")(handler)


def page(_tracker: Faulty, handler: BaseHTTPRequestHandler, _request: Request) -> None:
    """A page for maintenance, as if all were well."""
    reply(200, "<html><body>Back soon</body></html>", content_type="text/html")(handler)


def truncated(tracker: Faulty, handler: BaseHTTPRequestHandler, request: Request) -> None:
    """The tracker commits; half of its answer comes."""
    status, headers, text = tracker.commit(request)
    half = text[: len(text) // 2]
    reply(status, half, **{name.replace("-", "_"): value for name, value in headers.items()})(handler)


def redirect(_tracker: Faulty, handler: BaseHTTPRequestHandler, _request: Request) -> None:
    reply(302, "", location="http://127.0.0.1:9/elsewhere")(handler)


FAULTS: tuple[Fault, ...] = (
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
def faulty(world: World) -> Iterator[Faulty]:
    """The world on a socket of its own, where requests can be made to fail."""
    tracker = Faulty(committer(world))

    def write(handler: BaseHTTPRequestHandler) -> None:
        tracker.write(handler, script.asked[-1].body)

    with serve(write) as script:
        tracker.url = script.url
        yield tracker


def committer(world: World) -> Callable[[Request], Reply]:
    """How a request reaches the world behind."""
    lock = threading.Lock()
    session = requests.Session()
    session.trust_env = False

    def in_memory(request: Request) -> Reply:
        assert isinstance(world, FakeWorld)
        made = requests.Request(request.method, world.url + request.path, dict(request.headers), data=request.body)
        with lock:
            return world.rest.answer(made.prepare())

    def over_the_wire(request: Request) -> Reply:
        kept = {name: value for name, value in request.headers.items() if name.lower() not in ("host", "connection")}
        url = world.url + request.path
        said = session.request(request.method, url, headers=kept, data=request.body, allow_redirects=False, timeout=60)
        type_ = {"Content-Type": said.headers.get("Content-Type", ""), "Date": said.headers.get("Date", "")}
        return said.status_code, {name: value for name, value in type_.items() if value}, said.text

    return in_memory if isinstance(world, FakeWorld) else over_the_wire
