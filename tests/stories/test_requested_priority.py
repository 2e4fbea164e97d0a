"""A priority that a client requests: a finding until staff confirm it or set another one (clause 20)."""

import pytest


def test_requested_priority_is_a_finding_until_staff_act(story):
    """
    Mon 09:00 filed by client, VIP, error, urgent
    Mon 09:10 now
    """
    assert [(each.kind, each.text, each.clause) for each in story.plan.findings] == [
        ("unconfirmed_priority", "client requested priority urgent; normal applies until staff confirm it", "20")
    ]


def test_requested_priority_does_not_change_the_targets(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:05 sup-sync runs
    Mon 09:10 client: sets priority immediate
    Mon 09:15 now
    """
    assert list(story.findings) == ["unconfirmed_priority"]
    assert story.plan.changes == ()
    assert story.value("first_response_due") == "2026-06-08 11:00"


def test_targets_change_after_staff_confirm_it(story):
    """
    Mon 09:00 filed by client, VIP, error, immediate
    Mon 09:05 sup-sync runs
    Mon 09:10 staff: confirms the priority
    Mon 09:15 now
    """
    assert story.findings == {}
    assert story.value("first_response_due") == "2026-06-08 11:00"
    assert story.changes["first_response_due"] == "2026-06-08 09:30"


def test_finding_disappears_after_staff_set_another_priority(story):
    """
    Mon 09:00 filed by client, VIP, error, immediate
    Mon 09:10 staff: sets priority urgent
    Mon 09:15 now
    """
    assert story.findings == {}
    assert story.first_response.due == "Mon 10:00"


def test_finding_disappears_after_the_client_withdraws_it(story):
    """
    Mon 09:00 filed by client, VIP, error, immediate
    Mon 09:10 client: sets priority normal
    Mon 09:15 now
    """
    assert story.findings == {}


def test_lowering_a_confirmed_priority_is_a_request_too(story):
    """
    Mon 09:00 filed by client, VIP, error, urgent
    Mon 09:10 staff: confirms the priority
    Mon 09:20 client: sets priority normal
    Mon 09:25 now
    """
    assert story.findings == {
        "unconfirmed_priority": "client requested priority normal; urgent applies until staff confirm it"
    }
    assert story.first_response.due == "Mon 10:00"


@pytest.mark.parametrize("who", ["client", "colleague", "unlisted", "bot"])
def test_only_staff_confirm_a_requested_priority(make_story, who):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error, urgent
        Mon 09:10 {who}: confirms the priority
        Mon 09:15 now
        """)
    assert list(story.findings) == ["unconfirmed_priority"]
    assert story.first_response.due == "Mon 11:00"


def test_answer_of_staff_does_not_confirm_it(story):
    """
    Mon 09:00 filed by client, VIP, error, urgent
    Mon 09:10 staff: public note and takes it
    Mon 09:15 now
    """
    assert list(story.findings) == ["unconfirmed_priority"]


def test_priority_of_an_operator_needs_no_confirmation(story):
    """
    Mon 09:00 filed by operator, VIP, error, immediate
    Mon 09:10 now
    """
    assert story.findings == {}


@pytest.mark.parametrize("ends", ["closes", "solves", "refuses and sets the reason to law"])
def test_closed_request_has_no_finding_about_its_priority(make_story, ends):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error, urgent
        Mon 09:10 staff: {ends}
        Mon 09:15 now
        """)
    assert story.findings == {}


def test_requested_priority_sends_no_note(story):
    """
    Mon 09:00 filed by client, VIP, error, urgent
    Mon 09:10 now
    """
    assert story.notes == []
