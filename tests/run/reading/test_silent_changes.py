"""What the tracker changed without a trace is read anew by the run after the one whose write came upon it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from end_to_end.scene import BASE, CLIENT, CONSULTATION, ENDING, OPERATOR
from run.reading.office import Office
from stories.shipped import Copy
from support.worlds import ADMIN

from sup_sync.redmine.provision import BOT_ROLE
from sup_sync.run.write import OutcomeKind

ENDED = "Жабылды"


@pytest.fixture
def ids(office: Office) -> list[int]:
    """A request of a VIP, and two of others, on which all is written and remembered."""
    office.is_compared = False  # what left no trace a run without a cache sees at once
    filed = [office.diary.file("Mon 09:00")]
    filed += [office.diary.file("Mon 09:00", OPERATOR, BASE, CONSULTATION) for _ in range(2)]
    office.mark_idle("Mon 09:05", "Mon 09:10", "Mon 09:15")
    return filed


def answer_and_ask(office: Office, issue_id: int) -> None:
    """Staff answer a request on Monday at 9:20, and at 9:30 ask its client."""
    with office.diary.at("Mon 09:20", issue_id) as world:
        world.note(OPERATOR, issue_id, "Жауап")
    with office.diary.at("Mon 09:30", issue_id) as world:
        world.set_status(OPERATOR, issue_id, "Клиент жауабын күтуде", "Сұрақ?")


def empty(office: Office, issue_id: int, note: str) -> None:
    """Take the text out of a note, which leaves no trace in the request."""
    journal = next(each for each in office.world.see(ADMIN, issue_id)["journals"] if each["notes"] == note)
    office.world.edit_note(ADMIN, journal["id"], "")


def test_move_without_a_trace_delays_a_note_by_one_run(office: Office, ids: list[int]) -> None:
    other = next(each for each in office.world.tracker.projects if each.identifier == "saryarka-logistic")
    other.trackers = list(office.issue(ids[0]).project.trackers)
    office.issue(ids[0]).project = other
    assert office.run("Mon 11:05").ran.outcomes == {ids[0]: OutcomeKind.STALE}
    assert office.run("Mon 11:10").ran.outcomes == {ids[0]: OutcomeKind.APPLIED}
    assert len(office.diary.notes(OPERATOR, ids[0])) == 1


def test_emptied_note_delays_the_closing_note_that_mentions_it_by_one_run(office: Office, ids: list[int]) -> None:
    """The ending tells what was done by then: without the answer of Monday 9:20 that is another text."""
    answer_and_ask(office, ids[0])
    office.mark_idle("Mon 17:00", "Mon 17:05", "Mon 17:10")
    empty(office, ids[0], "Жауап")
    assert office.run("Mon 17:31").ran.outcomes == {ids[0]: OutcomeKind.STALE}
    assert office.run("Mon 17:36").ran.outcomes == {ids[0]: OutcomeKind.APPLIED}
    assert office.issue(ids[0]).status.name == ENDED


def test_reminder_is_not_retried_after_its_question_was_emptied(office: Office, ids: list[int]) -> None:
    answer_and_ask(office, ids[0])
    office.mark_idle("Mon 12:50", "Mon 12:55", "Mon 13:00")
    empty(office, ids[0], "Сұрақ?")
    assert office.run("Mon 13:31").ran.outcomes == {ids[0]: OutcomeKind.UNNEEDED}
    office.is_compared = True
    assert office.run("Mon 13:36").read == (ids[0],)
    assert office.run("Mon 13:41").is_idle


def test_transition_that_is_now_allowed_is_made_by_the_next_run(office: Office, ids: list[int]) -> None:
    role = office.world.tracker.role(BOT_ROLE)
    allowed = set(role.transitions)
    role.transitions = {each for each in allowed if each[1] != ENDED}
    with office.diary.at("Mon 09:30", ids[0]) as world:
        world.set_status(OPERATOR, ids[0], "Клиент жауабын күтуде", "Сұрақ?")
    for now in ("Mon 17:31", "Mon 17:36", "Mon 17:41"):
        assert (ids[0], "forbidden_transition") in office.run(now).ran.findings
    role.transitions = allowed
    office.is_compared = True
    assert office.run("Mon 17:46").ran.outcomes == {ids[0]: OutcomeKind.APPLIED}
    assert office.issue(ids[0]).status.name == ENDED


def test_request_in_a_reopened_project_is_acknowledged_at_once(office: Office) -> None:
    office.is_compared = False
    office.diary.file("Mon 09:00", OPERATOR, ENDING, CONSULTATION)
    office.world.close_project(ENDING)
    office.mark_idle("Mon 09:05", "Mon 09:10", "Mon 09:15")
    next(each for each in office.world.tracker.projects if each.identifier == ENDING).is_closed = False
    new = office.diary.file("Mon 09:17", CLIENT, ENDING, CONSULTATION)
    office.is_compared = True
    assert new in office.run("Mon 09:20").ran.outcomes


def test_rejected_silent_write_delays_the_others_by_one_run(
    office: Office, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Moved out of sight, Redmine forbids to write it, as it does for a whole project that may not be written.

    Filed before `enforce_from`, time alone changes a request's state and nothing that is said.
    """
    copy = Copy(tmp_path_factory.mktemp("later"))
    copy.replace("config.yaml", "enforce_from: 2026-01-01", "enforce_from: 2026-06-09")
    office.diary.config = replace(office.diary.config, rules=copy.load().rules)
    hidden, other = (office.diary.file("Mon 09:00", OPERATOR, BASE, CONSULTATION) for _ in range(2))
    office.mark_idle("Mon 09:05", "Mon 09:10", "Mon 09:15")
    office.issue(hidden).project = office.world.tracker.add_project("hidden", "Көрінбейтін жоба")
    office.is_compared = False  # a run without a cache sees that it is gone
    assert set(office.run("Mon 15:46").ran.outcomes.values()) == {OutcomeKind.REFUSED}
    assert office.run("Mon 15:51").ran.outcomes == {other: OutcomeKind.APPLIED}
