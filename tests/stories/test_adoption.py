"""The adoption of an existing Redmine: due notices are marked as sent, and only later ones are sent."""

from __future__ import annotations

import pytest
from stories.moments import marker_entry

FIELDS = {"level", "state", "first_response_due", "resolution_due", "due_date", "marker"}


def test_adoption_sends_no_notes_and_sets_fields_and_marker(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 13:01 sup-sync adopts
    Mon 13:01 now
    """
    (run,) = story.runs
    assert {each.field for each in run.changes} == FIELDS
    assert story.value("state") == "Мерзімі өтті"
    assert story.value("first_response_due") == "2026-06-08 11:00"
    assert story.value("resolution_due") == "2026-06-08 18:00"
    assert story.request.raw["due_date"] == "2026-06-08"
    assert story.value("marker") == "acknowledged#0@1.00 first_response#0@2.00"
    assert (story.public_notes, story.notes) == ([], [])
    assert (story.plan.changes, story.adoption.changes) == ((), ())


def test_adoption_gives_the_reason_of_the_marker(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:10 now
    """
    (marker,) = (each for each in story.adoption.changes if each.field == "marker")
    assert (marker.old, marker.new, marker.write_number) == ("", "issue=1 acknowledged#0@1.00", 0)
    assert marker.reason == "adopted: notes already due are not sent"


def test_next_escalation_step_is_sent_after_the_adoption(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:31 sup-sync adopts
    Mon 11:00 sup-sync runs
    Mon 11:01 sup-sync runs
    Mon 11:02 now
    """
    assert [run.notes for run in story.runs] == [0, 0, 1]
    assert story.value("marker") == "acknowledged#0@1.00 first_response#0@1.00"
    assert story.public_notes == []
    assert len(story.notes) == 1


@pytest.mark.parametrize(
    ("facts", "deed", "marker"),
    [
        ("error", "asks and waiting for client", marker_entry("no_answer", "Mon 10:00")),
        ("error", "refuses and sets the reason to law", marker_entry("refused", "Mon 10:00")),
        ("error", "sets the reason to insult", marker_entry("stopped", "Mon 10:00")),
        ("error, without iin", "public note", "incomplete#0@1.00 resolution#0@2.00"),
        ("call-back, Base", "public note", "misrouted#0@1.00 resolution#0@1.00"),
        (
            "error",
            "public note and hands to development and sets version 2.4 due 2026-06-10",
            "release#0@1.00 release_on=2026-06-10",
        ),
        (
            "error",
            "public note and hands to development and sets version 2.4 due 2026-06-19, closed",
            "release_on=2026-06-19 shipped#1@1.00",
        ),
    ],
)
def test_adoption_marks_due_notices_as_sent_and_closes_nothing(make_story, facts, deed, marker):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, {facts}
        Mon 10:00 staff: {deed}
        Thu 10:00 sup-sync adopts
        Thu 10:00 now
        """)
    (run,) = story.runs
    assert {each.field for each in run.changes} <= {*FIELDS, "first_response_at"}
    assert story.value("marker") == marker
    assert (story.plan.changes, story.adoption.changes) == ((), ())


def test_overdue_wait_is_not_closed_until_support_asks_again(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: asks and waiting for client
    Wed 10:00 sup-sync adopts
    Wed 12:00 sup-sync runs
    Thu 09:00 staff: asks
    Thu 09:10 sup-sync runs
    Thu 13:01 sup-sync runs
    Thu 17:01 now
    """
    assert [run.notes for run in story.runs] == [0, 0, 0, 1]
    assert [run.status_changes for run in story.runs] == [0, 0, 0, 0]
    assert story.status == "closed"


def test_current_question_is_reminded_and_closed_after_the_adoption(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: asks and waiting for client
    Mon 13:00 sup-sync adopts
    Mon 14:01 sup-sync runs
    Mon 18:01 sup-sync runs
    Tue 09:01 now
    """
    assert [run.notes for run in story.runs] == [0, 1, 0]
    assert story.status == "closed"


def test_notes_to_staff_due_with_a_closing_are_not_sent_later(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 17:00 staff: asks and waiting for client
    Wed 10:00 sup-sync adopts
    Wed 10:10 now
    """
    assert story.value("marker") == f"{marker_entry('no_answer', 'Mon 17:00')} resolution#0@0.75"
    assert story.plan.changes == ()


@pytest.mark.parametrize("at", ["Mon 20:00", "Mon 22:00"])
def test_adoption_in_quiet_hours_marks_client_notes_as_sent(make_story, at):
    story = make_story(f"""
        in config.yaml «# quiet_hours: 21:00-08:00 » becomes «quiet_hours: 21:00-08:00 »
        Mon 09:00 filed by client, VIP, error
        {at} sup-sync adopts
        Tue 09:00 now
        """)
    assert story.value("marker") == "acknowledged#0@1.00 first_response#0@2.00 resolution#0@1.00"
    assert story.public_notes == []


def test_adoption_marks_notices_with_a_forbidden_status_as_sent(story):
    """
    in regulation.yaml «  # asked: {clause: 11}» becomes «  asked: {clause: 11}»
    Mon 09:00 filed by client, VIP, error, without iin, the account may set only «new»
    Mon 09:10 sup-sync adopts
    Mon 09:20 now
    """
    assert story.value("marker") == "acknowledged#0@1.00 asked#0@1.00 incomplete#0@1.00"
    assert "forbidden_transition" not in story.findings
    assert story.plan.changes == ()


def test_adoption_asks_for_no_missing_items_and_keeps_the_status(story):
    """
    in regulation.yaml «  # asked: {clause: 11}» becomes «  asked: {clause: 11}»
    Mon 09:00 filed by client, VIP, error, without iin
    Mon 09:10 sup-sync adopts
    Mon 09:20 now
    """
    assert story.runs[0].status_changes == 0
    assert story.status == "new"
    assert story.adoption.changes == ()


def test_a_request_filed_before_enforce_from_keeps_an_empty_marker(story):
    """
    in config.yaml «enforce_from: 2026-01-01» becomes «enforce_from: 2026-06-09»
    Mon 23:59 filed by client, VIP, error
    Wed 13:01 sup-sync adopts
    Thu 10:00 now
    """
    assert {each.field for each in story.runs[0].changes} == FIELDS - {"marker"}
    assert story.value("marker") == ""
    assert (story.plan.changes, story.adoption.changes) == ((), ())


def test_adoption_keeps_a_marker_edited_by_hand(story):
    """
    Mon 09:00 filed by client, VIP, error, marker «told him on the phone»
    Mon 13:01 sup-sync adopts
    Mon 13:10 now
    """
    assert story.value("marker") == "told him on the phone"
    assert list(story.findings) == ["edited_marker"]


def test_adoption_keeps_earlier_entries_of_the_marker(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:05 sup-sync runs
    Mon 13:01 sup-sync adopts
    Mon 13:10 now
    """
    assert story.value("marker") == "acknowledged#0@1.00 first_response#0@2.00"
    assert len(story.public_notes) == 1
    assert story.notes == []


def test_delay_before_the_adoption_is_marked_and_the_next_one_reported(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 15:00 staff: hands to development and sets version 2.4 due 2026-06-15
    Mon 15:10 sup-sync adopts
    Tue 10:00 staff: sets version 2.4 due 2026-06-17
    Tue 10:10 sup-sync adopts
    Tue 10:20 sup-sync runs
    Wed 10:00 staff: sets version 2.4 due 2026-06-18
    Wed 10:10 now
    """
    assert [len(run.changes) > 0 for run in story.runs] == [True, True, False]
    assert story.value("marker") == "release_on=2026-06-17 slipped#739784@1.00"
    assert len(story.notes) == 1
    assert "2026 жылғы 17 маусым, жаңасы: 2026 жылғы 18 маусым" in story.notes[0]


def test_adoption_after_hours_marks_an_overdue_wait(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: asks and waiting for client
    Tue 20:00 sup-sync adopts
    Wed 09:10 now
    """
    assert story.value("marker") == marker_entry("no_answer", "Mon 10:00")
    assert story.plan.changes == ()
