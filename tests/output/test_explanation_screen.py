"""The exact text of the screen of explain."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from stories.story import Story
from support.screens import screen_lines

from sup_sync.output.terminal.explanation import show_explanation
from sup_sync.views.explanation import explain

MakeStory = Callable[..., Story]

NOW = "Thu 15:20 now"


def test_explanation_shows_all_parts(story: Story) -> None:
    """
    Mon 09:00 filed by client, VIP, error, urgent
    Mon 09:10 staff: public note
    Mon 10:00 staff: asks and waiting for client and sets priority urgent
    Mon 13:00 sup-sync runs
    Tue 11:00 now
    """
    assert story.now is not None
    explanation = explain(story.judgement, story.rules, story.now)
    assert screen_lines(lambda console: show_explanation(console, explanation)) == [
        "#1 VIP · error · urgent · tracker — Есеп ашылмайды",
        "as of Tue 2026-06-09 11:00",
        "",
        "Classification",
        "  level     VIP                 contract of «Алатау Трейд» ЖШС until 2028-12-31",
        "                                (clause 3)",
        "  channel   tracker             filed by client (clause 8)",
        "  category  error               tracker «Қате, істеліп бітпеген» (clause 4)",
        "  priority  urgent              the operator determines the priority (clause 20)",
        "            Mon 2026-06-08 09:00  urgent by client Ерлан Садықов: not confirmed,",
        "                                  normal applies",
        "            Mon 2026-06-08 10:00  urgent by staff Болат Ермеков",
        "",
        "History",
        "  Mon 2026-06-08 09:00  client  Ерлан Садықов  filed",
        "  Mon 2026-06-08 09:10  staff   Болат Ермеков  public note",
        "  Mon 2026-06-08 10:00  staff   Болат Ермеков  public note, status Жаңа → Клиент",
        "                                               жауабын күтуде, priority urgent →",
        "                                               urgent",
        "  Mon 2026-06-08 13:00  bot     sup-sync       other values",
        "",
        "Time by party",
        "  held by  from                  working time  wall clock",
        "  support  Mon 2026-06-08 09:00           1 h         1 h",
        "  client   Mon 2026-06-08 10:00          10 h        25 h",
        "  support  total                          1 h         1 h",
        "  client   total                         10 h        25 h",
        "  elapsed  total                         11 h        26 h",
        "",
        "Targets",
        "  first response  met: on time (SLA VIP.2)",
        "                  took 10 min of 2 h working time",
        "                  counts from Mon 2026-06-08 09:00, due Mon 2026-06-08 11:00",
        "                  stopped Mon 2026-06-08 09:10",
        "  resolution      on track: waiting for the client (SLA VIP.3)",
        "                  1 h of 9 h working time, resting, 8 h left",
        "                  counts from Mon 2026-06-08 09:00",
        "                  paused from Mon 2026-06-08 10:00 on",
        "",
        "Timeline",
        "  first response, Mon 2026-06-08 09:00 to Mon 2026-06-08 11:00, 1 character = 1",
        "  min",
        "  ███████",
        "        S                                                   1                  D",
        "  resolution, Mon 2026-06-08 09:00 to Tue 2026-06-09 11:00, 1 character = 20 min",
        "  ███░░░░░░░░░░░░░░░░░░░░░░░░·············································░░░░░░",
        "                                                                               N",
        "  █ counts   ░ paused   · outside working hours   D due   N now   S stopped   1",
        "  at risk",
        "",
        "Waiting for the client",
        "  asked Mon 2026-06-08 10:00, reminded after Mon 2026-06-08 14:00, closed after",
        "  Mon 2026-06-08 18:00, in working hours only (clause 15)",
        "",
        "Escalation",
        "  first response  at risk       75%  Mon 2026-06-08 10:30  not needed",
        "  first response  breached     100%  Mon 2026-06-08 11:00  not needed",
        "  first response  to head      200%  Mon 2026-06-08 13:00  not needed",
        "  resolution      at risk       75%  —                     not due yet",
        "  resolution      breached     100%  —                     not due yet",
        "  resolution      to head      200%  —                     not due yet",
        "",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Mon 09:00 filed by operator, VIP \n Mon 13:00 now", "4 h of 2 h working time, overdue by 2 h"),
        ("Mon 09:00 filed by operator, VIP, by official letter \n Mon 13:00 now", "4 h of working time"),
        (
            "Mon 09:00 filed by operator \n Mon 10:00 staff: hands to development and sets version 2 due 2026-06-19"
            " \n Mon 13:00 now",
            "the release of 2026-06-19 is the target",
        ),
        (
            "Mon 09:00 filed by operator \n Mon 10:00 staff: solves \n Mon 11:00 client: reopens \n Mon 13:00 now",
            "reopened 1 time",
        ),
        (
            "Mon 09:00 filed by operator \n Mon 10:00 staff: solves \n Mon 11:00 client: reopens \n Mon 13:00 now",
            "paused from Mon 2026-06-08 10:00 until Mon 2026-06-08 11:00",
        ),
        (
            "Mon 09:00 filed by operator, status «Белгісіз» \n Mon 13:00 now",
            '  #1  status "Белгісіз" is not mapped; add it to `statuses` in',
        ),
    ],
)
def test_explanation_has_a_line_for_each_special_case(make_story: MakeStory, text: str, line: str) -> None:
    story = make_story(text)
    assert story.now is not None
    explanation = explain(story.judgement, story.rules, story.now)
    assert line in [
        each if each.startswith("  #") else each.strip()
        for each in screen_lines(lambda c: show_explanation(c, explanation))
    ]


ASKED = "staff: asks and waiting for client"


@pytest.mark.parametrize(
    ("text", "is_shown"),
    [
        (f"Mon 09:00 filed by operator \n Mon 10:00 {ASKED} \n Mon 13:00 now", True),
        (f"Mon 09:00 filed by operator, reason insult \n Mon 10:00 {ASKED} \n Mon 13:00 now", False),
    ],
)
def test_waiting_is_shown_if_the_request_would_be_closed(make_story: MakeStory, text: str, is_shown: bool) -> None:
    story = make_story(text)
    assert story.now is not None
    explanation = explain(story.judgement, story.rules, story.now)
    assert ("Waiting for the client" in screen_lines(lambda c: show_explanation(c, explanation))) is is_shown


def test_time_outside_the_calendar_s_years_is_a_dash(make_story: MakeStory) -> None:
    story = make_story("2022-12-30 12:00 filed by operator \n 2022-12-30 13:00 now")
    assert story.now is not None
    explanation = explain(story.judgement, story.rules, story.now)
    assert "  support  Fri 2022-12-30 12:00             —         1 h" in screen_lines(
        lambda c: show_explanation(c, explanation)
    )


def test_seconds_that_decide_are_shown(story: Story) -> None:
    """
    Mon 09:00:30 filed by client, VIP, error
    Mon 11:00:45 staff: public note
    Mon 12:00 now
    """
    assert story.now is not None
    explanation = explain(story.judgement, story.rules, story.now)
    lines = " ".join(line.strip() for line in screen_lines(lambda console: show_explanation(console, explanation)))
    assert "took 2 h 0 min 15 s of 2 h working time, late by 15 s" in lines
    assert "counts from Mon 2026-06-08 09:00:30, due Mon 2026-06-08 11:00:30" in lines
    assert "stopped Mon 2026-06-08 11:00:45" in lines
    assert "2 h 59 min of 9 h working time, 6 h left" in lines
