"""Errors in stories: a line with a typo is never ignored."""

import pytest
from stories.story_request import StoryError

FILED = "Mon 09:00 filed by client, VIP, error"


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ("Mon 09:00 filed by cleint, VIP\nMon 10:00 now", "begins with `filed by`"),
        ("Mon 09:00 filed by client, VPI\nMon 10:00 now", "not understood: VPI"),
        ("Mon 10:00 staff: public note\nMon 11:00 now", "begins with `filed by`"),
        (f"{FILED}\nMon 10:00 staff: publik note\nMon 11:00 now", "not understood: publik note"),
        (f"{FILED}\nMon 10:00 staff: public note and closses\nMon 11:00 now", "not understood: closses"),
        (f"{FILED}\nMon 10:00 staf: public note\nMon 11:00 now", "not understood: staf: public note"),
        (f"{FILED}\nMno 10:00 staff: public note\nMon 11:00 now", "not understood: Mno 10:00"),
        (f"{FILED}\nMon 8:00 staff: public note\nMon 11:00 now", "not understood: Mon 8:00"),
        (
            f"{FILED}\nMon 10:00 staff: public note\nMon 09:30 staff: closes\nMon 11:00 now",
            "earlier than a line before",
        ),
        (f"{FILED}\nMon 10:00 now\nMon 11:00 staff: public note", "earlier than a line before"),
        (f"{FILED}\nMon 10:00 staff: public note", "does not come to `now`"),
        (f"{FILED}\nMon 09:30 filed by client\nMon 10:00 now", "not understood: filed by client"),
        (f"in regulation.yaml «no such line» becomes «»\n{FILED}\nMon 10:00 now", "has no 'no such line'"),
        (f"under a full moon\n{FILED}\nMon 10:00 now", "not understood: under a full moon"),
    ],
)
def test_unknown_line_is_an_error(make_story, lines, error):
    with pytest.raises(AssertionError, match=error):
        make_story(lines)


def test_the_error_names_the_line(make_story):
    with pytest.raises(StoryError, match=r"in the line 'Mon 10:00 staff: closses'"):
        make_story(f"{FILED}\nMon 10:00 staff: closses\nMon 11:00 now")
