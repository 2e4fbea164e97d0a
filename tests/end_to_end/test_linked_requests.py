"""Copies, duplicates, subtasks and due dates of people, over several runs."""

from __future__ import annotations

from end_to_end.diary import Diary
from end_to_end.scene import CLIENT, CONSULTATION, OPERATOR, VIP
from support.worlds import ADMIN, BOT

from sup_sync.run.write import OutcomeKind

APPLIED = OutcomeKind.APPLIED
WAITING, CLOSED = "Клиент жауабын күтуде", "Жабылды"


def ask(diary: Diary, at: str, *issue_ids: int) -> None:
    with diary.at(at, *issue_ids) as world:
        for each in issue_ids:
            world.set_status(OPERATOR, each, WAITING, "Қай есеп?")


def status(diary: Diary, issue_id: int) -> str:
    name: str = diary.see(OPERATOR, issue_id)["status"]["name"]
    return name


def test_copies_are_acknowledged_and_the_original_gets_no_second_note(diary: Diary) -> None:
    original = diary.file("Mon 09:00")
    diary.run("Mon 09:05")
    copies = [diary.copy("Mon 09:30", OPERATOR, original, is_linked=each) for each in (True, False)]
    run = diary.run("Mon 09:35")
    assert run.outcomes == dict.fromkeys(copies, APPLIED)
    for each in (original, *copies):
        assert len(diary.notes(CLIENT, each, private=False)) == 1
    assert {diary.fields(OPERATOR, each)["first_response_due"] for each in copies} == {"2026-06-08 11:30"}
    assert diary.run("Mon 09:40").outcomes == {}


def test_requests_of_an_earlier_version_get_no_note_again_and_no_write(diary: Diary) -> None:
    issue_ids = [diary.file("Mon 09:00"), diary.file("Mon 09:00")]
    diary.run("Mon 11:01")
    with diary.at("Mon 11:02", *issue_ids) as world:
        for each in issue_ids:
            world.set_fields(BOT, each, {world.names.fields["marker"]: diary.fields(OPERATOR, each)["marker"]})
    assert (diary.run("Mon 11:05").puts, diary.run("Mon 12:00").puts) == (0, 0)
    for each in issue_ids:
        assert (len(diary.notes(OPERATOR, each)), len(diary.notes(CLIENT, each, private=False))) == (1, 1)


def test_request_is_closed_only_after_its_duplicate_was_asked_and_reminded(diary: Diary) -> None:
    main, duplicate = diary.file("Mon 09:00"), diary.file("Mon 09:00")
    with diary.at("Mon 09:30", main, duplicate) as world:
        world.relate(ADMIN, duplicate, "duplicates", main)
    ask(diary, "Mon 10:00", main)
    diary.run("Mon 15:00")
    held = diary.run("Tue 09:01")
    assert (main, "unasked_duplicate") in held.findings
    assert (status(diary, main), status(diary, duplicate)) == (WAITING, "Жаңа")
    assert len(diary.notes(CLIENT, duplicate, private=False)) == 1

    ask(diary, "Tue 09:30", duplicate)
    diary.run("Tue 14:00")
    assert status(diary, main) == WAITING
    closing = diary.run("Wed 09:01")
    assert closing.done.plan.status_changes == 2
    assert closing.outcomes == {main: APPLIED, duplicate: APPLIED}
    assert (status(diary, main), status(diary, duplicate)) == (CLOSED, CLOSED)
    notes = [diary.notes(CLIENT, each, private=False) for each in (main, duplicate)]
    assert [sum("клиенттен жауап келмеді" in note for note in each[-1:]) for each in notes] == [1, 1]
    assert diary.run("Wed 09:10").done.plan.notes == 0


def test_parent_is_closed_by_the_first_run_after_its_subtask(diary: Diary) -> None:
    parent = diary.file("Mon 09:00", OPERATOR, VIP, CONSULTATION)
    child = diary.file("Mon 09:00", OPERATOR, VIP, CONSULTATION, parent_issue_id=parent)
    ask(diary, "Mon 10:00", parent)
    diary.run("Mon 15:00")
    for now in ("Tue 09:01", "Tue 09:06"):
        found = {text for each, text in diary.run(now).findings if each == parent}
        assert found == {"open_subtasks"}
    assert status(diary, parent) == WAITING
    with diary.at("Tue 09:10", child) as world:
        world.set_status(ADMIN, child, CLOSED, "Дайын")
    diary.run("Tue 09:11")
    assert status(diary, parent) == CLOSED


def test_due_date_of_a_person_is_kept_and_reported(diary: Diary) -> None:
    issue_id = diary.file("Mon 09:00")
    diary.run("Mon 09:05")
    assert diary.see(OPERATOR, issue_id)["due_date"] == "2026-06-08"
    with diary.at("Mon 09:10", issue_id) as world:
        world.edit(OPERATOR, issue_id, due_date="2026-06-30")
    run = diary.run("Mon 09:15")
    assert (run.findings, run.puts) == ({(issue_id, "due_date_kept")}, 0)
    assert diary.see(OPERATOR, issue_id)["due_date"] == "2026-06-30"
