"""Odd requests each end as a named finding, never as a crash, and the others are written all the same."""

from __future__ import annotations

from end_to_end.diary import Diary
from end_to_end.scene import (
    BASE,
    CONSULTATION,
    ENDING,
    OPERATOR,
    UNMAPPED_STATUS,
    UNMAPPED_TRACKER,
    VIP,
)
from stories.shipped import shipped_config
from support.worlds import ADMIN, FakeWorld, RealWorld

from sup_sync.run.write import OutcomeKind

APPLIED = OutcomeKind.APPLIED


def put_in_status(diary: Diary, issue_id: int, name: str) -> None:
    """In a status that no workflow leads to."""
    world = diary.world
    if isinstance(world, FakeWorld):
        tracker = world.tracker
        tracker.pick(tracker.issues, issue_id).status = next(each for each in tracker.statuses if each.name == name)
    elif isinstance(world, RealWorld):
        with world.database() as base:
            values = (name, issue_id)
            base.execute(
                "UPDATE issues SET status_id = (SELECT id FROM issue_statuses WHERE name = ?) WHERE id = ?", values
            )


def start_on(diary: Diary, issue_id: int, day: str) -> None:
    with diary.at("Mon 09:05", issue_id) as world:
        world.edit(OPERATOR, issue_id, start_date=day)


def test_what_a_person_has_to_mend_is_found_and_the_run_is_whole(diary: Diary) -> None:
    parent = diary.file("Mon 09:00", OPERATOR)
    child = diary.file("Mon 09:00", OPERATOR, VIP, CONSULTATION, parent_issue_id=parent)
    starts_late = diary.file("Mon 09:00")
    start_on(diary, starts_late, "2026-07-01")
    answered_by_stranger = diary.file("Mon 09:00")
    with diary.at("Mon 10:00", answered_by_stranger) as world:
        world.note(ADMIN, answered_by_stranger, "Жауап")
    in_closed_project = diary.file("Mon 09:00", OPERATOR, ENDING, CONSULTATION)
    diary.world.close_project(ENDING)

    ran = diary.run("Mon 10:31")
    assert ran.findings == {
        (parent, "derived_due_date"),
        (starts_late, "start_after_due"),
        (answered_by_stranger, "unknown_responder"),
        (in_closed_project, "closed_project"),
    }
    assert ran.outcomes == dict.fromkeys([parent, child, starts_late, answered_by_stranger], APPLIED)
    assert ran.done.is_complete

    for issue_id in (parent, child, starts_late, answered_by_stranger):
        assert diary.fields(OPERATOR, issue_id)["resolution_due"] == "2026-06-08 18:00"
    assert diary.see(OPERATOR, parent)["due_date"] == diary.see(OPERATOR, child)["due_date"] == "2026-06-08"
    assert diary.see(OPERATOR, starts_late)["due_date"] is None
    assert diary.fields(OPERATOR, answered_by_stranger)["first_response_at"] == ""
    assert {diary.fields(OPERATOR, in_closed_project)[key] for key in shipped_config().rules.names.own_fields} == {""}


def test_what_no_mapping_has_is_set_aside_and_the_run_is_not_whole(diary: Diary) -> None:
    good = diary.file("Mon 09:00")
    of_no_category = diary.file("Mon 09:00", OPERATOR, BASE, UNMAPPED_TRACKER)
    in_no_phase = diary.file("Mon 09:00", OPERATOR, BASE, CONSULTATION)
    put_in_status(diary, in_no_phase, UNMAPPED_STATUS)
    before = diary.traces()

    ran = diary.run("Mon 10:31")
    assert ran.findings == {(of_no_category, "unmapped_name"), (in_no_phase, "unmapped_name")}
    told = {each.issue_id: each.text for each in ran.done.plan.findings}
    assert f'"{UNMAPPED_TRACKER}"' in told[of_no_category]
    assert f'"{UNMAPPED_STATUS}"' in told[in_no_phase]
    assert ran.outcomes == {good: APPLIED}
    assert (ran.done.skipped, ran.done.is_complete) == (2, False)
    after = diary.traces()
    assert {key for key in after if after[key] != before[key]} == {good}


def test_a_marker_edited_by_hand_sends_nothing_until_it_is_cleared(diary: Diary) -> None:
    issue_id = diary.file("Mon 09:00")
    with diary.at("Mon 09:05", issue_id) as world:
        world.set_fields(ADMIN, issue_id, {world.names.fields["marker"]: "done"})
    ran = diary.run("Mon 11:01")
    assert ran.findings == {(issue_id, "edited_marker")}
    assert diary.notes(OPERATOR, issue_id) == []
    with diary.at("Mon 11:05", issue_id) as world:
        world.set_fields(ADMIN, issue_id, {world.names.fields["marker"]: ""})
    diary.run("Mon 11:06")
    assert len(diary.notes(OPERATOR, issue_id)) == 1
