"""The retries of the guarded session, and the errors that it raises for each response."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest
from redmine.session.calls import KEY, get, post, put, session
from support.scripted_server import Answer, ScriptedServer, half, reply, reply_json, reset, rubbish, silence

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
)
from sup_sync.redmine.session import RedmineSession

# --- tries, waits, time


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_read_is_tried_three_times_if_redmine_is_busy(server: ScriptedServer, waits: list[float], status: int) -> None:
    server.answers = [reply(status), reply(status), reply_json({"issues": []})]
    assert get(server) == {"issues": []}
    server.answers = [reply(status)]
    server.asked.clear()
    with pytest.raises(RedmineUnavailableError, match=f"GET /issues.json: answered {status}"):
        get(server)
    assert len(server.asked) == 3
    assert max(waits) <= 10


def test_read_is_retried_after_a_broken_connection(server: ScriptedServer, waits: list[float]) -> None:
    server.answers = [reset, reset, reply_json({"issues": []})]
    assert get(server) == {"issues": []}
    assert len(server.asked) == 3
    assert waits


@pytest.mark.parametrize("asked_for", ["21600", "Fri, 31 Dec 2100 23:59:59 GMT"])
def test_wait_is_at_most_ten_seconds_even_if_redmine_asks_for_more(
    server: ScriptedServer, waits: list[float], asked_for: str
) -> None:
    server.answers = [reply(503, retry_after=asked_for), reply_json({})]
    get(server)
    assert waits == [10]


def test_read_is_not_retried_after_an_internal_error_of_redmine(server: ScriptedServer) -> None:
    server.answers = [reply(500)]
    with pytest.raises(RedmineUnavailableError, match="answered 500"):
        get(server)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (reset, "the connection broke"),
        (silence(0.5), "no response in time"),
        (reply(429), "rejected"),
        (reply(502), "answered 502"),
        (reply(503, retry_after="1"), "answered 503"),
        (reply(504), "answered 504"),
    ],
)
def test_a_write_is_never_sent_twice(server: ScriptedServer, waits: list[float], answer: Answer, text: str) -> None:
    server.answers = [answer]
    with pytest.raises((AmbiguousError, RefusedError), match=text) as caught:
        put(server, timeout_s=0.2)
    assert len(server.asked) == 1
    assert waits == []
    assert isinstance(caught.value, AmbiguousError) == (text != "rejected")


def test_read_is_not_retried_after_a_timeout(server: ScriptedServer, waits: list[float]) -> None:
    server.answers = [silence(0.5)]
    with pytest.raises(RedmineUnavailableError, match=r"GET /issues\.json: no response in time"):
        get(server, timeout_s=0.1)
    assert waits == []
    assert len(server.asked) == 1


@pytest.mark.parametrize("send", [get, put, post])
def test_nothing_is_sent_without_a_connection(waits: list[float], send: Callable[..., object]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refused
        closed = ScriptedServer(url=f"http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(RedmineUnavailableError, match="connection failed; check that Redmine is up"):
            send(closed)
    assert bool(waits) == (send is get)


def test_unknown_host_is_a_connection_error(waits: list[float]) -> None:
    with pytest.raises(RedmineUnavailableError, match="connection failed"):
        RedmineSession("https://tracker.invalid", KEY).get_json("/issues.json")
    assert waits


def test_nothing_is_sent_after_the_time_of_the_run(server: ScriptedServer) -> None:
    for send in (get, put, post):
        with pytest.raises(OutOfTimeError, match="not sent, as the run is out of time"):
            send(server, time_left=lambda: 0.0)
    assert server.asked == []


def test_timeout_is_at_most_the_time_left(server: ScriptedServer) -> None:
    left = iter([0.5, 0.0, 0.0])
    server.answers = [silence(1.5)]
    with pytest.raises(RedmineUnavailableError, match="no response in time"):
        get(server, time_left=lambda: next(left))
    assert len(server.asked) == 1


# --- responses


@pytest.mark.usefixtures("waits")
@pytest.mark.parametrize(
    "sent",
    [
        b"rubbish\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"x" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Encoding: gzip\r\n\r\nno gzip..",
        b"HTTP/1.1 302 Found\r\nLocation: \xff\xfe://\xc3\r\n\r\n",
    ],
)
def test_invalid_http_is_an_error_and_makes_a_write_ambiguous(server: ScriptedServer, sent: bytes) -> None:
    server.answers = [rubbish(sent)]
    with pytest.raises(RedmineUnavailableError, match=r"GET /issues\.json: "):
        get(server)
    with pytest.raises(AmbiguousError, match=r"PUT /issues/7\.json: "):
        put(server)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (
            reply(200, "<!DOCTYPE html><html></html>"),
            "an HTML page instead of JSON; check that `url` is Redmine's base URL",
        ),
        (reply(200, "\n  <html>"), "an HTML page"),
        (reply(200), "an empty response"),
        (reply(200, " \n"), "an empty response"),
        (reply(200, '{"issues": ['), "12 bytes are not a complete JSON object"),
        (reply(200, "[1]"), "not a complete JSON object"),
        (reply(200, "null"), "not a complete JSON object"),
        (reply(200, "[" * 100_000), "not a complete JSON object"),
        (half, "the connection broke"),
        (reply(204), "answered 204"),
        (reply(422, "{}"), "answered 422"),
        (reply(500), "answered 500"),
    ],
)
def test_response_that_redmine_does_not_send_raises_with_its_path(
    server: ScriptedServer, answer: Answer, text: str
) -> None:
    server.answers = [answer]
    with pytest.raises(RedmineUnavailableError) as caught:
        get(server)
    assert str(caught.value).startswith("GET /issues.json: ")
    assert text in str(caught.value)


@pytest.mark.parametrize(("status", "error"), [(401, AccessError), (403, AccessError), (404, MissingError)])
def test_rejected_read_raises_with_the_reason(server: ScriptedServer, status: int, error: type[SupSyncError]) -> None:
    server.answers = [reply(status)]
    with pytest.raises(error, match=rf"GET /issues.json: .*\({status}\)"):
        get(server)


def test_403_raises_the_error_of_the_caller(server: ScriptedServer) -> None:
    server.answers = [reply(403)]
    with pytest.raises(MissingError):
        session(server).get_json("/issues/7.json", forbidden=MissingError)
    with pytest.raises(MissingError):
        session(server).get_page("/issues/7", forbidden=MissingError)


def test_page_is_returned_as_text(server: ScriptedServer) -> None:
    server.answers = [reply(200, "<p>Өтініш</p>", content_type="text/html; charset=utf-8")]
    assert session(server).get_page("/issues/7") == "<p>Өтініш</p>"


@pytest.mark.parametrize("answer", [reply(204), reply(200), reply(200, " ")])
def test_accepted_write_returns_nothing(server: ScriptedServer, answer: Answer) -> None:
    server.answers = [answer]
    put(server)
    (asked,) = server.asked
    assert asked.headers["Content-Type"] == "application/json"
    assert "Жауап" in asked.body.decode("unicode_escape")


@pytest.mark.parametrize(
    ("answer", "has_lock_version", "error", "text"),
    [
        (reply_json({"errors": []}, 422), True, StaleError, "changed since it was read"),
        (reply_json({"errors": []}, 422), False, RejectedError, "422, 0 errors"),
        (reply_json({"errors": ["Мерзімі қате", "Тағы"]}, 422), True, RejectedError, "422, 2 errors); not saved"),
        (reply(422, "<html>"), True, RejectedError, "422, no list of errors"),
        (reply_json({"errors": None}, 422), True, RejectedError, "422, no list of errors"),
        (reply_json([], 422), True, RejectedError, "422, no list of errors"),
        (reply(403), True, ForbiddenError, "rejected (403)"),
        (reply(404), True, MissingError, "not found (404)"),
        (reply(409), True, StaleError, "changed since it was read (409)"),
        (reply(409), False, RefusedError, "rejected (409)"),
        (reply_json({"wiki_page": {}}, 201), True, AmbiguousError, "answered 201"),
        (reply(401), True, AccessError, "API key rejected (401)"),
        (reply(500), True, AmbiguousError, "answered 500"),
        (reply(200, "<html>Welcome</html>"), True, AmbiguousError, "answered 200"),
    ],
)
def test_each_response_to_a_write_raises_its_error(
    server: ScriptedServer, answer: Answer, has_lock_version: bool, error: type[SupSyncError], text: str
) -> None:
    server.answers = [answer]
    with pytest.raises(error) as caught:
        put(server, has_lock_version=has_lock_version)
    assert type(caught.value) is error
    assert str(caught.value).startswith("PUT /issues/7.json: ")
    assert text in str(caught.value)
    assert "Мерзімі" not in str(caught.value)


def test_write_that_may_create_accepts_only_a_201_with_a_body(server: ScriptedServer) -> None:
    server.answers = [reply_json({"wiki_page": {}}, 201)]
    session(server).put_json("/projects/a/wiki/b.json", {}, has_lock_version=True, may_create=True)
    server.answers = [reply(200, "<html>Welcome</html>")]
    with pytest.raises(AmbiguousError):
        session(server).put_json("/projects/a/wiki/b.json", {}, has_lock_version=True, may_create=True)


def test_file_is_sent_unchanged_with_the_key_in_the_header(server: ScriptedServer) -> None:
    server.answers = [reply_json({"upload": {"token": "1.a"}}, 201)]
    assert post(server) == {"upload": {"token": "1.a"}}
    (asked,) = server.asked
    assert (asked.method, asked.path, asked.body) == ("POST", "/uploads.json?filename=a+b.png", b"\x89PNG\x00")
    assert asked.headers["Content-Type"] == "application/octet-stream"
    assert asked.headers["X-Redmine-API-Key"] == KEY


@pytest.mark.parametrize(
    ("answer", "error", "text"),
    [
        (reply(401), AccessError, "API key rejected (401)"),
        (reply(403), ForbiddenError, "rejected (403)"),
        (reply_json({"errors": ["Тым үлкен"]}, 422), RejectedError, "422, 1 error)"),
        (reply(500), AmbiguousError, "answered 500"),
        (reply(503, retry_after="1"), AmbiguousError, "answered 503"),
        (reply(200), AmbiguousError, "answered 200"),
        (reply(201, "[1]"), AmbiguousError, "answered 201"),
        (
            reply(302, location="https://elsewhere.invalid/x?y"),
            AmbiguousError,
            "a redirect (302) to https://elsewhere.i",
        ),
        (reset, AmbiguousError, "the connection broke"),
        (silence(0.5), AmbiguousError, "no response in time"),
    ],
)
def test_file_is_never_sent_twice_or_to_a_redirect(
    server: ScriptedServer, waits: list[float], answer: Answer, error: type[SupSyncError], text: str
) -> None:
    server.answers = [answer]
    with pytest.raises(error) as caught:
        post(server, timeout_s=0.2)
    assert type(caught.value) is error
    assert str(caught.value).startswith("POST /uploads.json: ")
    assert text in str(caught.value)
    assert len(server.asked) == 1
    assert waits == []


def test_redirected_read_raises_its_own_error(server: ScriptedServer) -> None:
    server.answers = [reply(302, location="/projects/a/wiki/other")]
    with pytest.raises(RedirectedError, match="was not followed"):
        get(server)


def test_requests_are_counted_by_method(server: ScriptedServer) -> None:
    used = session(server)
    used.get_json("/issues.json")
    server.answers = [reply(204)]
    used.put_json("/issues/7.json", {}, has_lock_version=False)
    assert used.requests_made == {"GET": 1, "PUT": 1}
