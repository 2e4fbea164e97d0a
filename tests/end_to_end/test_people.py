"""People whom an admin locks or deletes between runs, and statuses that are deleted: the other requests go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from end_to_end.diary import Diary
from end_to_end.scene import (
    CLIENT,
    HEAD,
    HEAD_NAME,
    OPERATOR,
    OPERATOR_NAME,
    VIP,
)
from support.worlds import ADMIN

from sup_sync.config.load import Config
from sup_sync.model.names import MappedPerson
from sup_sync.run.write import OutcomeKind

IN_WORK, WAITING, DONE = "Өңделуде", "Клиент жауабын күтуде", "Шешілді"


def with_deputy(config: Config) -> Config:
    """Return the configuration in which the operator is the deputy of the head."""
    people = {
        "head": MappedPerson(HEAD, HEAD_NAME, ("deputy",)),
        "deputy": MappedPerson(OPERATOR, OPERATOR_NAME),
    }
    return replace(config, rules=replace(config.rules, names=replace(config.rules.names, people=people)))


def assignee(diary: Diary, issue_id: int) -> str | None:
    name: str | None = diary.see(ADMIN, issue_id).get("assigned_to", {}).get("name")
    return name


def test_note_is_sent_while_the_head_is_locked(diary: Diary) -> None:
    issue_id = diary.file("Mon 09:00")
    with diary.world.locked(HEAD):
        run = diary.run("Mon 13:01")
        assert run.outcomes == {issue_id: OutcomeKind.APPLIED}
        assert (issue_id, "unavailable_person") in run.findings
        (note,) = diary.notes(OPERATOR, issue_id)
        assert HEAD not in note
        assert assignee(diary, issue_id) is None


def test_deputy_gets_what_the_locked_head_would_get(diary: Diary) -> None:
    diary.config = with_deputy(diary.config)
    issue_id = diary.file("Mon 09:00")
    with diary.world.locked(HEAD):
        diary.run("Mon 13:01")
        assert diary.notes(OPERATOR, issue_id)[0].startswith(f"@{OPERATOR}\n\n")
        assert assignee(diary, issue_id) == OPERATOR_NAME


def test_head_who_is_locked_after_the_lists_were_read_costs_only_the_assignment(diary: Diary) -> None:
    issue_id = diary.file("Mon 09:00")
    diary.run("Mon 09:05")
    with diary.world.locked(HEAD):
        run = diary.run("Mon 13:01")
        assert run.outcomes == {issue_id: OutcomeKind.APPLIED}
        assert len(diary.notes(OPERATOR, issue_id)) == 1
        assert assignee(diary, issue_id) is None


def test_head_who_is_unlocked_gets_the_next_note_of_the_same_day(diary: Diary) -> None:
    first = diary.file("Mon 09:00")
    with diary.world.locked(HEAD):
        diary.run("Mon 09:05")
    diary.run("Mon 13:01")
    assert assignee(diary, first) == HEAD_NAME


def test_note_is_sent_on_a_request_whose_assignee_is_locked(diary: Diary) -> None:
    issue_id = diary.file("Mon 09:00")
    with diary.at("Mon 09:10", issue_id) as world:
        people = {each["name"]: each["id"] for each in members(diary)}
        world.edit(OPERATOR, issue_id, assigned_to_id=people[HEAD_NAME])
    with diary.world.locked(HEAD):
        run = diary.run("Mon 11:01")
        assert run.outcomes == {issue_id: OutcomeKind.APPLIED}
        assert assignee(diary, issue_id) == HEAD_NAME


def members(diary: Diary) -> list[Mapping[str, int | str]]:
    rows = diary.world.get(ADMIN, f"/projects/{VIP}/memberships.json", limit=100)["memberships"]
    return [row["user"] for row in rows if "user" in row]


def test_answer_of_a_deleted_operator_stays_counted_and_uncounted_ones_send_nothing(diary: Diary) -> None:
    counted, uncounted, other = (diary.file("Mon 09:00") for _ in range(3))
    with diary.at("Mon 09:30", counted) as world:
        world.note(OPERATOR, counted, "Жауап")
    diary.run("Mon 09:35")
    with diary.at("Mon 09:40", uncounted) as world:
        world.note(OPERATOR, uncounted, "Жауап")
    diary.world.delete_account(OPERATOR)
    run = diary.run("Mon 13:01")
    assert diary.fields(ADMIN, counted)["first_response_at"] == "2026-06-08 09:30"
    assert {kind for issue_id, kind in run.findings if issue_id == counted} == set()
    assert {kind for issue_id, kind in run.findings if issue_id == uncounted} == {"unknown_answer", "unknown_responder"}
    assert diary.notes(HEAD, uncounted) == []
    assert len(diary.notes(HEAD, other)) == 1


@pytest.mark.parametrize("mapped", [False, True], ids=["not mapped", "mapped by its id"])
def test_deleted_status_in_a_history_stops_neither_the_request_nor_the_run(diary: Diary, mapped: bool) -> None:
    issue_id = diary.file("Mon 09:00")
    status_id = diary.world.id_of("issue_statuses", DONE)
    for at, status in (("Mon 09:30", DONE), ("Mon 10:00", IN_WORK)):
        with diary.at(at, issue_id) as world:
            world.set_status(OPERATOR, issue_id, status, "Жауап")
    diary.world.delete_status(DONE)
    if mapped:
        names = diary.config.rules.names
        former = {f"#{status_id}": replace(names.statuses[DONE], name=f"#{status_id}")}
        names = replace(names, former_statuses=former)
        diary.config = replace(diary.config, rules=replace(diary.config.rules, names=names))
    run = diary.run("Mon 10:05")
    assert ((issue_id, "assumption") in run.findings) is not mapped
    assert run.done.skipped == 0
    assert diary.fields(CLIENT, issue_id)["first_response_at"] == "2026-06-08 09:30"
    assert diary.fields(CLIENT, issue_id)["resolution_due"] == ("2026-06-09 09:30" if mapped else "2026-06-08 18:00")
