"""A transport to Redmine in memory, and threads that a test runs step by step."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse, Retry
from urllib3.exceptions import MaxRetryError, ProtocolError

from sup_sync.redmine.session import RedmineSession


class Line:
    """A connection in memory for the failures of failing_proxy.py: stores the answer, or that it was broken."""

    def __init__(self) -> None:
        self.status, self.headers, self.wfile = 0, dict[str, str](), BytesIO()
        self.is_broken = False
        self.connection = self

    def send_response(self, status: int) -> None:
        self.status = status

    def send_header(self, name: str, value: str) -> None:
        self.headers[name] = value

    def end_headers(self) -> None:
        """Do nothing: the answer is read as a whole."""

    def setsockopt(self, *_: Any) -> None:
        """Do nothing: there is no socket."""

    def close(self) -> None:
        self.is_broken = True


class Wire(HTTPAdapter):
    """An adapter that lets `write` answer each request, and retries like urllib3 by the session's `retries`."""

    def __init__(self, write: Callable[[Line, requests.PreparedRequest], None], retries: Retry | int = 0) -> None:
        super().__init__(max_retries=retries)
        self.write = write

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        retries, method = self.max_retries, request.method or ""
        while True:
            line = Line()
            self.write(line, request)
            error = ProtocolError("Connection aborted.", ConnectionResetError()) if line.is_broken else None
            answer = HTTPResponse(
                BytesIO(line.wfile.getvalue()), line.headers, line.status, preload_content=False, request_method=method
            )
            if error is None and not retries.is_retry(method, line.status, "Retry-After" in line.headers):
                return self.build_response(request, answer)
            try:
                retries = retries.increment(method, request.url, response=None if error else answer, error=error)
            except (MaxRetryError, ProtocolError) as given_up:
                if error:
                    raise requests.ConnectionError(given_up, request=request) from None
                return self.build_response(request, answer)


def use_wire(session: RedmineSession, write: Callable[[Line, requests.PreparedRequest], None]) -> None:
    """Replace the transport of a session; keep its retries."""
    http = session._http
    http.mount(f"{session.url}/", Wire(write, http.get_adapter(f"{session.url}/").max_retries))


class Host:
    """A thread whose work runs one step at a time, up to its next pause."""

    def __init__(self, work: Callable[[Callable[[], None]], object]) -> None:
        self._go, self._back = threading.Semaphore(0), threading.Semaphore(0)
        self._work, self._error = work, None
        self.is_done = False
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        self._go.acquire()
        try:
            self._work(self._pause)
        except BaseException as error:  # raised again by finish()
            self._error = error
        self.is_done = True
        self._back.release()

    def _pause(self) -> None:
        self._back.release()
        self._go.acquire()

    def step(self) -> None:
        if not self.is_done:
            self._go.release()
            self._back.acquire()

    def finish(self) -> None:
        while not self.is_done:
            self.step()
        self._thread.join()
        if self._error:
            raise self._error


def interleave(hosts: Sequence[Host], turns: Sequence[int]) -> None:
    """Let each host in turn take a number of steps, then finish each."""
    for number, steps in enumerate(turns):
        for _ in range(steps):
            hosts[number % len(hosts)].step()
    for host in hosts:
        host.finish()
