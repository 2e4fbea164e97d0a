"""Adoption: the first run on an existing Redmine sets fields and sends no notes; later runs work as usual."""

from __future__ import annotations

from end_to_end.diary import Diary
from end_to_end.scene import CLIENT, OPERATOR


def test_adoption_sends_no_notes_and_later_steps_are_sent_as_usual(diary: Diary) -> None:
    late, waiting, fresh = diary.file("Mon 09:00"), diary.file("last Mon 09:00"), diary.file("Wed 11:30")
    with diary.at("last Mon 10:00", waiting) as world:
        world.set_status(OPERATOR, waiting, "Клиент жауабын күтуде", "Сұрақ")
    run = diary.run("Wed 12:00", is_adopting=True)
    assert (run.done.plan.notes, run.done.plan.status_changes, run.done.is_complete) == (0, 0, True)
    fields = diary.fields(OPERATOR, late)
    assert (fields["state"], fields["marker"]) == (
        "Мерзімі өтті",
        "acknowledged#0@1.00 first_response#0@2.00 resolution#0@2.00",
    )
    diary.run("Wed 12:05")
    for issue_id in (late, waiting, fresh):
        assert diary.notes(OPERATOR, issue_id) == []
        assert all(each == "Сұрақ" for each in diary.notes(OPERATOR, issue_id, private=False))
    assert diary.see(CLIENT, waiting)["status"]["name"] == "Клиент жауабын күтуде"
    diary.run("Wed 13:31")
    assert len(diary.notes(OPERATOR, fresh)) == 1
    with diary.at("Wed 13:35", waiting) as world:
        world.note(OPERATOR, waiting, "Тағы бір сұрақ")
    diary.run("Thu 13:36")
    assert diary.see(CLIENT, waiting)["status"]["name"] == "Жабылды"
