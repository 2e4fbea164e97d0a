"""Answers by people who are not known any more: deleted accounts, and entries of the history without an author."""

import pytest

from sup_sync.model.anonymous import ANONYMOUS_NAMES

ANSWERED = """
    Mon 09:00 filed by client, VIP, error
    Mon 09:05 sup-sync runs
    Mon 10:00 staff: public note and takes it
    Mon 10:05 sup-sync runs
    Tue 10:00 now
"""


def test_an_answer_that_was_counted_stays_counted_after_its_account_is_deleted(make_story):
    story = make_story(ANSWERED)
    before = story.plan.changes
    story.request.delete_account("staff")
    assert (story.first_response.outcome, story.first_response.stopped) == ("met", "Mon 10:00")
    assert story.plan.changes == before
    assert story.findings.keys() & {"unknown_responder", "unknown_answer"} == set()


def test_an_answer_that_was_counted_is_not_lost_when_its_time_was_cleared(make_story):
    story = make_story(ANSWERED)
    story.request.delete_account("staff")
    story.request.set_field("first_response_at", "")
    assert story.changes["first_response_at"] == "2026-06-08 10:00"


@pytest.mark.parametrize("who", ["client", "staff", "guest"])
def test_only_a_journal_of_the_tool_is_evidence_of_an_answer(make_story, who):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error
        Mon 10:00 guest: public note
        Mon 10:05 {who}: sets first_response_at to «2026-06-08 10:00»
        Tue 10:00 now
    """)
    assert story.first_response.stopped is None


def test_a_copied_time_of_response_is_no_evidence(make_story):
    story = make_story("""
        Mon 09:00 filed by client, VIP, error
        Mon 10:00 guest: public note
        Tue 10:00 now
    """)
    story.request.set_field("first_response_at", "2026-06-08 10:00")
    assert story.first_response.stopped is None


@pytest.mark.parametrize("who", ["guest", "unlisted"])
def test_after_an_answer_of_an_unknown_person_nothing_is_sent(make_story, who):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error
        Mon 10:00 {who}: public note
        Tue 18:00 now
    """)
    assert story.plan.notes == 0
    assert story.plan.notifications == ()
    assert not {"assignee", "marker", "status"} & story.changes.keys()
    assert story.findings["unknown_answer"] == (
        "the last answer is by an unknown person, so no note is sent until staff answer in public"
    )


@pytest.mark.parametrize("last", ["public note", "closes"])
def test_notes_go_on_after_staff_answer_or_close(make_story, last):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error
        Mon 10:00 guest: public note
        Mon 11:00 staff: {last}
        Wed 18:00 now
    """)
    assert "unknown_answer" not in story.findings
    assert (story.plan.notes == 1) is (last == "public note")


def test_a_question_that_an_unknown_person_answered_is_never_closed(make_story):
    story = make_story("""
        Mon 09:00 filed by client, VIP, error
        Mon 09:30 staff: asks and waiting for client
        Mon 10:00 guest: public note
        Fri 18:00 now
    """)
    assert story.status == "waiting for client"
    assert story.plan.notes == 0


def test_a_client_without_an_account_is_not_an_unknown_responder(make_story):
    story = make_story("""
        Mon 09:00 filed by guest, VIP, error, by e-mail
        Mon 10:00 guest: public note
        Mon 10:05 now
    """)
    assert "unknown_answer" not in story.findings
    assert "public_note" in story.changes


@pytest.mark.parametrize("name", ["Анонимно", "Anonymous", ""])
def test_nobody_is_advised_to_make_the_anonymous_user_staff(make_story, name):
    story = make_story("""
        Mon 09:00 filed by client, VIP, error
        Mon 10:00 guest: public note
        Mon 10:05 now
    """)
    story.request.raw["journals"][0]["user"]["name"] = name
    assert "staff.former" not in story.findings["unknown_responder"]


def test_the_anonymous_user_is_never_former_staff(make_story):
    story = make_story("""
        in tracker.yaml «former: []» becomes «former: [Anonymous]»
        Mon 09:00 filed by client, VIP, error
        Mon 10:00 guest: public note
        Mon 10:05 now
    """)
    assert story.first_response.stopped is None
    (warning,) = story.copy.mistakes()
    assert warning.endswith(
        'warning: "Anonymous" is Redmine\'s name for all deleted accounts and people without one; remove it'
    )


def test_a_journal_without_an_author_is_judged_as_by_an_unknown_person(make_story):
    story = make_story("""
        Mon 09:00 filed by client, VIP, error
        Mon 10:00 staff: public note and takes it
        Mon 10:05 now
    """)
    del story.request.raw["journals"][0]["user"]
    assert story.first_response.stopped is None
    assert story.resolution.outcome == "on_track"
    assert story.findings["assumption"] == "an entry of the history has no author; read as by an unknown person"


def test_names_of_the_anonymous_user_are_those_of_many_languages():
    assert len(ANONYMOUS_NAMES) > 30
