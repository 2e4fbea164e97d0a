"""A note that comes straight into the tracker's database, between the tool's reading and its write.

Redmine bumps `lock_version` with each edit. The tool reads the version before the state, so that an edit that bumps
nothing is seen too, up to the reading of the state; after that only the version can tell.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from end_to_end.diary import Diary, interfere
from end_to_end.scene import CLIENT, OPERATOR
from stories.moments import read_moment
from support.promises import ANSWERED, ONCE

WAITING, CLOSED = "Клиент жауабын күтуде", "Жабылды"

MOMENTS = {
    "before the version is read": (r"/issues/{}\.json\?.*", 0),
    "between version and state": (r"/issues/{}", 0),
    "between state and write": (r"/issues/{}\.json\?.*", 1),
}
"""After the answer to which request, and the how manieth of its kind."""

SEEN = [(moment, True) for moment in MOMENTS] + [(moment, False) for moment in list(MOMENTS)[:2]]


def silent(diary: Diary) -> int:
    """A request whose client has to have answered by Mon 18:00."""
    issue_id = diary.file("Mon 09:00")
    with diary.at("Mon 10:00", issue_id) as world:
        world.set_status(OPERATOR, issue_id, WAITING, "Сұрақ")
    return issue_id


def run_while(diary: Diary, issue_id: int, login: str, moment: str, *, is_versioned: bool) -> None:
    """A run on Tuesday morning, in whose midst somebody writes a note in the database."""
    asked, times_before = MOMENTS[moment]
    session, at = diary.session(), read_moment("Tue 09:00")
    interfere(
        session,
        lambda: diary.world.insert_note(login, issue_id, "Міне", at, is_versioned=is_versioned),
        asked=asked.format(issue_id),
        times_before=times_before,
    )
    diary.run("Tue 09:01", session=session)


@pytest.mark.parametrize(("moment", "is_versioned"), SEEN)
def test_a_clients_answer_keeps_the_request_from_being_ended(
    diary: Diary, moment: str, is_versioned: bool, count_promise: Callable[[str, str], None]
) -> None:
    issue_id = silent(diary)
    run_while(diary, issue_id, CLIENT, moment, is_versioned=is_versioned)
    assert diary.see(OPERATOR, issue_id)["status"]["name"] == WAITING
    diary.run("Tue 09:06")
    assert diary.see(OPERATOR, issue_id)["status"]["name"] == WAITING
    assert not [each for each in diary.notes(CLIENT, issue_id, private=False) if "жауап келмеді" in each]
    count_promise(
        ANSWERED, f"a note by SQL {moment}, {'with' if is_versioned else 'without'} its version, {diary.place}"
    )


def test_what_bumps_no_version_after_the_state_was_read_cannot_be_seen(diary: Diary) -> None:
    """The control: here alone the request is ended, so the version is what the other cases hang on."""
    issue_id = silent(diary)
    run_while(diary, issue_id, CLIENT, "between state and write", is_versioned=False)
    assert diary.see(OPERATOR, issue_id)["status"]["name"] == CLOSED
    diary.run("Tue 09:06")


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_note_of_the_tool_is_said_once_whoever_writes_meanwhile(
    diary: Diary, moment: str, count_promise: Callable[[str, str], None]
) -> None:
    issue_id = diary.file("Mon 15:00")
    run_while(diary, issue_id, CLIENT, moment, is_versioned=True)
    diary.run("Tue 09:06")
    said = diary.notes(OPERATOR, issue_id, private=False)
    assert len([each for each in said if f"№ {issue_id} " in each]) == 1
    assert len(diary.notes(OPERATOR, issue_id)) == 1
    count_promise(ONCE, f"a note by SQL {moment}, {diary.place}")
