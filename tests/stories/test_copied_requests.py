"""Requests that were filed as copies: Redmine copies all fields, also those of sup-sync, but none of the journals."""

from __future__ import annotations

import pytest
from stories import redmine_json as redmine


def test_copy_of_an_acknowledged_request_is_acknowledged(story):
    """
    Mon 09:00 filed by client, VIP, error, copied with marker «issue=7 acknowledged#0@1.00 first_response#0@2.00»
    Mon 09:10 now
    """
    assert story.changes["marker"] == "acknowledged#0@1.00"
    assert len(story.public_notes) == 1


def test_marker_without_a_number_that_no_journal_shows_is_a_copy(story):
    """
    Mon 09:00 filed by client, VIP, error, copied with marker «acknowledged#0@1.00»
    Mon 09:10 now
    """
    assert len(story.public_notes) == 1


def test_marker_of_an_earlier_version_counts_if_the_history_shows_it_being_set(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:05 bot: edits the marker to «acknowledged#0@1.00»
    Mon 09:10 now
    """
    assert story.public_notes == []
    assert "marker" not in story.changes


def test_number_is_added_with_the_next_note(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:05 bot: edits the marker to «acknowledged#0@1.00»
    Mon 11:01 now
    """
    (marker,) = (change for change in story.plan.changes if change.field == "marker")
    assert marker.old == "acknowledged#0@1.00"
    assert marker.new == "issue=1 acknowledged#0@1.00 first_response#0@1.00"


def test_copied_marker_counts_after_an_earlier_version_added_to_it(story):
    """
    Mon 09:00 filed by client, VIP, error, copied with marker «acknowledged#0@1.00»
    Mon 09:05 bot: edits the marker to «acknowledged#0@1.00 first_response#0@0.75»
    Mon 09:10 now
    """
    assert story.public_notes == []


def test_copied_marker_that_was_edited_by_hand_is_blank(story):
    """
    Mon 09:00 filed by client, VIP, error, copied with marker «done»
    Mon 09:10 now
    """
    assert len(story.public_notes) == 1
    assert story.findings == {}


def test_acknowledged_copy_gets_no_second_note(story):
    """
    Mon 09:00 filed by client, VIP, error, copied with marker «issue=7 acknowledged#0@1.00»
    Mon 09:10 sup-sync runs
    Mon 09:20 now
    """
    assert len(story.public_notes) == 1
    assert story.second_plan.changes == ()


def test_copied_values_count_as_none_but_are_replaced(story):
    """
    Mon 09:00 filed by client, VIP, error, a copy, copied with first_response_at «2026-06-01 10:00»
    Mon 09:10 now
    """
    (change,) = (change for change in story.plan.changes if change.field == "first_response_at")
    assert (change.old, change.new, change.replaces_value) == ("2026-06-01 10:00", "", False)


def test_values_that_sup_sync_set_on_a_copy_are_its_own(story):
    """
    Mon 09:00 filed by client, VIP, error, a copy, copied with state «Орындалды»
    Mon 09:10 sup-sync runs
    Mon 11:01 now
    """
    (change,) = (change for change in story.plan.changes if change.field == "state")
    assert (change.old, change.replaces_value) == ("Мерзімінде", True)


def test_copied_due_date_of_the_tool_is_replaced(story):
    """
    Mon 09:00 filed by operator, VIP, error, a copy, copied with resolution_due «2026-06-30 18:00», due on 2026-06-30
    Mon 09:10 now
    """
    (change,) = (change for change in story.plan.changes if change.field == "due_date")
    assert (change.old, change.new, change.replaces_value) == ("2026-06-30", "2026-06-08", False)


def test_due_date_given_with_the_copy_is_kept(story):
    """
    Mon 09:00 filed by operator, VIP, error, a copy, copied with resolution_due «2026-06-20 18:00», due on 2026-06-30
    Mon 09:10 now
    """
    assert "due_date" not in story.changes
    assert "due_date_kept" in story.findings


def test_copied_contact_time_before_the_copy_does_not_count_and_is_reported(story):
    """
    Mon 09:00 filed by operator, VIP, error, contact at last Fri 10:00, a copy
    Mon 09:10 now
    """
    assert story.changes["resolution_due"] == "2026-06-08 18:00"
    assert story.findings == {
        "copied_contact_time": "contact time 2026-06-05 10:00 was copied with the request; clear it or enter it again."
        " Counted from filing"
    }


def test_copied_contact_time_of_a_request_without_a_marker_does_not_count(story):
    """
    Mon 09:00 filed by operator, VIP, error, contact at last Fri 10:00, with a relation to the original
    Mon 09:10 now
    """
    assert "copied_contact_time" in story.findings


def test_contact_time_of_a_request_that_is_related_to_a_copy_later_counts(story):
    """
    Mon 09:00 filed by operator, VIP, error, contact at last Fri 10:00
    Mon 09:05 operator: public note
    Mon 09:06 operator: adds a relation to an original
    Mon 09:10 now
    """
    assert "copied_contact_time" not in story.findings


def test_copied_contact_time_does_not_count_after_the_acknowledgement_either(story):
    """
    Mon 09:00 filed by operator, VIP, error, copied with contact_at «2026-06-05 10:00», a copy
    Mon 09:10 sup-sync runs
    Mon 09:20 now
    """
    assert story.changes == {}
    assert "copied_contact_time" in story.findings


def test_contact_time_entered_after_the_copy_counts(story):
    """
    Mon 09:00 filed by operator, VIP, error, copied with contact_at «2026-06-01 10:00», a copy
    Mon 09:05 operator: sets contact at last Fri 10:00
    Mon 09:10 now
    """
    assert story.changes["resolution_due"] == "2026-06-08 10:00"
    assert "copied_contact_time" not in story.findings


@pytest.mark.parametrize(("reason", "key"), [("insult", "insult"), ("law", "law"), ("no answer", "no_answer")])
def test_copied_reason_does_not_count_while_the_copy_is_open(story, reason, key):
    """
    Mon 09:00 filed by operator, VIP, error, reason {reason}, a copy
    Mon 09:10 now
    """
    assert story.judgement.reason is None
    text = f"reason {key} was copied with the request, so it does not count; clear it"
    assert (reason in redmine.REASONS, story.findings["former_reason"]) == (True, text)
    assert story.changes["marker"]


def test_reason_set_after_the_copy_counts(story):
    """
    Mon 09:00 filed by operator, VIP, error, a copy
    Mon 09:05 operator: sets the reason to insult
    Mon 09:10 now
    """
    assert story.judgement.is_work_stopped


def test_copied_confirmation_of_the_priority_does_not_count(story):
    """
    Mon 09:00 filed by client, VIP, error, immediate, priority confirmed, a copy
    Mon 09:10 now
    """
    assert story.judgement.priority == "normal"
