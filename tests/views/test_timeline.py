"""The timeline of a clock: cells by working time, marks at their cells, and its drawing on the terminal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from rich.cells import cell_len
from stories.story import Story
from support.screens import screen_lines

from sup_sync.errors import CalendarError
from sup_sync.output.terminal.labels import label
from sup_sync.output.terminal.timeline import show_timelines
from sup_sync.views.explanation import Explanation, explain
from sup_sync.views.timeline import CellKind, Timeline, timeline

MakeStory = Callable[..., Story]

LETTERS = {
    CellKind.RUNNING: "R",
    CellKind.PAUSED: "P",
    CellKind.CLOSED: ".",
    CellKind.AHEAD: "A",
    CellKind.OVER: "o",
}


def explain_story(story: Story) -> Explanation:
    assert story.now is not None
    return explain(story.judgement, story.rules, story.now)


def line_of(story: Story, metric: str, cells: int) -> Timeline | None:
    explanation = explain_story(story)
    clock = next(each for each in explanation.clocks if each.metric == metric)
    steps = [each for each in explanation.ladder if each.metric == metric]
    return timeline(clock, steps, explanation.judgement.filed_at, explanation.now, explanation.calendars, cells)


def drawn(story: Story, metric: str, cells: int) -> tuple[str, dict[str, int]]:
    line = line_of(story, metric, cells)
    assert line is not None
    return "".join(LETTERS[each] for each in line.cells), {mark.name: mark.cell for mark in line.marks}


def test_timeline_runs_to_the_present_and_the_rest_is_ahead(story: Story) -> None:
    """
    Mon 09:00 filed by operator, VIP
    Mon 12:00 now
    """
    cells, marks = drawn(story, "resolution", 9)
    assert cells == "RRRAAAAAA"
    assert marks == {"due": 8, "now": 3, "at_risk": 6}


def test_night_is_not_working_time(story: Story) -> None:
    """
    Mon 15:00 filed by operator, VIP
    Mon 16:00 now
    """
    cells, _ = drawn(story, "resolution", 24)
    assert cells == "RAA" + "." * 15 + "AAAAAA"


def test_waiting_for_the_client_is_an_open_pause_without_a_due_time(story: Story) -> None:
    """
    Mon 09:00 filed by operator, VIP
    Mon 10:00 staff: asks and waiting for client
    Mon 12:00 now
    """
    cells, marks = drawn(story, "resolution", 9)
    assert cells == "RRRPPPPPP"
    assert "due" not in marks


def test_finished_pause_moves_the_due_time(story: Story) -> None:
    """
    Mon 09:00 filed by operator, VIP
    Mon 10:00 staff: asks and waiting for client
    Mon 12:00 client: answers
    Mon 13:00 now
    """
    cells, marks = drawn(story, "resolution", 26)
    assert cells == "RPPRAAAAA" + "." * 15 + "AA"
    assert marks["due"] == 25


def test_timeline_ends_at_the_stop_if_the_target_was_missed(story: Story) -> None:
    """
    Mon 09:00 filed by operator, VIP
    Mon 13:00 staff: public note
    Fri 12:00 now
    """
    cells, marks = drawn(story, "first_response", 4)
    assert cells == "RRRR"
    assert marks == {"due": 2, "stopped": 3, "at_risk": 1, "to_head": 3}


def test_timeline_is_blank_after_a_stop_in_time(story: Story) -> None:
    """
    Mon 09:00 filed by operator, VIP
    Mon 10:00 staff: public note
    Fri 12:00 now
    """
    cells, marks = drawn(story, "first_response", 4)
    assert cells == "RRoo"
    assert marks == {"due": 3, "stopped": 2, "at_risk": 3}


def test_timeline_without_length_is_not_drawn(make_story: MakeStory) -> None:
    story = make_story("Mon 09:00 filed by operator, VIP, by official letter \n Mon 09:00 now")
    assert line_of(story, "resolution", 10) is None


def test_timeline_outside_the_calendar_s_years_is_left_out_of_the_screen(make_story: MakeStory) -> None:
    story = make_story("2027-12-31 17:00 filed by operator, VIP, by official letter \n 2027-12-31 17:10 now")
    explanation = explain_story(story)
    clock = next(each for each in explanation.clocks if each.metric == "resolution")
    late = explanation.now + timedelta(days=40)
    with pytest.raises(CalendarError):
        timeline(clock, (), explanation.judgement.filed_at, late, explanation.calendars, 10)
    lines = screen_lines(lambda console: show_timelines(console, replace(explanation, now=late)))
    assert label("resolution") not in "".join(lines)


def shown(story: Story, width: int) -> list[str]:
    return screen_lines(lambda console: show_timelines(console, explain_story(story)), width)


WAITS = """
    Mon 09:00 filed by operator, VIP
    Mon 10:00 staff: asks and waiting for client
    Mon 12:00 client: answers
    Mon 13:00 now
"""


def test_screen_has_timelines_marks_and_a_legend(make_story: MakeStory) -> None:
    assert shown(make_story(WAITS), 28) == [
        "",
        "Timeline",
        "  first response, Mon",
        "  2026-06-08 09:00 to Mon",
        "  2026-06-08 11:00, 1",
        "  character = 4 min",
        "  █████████████",
        "               S     1     D",
        "  resolution, Mon 2026-06-08",
        "  09:00 to Tue 2026-06-09",
        "  11:00, 1 character = 1 h",
        "  █░░█─────···············──",
        "      N   1                D",
        "  █ counts   ░ paused   ·",
        "  outside working hours   ─",
        "  still ahead   D due   N",
        "  now   S stopped   1 at",
        "  risk",
    ]


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_no_line_is_longer_than_the_terminal(make_story: MakeStory, width: int) -> None:
    lines = shown(make_story(WAITS), width)
    assert all(cell_len(each) <= width for each in lines)
    assert any(cell_len(each) == min(width, 100) for each in lines)
    for sign in ("█ counts", "░ paused", "· outside working hours", "─ still ahead", "D due", "N now", "S stopped"):
        assert sign in " ".join(" ".join(lines).split())
