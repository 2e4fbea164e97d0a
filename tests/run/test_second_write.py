"""A public and a private note in one run: two writes, the second decided again after the first is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests
from end_to_end.diary import Diary
from end_to_end.scene import CLIENT, MURAGER, OPERATOR, make_fake
from stories.shipped import shipped_config
from support.worlds import ADMIN, FakeWorld

from sup_sync.errors import DecodeError, RedmineUnavailableError, SupSyncError
from sup_sync.model.directory import Directory
from sup_sync.model.issue import Issue
from sup_sync.redmine.decode import decode_issue
from sup_sync.redmine.edit_form import EditForm
from sup_sync.redmine.reader import Reader
from sup_sync.redmine.session import RedmineSession
from sup_sync.run.write import OutcomeKind

ACKNOWLEDGED = "acknowledged#0@1.00"
BOTH = f"{ACKNOWLEDGED} first_response#0@1.00"

FIRST_READ_BACK = 3  # the number of that reading of a request: before the plan, before the write, after the write


@pytest.fixture
def diary() -> Iterator[Diary]:
    """A Redmine in memory; after the test, another run must write nothing."""
    world = FakeWorld()
    make_fake(world)
    config = shipped_config()
    diary = Diary(world, replace(config, server=replace(config.server, url=world.url)))
    with world.rest.running():
        yield diary
        assert diary.ran_at
        assert diary.run(diary.ran_at).puts == 0


@pytest.fixture
def late(diary: Diary) -> int:
    """A request without acknowledgement, with a first response that is overdue at Mon 11:01."""
    return diary.file("Mon 09:00")


def run_once_after(
    session: RedmineSession, method: str, path: str, write: Callable[[], object], *, time: int = 1
) -> None:
    """Call `write` after the response to such a request, the first or the given one."""
    responses = []

    def hook(response: requests.Response, *_: Any, **__: Any) -> None:
        if (response.request.method, (response.request.path_url or "").split("?")[0]) == (method, path):
            responses.append(path)
            if len(responses) == time:
                write()

    session._http.hooks["response"].append(hook)


def notes(diary: Diary, issue_id: int) -> tuple[int, int]:
    """Count the public and private notes that staff see."""
    return len(diary.notes(OPERATOR, issue_id, private=False)), len(diary.notes(OPERATOR, issue_id))


def test_public_note_is_sent_first_and_each_with_its_part_of_the_marker(diary: Diary, late: int) -> None:
    session, markers = diary.session(), []
    for time in (1, 2):
        run_once_after(
            session,
            "PUT",
            f"/issues/{late}.json",
            lambda: markers.append((diary.fields(OPERATOR, late)["marker"], notes(diary, late))),
            time=time,
        )
    result = diary.run("Mon 11:01", session=session)
    assert (result.outcomes, result.puts) == ({late: OutcomeKind.APPLIED}, 2)
    assert markers == [(ACKNOWLEDGED, (1, 0)), (BOTH, (1, 1))]
    journals = [each["notes"] for each in diary.see(ADMIN, late)["journals"] if each["notes"]]
    assert journals == [*diary.notes(OPERATOR, late, private=False), *diary.notes(OPERATOR, late)]


def test_edit_between_the_two_notes_defers_the_second(diary: Diary, late: int) -> None:
    def edit() -> None:
        with diary.at("Mon 11:01", late) as world:
            world.note(CLIENT, late, "Тағы бір сұрақ")

    session = diary.session()
    run_once_after(session, "GET", f"/issues/{late}", edit, time=2)
    result = diary.run("Mon 11:01", session=session)
    assert (result.outcomes, result.done.is_complete) == ({late: OutcomeKind.STALE}, False)
    assert (diary.fields(OPERATOR, late)["marker"], diary.notes(OPERATOR, late)) == (ACKNOWLEDGED, [])
    again = diary.run("Mon 11:02")
    assert (again.outcomes, again.puts) == ({late: OutcomeKind.APPLIED}, 1)
    assert diary.fields(OPERATOR, late)["marker"] == BOTH
    assert len(diary.notes(OPERATOR, late)) == 1
    assert len([each for each in diary.notes(CLIENT, late, private=False) if f"№ {late} " in each]) == 1


@pytest.mark.parametrize("error", [RedmineUnavailableError("away"), DecodeError("odd"), ValueError("odd")], ids=repr)
def test_error_in_the_second_write_keeps_the_note_of_the_first_and_concerns_one_request(
    diary: Diary, late: int, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = diary.file("Mon 09:30")
    fetch, asked = Reader.fetch_edit_form, Counter[int]()

    def fail_the_second_time(reader: Reader, issue_id: int) -> EditForm:
        asked[issue_id] += 1
        if (issue_id, asked[issue_id]) == (late, 2):
            raise error
        return fetch(reader, issue_id)

    monkeypatch.setattr(Reader, "fetch_edit_form", fail_the_second_time)
    result = diary.run("Mon 11:31")
    assert result.outcomes == {late: OutcomeKind.FAILED, other: OutcomeKind.APPLIED}
    (failed,) = [each for each in result.done.outcomes if each.issue_id == late]
    assert failed.notes == {"public_note"}
    assert (failed.text == str(error)) == isinstance(error, SupSyncError)
    monkeypatch.undo()
    assert diary.run("Mon 11:32").outcomes == {late: OutcomeKind.APPLIED}
    assert notes(diary, late) == (1, 1)


@pytest.mark.parametrize("error", [DecodeError("odd"), ValueError("odd"), KeyError("id")], ids=repr)
def test_error_while_a_silent_write_is_read_back_concerns_one_request(
    diary: Diary, late: int, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = diary.file("Mon 09:05")
    diary.run("Mon 09:10")
    for each in (late, other):
        diary.world.tracker.pick(diary.world.tracker.issues, each).due_on = None  # type: ignore[attr-defined]

    def fail_for_one(raw: Any, directory: Directory) -> Issue:
        if raw["id"] == late:
            raise error
        return decode_issue(raw, directory)

    monkeypatch.setattr("sup_sync.run.write.decode_issue", fail_for_one)
    result = diary.run("Mon 09:15")
    assert result.outcomes == {late: OutcomeKind.FAILED, other: OutcomeKind.APPLIED}
    (failed,) = [each for each in result.done.outcomes if each.issue_id == late]
    assert failed.text.startswith("written, but not read back: ")
    monkeypatch.undo()
    assert diary.run("Mon 09:20").puts == 0


@pytest.mark.parametrize(
    ("key", "reason"),
    [("custom_fields", "without fields"), ("journals", "a shorter history"), ("updated_on", "an older state")],
)
def test_state_that_cannot_follow_the_one_read_before_is_not_written(
    diary: Diary, late: int, key: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of a proxy: without the marker, the second write would repeat the first note."""
    fetch, asked = Reader.fetch_issue, Counter[int]()
    changed = {"custom_fields": [], "journals": [], "updated_on": "2026-01-01T00:00:00Z"}

    def fetch_older(reader: Reader, issue_id: int) -> Any:
        asked[issue_id] += 1
        issue = fetch(reader, issue_id)
        return {**issue, key: changed[key]} if asked[issue_id] == FIRST_READ_BACK + 1 else issue

    monkeypatch.setattr(Reader, "fetch_issue", fetch_older)
    result = diary.run("Mon 11:01")
    assert (result.outcomes, result.puts, result.done.is_complete) == ({late: OutcomeKind.STALE}, 1, False)
    assert result.done.outcomes[0].notes == {"public_note"}
    assert reason in result.done.outcomes[0].text
    assert diary.run("Mon 11:02").outcomes == {late: OutcomeKind.APPLIED}
    assert notes(diary, late) == (1, 1)


def test_note_that_is_not_needed_by_a_state_with_the_same_history_is_left_to_the_next_run(
    diary: Diary, late: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch, asked = Reader.fetch_issue, Counter[int]()

    def fetch_closed(reader: Reader, issue_id: int) -> Any:
        asked[issue_id] += 1
        issue = fetch(reader, issue_id)
        status = {"id": diary.world.id_of("issue_statuses", "Жабылды"), "name": "Жабылды", "is_closed": True}
        return {**issue, "status": status} if asked[issue_id] > 1 else issue

    monkeypatch.setattr(Reader, "fetch_issue", fetch_closed)
    result = diary.run("Mon 11:01")
    assert (result.outcomes, result.puts, result.done.is_complete) == ({late: OutcomeKind.STALE}, 0, False)
    monkeypatch.undo()
    assert diary.run("Mon 11:02").outcomes == {late: OutcomeKind.APPLIED}


def test_change_of_the_second_note_defers_it(diary: Diary, late: int) -> None:
    def raise_priority() -> None:
        with diary.at("Mon 11:01", late) as world:
            world.edit(OPERATOR, late, priority_id=world.id_of("issue_priorities", "Дереу"))

    session = diary.session()
    run_once_after(session, "GET", f"/issues/{late}.json", raise_priority, time=FIRST_READ_BACK)
    result = diary.run("Mon 11:01", session=session)
    assert (result.outcomes, result.puts, result.done.is_complete) == ({late: OutcomeKind.STALE}, 1, False)
    assert "left to the next run" in result.done.outcomes[0].text
    assert notes(diary, late) == (1, 0)
    assert diary.run("Mon 11:02").outcomes == {late: OutcomeKind.APPLIED}
    assert notes(diary, late) == (1, 1)
    assert diary.fields(OPERATOR, late)["marker"] == f"{ACKNOWLEDGED} first_response#0@2.00"


def test_outcome_is_applied_if_another_run_sent_the_second_note(diary: Diary, late: int) -> None:
    session = diary.session()
    run_once_after(session, "GET", f"/issues/{late}.json", lambda: diary.run("Mon 11:01"), time=FIRST_READ_BACK)
    result = diary.run("Mon 11:01", session=session)
    assert (result.outcomes, result.puts, result.done.is_complete) == ({late: OutcomeKind.APPLIED}, 1, True)
    assert notes(diary, late) == (1, 1)


def test_response_between_the_two_notes_replaces_the_second(diary: Diary, late: int) -> None:
    def answer() -> None:
        with diary.at("Mon 11:01", late) as world:
            world.note(OPERATOR, late, "Жауап")

    session = diary.session()
    run_once_after(session, "PUT", f"/issues/{late}.json", answer)
    result = diary.run("Mon 11:01", session=session)
    assert (result.outcomes, result.puts) == ({late: OutcomeKind.APPLIED}, 2)
    assert notes(diary, late) == (2, 0)
    fields = diary.fields(OPERATOR, late)
    assert (fields["marker"], fields["first_response_at"]) == (ACKNOWLEDGED, "2026-06-08 11:01")


def test_response_before_the_first_note_cancels_both(diary: Diary, late: int) -> None:
    def answer() -> None:
        with diary.at("Mon 11:00", late) as world:
            world.note(OPERATOR, late, "Жауап")

    session = diary.session()
    run_once_after(session, "GET", f"/issues/{late}.json", answer)
    result = diary.run("Mon 11:01", session=session)
    assert (result.outcomes, result.puts) == ({late: OutcomeKind.APPLIED}, 1)
    assert notes(diary, late) == (1, 0)
    assert diary.fields(OPERATOR, late)["marker"] == ""


def test_rejected_second_write_is_reported_although_the_first_succeeded(diary: Diary) -> None:
    late = diary.file("Mon 09:00", OPERATOR, MURAGER, "Кеңес")
    session = diary.session()
    run_once_after(session, "PUT", f"/issues/{late}.json", lambda: diary.world.close_project(MURAGER))
    result = diary.run("Tue 09:01", session=session)
    assert (result.outcomes, result.done.is_complete) == ({late: OutcomeKind.REFUSED}, False)
    assert notes(diary, late) == (1, 0)
