"""The guarded session: the only code that sends anything to the tracker, and where all its faults become ours.

No fault carries a library's exception: those hold the request, and with it the key.
"""

from __future__ import annotations

import ipaddress
import json
import math
import ssl
from collections import Counter
from collections.abc import Callable, Collection
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from sup_sync.errors import (
    AccessError,
    AmbiguousError,
    MissingError,
    OutOfTimeError,
    RedirectedError,
    RedmineUnavailableError,
    RefusedError,
    StaleError,
    SupSyncError,
    UrlError,
)
from sup_sync.to_json import Json

REPEATABLE = frozenset({"GET", "HEAD"})
RETRYABLE_STATUSES = frozenset({429, 502, 503, 504})
"""Statuses that are worth another try of a read."""

TRIES = 3
LONGEST_WAIT_S = 10.0
"""The longest wait between two tries, whatever `Retry-After` asks for."""

TRY_BY_HAND = "nothing was written: would the tracker take these values by hand?"


class _BoundedRetry(urllib3.Retry):
    """At most three tries of a read while the run has time, and a single one of anything else."""

    def __init__(self, *args: Any, time_left: Callable[[], float], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._time_left = time_left

    def new(self, **kwargs: Any) -> Self:
        return super().new(time_left=self._time_left, **kwargs)

    def increment(self, method: str | None = None, *args: Any, **kwargs: Any) -> Self:
        if method in REPEATABLE and self._time_left() > 0:
            return super().increment(method, *args, **kwargs)
        return urllib3.Retry.increment(self.new(total=0), method, *args, **kwargs)

    def get_retry_after(self, response: Any) -> float | None:
        asked = super().get_retry_after(response)
        return None if asked is None else min(asked, LONGEST_WAIT_S)


class _KeyHeader(AuthBase):
    """Puts the key in the header of a request below the tracker's root, and refuses to touch any other."""

    def __init__(self, root: str, key: str) -> None:
        self._root, self._key = root, key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if not (request.url or "").startswith(f"{self._root}/"):
            raise UrlError(f"a request outside {self._root} was not sent: the key is for that address only")
        request.headers["X-Redmine-API-Key"] = self._key
        return request


class _NoRedirectSession(requests.Session):
    """A session that no redirect leads on; requests would look at its target even where it must not follow."""

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002 - requests' own signature
        return None


class RedmineSession:
    """A session with one tracker, for one account; faults are those of sup_sync.errors.

    `url` is the tracker's root: https, or plain http on this machine. `time_left` tells the seconds that the run may
    still take. `requests_made` counts what was sent, by method, without repeated tries.
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        timeout_s: float = 30.0,
        time_left: Callable[[], float] = lambda: math.inf,
        ca_file: Path | None = None,
    ) -> None:
        self.url = checked_root(url)
        self.requests_made: Counter[str] = Counter()
        self._timeout_s = timeout_s
        self._time_left = time_left
        self._http = _pinned_session(self.url, _checked_key(key), time_left)
        self._http.verify = _checked_ca_file(ca_file) if ca_file else True

    def __repr__(self) -> str:
        return f"<RedmineSession {self.url}>"

    def get_json(
        self, path: str, params: Json | None = None, *, forbidden: type[SupSyncError] = AccessError
    ) -> dict[str, Any]:
        """The JSON object at `path`; `forbidden` is what a 403 is raised as."""
        answer = self._read(path, params, forbidden)
        where = f"GET {path}"
        if not answer.content.strip():
            raise RedmineUnavailableError(f"{where}: an empty answer, not JSON; try again later")
        if answer.content.lstrip()[:1] == b"<":
            raise RedmineUnavailableError(f"{where}: an HTML page, not JSON: is `url` the tracker's root?")
        value = _object_of(answer)
        if value is None:
            raise RedmineUnavailableError(
                f"{where}: {len(answer.content)} bytes, no whole JSON object; try again later"
            )
        return value

    def get_page(self, path: str, *, forbidden: type[SupSyncError] = AccessError) -> str:
        """The text of the HTML page at `path`."""
        return self._read(path, None, forbidden).text

    def put_json(
        self, path: str, payload: Json, *, has_lock_version: bool, may_create: bool = False, names: Collection[str] = ()
    ) -> None:
        """Send one PUT, once; returning means it was accepted, which is not yet to have changed anything.

        `has_lock_version`: the payload holds the version that was read. `may_create`: there may be nothing yet.
        `names` are those of the fields in Redmine: a refusal says which of them it is about.
        Raises StaleError, MissingError or RefusedError if nothing was written, RedmineUnavailableError if nothing was
        sent, and AmbiguousError if the values may or may not be written.
        """
        answer = self._send("PUT", path, json=payload)
        if may_create and answer.status_code == requests.codes.created:
            return
        fault = _fault_of_write(answer, f"PUT {path}", has_lock_version, names)
        if fault:
            raise fault

    def post_file(self, path: str, name: str, content: bytes) -> dict[str, Any]:
        """Send one file, once; returns the JSON object by which the tracker knows it. Faults are those of a PUT."""
        headers = {"Content-Type": "application/octet-stream"}
        answer = self._send("POST", path, params={"filename": name}, data=content, headers=headers)
        value = _object_of(answer) if answer.status_code == requests.codes.created else None
        if value is None:
            where = f"POST {path}"
            unclear = AmbiguousError(f"{where}: answered {answer.status_code} and nothing that tells of the file")
            raise _fault_of_write(answer, where, has_lock_version=False) or unclear
        return value

    def _read(self, path: str, params: Json | None, forbidden: type[SupSyncError]) -> requests.Response:
        answer = self._send("GET", path, params=params)
        fault = _fault_of_read(answer, f"GET {path}", forbidden)
        if fault:
            raise fault
        return answer

    def _send(self, method: str, path: str, **content: Any) -> requests.Response:
        left = self._time_left()
        if left <= 0:
            raise OutOfTimeError(f"{method} {path}: not sent, as the run's time is over; the next run goes on")
        self.requests_made[method] += 1
        try:
            return self._http.request(
                method, self.url + path, allow_redirects=False, timeout=min(self._timeout_s, left), **content
            )
        except (OSError, ValueError, urllib3.exceptions.HTTPError) as error:  # RequestException is an OSError
            fault = _fault_of_link(error, method, path)
        raise fault  # outside of `except`, so that no context keeps the request and its key


def _pinned_session(root: str, key: str, time_left: Callable[[], float]) -> requests.Session:
    """A session that reaches nothing but `root`, takes nothing from the environment, and keeps no cookies."""
    session = _NoRedirectSession()
    session.trust_env = False
    session.auth = _KeyHeader(root, key)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers["User-Agent"] = "sup-sync"
    patience = _BoundedRetry(
        TRIES - 1,
        time_left=time_left,
        allowed_methods=REPEATABLE,
        status_forcelist=RETRYABLE_STATUSES,
        backoff_factor=0.5,
        backoff_max=LONGEST_WAIT_S,
        raise_on_status=False,
    )
    session.mount(f"{root}/", HTTPAdapter(max_retries=patience))
    return session


def checked_root(url: str) -> str:
    """The tracker's root as requests writes it, without the slash at its end; raises UrlError."""
    try:
        root = requests.Request("GET", url).prepare().url or ""
        parts = urlsplit(root)
        host = parts.hostname
    except (requests.RequestException, ValueError):
        host = None
    if not host or parts.scheme not in ("http", "https"):
        raise UrlError("`url` is no address of a tracker: write it as https://tracker.example.kz")
    if parts.username is not None or parts.query or parts.fragment:
        raise UrlError(f"`url` ({host}) holds a user name, a query or a fragment: keep only the tracker's root")
    if parts.scheme == "http" and not _is_loopback(host):
        raise UrlError(f"`url` ({host}) is plain http, where the key could be read on the way: write https")
    return root.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _checked_key(key: str) -> str:
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise AccessError("the key is empty or holds characters that no key has: copy it again from «My account»")
    return key


def _checked_ca_file(path: Path) -> str:
    try:
        ssl.create_default_context(cafile=path)
    except (OSError, ssl.SSLError):
        raise UrlError(
            f"{path}: no readable file of CA certificates (PEM): correct its path or what is in it"
        ) from None
    return str(path)


def _fault_of_link(error: Exception, method: str, path: str) -> SupSyncError:
    """What a request without an answer means; only what certainly never left may count as not written."""
    where = f"{method} {path}"
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    if isinstance(next(iter(getattr(reason, "args", ())), None), ssl.SSLCertVerificationError):
        return RedmineUnavailableError(f"{where}: the tracker's certificate is not trusted: name its CA in `ca_file`")
    if isinstance(reason, urllib3.exceptions.SSLError):
        return RedmineUnavailableError(
            f"{where}: no TLS could be agreed on: is https spoken at `url`, and at this port?"
        )
    if isinstance(reason, urllib3.exceptions.NewConnectionError) or isinstance(error, requests.ConnectTimeout):
        return RedmineUnavailableError(f"{where}: no connection: is the tracker up, and `url` its address?")
    is_late = isinstance(error, requests.Timeout) or isinstance(reason, urllib3.exceptions.TimeoutError)
    why = "no answer in time" if is_late else "the connection broke"
    if method in REPEATABLE:
        return RedmineUnavailableError(f"{where}: {why}; try again later")
    return AmbiguousError(f"{where}: {why}, so it may or may not be written; the next run sees")


def _fault_of_read(answer: requests.Response, where: str, forbidden: type[SupSyncError]) -> SupSyncError | None:
    status = answer.status_code
    if status == requests.codes.ok:
        return None
    if answer.is_redirect:
        return RedirectedError(f"{where}: {_redirection(answer)}, not followed: is `url` the tracker's own root?")
    if status == requests.codes.unauthorized:
        return AccessError(f"{where}: the key is not accepted (401): is it the account's, and the REST API on?")
    if status == requests.codes.forbidden:
        return forbidden(f"{where}: not for this account (403): give its role the permission, or the project to it")
    if status == requests.codes.not_found:
        return MissingError(f"{where}: not there (404): deleted, moved, or a wrong number or name")
    return RedmineUnavailableError(f"{where}: answered {status}; try again later, and look at the tracker's log")


def _fault_of_write(
    answer: requests.Response, where: str, has_lock_version: bool, names: Collection[str] = ()
) -> SupSyncError | None:
    status = answer.status_code
    if status in (requests.codes.ok, requests.codes.no_content) and not answer.content.strip():
        return None
    if status == requests.codes.unauthorized:
        return AccessError(f"{where}: the key is not accepted (401); nothing was written: is it still the account's?")
    if status == requests.codes.unprocessable_entity:
        return _fault_of_invalid(answer, where, has_lock_version, names)
    if requests.codes.bad_request <= status < requests.codes.server_error:
        return _fault_of_refusal(status, where, has_lock_version)
    came = _redirection(answer) if answer.is_redirect else f"answered {status}"
    return AmbiguousError(f"{where}: {came}, so it may or may not be written; the next run sees")


def _fault_of_refusal(status: int, where: str, has_lock_version: bool) -> SupSyncError:
    if status == requests.codes.not_found:
        return MissingError(f"{where}: not there (404): deleted or moved; nothing was written")
    if status == requests.codes.conflict and has_lock_version:
        return StaleError(f"{where}: it changed meanwhile (409); nothing was written, the next run decides")
    return RefusedError(f"{where}: refused ({status}); nothing was written: may the account edit it there?")


def _fault_of_invalid(
    answer: requests.Response, where: str, has_lock_version: bool, names: Collection[str]
) -> SupSyncError:
    """What a 422 means; its messages are in the account's language, so only their number counts, and whose they are."""
    try:
        errors = json.loads(answer.content)["errors"]
        count = len(errors)
    except (ValueError, KeyError, TypeError, RecursionError):
        return RefusedError(f"{where}: refused (422, no list of errors); {TRY_BY_HAND}")
    if count == 0 and has_lock_version:
        return StaleError(f"{where}: the issue changed meanwhile (422); nothing was written, the next run decides")
    refused = ", ".join(f"«{name}»" for name in names if any(str(each).startswith(name) for each in errors))
    return RefusedError(f"{where}: refused (422, errors: {count}{refused and f', at {refused}'}); {TRY_BY_HAND}")


def _object_of(answer: requests.Response) -> dict[str, Any] | None:
    """The JSON object that came, if one did."""
    try:
        value = json.loads(answer.content)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _redirection(answer: requests.Response) -> str:
    """Where a redirect points, without path and query: those may hold anything."""
    try:
        parts = urlsplit(urljoin(answer.url, answer.headers["Location"]))
        to = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    except ValueError:
        to = "an address that is none"
    return f"a redirect ({answer.status_code}) to {to}"
