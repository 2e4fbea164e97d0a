"""A history that cannot be read: it leaves out its request, and is read again last and more and more seldom."""

from __future__ import annotations

from dataclasses import replace

import pytest
import requests
from end_to_end.diary import Diary
from end_to_end.scene import CLIENT, OPERATOR
from requests.adapters import HTTPAdapter
from run.reading.cached_site import ABOUT, ACCOUNT, HISTORIES, CachedSite

from sup_sync.errors import AccessError, RedmineUnavailableError
from sup_sync.redmine.session import RedmineSession
from sup_sync.run import histories
from sup_sync.run.write import OutcomeKind

APPLIED = OutcomeKind.APPLIED


class Slow(HTTPAdapter):
    """An adapter without an answer in time to these paths; `asked` counts them."""

    def __init__(self, *paths: str) -> None:
        super().__init__()
        self.paths = paths
        self.asked = 0

    def send(self, request: requests.PreparedRequest, *args: object, **kwargs: object) -> requests.Response:
        if any(f"{path}?" in f"{request.path_url}?" for path in self.paths):
            self.asked += 1
            raise requests.ReadTimeout
        return super().send(request, *args, **kwargs)  # type: ignore[arg-type]


def slow_session(diary: Diary, *paths: str) -> tuple[RedmineSession, Slow]:
    session, slow = diary.session(), Slow(*paths)
    session._http.mount(f"{diary.world.url}/", slow)
    return session, slow


def history(issue_id: int) -> str:
    return f"/issues/{issue_id}.json"


def test_others_are_read_and_written_in_the_run_in_which_histories_fail(site: CachedSite) -> None:
    site.is_compared = False
    issue_ids = [site.diary.file("Mon 09:00") for _ in range(6)]
    failing, others = issue_ids[:3], issue_ids[3:]
    session, slow = slow_session(site.diary, *map(history, failing))
    run = site.run("Mon 09:10", session=session).result
    assert (set(run.unread), run.outcomes, slow.asked) == (set(failing), dict.fromkeys(others, APPLIED), 3)
    assert run.unread[failing[0]] == f"GET {history(failing[0])}: no response in time; try again later"
    assert (run.done.skipped, run.done.is_complete) == (3, False)


def test_failed_history_is_read_last_and_more_and_more_seldom(site: CachedSite) -> None:
    site.is_compared = False
    failing = site.diary.file("Mon 09:00")
    asked = []
    for minute in range(10, 50, 5):
        other = site.diary.file(f"Mon 09:{minute - 1:02}")
        session, slow = slow_session(site.diary, history(failing))
        trace = site.run(f"Mon 09:{minute}", session=session)
        asked.append(slow.asked)
        assert (set(trace.result.unread), trace.result.outcomes) == ({failing}, {other: APPLIED})
    assert asked == [1, 1, 0, 1, 0, 0, 0, 1]
    assert site.run("Mon 10:25").result.outcomes == {failing: APPLIED}


def test_failed_history_is_read_at_once_if_the_request_or_the_configuration_changes(site: CachedSite) -> None:
    site.is_compared = False
    failing = site.diary.file("Mon 09:00")
    for now, asked in (("Mon 09:10", 1), ("Mon 09:20", 1), ("Mon 09:25", 0)):
        session, slow = slow_session(site.diary, history(failing))
        site.run(now, session=session)
        assert slow.asked == asked
    session, slow = slow_session(site.diary, history(failing))
    config = replace(site.diary.config, digests={"config.yaml": "a longer timeout"})
    site.run("Mon 09:26", session=session, config=config)
    assert slow.asked == 1
    with site.diary.at("Mon 09:27", failing) as world:
        world.note(CLIENT, failing, "Қысқарттым")
    assert site.run("Mon 09:30").result.outcomes == {failing: APPLIED}


def test_failed_history_costs_two_requests_of_later_runs_and_no_history_of_others(site: CachedSite) -> None:
    """A list shows if it changed, and the account shows that Redmine responds."""
    site.is_compared = False
    failing = site.diary.file("Mon 09:00")
    for minute in range(10, 30, 5):
        session, slow = slow_session(site.diary, history(failing))
        trace = site.run(f"Mon 09:{minute}", session=session)
        assert trace.requests[HISTORIES] == 0
        assert trace.requests[ACCOUNT] == 1 + slow.asked
    assert trace.requests[ABOUT] == 0


def test_old_history_of_a_request_is_not_used_while_the_new_one_cannot_be_read(site: CachedSite) -> None:
    """By the old history it is late; it was answered since."""
    answered = site.diary.file("Mon 09:00")
    site.run_until_idle("Mon 09:05", "Mon 09:10", "Mon 09:15")
    with site.diary.at("Mon 09:20", answered) as world:
        world.note(OPERATOR, answered, "Жауап")
    site.is_compared = False
    for now in ("Mon 09:25", "Mon 11:05", "Tue 09:30"):
        session, _ = slow_session(site.diary, history(answered))
        run = site.run(now, session=session).result
        assert (set(run.unread), run.outcomes, run.done.is_complete) == ({answered}, {}, False)
    site.run("Wed 09:31")
    assert len(site.diary.notes(OPERATOR, answered, private=False)) == 2
    assert site.diary.fields(OPERATOR, answered)["first_response_at"] == "2026-06-08 09:20"


def test_run_stops_if_redmine_does_not_respond_at_all(site: CachedSite) -> None:
    site.diary.file("Mon 09:00")
    first, second = (site.diary.file("Mon 09:00") for _ in range(2))
    session, slow = slow_session(site.diary, history(first), history(second))
    fetch = session.get_json

    def fetch_until_slow(path: str, *args: object, **kwargs: object) -> dict[str, object]:
        if slow.asked:
            raise RedmineUnavailableError("GET /users/current.json: connection failed")
        return fetch(path, *args, **kwargs)  # type: ignore[arg-type]

    session.get_json = fetch_until_slow  # type: ignore[assignment]
    error = site.run_with_error("Mon 09:10", RedmineUnavailableError, session=session)
    assert (slow.asked, session.requests_made["PUT"], len(error.histories)) == (1, 0, 1)


def test_key_that_is_rejected_during_the_reading_stops_the_run(site: CachedSite) -> None:
    for _ in range(2):
        site.diary.file("Mon 09:00")
    session = site.diary.session()

    def lock(response: requests.Response, *_: object, **__: object) -> None:
        if "/issues/" in (response.request.path_url or ""):
            next(each for each in site.world.tracker.users if each.login == "sup-sync").is_locked = True

    session._http.hooks["response"].append(lock)
    with pytest.raises(AccessError):
        site.diary.run("Mon 09:10", session=session)


def test_rest_is_left_to_the_next_run_if_failures_took_too_long(
    site: CachedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each history fails after 100 seconds; a third of the 15 minutes of a run is 300."""
    site.is_compared = False
    issue_ids = [site.diary.file("Mon 09:00") for _ in range(5)]
    clock = iter(range(0, 100_000, 100))
    monkeypatch.setattr(histories, "monotonic", lambda: next(clock))
    session, slow = slow_session(site.diary, *map(history, issue_ids[:4]))
    run = site.run("Mon 09:10", session=session).result
    assert (slow.asked, set(run.unread), run.outcomes) == (3, set(issue_ids), {})
    assert "not read, as failed requests took too long" in run.unread[issue_ids[4]]
    assert site.run("Mon 09:15").histories[0] == issue_ids[3]
