"""The exact text of the screens of queue, report, due and mistakes."""

from __future__ import annotations

from collections.abc import Callable

from stories.story import Story
from support.screens import screen_lines

from sup_sync.errors import Mistake
from sup_sync.output.terminal.contracts import show_mistakes
from sup_sync.output.terminal.report import show_report
from sup_sync.output.terminal.targets import target_lines
from sup_sync.output.terminal.work_queue import show_queue
from sup_sync.sla.judgement import Judgement
from sup_sync.views.compliance import Dimension, compliance
from sup_sync.views.work_queue import queue

MakeStory = Callable[..., Story]

NOW = "Thu 15:20 now"


# ---- queue


def queue_of(*stories: Story, width: int = 80) -> list[str]:
    rules, judgements = stories[0].rules, [story.judgement for story in stories]
    return screen_lines(lambda console: show_queue(console, queue(judgements, rules.calendars)), width)


def test_queue_on_80_columns_has_the_subject_below(make_story: MakeStory) -> None:
    shown_lines = queue_of(
        make_story(f"Thu 14:50 filed by operator, Base, immediate \n {NOW}"),
        make_story(f"Thu 12:35 filed by operator, VIP \n {NOW}"),
        make_story(f"Mon 10:10 filed by operator, VIP, by official letter \n Mon 10:20 staff: public note \n {NOW}"),
        make_story(f"Mon 10:10 filed by operator, Base, status «Белгісіз» \n {NOW}"),
        make_story(f"Mon 10:10 filed by operator, Base \n Mon 10:20 staff: asks and waiting for client \n {NOW}"),
    )
    assert shown_lines == [
        "     #  level  priority   next      due                   time left",
        "↑ 1  1  Base   immediate  response  Fri 2026-06-12 14:50  8 h 30 min left",
        "        Есеп ашылмайды",
        "  2  2  VIP    normal     response  Thu 2026-06-11 14:35  overdue by 45 min",
        "        Есеп ашылмайды",
        "  3  3  VIP    normal     —         —                     no target",
        "        Есеп ашылмайды",
        "↑ out of turn (clause 22)",
        "",
        "Blocked",
        '  #4  status "Белгісіз" is not mapped; add it to `statuses` in',
        "      mappings/tracker.yaml",
        "",
        "3 requests to work on; 1 waiting for the client, 0 with development.",
    ]


def test_queue_on_120_columns_has_the_subject_in_the_line(make_story: MakeStory) -> None:
    assert queue_of(make_story(f"Thu 12:35 filed by operator, VIP \n {NOW}"), width=120) == [
        "   #  level  priority  next      due                   time left          subject",
        "1  1  VIP    normal    response  Thu 2026-06-11 14:35  overdue by 45 min  Есеп ашылмайды",
        "",
        "1 request to work on; 0 waiting for the client, 0 with development.",
    ]


def test_requested_priority_is_next_to_the_priority_on_a_card(make_story: MakeStory) -> None:
    shown_lines = queue_of(make_story(f"Thu 14:50 filed by client, VIP, by tracker, immediate \n {NOW}"), width=50)
    assert "    priority   normal (immediate?)" in shown_lines
    assert "    subject    Есеп ашылмайды" in shown_lines


def test_target_that_passes_after_hours_is_overdue_by_0_min(make_story: MakeStory) -> None:
    late = make_story("Mon 16:00 filed by operator, VIP \n Mon 21:00 now")
    assert "overdue by 0 min" in queue_of(late)[1]


def test_request_stopped_while_waiting_is_counted_once_as_blocked(
    make_story: MakeStory,
) -> None:
    stopped = make_story(
        "Mon 10:00 filed by operator \n"
        f"Mon 10:20 staff: asks and waiting for client and sets the reason to insult \n {NOW}"
    )
    assert queue_of(stopped) == [
        "",
        "Blocked",
        "  #1  staff stopped work on it: insult (clause 16)",
        "",
        "0 requests to work on; 0 waiting for the client, 0 with development.",
    ]


def test_empty_queue_shows_zero_requests(make_story: MakeStory) -> None:
    rules = make_story(f"Thu 12:35 filed by operator \n {NOW}").rules
    nothing: list[Judgement] = []
    assert screen_lines(lambda console: show_queue(console, queue(nothing, rules.calendars))) == [
        "0 requests to work on; 0 waiting for the client, 0 with development."
    ]


# ---- report


def test_report_shows_the_figures_of_each_group_for_each_target(make_story: MakeStory) -> None:
    stories = [
        make_story(f"Mon 09:00 filed by operator, VIP \n Mon 10:00 staff: public note and solves \n {NOW}"),
        make_story(f"Wed 16:00 filed by operator, Base \n {NOW}"),
        make_story(f"Mon 09:00 filed by operator, Base \n Mon 10:00 staff: refuses \n {NOW}"),
        make_story(f"Mon 09:00 filed by operator, Base, tracker «Басқа» \n {NOW}"),
    ]
    judgements = [story.judgement for story in stories]
    report = compliance(
        judgements, stories[0].rules.policy, stories[0].rules.calendars, by=[Dimension.LEVEL, Dimension.CATEGORY]
    )
    assert screen_lines(lambda console: show_report(console, report)) == [
        "4 requests filed 2026-06-08 to 2026-06-10, 1 refused or stopped, 1 not evaluated",
        "",
        "First response",
        "                                         no share",
        "            all met breached running target   met median 90 % in",
        "all           4   1        ·   1 (1)      ·  100%    1 h     1 h",
        "by level",
        "  VIP         1   1        ·       ·      ·  100%    1 h     1 h",
        "  Base        3   ·        ·   1 (1)      ·     —      —       —",
        "by category",
        "  error       3   1        ·   1 (1)      ·  100%    1 h     1 h",
        "  —           1   ·        ·       ·      ·     —      —       —",
        "",
        "Resolution",
        "                                         no share",
        "            all met breached running target   met median 90 % in",
        "all           4   1        ·       1      ·  100%    1 h     1 h",
        "by level",
        "  VIP         1   1        ·       ·      ·  100%    1 h     1 h",
        "  Base        3   ·        ·       1      ·     —      —       —",
        "by category",
        "  error       3   1        ·       1      ·  100%    1 h     1 h",
        "  —           1   ·        ·       ·      ·     —      —       —",
        "",
        "running: not overdue, in brackets those at risk; median and 90 %: time until the",
        "clock stopped",
        "",
        "Working time by party",
        "          support client development      closed elapsed",
        "  all 10 h 20 min      ·           · 64 h 40 min    75 h",
        "",
        "Refused, deferred, stopped or auto-closed, by reason",
        "  reason           clause  requests",
        "  no reason given  9              1",
    ]


def test_stopped_requests_are_counted_with_refused_ones(make_story: MakeStory) -> None:
    stories = [
        make_story(f"Mon 09:00 filed by operator, Base \n Mon 10:00 staff: refuses \n {NOW}"),
        make_story(f"Mon 09:00 filed by operator, Base, reason insult \n {NOW}"),
        make_story(f"Mon 09:00 filed by operator, Base \n {NOW}"),
    ]
    report = compliance([story.judgement for story in stories], stories[0].rules.policy, stories[0].rules.calendars)
    head, *_ = screen_lines(lambda console: show_report(console, report))
    assert head == "3 requests filed 2026-06-08 to 2026-06-08, 2 refused or stopped"


def test_narrow_report_cuts_names_but_never_figures(make_story: MakeStory) -> None:
    story = make_story(f"last Mon 09:00 filed by operator, by online assistant \n Thu 15:10 staff: solves \n {NOW}")
    report = compliance([story.judgement], story.rules.policy, story.rules.calendars)
    for line in screen_lines(lambda console: show_report(console, report), 64):
        assert "…" not in line[20:]
    assert any("78 h 10 min" in line for line in screen_lines(lambda console: show_report(console, report), 64))


# ---- due and mistakes


def test_due_shows_each_target_and_marks_missing_ones() -> None:
    targets = [
        {
            "metric": "first_response",
            "within": 7200,
            "due_at": "2026-06-08T11:00:00+05:00",
            "clause": "SLA VIP.2",
            "agreement": "vip_official_letter",
        },
        {
            "metric": "resolution",
            "within": None,
            "due_at": None,
            "clause": "SLA VIP.3",
            "agreement": "vip_official_letter",
        },
    ]
    assert list(target_lines(targets, 79)) == [
        "target          within     due                   clause     agreement",
        "first response  2 h        Mon 2026-06-08 11:00  SLA VIP.2  vip_official_letter",
        "resolution      no target  —                     SLA VIP.3  vip_official_letter",
    ]
    assert list(target_lines(targets, 78))[:6] == [
        "first response",
        "    within     2 h",
        "    due        Mon 2026-06-08 11:00",
        "    clause     SLA VIP.2",
        "    agreement  vip_official_letter",
        "resolution",
    ]


def test_mistake_is_one_line_at_any_length() -> None:
    long = Mistake("regulation.yaml", 12, "unknown key 'levls'; did you mean 'levels'? " + "x" * 200)
    mistakes = [long, Mistake("clients.yaml", 3, "ended \x1b[2J", is_warning=True)]
    assert screen_lines(lambda console: show_mistakes(console, mistakes)) == [
        str(long),
        "clients.yaml:3: warning: ended [2J",
    ]
