"""The channel of a request: from its field, its tracker or its author (clauses 7 and 8)."""

import pytest


def test_the_field_names_the_channel(story):
    """
    Mon 09:00 filed by client, VIP, error, by official letter
    Mon 09:10 now
    """
    assert story.judgement.channel == "official_letter"


def test_the_field_counts_before_the_tracker(story):
    """
    Mon 09:00 filed by client, VIP, call-back, by online assistant
    Mon 09:10 now
    """
    assert story.judgement.channel == "online_assistant"
    assert story.first_response.due == "Mon 09:15"


def test_a_call_back_is_known_by_its_tracker(story):
    """
    Mon 09:00 filed by operator, VIP, call-back
    Mon 09:10 now
    """
    assert story.judgement.channel == "callback"
    assert story.judgement.category == "consultation"


def test_what_a_client_files_comes_through_the_tracker(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:10 now
    """
    assert story.judgement.channel == "tracker"


def test_what_an_operator_files_came_by_email(story):
    """
    Mon 09:00 filed by operator, VIP, error
    Mon 09:10 now
    """
    assert story.judgement.channel == "email"


def test_request_of_a_guest_without_a_channel_is_skipped(story):
    """
    Mon 09:00 filed by guest, consultation
    Mon 09:10 now
    """
    assert story.findings == {"no_channel": "no channel, and the author is not a project member; fill in its field"}
    assert story.changes == {}


def test_the_channel_may_be_filled_in_later(story):
    """
    Mon 09:00 filed by operator, VIP, error
    Mon 09:10 operator: sets the channel to online assistant
    Mon 09:12 now
    """
    assert story.first_response.due == "Mon 09:15"


@pytest.mark.parametrize("channel", ["in the tracker", "call-back"])
def test_a_base_client_on_a_channel_for_vip_is_flagged_and_judged_by_base_targets(make_story, channel):
    story = make_story(
        f"""
        Mon 09:00 filed by client, Base, {"error" if channel == "in the tracker" else channel}
        Mon 09:10 now
        """
    )
    used = "tracker" if channel == "in the tracker" else "callback"
    assert story.findings["restricted_channel"] == f"channel {used} is only for vip; evaluated as level base"
    assert next(each.clause for each in story.plan.findings if each.kind == "restricted_channel") == "8"
    assert story.first_response.due == "Mon 18:00"


def test_a_vip_client_in_the_tracker_and_a_base_one_by_mail_are_not_flagged(make_story):
    for words in ("VIP, error", "VIP, call-back", "Base, error, by e-mail", "Base, error, by online assistant"):
        story = make_story(f"""
            Mon 09:00 filed by client, {words}
            Mon 09:10 now
            """)
        assert "restricted_channel" not in story.findings
