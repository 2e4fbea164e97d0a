"""The time of the next check of a request that does not change."""

from __future__ import annotations

import pytest
from stories.moments import show_moment

ANSWERED = "Mon 09:30 staff: public note"


@pytest.mark.parametrize(
    ("lines", "now", "next_check_at"),
    [
        pytest.param([], "Mon 09:10", "Mon 10:30", id="three quarters of the two hours to the first response"),
        pytest.param([], "Mon 10:31", "Mon 11:00", id="the first response's target"),
        pytest.param([], "Mon 11:01", "Mon 13:00", id="twice that time"),
        pytest.param([], "Mon 13:01", "Mon 15:45", id="three quarters of the day to the resolution"),
        pytest.param([ANSWERED], "Mon 09:40", "Mon 15:45", id="the same after the first response"),
        pytest.param([ANSWERED], "Mon 15:46", "Mon 18:00", id="the target of the resolution"),
        pytest.param([ANSWERED], "Mon 18:01", "Tue 18:00", id="twice that time, a working day on"),
        pytest.param(
            [ANSWERED], "Tue 18:01", "2028-01-01 00:00", id="all steps are sent: the last day of the calendar"
        ),
        pytest.param(
            [ANSWERED, "Mon 10:00 staff: asks and waiting for client"],
            "Mon 10:05",
            "Mon 14:00",
            id="half of the wait for an answer",
        ),
        pytest.param(
            [ANSWERED, "Mon 10:00 staff: asks and waiting for client"],
            "Mon 14:01",
            "Mon 18:00",
            id="the close of the wait",
        ),
        pytest.param(
            [ANSWERED, "Mon 10:00 staff: asks and waiting for client", "Mon 14:01 sup-sync runs"],
            "Mon 19:00",
            "Tue 09:00",
            id="the next opening, for a wait that was over after hours",
        ),
        pytest.param(
            [ANSWERED, "Fri 10:00 staff: asks and waiting for client", "Fri 14:01 sup-sync runs"],
            "Sat 12:00",
            "next Mon 09:00",
            id="the same on a weekend",
        ),
        pytest.param(
            ["in config.yaml «# quiet_hours: 21:00-08:00 » becomes «quiet_hours: 21:00-08:00 »"],
            "Mon 22:00",
            "Tue 08:00",
            id="the end of quiet hours",
        ),
        pytest.param(
            ["in config.yaml «# quiet_hours: 21:00-08:00 » becomes «quiet_hours: 10:00-10:20 »"],
            "Mon 10:10",
            "Mon 10:20",
            id="quiet hours of the same day",
        ),
        pytest.param([ANSWERED, "Mon 10:00 staff: closes"], "Mon 10:05", None, id="never, if it is closed"),
    ],
)
def test_next_check_is_at_the_time_of_the_regulation(make_story, lines, now, next_check_at):
    configuration = [line for line in lines if line.startswith("in ")]
    events = [line for line in lines if not line.startswith("in ")]
    story = make_story("\n".join([*configuration, "Mon 09:00 filed by client, VIP, error", *events, f"{now} now"]))
    assert show_moment(story.next_check_at) == next_check_at
