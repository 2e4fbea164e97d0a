"""What people do between the tool's reading and its writing is never overwritten nor answered to wrongly."""

from __future__ import annotations

import re
from typing import Any

import pytest
import requests
from end_to_end.diary import Diary, once
from end_to_end.scene import CLIENT, OPERATOR

from sup_sync.http import TrackerSession
from sup_sync.writing import OutcomeKind

VERSION_IS_READ, STATE_IS_READ = r"/issues/\d+", r"/issues/\d+\.json\?.*journals.*"


def answer(diary: Diary, issue_id: int) -> None:
    with diary.at("Mon 11:01", issue_id) as world:
        world.note(OPERATOR, issue_id, "Жауап")


def test_an_answer_of_staff_after_the_reading_keeps_the_note_from_being_sent(diary: Diary) -> None:
    answered, other = diary.file("Mon 09:00"), diary.file("Mon 09:00")
    ran = diary.run("Mon 11:01", progress=once(lambda: answer(diary, answered), when=1))
    assert {each.issue_id for each in ran.done.plan.changes if each.field == "private_note"} == {answered, other}
    assert diary.notes(OPERATOR, answered) == []
    assert diary.fields(OPERATOR, answered)["marker"] == ""
    assert diary.fields(CLIENT, answered)["first_response_at"] == "2026-06-08 11:01"
    assert len(diary.notes(OPERATOR, other)) == 1


@pytest.mark.parametrize("when", [VERSION_IS_READ, STATE_IS_READ])
def test_an_edit_after_the_version_was_read_sends_nothing_and_the_next_run_does(diary: Diary, when: str) -> None:
    issue_id = diary.file("Mon 09:00")
    session = diary.session()
    interfere(session, when, lambda: edit(diary, issue_id))
    ran = diary.run("Mon 11:01", session=session)
    assert (ran.outcomes, ran.puts, ran.done.is_whole) == ({issue_id: OutcomeKind.STALE}, 1, False)
    assert diary.notes(OPERATOR, issue_id) == []
    assert diary.fields(OPERATOR, issue_id)["level"] == ""
    diary.run("Mon 11:02")
    assert len(diary.notes(OPERATOR, issue_id)) == 1


def edit(diary: Diary, issue_id: int) -> None:
    with diary.at("Mon 11:01", issue_id) as world:
        world.note(CLIENT, issue_id, "Тағы бір сұрақ")


def interfere(session: TrackerSession, when: str, act: Any) -> None:
    """Act when the answer to such a request has come for the writing, which begins with an issue's page."""
    seen: list[str] = []

    def after(response: requests.Response, *_: Any, **__: Any) -> None:
        path = (response.request.path_url or "").replace("%2C", ",")
        if re.fullmatch(VERSION_IS_READ, path):
            seen.append(path)
        if seen and re.fullmatch(when, path):
            seen.clear()
            session._http.hooks["response"].remove(after)
            act()

    session._http.hooks["response"].append(after)
