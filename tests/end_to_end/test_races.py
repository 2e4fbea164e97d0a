"""What people do between the tool's reading and its writing is never overwritten nor answered to wrongly."""

from __future__ import annotations

from end_to_end.diary import Diary, interfere, once
from end_to_end.scene import CLIENT, CONSULTATION, ENDING, OPERATOR

from sup_sync.run.write import OutcomeKind


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


def test_an_edit_after_the_version_was_read_sends_nothing_and_the_next_run_does(diary: Diary) -> None:
    after_version, after_state, untouched = (diary.file(at) for at in ("Mon 09:00", "Mon 09:01", "Mon 09:02"))
    session = diary.session()
    interfere(session, lambda: edit(diary, after_version), asked=rf"/issues/{after_version}")
    interfere(session, lambda: edit(diary, after_state), asked=rf"/issues/{after_state}\.json\?.*", times_before=1)
    ran = diary.run("Mon 11:03", session=session)
    edited = (after_version, after_state)
    assert ran.outcomes == dict.fromkeys(edited, OutcomeKind.STALE) | {untouched: OutcomeKind.APPLIED}
    assert (ran.puts, ran.done.is_complete) == (4, False)  # of two that were edited each one, of the other both notes
    for issue_id in edited:
        assert diary.notes(OPERATOR, issue_id) == []
        assert diary.fields(OPERATOR, issue_id)["level"] == ""
    assert set(diary.run("Mon 11:04").outcomes) == set(edited)
    assert [len(diary.notes(OPERATOR, each)) for each in edited] == [1, 1]


def test_a_project_closed_after_the_reading_is_refused_and_the_others_go_on(diary: Diary) -> None:
    silent, noted = (
        diary.file("Mon 10:59", OPERATOR, ENDING, CONSULTATION),
        diary.file("last Mon 09:00", OPERATOR, ENDING, CONSULTATION),
    )
    good = diary.file("Mon 09:00")
    ran = diary.run("Mon 11:01", progress=once(lambda: diary.world.close_project(ENDING), when=2))
    assert ran.outcomes == dict.fromkeys([silent, noted], OutcomeKind.REFUSED) | {good: OutcomeKind.APPLIED}
    assert "the account may not edit the issue" in next(
        each.text for each in ran.done.outcomes if each.issue_id == noted
    )
    assert not ran.done.is_complete


def edit(diary: Diary, issue_id: int) -> None:
    with diary.at("Mon 11:03", issue_id) as world:
        world.note(CLIENT, issue_id, "Тағы бір сұрақ")
