"""Runs that must not write: insufficient accounts, plans over the limits, histories that fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import requests
from end_to_end.diary import Diary
from end_to_end.scene import BASE, CONSULTATION, LOCKED, MURAGER, OPERATOR, OUTSIDER, PROJECTS, PUBLISHER, TALKER
from support.promises import LIMITS, PRIVATE, UNREAD

from sup_sync.errors import AccessError, UnsafePlan
from sup_sync.planning.plan import Limits
from sup_sync.redmine.session import RedmineSession
from sup_sync.run.write import OutcomeKind

WRONG_KEY = "0" * 40
LACKING = {
    LOCKED: "a locked account",
    PUBLISHER: "an account without set_notes_private",
    TALKER: "an account without edit_issues",
}


def _in_every_project(problem: str) -> str:
    return r"[^\n]*\n".join(f"project {each}: {problem}" for each in PROJECTS)


@pytest.mark.parametrize(
    ("login", "message"),
    [
        (None, "API key rejected"),
        (LOCKED, "API key rejected"),
        (PUBLISHER, _in_every_project("the account lacks set_notes_private")),
        (TALKER, _in_every_project("the account lacks edit_issues")),
    ],
)
def test_an_insufficient_account_is_rejected_with_the_reason_and_nothing_is_written(
    diary: Diary, login: str | None, message: str, count_promise: Callable[[str, str], None]
) -> None:
    diary.file("Mon 09:00")
    before = diary.traces()
    session = diary.session(login) if login else diary.session(key=WRONG_KEY)
    with pytest.raises(AccessError, match=message):
        diary.run("Mon 11:01", session=session)
    assert session.requests_made["PUT"] == 0
    assert diary.traces() == before
    count_promise(UNREAD, f"{'a wrong key' if login is None else LACKING[login]}, {diary.place}")
    if login == PUBLISHER:
        count_promise(PRIVATE, f"an account that would publish private notes, {diary.place}")


def test_project_without_the_account_is_left_out_and_the_others_are_served(
    diary: Diary, count_promise: Callable[[str, str], None]
) -> None:
    served, left_out = diary.file("Mon 09:00"), diary.file("Mon 09:00", OPERATOR, MURAGER, CONSULTATION)
    before = diary.traces()
    run = diary.run("Mon 11:01", session=diary.session(OUTSIDER))
    assert run.outcomes == {served: OutcomeKind.APPLIED}
    (problem,) = run.done.problems
    assert problem.startswith(f"project {MURAGER}: the account is not a member; add the account")
    assert (diary.traces()[left_out], run.done.is_complete) == (before[left_out], False)
    assert diary.run("Mon 11:01").outcomes == {left_out: OutcomeKind.APPLIED}
    count_promise(UNREAD, f"an account that is not a member of a project, {diary.place}")


def test_lists_answer_a_wrong_key_without_an_error(diary: Diary) -> None:
    """This is why the preflight reads the account first: later reads would not fail."""
    answers = diary.session(key=WRONG_KEY).get_json("/issues.json")
    assert answers["issues"] == []


def test_with_rest_switched_off_nothing_is_written(diary: Diary, count_promise: Callable[[str, str], None]) -> None:
    diary.file("Mon 09:00")
    before, session = diary.traces(), diary.session()
    with diary.world.rest_off(), pytest.raises(AccessError, match="API key rejected"):
        diary.run("Mon 11:01", session=session)
    assert session.requests_made["PUT"] == 0
    assert diary.traces() == before
    count_promise(UNREAD, f"the REST API is off, {diary.place}")


def test_nothing_is_written_over_the_limits_without_force(
    diary: Diary, count_promise: Callable[[str, str], None]
) -> None:
    issue_ids = [diary.file("Mon 09:00"), diary.file("Mon 09:00")]
    before = diary.traces()
    strict = replace(diary.config, limits=Limits(notes=1, status_changes=0, changed_share=0.5))
    session = diary.session()
    with pytest.raises(UnsafePlan, match=r"4 notes \(limit 1\)"):
        diary.run("Mon 11:01", config=strict, session=session)
    assert session.requests_made["PUT"] == 0
    assert diary.traces() == before
    count_promise(LIMITS, f"more notes than the limit, {diary.place}")
    run = diary.run("Mon 11:01", config=strict, force=True)
    assert run.outcomes == dict.fromkeys(issue_ids, OutcomeKind.APPLIED)
    assert [len(diary.notes(OPERATOR, each)) for each in issue_ids] == [1, 1]


def test_a_history_that_fails_skips_only_its_request(diary: Diary, count_promise: Callable[[str, str], None]) -> None:
    good = diary.file("Mon 09:00")
    intact, failing = (diary.file("Mon 09:00", OPERATOR, BASE, CONSULTATION) for _ in range(2))
    still_open, page = (diary.file("Mon 09:00", OPERATOR, MURAGER, CONSULTATION) for _ in range(2))
    with diary.at("Mon 10:00", page) as world:
        world.set_status(OPERATOR, page, "Шешілді")
    before = diary.traces()
    session = diary.session()
    spoil(session, failing, 500, b"")
    spoil(session, page, 200, b"<html>down for maintenance</html>")
    run = diary.run("Mon 11:01", session=session)
    assert run.outcomes == dict.fromkeys([good, intact, still_open], OutcomeKind.APPLIED)
    assert set(run.unread) == {failing, page}
    assert f"/issues/{failing}.json: answered 500" in run.unread[failing]
    assert f"/issues/{page}.json: an HTML page" in run.unread[page]
    assert (run.done.skipped, run.done.is_complete) == (2, False)
    after = diary.traces()
    assert {key for key in after if after[key] == before[key]} == {failing, page}
    count_promise(UNREAD, f"two histories that fail, {diary.place}")
    assert set(diary.run("Mon 11:01").outcomes) == {failing, page}


def spoil(session: RedmineSession, issue_id: int, status: int, body: bytes) -> None:
    """Replace the answer that contains this history."""

    def after(response: requests.Response, *_: Any, **__: Any) -> None:
        # read the content first: unread content keeps the connection open
        if response.content and (response.request.path_url or "").startswith(f"/issues/{issue_id}.json"):
            response.status_code, response._content = status, body

    session._http.hooks["response"].append(after)
