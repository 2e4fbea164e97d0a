"""The first run over a tracker that is already full sets fields and says nothing; from then on it works as ever."""

from __future__ import annotations

from end_to_end.diary import Diary
from end_to_end.scene import CLIENT, OPERATOR


def test_adoption_sends_no_notes_and_later_steps_are_sent_as_usual(diary: Diary) -> None:
    late, waiting, fresh = diary.file("Mon 09:00"), diary.file("last Mon 09:00"), diary.file("Wed 11:30")
    with diary.at("last Mon 10:00", waiting) as world:
        world.set_status(OPERATOR, waiting, "Клиент жауабын күтуде", "Сұрақ")
    ran = diary.run("Wed 12:00", is_adopting=True)
    assert (ran.done.plan.notes, ran.done.plan.status_changes, ran.done.is_complete) == (0, 0, True)
    shown = diary.fields(OPERATOR, late)
    assert (shown["state"], shown["marker"]) == (
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
