"""Requests over several days: answers, questions, resolutions, and the fields and notes that runs write."""

from __future__ import annotations

from end_to_end.diary import Diary
from end_to_end.scene import CLIENT, OPERATOR

ON_TRACK, MET, BREACHED, WAITING = "Мерзімінде", "Орындалды", "Мерзімі өтті", "Клиент жауабы күтілуде"


def test_answered_and_closed_in_time_is_met(diary: Diary) -> None:
    issue_id = diary.file("Mon 09:00")
    with diary.at("Mon 10:00", issue_id) as world:
        world.note(OPERATOR, issue_id, "Жауап")
    diary.run("Mon 12:00")
    fields = diary.fields(CLIENT, issue_id)
    assert (fields["state"], fields["first_response_at"]) == (ON_TRACK, "2026-06-08 10:00")
    with diary.at("Mon 15:00", issue_id) as world:
        world.set_status(OPERATOR, issue_id, "Шешілді")
    diary.run("Tue 12:00")
    assert diary.fields(CLIENT, issue_id)["state"] == MET
    assert diary.notes(OPERATOR, issue_id) == []


def test_answered_late_stays_breached_and_no_further_note_is_sent(diary: Diary) -> None:
    issue_id = diary.file("Mon 09:00")
    diary.run("Mon 11:01")
    with diary.at("Mon 11:30", issue_id) as world:
        world.note(OPERATOR, issue_id, "Жауап")
    diary.run("Mon 14:00")
    fields = diary.fields(CLIENT, issue_id)
    assert (fields["state"], fields["first_response_at"]) == (BREACHED, "2026-06-08 11:30")
    assert len(diary.notes(OPERATOR, issue_id)) == 1


def test_waiting_for_the_client_does_not_count_until_they_answer(diary: Diary) -> None:
    issue_id = diary.file("Mon 09:00")
    with diary.at("Mon 10:00", issue_id) as world:
        world.set_status(OPERATOR, issue_id, "Клиент жауабын күтуде", "Сұрақ")
    diary.run("Mon 13:00")
    fields = diary.fields(CLIENT, issue_id)
    assert (fields["state"], fields["resolution_due"]) == (WAITING, "2026-06-08 18:00")
    with diary.at("Tue 10:00", issue_id) as world:
        world.attach(CLIENT, issue_id, "screenshot.png")
    diary.run("Tue 10:30")
    fields = diary.fields(CLIENT, issue_id)
    assert (fields["state"], fields["resolution_due"]) == (ON_TRACK, "2026-06-09 18:00")
    assert diary.see(CLIENT, issue_id)["due_date"] == "2026-06-09"
    assert diary.notes(OPERATOR, issue_id) == []


def test_reopening_starts_a_new_cycle_without_the_closed_time(diary: Diary) -> None:
    issue_id = diary.file("Mon 09:00")
    with diary.at("Mon 09:30", issue_id) as world:
        world.note(OPERATOR, issue_id, "Жауап")
    diary.run("Mon 15:50")
    with diary.at("Mon 16:00", issue_id) as world:
        world.set_status(OPERATOR, issue_id, "Жабылды")
    diary.run("Mon 16:01")
    assert diary.fields(CLIENT, issue_id)["state"] == MET
    with diary.at("Tue 12:00", issue_id) as world:
        world.set_status(CLIENT, issue_id, "Жаңа", "Қайта ашамын")
    diary.run("Tue 12:01")
    fields = diary.fields(OPERATOR, issue_id)
    assert (fields["resolution_due"], fields["marker"]) == ("2026-06-09 14:00", "resolution#0@0.75 resolution#1@0.75")
    assert diary.see(CLIENT, issue_id)["due_date"] == "2026-06-09"
    assert len(diary.notes(OPERATOR, issue_id)) == 2
