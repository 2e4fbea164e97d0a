"""A client's own priority is a wish: it is shown until staff confirm it or set another (clause 20)."""

import pytest


def test_a_wish_is_a_finding_until_staff_say_something(story):
    """
    Mon 09:00 filed by client, VIP, error, urgent
    Mon 09:10 now
    """
    assert [(each.kind, each.text, each.clause) for each in story.plan.findings] == [
        ("unconfirmed_priority", "priority urgent is a wish, normal counts: set or confirm it", "20")
    ]


def test_the_targets_do_not_move_by_a_wish(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:05 sup-sync runs
    Mon 09:10 client: sets priority immediate
    Mon 09:15 now
    """
    assert list(story.findings) == ["unconfirmed_priority"]
    assert story.plan.changes == ()
    assert story.value("first_response_due") == "2026-06-08 11:00"


def test_the_targets_move_once_staff_confirm_it(story):
    """
    Mon 09:00 filed by client, VIP, error, immediate
    Mon 09:05 sup-sync runs
    Mon 09:10 staff: confirms the priority
    Mon 09:15 now
    """
    assert story.findings == {}
    assert story.value("first_response_due") == "2026-06-08 11:00"
    assert story.changes["first_response_due"] == "2026-06-08 09:30"


def test_it_is_no_wish_any_more_once_staff_set_another(story):
    """
    Mon 09:00 filed by client, VIP, error, immediate
    Mon 09:10 staff: sets priority urgent
    Mon 09:15 now
    """
    assert story.findings == {}
    assert story.first_response.due == "Mon 10:00"


def test_it_is_no_wish_any_more_once_the_client_takes_it_back(story):
    """
    Mon 09:00 filed by client, VIP, error, immediate
    Mon 09:10 client: sets priority normal
    Mon 09:15 now
    """
    assert story.findings == {}


def test_a_client_who_lowers_a_confirmed_priority_wishes_too(story):
    """
    Mon 09:00 filed by client, VIP, error, urgent
    Mon 09:10 staff: confirms the priority
    Mon 09:20 client: sets priority normal
    Mon 09:25 now
    """
    assert story.findings == {"unconfirmed_priority": "priority normal is a wish, urgent counts: set or confirm it"}
    assert story.first_response.due == "Mon 10:00"


@pytest.mark.parametrize("who", ["client", "colleague", "stranger", "bot"])
def test_nobody_but_staff_confirms_a_wish(make_story, who):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error, urgent
        Mon 09:10 {who}: confirms the priority
        Mon 09:15 now
        """)
    assert list(story.findings) == ["unconfirmed_priority"]
    assert story.first_response.due == "Mon 11:00"


def test_an_answer_of_staff_confirms_nothing(story):
    """
    Mon 09:00 filed by client, VIP, error, urgent
    Mon 09:10 staff: public note and takes it
    Mon 09:15 now
    """
    assert list(story.findings) == ["unconfirmed_priority"]


def test_what_an_operator_files_is_no_wish(story):
    """
    Mon 09:00 filed by operator, VIP, error, immediate
    Mon 09:10 now
    """
    assert story.findings == {}


@pytest.mark.parametrize("ends", ["closes", "solves", "refuses and sets the reason to law"])
def test_on_an_ended_request_there_is_nothing_left_to_wish(make_story, ends):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error, urgent
        Mon 09:10 staff: {ends}
        Mon 09:15 now
        """)
    assert story.findings == {}


def test_a_wish_sends_no_note(story):
    """
    Mon 09:00 filed by client, VIP, error, urgent
    Mon 09:10 now
    """
    assert story.notes == []
