"""The guarded session: the only code that sends requests to Redmine, and that turns their errors into ours.

No error keeps a library's exception: those contain the request, and with it the key.
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
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from sup_sync.errors import (
    AccessError,
    AmbiguousError,
    ForbiddenError,
    MissingError,
    OutOfTimeError,
    RedirectedError,
    RedmineUnavailableError,
    RefusedError,
    RejectedError,
    StaleError,
    SupSyncError,
    UrlError,
)
from sup_sync.redmine.transport import REPEATABLE, BodyTooLargeError, LimitedAdapter, read_body
from sup_sync.to_json import Json

TRY_BY_HAND = "not saved. Try the values by hand"
UNKNOWN_RESULT = "the change may or may not be saved. The next run checks"
CHECK_URL = "check that `url` is Redmine's base URL"


class _KeyHeader(AuthBase):
    """Adds the key to the header of a request below Redmine's base URL, and refuses every other request."""

    def __init__(self, root: str, key: str) -> None:
        self._root, self._key = root, key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if not (request.url or "").startswith(f"{self._root}/"):
            raise UrlError(f"a request outside {self._root} was not sent; the key may be used only there")
        request.headers["X-Redmine-API-Key"] = self._key
        return request


class _NoRedirectSession(requests.Session):
    """A session that ignores redirects; requests would parse their target even with `allow_redirects=False`."""

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002 - requests' own signature
        return None


class RedmineSession:
    """A session with one Redmine server, for one account; it raises only errors of sup_sync.errors.

    `url` is Redmine's base URL: https, or plain http on this machine. Each answer must arrive within `timeout_s`, and
    before `time_left` (the seconds that the run may still take) is 0. `requests_made` counts the requests by method; a
    retried one counts as one.
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
        self._time_left = time_left
        self._http = _pinned_session(self.url, _checked_key(key), LimitedAdapter(timeout_s, time_left))
        self._http.verify = _checked_ca_file(ca_file) if ca_file else True

    def __repr__(self) -> str:
        return f"<RedmineSession {self.url}>"

    def get_json(
        self, path: str, params: Json | None = None, *, forbidden: type[SupSyncError] = AccessError
    ) -> dict[str, Any]:
        """Fetch the JSON object at `path`; `forbidden` is the error for a 403."""
        response = self._read(path, params, forbidden)
        where = f"GET {path}"
        if not response.content.strip():
            raise RedmineUnavailableError(f"{where}: an empty response instead of JSON; try again later")
        if response.content.lstrip()[:1] == b"<":
            raise RedmineUnavailableError(f"{where}: an HTML page instead of JSON; {CHECK_URL}")
        value = _json_object(response)
        if value is None:
            raise RedmineUnavailableError(
                f"{where}: {len(response.content)} bytes are not a complete JSON object; try again later"
            )
        return value

    def get_page(self, path: str, *, forbidden: type[SupSyncError] = AccessError) -> str:
        """Fetch the text of the HTML page at `path`."""
        return self._read(path, None, forbidden).text

    def get_forbidden_page(self, path: str) -> str:
        """Fetch the page that explains why `path` is forbidden (403); empty if it has another answer."""
        response = self._send("GET", path)
        return response.text if response.status_code == requests.codes.forbidden else ""

    def put_json(
        self, path: str, payload: Json, *, has_lock_version: bool, may_create: bool = False, names: Collection[str] = ()
    ) -> None:
        """Send one PUT, once, and return if Redmine accepted it, which does not prove that it changed anything.

        `has_lock_version`: the payload contains the version that was read. `may_create`: the object may be new.
        `names` are the names of the fields in Redmine, so that an error can name those that were rejected.
        Raises StaleError, MissingError or RefusedError if nothing was written, RedmineUnavailableError if nothing was
        sent, and AmbiguousError if it is unknown whether the values were written.
        """
        response = self._send("PUT", path, json=payload)
        if may_create and response.status_code == requests.codes.created:
            return
        error = _write_error(response, f"PUT {path}", has_lock_version, names)
        if error:
            raise error

    def post_file(self, path: str, name: str, content: bytes) -> dict[str, Any]:
        """Send one file, once, and return Redmine's JSON object for it; raises the errors of a PUT."""
        headers = {"Content-Type": "application/octet-stream"}
        response = self._send("POST", path, params={"filename": name}, data=content, headers=headers)
        value = _json_object(response) if response.status_code == requests.codes.created else None
        if value is None:
            where = f"POST {path}"
            unclear = AmbiguousError(f"{where}: answered {response.status_code} without a JSON object for the file")
            raise _write_error(response, where, has_lock_version=False) or unclear
        return value

    def _read(self, path: str, params: Json | None, forbidden: type[SupSyncError]) -> requests.Response:
        response = self._send("GET", path, params=params)
        error = _read_error(response, f"GET {path}", forbidden)
        if error:
            raise error
        return response

    def _send(self, method: str, path: str, **content: Any) -> requests.Response:
        if self._time_left() <= 0:
            raise OutOfTimeError(f"{method} {path}: not sent, as the run is out of time; the next run continues")
        self.requests_made[method] += 1
        try:
            response = self._http.request(method, self.url + path, allow_redirects=False, stream=True, **content)
            read_body(response)
            return response
        except (OSError, ValueError, urllib3.exceptions.HTTPError) as error:  # RequestException is an OSError
            own_error = _connection_error(error, method, path)
        raise own_error  # outside `except`, so that its context does not keep the request with the key


def _pinned_session(root: str, key: str, adapter: HTTPAdapter) -> requests.Session:
    """Make a session that reaches only `root`, ignores the environment, and keeps no cookies."""
    session = _NoRedirectSession()
    session.trust_env = False
    session.auth = _KeyHeader(root, key)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers["User-Agent"] = "sup-sync"
    session.mount(f"{root}/", adapter)
    return session


def checked_root(url: str) -> str:
    """Return Redmine's base URL as requests writes it, without a trailing slash; raises UrlError."""
    try:
        root = requests.Request("GET", url).prepare().url or ""
        parts = urlsplit(root)
        host = parts.hostname
    except (requests.RequestException, ValueError):
        host = None
    if not host or parts.scheme not in ("http", "https"):
        raise UrlError("`url` is not a valid address; write it as https://redmine.example.kz")
    if parts.username is not None or parts.query or parts.fragment:
        raise UrlError(f"`url` ({host}) contains a user name, query or fragment; keep only Redmine's base URL")
    if parts.scheme == "http" and not _is_loopback(host):
        raise UrlError(f"`url` ({host}) must be https; plain http exposes the key")
    return root.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _checked_key(key: str) -> str:
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise AccessError('the API key is empty or has invalid characters; copy it again from "My account" in Redmine')
    return key


def _checked_ca_file(path: Path) -> str:
    try:
        ssl.create_default_context(cafile=path)
    except (OSError, ssl.SSLError):
        raise UrlError(f"{path}: not a readable file of CA certificates (PEM); correct the path or the file") from None
    return str(path)


def _connection_error(error: Exception, method: str, path: str) -> SupSyncError:
    """Convert the error of a request without a response; only a request that was surely not sent wrote nothing."""
    where = f"{method} {path}"
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    if isinstance(next(iter(getattr(reason, "args", ())), None), ssl.SSLCertVerificationError):
        return RedmineUnavailableError(f"{where}: Redmine's certificate is not trusted; name its CA in `ca_file`")
    if isinstance(reason, urllib3.exceptions.SSLError):
        return RedmineUnavailableError(
            f"{where}: the TLS handshake failed; check that the server at `url` speaks https on this port"
        )
    if isinstance(reason, urllib3.exceptions.NewConnectionError) or isinstance(error, requests.ConnectTimeout):
        return RedmineUnavailableError(f"{where}: connection failed; check that Redmine is up and `url` is correct")
    late = requests.Timeout, urllib3.exceptions.TimeoutError
    problem = "no response in time" if isinstance(error, late) or isinstance(reason, late) else "the connection broke"
    is_large = isinstance(error, BodyTooLargeError)
    problem = str(error) if is_large else problem
    if method in REPEATABLE:
        return RedmineUnavailableError(f"{where}: {problem}; {_fix_of_size(path) if is_large else 'try again later'}")
    return AmbiguousError(f"{where}: {problem}; {UNKNOWN_RESULT}")


def _fix_of_size(path: str) -> str:
    """Return how to make the answer smaller; a history keeps the old texts of a description, but not of notes."""
    if path == "/issues.json":
        return "shorten the longest descriptions of requests in Redmine"
    if path.startswith("/issues/"):
        return "shorten its longest notes in Redmine, or continue in a new request and close this one"
    return f"{CHECK_URL}, and what a proxy answers"


def _read_error(response: requests.Response, where: str, forbidden: type[SupSyncError]) -> SupSyncError | None:
    status = response.status_code
    if status == requests.codes.ok:
        return None
    if response.is_redirect:
        return RedirectedError(f"{where}: {_redirect_text(response)} was not followed; {CHECK_URL}")
    if status == requests.codes.unauthorized:
        return AccessError(f"{where}: API key rejected (401); check the key and that the REST API is on")
    if status == requests.codes.forbidden:
        advice = "grant the permission to the account's role, or add the account to the project"
        return forbidden(f"{where}: forbidden (403); {advice}")
    if status == requests.codes.not_found:
        return MissingError(f"{where}: not found (404); it was deleted or moved, or the number or name is wrong")
    return RedmineUnavailableError(f"{where}: answered {status}; try again later, and check Redmine's log")


def _write_error(
    response: requests.Response, where: str, has_lock_version: bool, names: Collection[str] = ()
) -> SupSyncError | None:
    status = response.status_code
    if status in (requests.codes.ok, requests.codes.no_content) and not response.content.strip():
        return None
    if status == requests.codes.unauthorized:
        return AccessError(f"{where}: API key rejected (401); not saved. Check the key and that the REST API is on")
    if status == requests.codes.unprocessable_entity:
        return _validation_error(response, where, has_lock_version, names)
    if requests.codes.bad_request <= status < requests.codes.server_error:
        return _rejection(status, where, has_lock_version)
    problem = _redirect_text(response) if response.is_redirect else f"answered {status}"
    return AmbiguousError(f"{where}: {problem}; {UNKNOWN_RESULT}")


def _rejection(status: int, where: str, has_lock_version: bool) -> SupSyncError:
    if status == requests.codes.not_found:
        return MissingError(f"{where}: not found (404), deleted or moved; not saved")
    if status == requests.codes.conflict and has_lock_version:
        return StaleError(f"{where}: changed since it was read (409); not saved, left to the next run")
    error = ForbiddenError if status == requests.codes.forbidden else RefusedError
    return error(f"{where}: rejected ({status}); not saved. Check that the account may edit it")


def _validation_error(
    response: requests.Response, where: str, has_lock_version: bool, names: Collection[str]
) -> SupSyncError:
    """Convert a 422; its messages are in the account's language, so only their number and fields are reported."""
    try:
        errors = json.loads(response.content)["errors"]
        count = len(errors)
    except (ValueError, KeyError, TypeError, RecursionError):
        return RejectedError(f"{where}: rejected (422, no list of errors); {TRY_BY_HAND}")
    if count == 0 and has_lock_version:
        return StaleError(f"{where}: changed since it was read (422); not saved, left to the next run")
    messages = tuple(map(str, errors))
    fields = ", ".join(f'"{name}"' for name in names if any(each.startswith(name) for each in messages))
    number = f"{count} error{'' if count == 1 else 's'}{fields and f': {fields}'}"
    return RejectedError(f"{where}: rejected (422, {number}); {TRY_BY_HAND}", messages)


def _json_object(response: requests.Response) -> dict[str, Any] | None:
    """Decode the JSON object of a response; None if it has none."""
    try:
        value = json.loads(response.content)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _redirect_text(response: requests.Response) -> str:
    """Describe a redirect with its target, but without path and query: those may contain anything."""
    try:
        parts = urlsplit(urljoin(response.url, response.headers["Location"]))
        target = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    except ValueError:
        target = "an invalid address"
    return f"a redirect ({response.status_code}) to {target}"
