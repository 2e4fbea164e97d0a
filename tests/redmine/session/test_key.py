"""The key in the guarded session: sent only to Redmine, and in no error or log."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redmine.session.calls import KEY, get, post, put, session
from support.promises import SECRET
from support.scripted_server import Answer, ScriptedServer, half, reply, reply_json, reset, serve, silence, write_pem

from sup_sync.errors import AccessError, AmbiguousError, RedmineUnavailableError, SupSyncError, UrlError
from sup_sync.redmine import session as session_module
from sup_sync.redmine.session import RedmineSession

CountPromise = Callable[[str, str], None]


def test_key_is_only_in_the_header(server: ScriptedServer) -> None:
    get(server)
    (asked,) = server.asked
    assert asked.headers["X-Redmine-API-Key"] == KEY
    assert asked.path == "/issues.json?limit=100"
    assert list(asked.headers.values()).count(KEY) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_not_followed(server: ScriptedServer, status: int, count_promise: CountPromise) -> None:
    with serve(reply(status, location=f"{server.url}/login?secret=1")) as redirecting:
        with pytest.raises(
            RedmineUnavailableError, match=rf"GET /issues.json: a redirect \({status}\) to {server.url} was not"
        ) as get_error:
            get(redirecting)
        with pytest.raises(AmbiguousError, match="redirect") as put_error:
            put(redirecting)
        assert [each.method for each in redirecting.asked] == ["GET", "PUT"]
    assert server.asked == []
    assert "secret" not in f"{get_error.value} {put_error.value}"
    count_promise(SECRET, f"a redirect ({status}) to another host")


@pytest.mark.parametrize("location", ["http://[", "", "//other.example"])
def test_redirect_to_an_invalid_address_raises(server: ScriptedServer, location: str) -> None:
    server.answers = [reply(302, location=location)]
    with pytest.raises(RedmineUnavailableError, match="a redirect"):
        get(server)


@pytest.mark.parametrize("path", ["@evil.example/issues.json", "@127.0.0.2/"])
def test_nothing_is_sent_outside_the_base_url(server: ScriptedServer, path: str) -> None:
    with pytest.raises(UrlError, match="was not sent"):
        session(server).get_json(path)
    assert server.asked == []


def test_redmine_below_a_path_is_reached(server: ScriptedServer) -> None:
    RedmineSession(f"{server.url}/redmine/", KEY).get_json("/issues.json")
    assert server.asked[0].path == "/redmine/issues.json"


@pytest.mark.parametrize(
    "url",
    [
        "http://tracker.example.kz",
        "http://10.0.0.1:3000",
        "http://localhost.example.kz",
        "https://user:hunter2@tracker.example.kz",
        "https://hunter2@tracker.example.kz",
        "https://tracker.example.kz/?key=hunter2",
        "https://tracker.example.kz/#hunter2",
        "ftp://tracker.example.kz",
        "tracker.example.kz",
        "https://",
        "https://[",
        "",
    ],
)
def test_url_is_rejected_if_it_may_expose_the_key(url: str) -> None:
    with pytest.raises(UrlError, match="`url`") as caught:
        RedmineSession(url, KEY)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://tracker.example.kz",
        "https://қолдау.example",
        "http://localhost:3000",
        "http://127.0.0.2",
        "http://[::1]/",
    ],
)
def test_https_and_loopback_are_accepted(url: str) -> None:
    assert not RedmineSession(url, KEY).url.endswith("/")


@pytest.mark.parametrize("key", ["", f"{KEY}\n", f" {KEY}", f"{KEY}\r\nX-Other: 1", f"{KEY}қ"])
def test_invalid_key_is_rejected_and_not_shown(key: str) -> None:
    with pytest.raises(AccessError) as caught:
        RedmineSession("https://tracker.example.kz", key)
    assert KEY not in str(caught.value)


def test_cookies_are_refused(server: ScriptedServer) -> None:
    server.answers = [reply(200, "{}", set_cookie="_redmine_session=poison; path=/")]
    used = session(server)
    used.get_json("/issues.json")
    used.get_json("/issues.json")
    assert [each.headers.get("Cookie") for each in server.asked] == [None, None]


def test_environment_is_ignored(server: ScriptedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login user password pass\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    get(server)
    assert "Authorization" not in server.asked[0].headers


# --- certificates


@pytest.mark.usefixtures("waits")
def test_certificate_is_trusted_only_by_the_configured_ca(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ca_file = write_pem(tmp_path)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, str(ca_file))
    with serve(reply_json({}), reply(204), tls_folder=tmp_path) as script:
        for send in (get, put, post):
            with pytest.raises(RedmineUnavailableError, match="certificate is not trusted; name its CA in `ca_file`"):
                send(script)
        assert script.asked == []
        get(script, ca_file=ca_file)
        put(script, ca_file=ca_file)
        assert [each.method for each in script.asked] == ["GET", "PUT"]


@pytest.mark.usefixtures("waits")
def test_certificate_of_another_host_is_not_trusted(tmp_path: Path) -> None:
    with serve(reply_json({}), tls_folder=tmp_path) as script:
        script.url = script.url.replace("localhost", "127.0.0.1")
        with pytest.raises(RedmineUnavailableError, match="certificate is not trusted"):
            get(script, ca_file=write_pem(tmp_path))
        assert script.asked == []


@pytest.mark.usefixtures("waits")
def test_server_without_tls_raises_with_the_fix() -> None:
    with serve(reply_json({})) as script:
        script.url = script.url.replace("http://", "https://")
        for send in (get, put, post):
            with pytest.raises(
                RedmineUnavailableError, match="the TLS handshake failed; check that the server at `url`"
            ):
                send(script)
        assert script.asked == []


def test_invalid_ca_file_is_rejected(tmp_path: Path) -> None:
    text = tmp_path / "ca.pem"
    text.write_text("not a certificate")
    for path in (tmp_path / "missing.pem", tmp_path, text):
        with pytest.raises(UrlError, match="not a readable file of CA certificates"):
            RedmineSession("https://tracker.example.kz", KEY, ca_file=path)


# --- the key in no error


@pytest.mark.parametrize(
    "answer",
    [
        reset,
        half,
        silence(0.5),
        reply(200, "<html>"),
        reply(200, "{"),
        reply(302, location="https://elsewhere.example"),
        reply(401),
        reply(403),
        reply(404),
        reply(422, "x"),
        reply(500),
        reply(503),
    ],
)
@pytest.mark.parametrize("send", [get, put, post])
@pytest.mark.usefixtures("waits")
def test_key_is_in_no_error_and_no_log(
    server: ScriptedServer,
    caplog: pytest.LogCaptureFixture,
    answer: Answer,
    send: Callable[..., object],
    count_promise: CountPromise,
) -> None:
    """The local variables of the frames and hidden exceptions are checked, too."""
    caplog.set_level(logging.DEBUG)
    server.answers = [answer]
    with pytest.raises(SupSyncError) as caught:
        send(server, timeout_s=0.1)
    error = caught.value
    assert error.__context__ is None
    assert server.asked[0].headers["X-Redmine-API-Key"] == KEY
    text = "".join(_own_frames(traceback.TracebackException.from_exception(error, capture_locals=True)))
    assert "RedmineSession" in text
    assert KEY not in text + repr(error) + str(error.args) + caplog.text
    count_promise(SECRET, "an error of a single request, with the local variables of its frames")


def _own_frames(error: traceback.TracebackException) -> Iterator[str]:
    """Format the frames of the session's module; the frames of the test contain the key."""
    own = [each for each in error.stack if each.filename == session_module.__file__]
    error.stack = traceback.StackSummary.from_list(own)
    return error.format()
