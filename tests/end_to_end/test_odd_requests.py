"""Unusual requests: each is reported as a finding, and the others are written as usual."""

from __future__ import annotations

from end_to_end.diary import Diary
from end_to_end.scene import (
    BASE,
    CONSULTATION,
    MURAGER,
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
    """Put a request into a status, even if no workflow allows it."""
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


def test_requests_that_need_a_person_are_reported_and_the_run_is_complete(diary: Diary) -> None:
    parent = diary.file("Mon 09:00", OPERATOR)
    child = diary.file("Mon 09:00", OPERATOR, VIP, CONSULTATION, parent_issue_id=parent)
    starts_late = diary.file("Mon 09:00")
    start_on(diary, starts_late, "2026-07-01")
    answered_by_non_member = diary.file("Mon 09:00")
    with diary.at("Mon 10:00", answered_by_non_member) as world:
        world.note(ADMIN, answered_by_non_member, "Жауап")
    in_closed_project = diary.file("Mon 09:00", OPERATOR, MURAGER, CONSULTATION)
    diary.world.close_project(MURAGER)

    run = diary.run("Mon 10:31")
    assert run.findings == {
        (parent, "derived_due_date"),
        (starts_late, "start_after_due"),
        (answered_by_non_member, "unknown_answer"),
        (answered_by_non_member, "unknown_responder"),
        (in_closed_project, "closed_project"),
    }
    assert run.outcomes == dict.fromkeys([parent, child, starts_late, answered_by_non_member], APPLIED)
    assert run.done.is_complete

    for issue_id in (parent, child, starts_late, answered_by_non_member):
        assert diary.fields(OPERATOR, issue_id)["resolution_due"] == "2026-06-08 18:00"
    assert diary.see(OPERATOR, parent)["due_date"] == diary.see(OPERATOR, child)["due_date"] == "2026-06-08"
    assert diary.see(OPERATOR, starts_late)["due_date"] is None
    assert diary.fields(OPERATOR, answered_by_non_member)["first_response_at"] == ""
    assert {diary.fields(OPERATOR, in_closed_project)[key] for key in shipped_config().rules.names.own_fields} == {""}


def test_unmapped_requests_are_skipped_and_the_run_is_incomplete(diary: Diary) -> None:
    good = diary.file("Mon 09:00")
    in_unmapped_tracker = diary.file("Mon 09:00", OPERATOR, BASE, UNMAPPED_TRACKER)
    in_unmapped_status = diary.file("Mon 09:00", OPERATOR, BASE, CONSULTATION)
    put_in_status(diary, in_unmapped_status, UNMAPPED_STATUS)
    before = diary.traces()

    run = diary.run("Mon 10:31")
    assert run.findings == {(in_unmapped_tracker, "unmapped_name"), (in_unmapped_status, "unmapped_name")}
    findings = {each.issue_id: each.text for each in run.done.plan.findings}
    assert f'"{UNMAPPED_TRACKER}"' in findings[in_unmapped_tracker]
    assert f'"{UNMAPPED_STATUS}"' in findings[in_unmapped_status]
    assert run.outcomes == {good: APPLIED}
    assert (run.done.skipped, run.done.is_complete) == (2, False)
    after = diary.traces()
    assert {key for key in after if after[key] != before[key]} == {good}


def test_no_notes_are_sent_for_an_edited_marker_until_it_is_cleared(diary: Diary) -> None:
    issue_id = diary.file("Mon 09:00")
    with diary.at("Mon 09:05", issue_id) as world:
        world.set_fields(ADMIN, issue_id, {world.names.fields["marker"]: "done"})
    run = diary.run("Mon 11:01")
    assert run.findings == {(issue_id, "edited_marker")}
    assert diary.notes(OPERATOR, issue_id) == []
    with diary.at("Mon 11:05", issue_id) as world:
        world.set_fields(ADMIN, issue_id, {world.names.fields["marker"]: ""})
    diary.run("Mon 11:06")
    assert len(diary.notes(OPERATOR, issue_id)) == 1
