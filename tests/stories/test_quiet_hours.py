"""Quiet hours: notes to clients wait, notes to staff do not."""

import pytest

QUIET = "in config.yaml «# quiet_hours: 21:00-08:00 » becomes «quiet_hours: {hours} »"


@pytest.mark.parametrize(
    ("hours", "now", "is_told"),
    [
        ("21:00-08:00", "Mon 20:59", True),
        ("21:00-08:00", "Mon 21:00", False),
        ("21:00-08:00", "Tue 07:59", False),
        ("21:00-08:00", "Tue 08:00", True),
        ("12:00-13:00", "Tue 12:30", False),
        ("12:00-13:00", "Tue 11:59", True),
        ("12:00-13:00", "Tue 13:00", True),
    ],
)
def test_acknowledgement_waits_until_quiet_hours_end(make_story, hours, now, is_told):
    story = make_story(f"""
        {QUIET.format(hours=hours)}
        Mon 19:00 filed by client, VIP, error
        {now} now
        """)
    assert len(story.public_notes) == is_told
    assert ("acknowledged" in story.changes.get("marker", "")) is is_told


def test_notes_to_staff_are_sent_in_quiet_hours(make_story):
    story = make_story(f"""
        {QUIET.format(hours="21:00-08:00")}
        Mon 09:00 filed by client, VIP, error
        Mon 22:00 now
        """)
    assert story.public_notes == []
    assert len(story.notes) == 1


def test_acknowledgement_is_sent_at_night_without_quiet_hours(story):
    """
    Mon 22:00 filed by client, VIP, error
    Mon 22:05 now
    """
    assert len(story.public_notes) == 1
