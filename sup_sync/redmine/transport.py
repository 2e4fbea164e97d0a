"""The transport of the guarded session: it limits the time and the size of each whole answer, and retries reads."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable
from http.client import HTTPResponse
from time import monotonic
from typing import Any, Self

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

REPEATABLE = frozenset({"GET", "HEAD"})
RETRYABLE_STATUSES = frozenset({429, 502, 503, 504})  # of a read
TRIES = 3
LONGEST_WAIT_S = 10.0  # between two tries, even if `Retry-After` asks for more

LARGEST_BODY = 32 << 20  # bytes, unpacked: 2 MB of gzip can unpack to 4 GB
CHUNK = 1 << 16

Seconds = Callable[[], float]


class BodyTooLargeError(ValueError):
    """An answer with a body of more than LARGEST_BODY bytes."""


def read_body(response: requests.Response) -> None:
    """Read the body of a streamed answer, so that `content` has it; raises BodyTooLargeError."""
    body = io.BytesIO()
    try:
        while chunk := response.raw.read(CHUNK, decode_content=True):
            body.write(chunk)
            if body.tell() > LARGEST_BODY:
                raise BodyTooLargeError(f"the answer is larger than {LARGEST_BODY >> 20} MB")
    except BaseException:
        response.close()  # the rest of the answer must not be taken for that of the next request
        raise
    body.seek(0)
    response.raw = body


class _TimedStream(io.RawIOBase):
    """The bytes of one answer; TimeoutError if they do not all arrive in time, however slowly they come."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._bytes = connection.makefile("rb", buffering=0)
        self._ends_at = monotonic() + (connection.gettimeout() or 0.0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._ends_at - monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._connection.settimeout(left)
        return self._bytes.readinto(buffer)

    def close(self) -> None:
        self._bytes.close()
        super().close()


class _TimedResponse(HTTPResponse):
    """An answer whose headers and body must arrive within the timeout of its connection."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        untimed, self.fp = self.fp, io.BufferedReader(_TimedStream(sock))
        untimed.close()


class _PlainConnection(HTTPConnection):
    response_class = _TimedResponse


class _TlsConnection(HTTPSConnection):
    response_class = _TimedResponse


class _LimitedPool(HTTPConnectionPool):
    """Connections on which each try may take as long as `limit_s` returns when it starts."""

    ConnectionCls: Any = _PlainConnection
    limit_s: Seconds

    def urlopen(self, *args: Any, **kwargs: Any) -> Any:
        return super().urlopen(*args, **kwargs | {"timeout": self.limit_s()})


class _LimitedTlsPool(_LimitedPool, HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class LimitedAdapter(HTTPAdapter):
    """An adapter with at most three tries of a read, each within `timeout_s` and the time left of the run."""

    def __init__(self, timeout_s: float, time_left: Seconds) -> None:
        self._limits = {"limit_s": staticmethod(lambda: max(min(timeout_s, time_left()), 0.001))}
        super().__init__(max_retries=_make_retry(time_left))

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        pools = {"http": _LimitedPool, "https": _LimitedTlsPool}
        limited = {scheme: type(pool.__name__, (pool,), self._limits) for scheme, pool in pools.items()}
        self.poolmanager.pool_classes_by_scheme = limited


class BoundedRetry(urllib3.Retry):
    """A retry policy: at most three tries of a read while the run has time, and one try of anything else.

    A read without an answer in time is not repeated: the answer is slow to make, and would be again.
    """

    def __init__(self, *args: Any, time_left: Seconds, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._time_left = time_left

    def new(self, **kwargs: Any) -> Self:
        return super().new(time_left=self._time_left, **kwargs)

    def increment(self, method: str | None = None, *args: Any, **kwargs: Any) -> Self:
        is_slow = isinstance(kwargs.get("error"), urllib3.exceptions.ReadTimeoutError)
        if method in REPEATABLE and not is_slow and self._time_left() > 0:
            return super().increment(method, *args, **kwargs)
        return urllib3.Retry.increment(self.new(total=0), method, *args, **kwargs)

    def get_backoff_time(self) -> float:
        return self._bounded(super().get_backoff_time())

    def get_retry_after(self, response: Any) -> float | None:
        wait_s = super().get_retry_after(response)
        return None if wait_s is None else self._bounded(wait_s)

    def _bounded(self, wait_s: float) -> float:
        return max(min(wait_s, LONGEST_WAIT_S, self._time_left()), 0.0)


def _make_retry(time_left: Seconds) -> BoundedRetry:
    return BoundedRetry(
        TRIES - 1,
        time_left=time_left,
        allowed_methods=REPEATABLE,
        status_forcelist=RETRYABLE_STATUSES,
        backoff_factor=0.5,
        backoff_max=LONGEST_WAIT_S,
        raise_on_status=False,
    )
