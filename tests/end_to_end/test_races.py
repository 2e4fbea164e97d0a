"""Edits between a run's reading and its writing: never overwritten, and considered before a note is sent."""

from __future__ import annotations

from end_to_end.diary import Diary, interfere
from end_to_end.scene import CLIENT, CONSULTATION, MURAGER, OPERATOR

from sup_sync.run.write import OutcomeKind


def answer(diary: Diary, issue_id: int) -> None:
    with diary.at("Mon 11:01", issue_id) as world:
        world.note(OPERATOR, issue_id, "Жауап")


def test_a_note_is_not_sent_if_staff_answer_after_the_reading(diary: Diary) -> None:
    answered, other = diary.file("Mon 09:00"), diary.file("Mon 09:00")
    run = diary.run("Mon 11:01", before_writing=lambda: answer(diary, answered))
    assert {each.issue_id for each in run.done.plan.changes if each.field == "private_note"} == {answered, other}
    assert diary.notes(OPERATOR, answered) == []
    assert diary.fields(OPERATOR, answered)["marker"] == ""
    assert diary.fields(CLIENT, answered)["first_response_at"] == "2026-06-08 11:01"
    assert len(diary.notes(OPERATOR, other)) == 1


def test_a_note_is_left_to_the_next_run_if_the_request_is_edited_after_its_version_was_read(diary: Diary) -> None:
    after_version, after_state, untouched = (diary.file(at) for at in ("Mon 09:00", "Mon 09:01", "Mon 09:02"))
    session = diary.session()
    interfere(session, lambda: edit(diary, after_version), asked=rf"/issues/{after_version}")
    interfere(session, lambda: edit(diary, after_state), asked=rf"/issues/{after_state}\.json\?.*", times_before=1)
    run = diary.run("Mon 11:03", session=session)
    edited = (after_version, after_state)
    assert run.outcomes == dict.fromkeys(edited, OutcomeKind.STALE) | {untouched: OutcomeKind.APPLIED}
    assert (run.puts, run.done.is_complete) == (4, False)  # one for each edited request, two for the other
    for issue_id in edited:
        assert diary.notes(OPERATOR, issue_id) == []
        assert diary.fields(OPERATOR, issue_id)["level"] == ""
    assert set(diary.run("Mon 11:04").outcomes) == set(edited)
    assert [len(diary.notes(OPERATOR, each)) for each in edited] == [1, 1]


def test_writes_to_a_project_closed_after_the_reading_are_refused_and_the_others_succeed(diary: Diary) -> None:
    unanswered, overdue = (
        diary.file("Mon 10:59", OPERATOR, MURAGER, CONSULTATION),
        diary.file("last Mon 09:00", OPERATOR, MURAGER, CONSULTATION),
    )
    good = diary.file("Mon 09:00")
    run = diary.run("Mon 11:01", before_writing=lambda: diary.world.close_project(MURAGER))
    assert run.outcomes == dict.fromkeys([unanswered, overdue], OutcomeKind.REFUSED) | {good: OutcomeKind.APPLIED}
    assert "the account may not edit the issue" in next(
        each.text for each in run.done.outcomes if each.issue_id == overdue
    )
    assert not run.done.is_complete


def edit(diary: Diary, issue_id: int) -> None:
    with diary.at("Mon 11:03", issue_id) as world:
        world.note(CLIENT, issue_id, "Тағы бір сұрақ")
