"""Notes that are inserted into Redmine's database between a run's reading and its write.

Redmine increments `lock_version` with each edit. sup-sync reads the version before the state, so it also sees an edit
without a new version, if that comes before the state is read. After that, only the version shows an edit.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from end_to_end.diary import Diary, interfere
from end_to_end.scene import CLIENT, OPERATOR
from stories.moments import read_moment
from support.promises import ANSWERED, ONCE

WAITING, CLOSED = "Клиент жауабын күтуде", "Жабылды"

# the path after whose answer the note is inserted, and the number of earlier requests for it
MOMENTS = {
    "before the version is read": (r"/issues/{}\.json\?.*", 0),
    "between version and state": (r"/issues/{}", 0),
    "between state and write": (r"/issues/{}\.json\?.*", 1),
}

NOTICED = [(moment, True) for moment in MOMENTS] + [(moment, False) for moment in list(MOMENTS)[:2]]


def file_waiting(diary: Diary) -> int:
    """File a request whose client has to answer by Mon 18:00."""
    issue_id = diary.file("Mon 09:00")
    with diary.at("Mon 10:00", issue_id) as world:
        world.set_status(OPERATOR, issue_id, WAITING, "Сұрақ")
    return issue_id


def run_while(diary: Diary, issue_id: int, login: str, moment: str, *, is_versioned: bool) -> None:
    """Run on Tuesday morning; insert a note into the database during the run."""
    asked, times_before = MOMENTS[moment]
    session, at = diary.session(), read_moment("Tue 09:00")
    interfere(
        session,
        lambda: diary.world.insert_note(login, issue_id, "Міне", at, is_versioned=is_versioned),
        asked=asked.format(issue_id),
        times_before=times_before,
    )
    diary.run("Tue 09:01", session=session)
    with diary.at("Tue 09:00", issue_id):  # the note's time, as later runs place entries that they do not know
        pass


@pytest.mark.parametrize(("moment", "is_versioned"), NOTICED)
def test_a_request_stays_open_if_the_client_answers_during_the_run(
    diary: Diary, moment: str, is_versioned: bool, count_promise: Callable[[str, str], None]
) -> None:
    issue_id = file_waiting(diary)
    run_while(diary, issue_id, CLIENT, moment, is_versioned=is_versioned)
    assert diary.see(OPERATOR, issue_id)["status"]["name"] == WAITING
    diary.run("Tue 09:06")
    assert diary.see(OPERATOR, issue_id)["status"]["name"] == WAITING
    assert not [each for each in diary.notes(CLIENT, issue_id, private=False) if "жауап келмеді" in each]
    count_promise(
        ANSWERED, f"a note by SQL {moment}, {'with' if is_versioned else 'without'} its version, {diary.place}"
    )


def test_an_edit_without_a_version_after_the_state_was_read_goes_unnoticed(diary: Diary) -> None:
    """Control: only here the request is closed, so in the other cases the version prevented it."""
    issue_id = file_waiting(diary)
    run_while(diary, issue_id, CLIENT, "between state and write", is_versioned=False)
    assert diary.see(OPERATOR, issue_id)["status"]["name"] == CLOSED
    diary.run("Tue 09:06")


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_note_is_sent_once_if_the_client_writes_meanwhile(
    diary: Diary, moment: str, count_promise: Callable[[str, str], None]
) -> None:
    issue_id = diary.file("Mon 15:00")
    run_while(diary, issue_id, CLIENT, moment, is_versioned=True)
    diary.run("Tue 09:06")
    notes = diary.notes(OPERATOR, issue_id, private=False)
    assert len([each for each in notes if f"№ {issue_id} " in each]) == 1
    assert len(diary.notes(OPERATOR, issue_id)) == 1
    count_promise(ONCE, f"a note by SQL {moment}, {diary.place}")
