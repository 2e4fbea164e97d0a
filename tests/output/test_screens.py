"""What each screen shows, to the letter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO

import pytest
from rich.console import Console
from stories.story import Story

from sup_sync.errors import Mistake
from sup_sync.model.change import Change
from sup_sync.model.issue import Finding
from sup_sync.output.terminal.contracts import show_mistakes
from sup_sync.output.terminal.explanation import show_explanation
from sup_sync.output.terminal.layout import make_console
from sup_sync.output.terminal.plan import show_applied, show_findings, show_outcomes, show_plan
from sup_sync.output.terminal.report import show_report
from sup_sync.output.terminal.targets import target_lines
from sup_sync.output.terminal.work_queue import show_queue
from sup_sync.planning.plan import Plan
from sup_sync.sla.judgement import Judgement
from sup_sync.views.compliance import Dimension, compliance
from sup_sync.views.explanation import explain
from sup_sync.views.work_queue import queue

MakeStory = Callable[..., Story]

NOW = "Thu 15:20 now"


def lines(show: Callable[[Console], None], width: int = 80) -> list[str]:
    console = make_console(StringIO())
    console.width = width
    show(console)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue().splitlines()


# ---- plan


def show_changes(*changes: Change, story: Story, findings: tuple[Finding, ...] = (), judged: int = 30) -> list[str]:
    plan = Plan(changes, findings, judged)
    return lines(lambda console: show_plan(console, plan, [story.judgement]))


@pytest.fixture
def vip(make_story: MakeStory) -> Story:
    return make_story(f"Mon 09:00 filed by client, VIP, error, urgent \n {NOW}")


def test_a_plan_shows_each_value_its_reason_and_its_clause(vip: Story) -> None:
    shown_lines = show_changes(
        Change(1, "level", "", "VIP", "contract of X", "3"),
        Change(1, "resolution_due", "2026-06-08 18:00", "2026-06-09 10:00", "filed 2026-06-08 09:00", "SLA VIP.3"),
        Change(1, "due_date", "2026-06-10", "", "no target"),
        Change(1, "private_note", "", "@d.bekova\n\nМерзімі өтті", "first_response: breached", "SLA VIP.2"),
        story=vip,
        findings=(Finding(4, "no_version", "without a version: set one", "23"), Finding(12, "x", "look")),
    )
    assert shown_lines == [
        "#1 VIP · error · normal · tracker — Есеп ашылмайды",
        "  + level               VIP               contract of X (clause 3)",
        "  ~ resolution_due      2026-06-08 18:00 → 2026-06-09 10:00",
        "                        filed 2026-06-08 09:00 (SLA VIP.3)",
        "  - due_date            2026-06-10        no target",
        "  ! private_note        @d.bekova  Мерзімі өтті",
        "                        first_response: breached (SLA VIP.2)",
        "",
        "Findings",
        "  #4   without a version: set one (clause 23)",
        "  #12  look",
        "",
        "Plan: 1 value to set, 1 to change, 1 to clear, 1 note on 1 of 30 requests. 2",
        "findings.",
    ]


@pytest.mark.parametrize(
    ("changes", "judged", "summary"),
    [
        ((), 30, "Nothing to write on 30 requests."),
        ((), 1, "Nothing to write on 1 request."),
        ((("a", "", "b"), ("c", "", "d")), 1, "Plan: 2 values to set on 1 of 1 request."),
        ((("a", "b", "c"),), 9, "Plan: 1 value to change on 1 of 9 requests."),
        ((("a", "b", "c"), ("d", "", "e")), 9, "Plan: 1 value to set, 1 to change on 1 of 9 requests."),
        ((("private_note", "", "c"),), 9, "Plan: 1 note on 1 of 9 requests."),
        ((("marker", "a", "b"), ("private_note", "", "c")), 9, "Plan: 1 note on 1 of 9 requests."),
        ((("marker", "", "b"), ("a", "", "b")), 9, "Plan: 1 value to set on 1 of 9 requests."),
        ((("marker", "", "b"),), 9, "Plan: the tool's own memory alone on 1 of 9 requests."),
    ],
)
def test_a_plan_ends_with_its_figures(
    vip: Story, changes: tuple[tuple[str, str, str], ...], judged: int, summary: str
) -> None:
    rows = (Change(1, field, old, new, "why") for field, old, new in changes)
    assert show_changes(*rows, story=vip, judged=judged)[-1] == summary


def test_findings_are_counted_even_when_there_is_nothing_to_do(vip: Story) -> None:
    found = (Finding(7, "x", "look"),)
    assert show_changes(story=vip, findings=found)[-1].endswith("Nothing to write on 30 requests. 1 finding.")


def test_without_findings_there_is_no_heading_for_them() -> None:
    assert lines(lambda console: show_findings(console, ())) == []


# ---- outcomes


@dataclass(frozen=True)
class Outcome:
    issue_id: int
    kind: str
    text: str = ""


@dataclass(frozen=True)
class RunResult:
    plan: Plan
    outcomes: tuple[Outcome, ...]
    skipped: int


OUTCOMES = (
    Outcome(1, "applied"),
    Outcome(2, "failed", "no answer"),
    Outcome(3, "applied"),
    Outcome(14, "stale", "it changed\x1b[2J meanwhile"),
    Outcome(5, "refused", "403"),
    Outcome(6, "unneeded", "nothing left"),
)


def test_each_write_that_was_not_applied_has_a_line_and_all_are_counted() -> None:
    assert lines(lambda console: show_outcomes(console, OUTCOMES)) == [
        "  failed   #2  no answer",
        "  stale    #14  it changed[2J meanwhile",
        "  refused  #5  403",
        "  unneeded #6  nothing left",
        "Written: 2 applied, 1 unneeded, 1 stale, 1 refused, 1 failed.",
    ]
    assert lines(lambda console: show_outcomes(console, ())) == ["Nothing was to be written."]


def test_a_run_shows_findings_outcomes_and_what_it_could_not_judge() -> None:
    done = RunResult(Plan((), (Finding(9, "x", "look"),), 3), OUTCOMES[:1], skipped=1)
    assert lines(lambda console: show_applied(console, done)) == [
        "Findings",
        "  #9  look",
        "",
        "Written: 1 applied.",
        "1 request could not be judged: see the findings.",
    ]
    whole = RunResult(Plan((), (), 3), OUTCOMES[:1], skipped=0)
    assert lines(lambda console: show_applied(console, whole)) == ["Written: 1 applied."]


# ---- queue


def queue_of(*stories: Story, width: int = 80) -> list[str]:
    rules, judgements = stories[0].rules, [story.judgement for story in stories]
    return lines(lambda console: show_queue(console, queue(judgements, rules.calendars)), width)


def test_the_queue_on_80_columns_has_the_subject_below(make_story: MakeStory) -> None:
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
        "  2  2  VIP    normal     response  Thu 2026-06-11 14:35  breached 45 min ago",
        "        Есеп ашылмайды",
        "  3  3  VIP    normal     —         —                     no target",
        "        Есеп ашылмайды",
        "↑ out of turn (clause 22)",
        "",
        "Nobody can work on these as they are",
        "  #4  status «Белгісіз»: add it to `statuses` of mappings/tracker.yaml",
        "",
        "3 requests to work on; 1 waiting for the client, 0 with development.",
    ]


def test_the_queue_on_120_columns_has_the_subject_behind(make_story: MakeStory) -> None:
    assert queue_of(make_story(f"Thu 12:35 filed by operator, VIP \n {NOW}"), width=120) == [
        "   #  level  priority  next      due                   time left            subject",
        "1  1  VIP    normal    response  Thu 2026-06-11 14:35  breached 45 min ago  Есеп ашылмайды",
        "",
        "1 request to work on; 0 waiting for the client, 0 with development.",
    ]


def test_a_wish_stands_beside_the_priority_on_the_card_of_a_narrow_queue(make_story: MakeStory) -> None:
    shown_lines = queue_of(make_story(f"Thu 14:50 filed by client, VIP, by tracker, immediate \n {NOW}"), width=50)
    assert "    priority   normal (immediate?)" in shown_lines
    assert "    subject    Есеп ашылмайды" in shown_lines


def test_a_breach_after_hours_is_a_breach_though_no_working_time_has_passed_since(make_story: MakeStory) -> None:
    late = make_story("Mon 16:00 filed by operator, VIP \n Mon 21:00 now")
    assert "breached 0 min ago" in queue_of(late)[1]


def test_a_request_that_was_stopped_while_it_waits_is_counted_once_among_those_nobody_can_work_on(
    make_story: MakeStory,
) -> None:
    stopped = make_story(
        "Mon 10:00 filed by operator \n"
        f"Mon 10:20 staff: asks and waiting for client and sets the reason to insult \n {NOW}"
    )
    assert queue_of(stopped) == [
        "",
        "Nobody can work on these as they are",
        "  #1  staff stopped work on it: insult (clause 16)",
        "",
        "0 requests to work on; 0 waiting for the client, 0 with development.",
    ]


def test_an_empty_queue_says_so(make_story: MakeStory) -> None:
    rules = make_story(f"Thu 12:35 filed by operator \n {NOW}").rules
    nothing: list[Judgement] = []
    assert lines(lambda console: show_queue(console, queue(nothing, rules.calendars))) == [
        "0 requests to work on; 0 waiting for the client, 0 with development."
    ]


# ---- explanation


def test_an_explanation_tells_the_whole_story(story: Story) -> None:
    """
    Mon 09:00 filed by client, VIP, error, urgent
    Mon 09:10 staff: public note
    Mon 10:00 staff: asks and waiting for client and sets priority urgent
    Mon 13:00 sup-sync runs
    Tue 11:00 now
    """
    assert story.now is not None
    told = explain(story.judgement, story.rules, story.now)
    assert lines(lambda console: show_explanation(console, told)) == [
        "#1 VIP · error · urgent · tracker — Есеп ашылмайды",
        "as of Tue 2026-06-09 11:00",
        "",
        "Terms",
        "  level     VIP                 contract of «Алатау Трейд» ЖШС until 2028-12-31",
        "                                (clause 3)",
        "  channel   tracker             filed by client (clause 8)",
        "  category  error               tracker «Қате, істеліп бітпеген» (clause 4)",
        "  priority  urgent              the operator determines it (clause 20)",
        "            Mon 2026-06-08 09:00  urgent by client Ерлан Садықов: a wish, normal",
        "                                  counts",
        "            Mon 2026-06-08 10:00  urgent by staff Болат Ермеков",
        "",
        "What happened",
        "  Mon 2026-06-08 09:00  client  Ерлан Садықов  filed",
        "  Mon 2026-06-08 09:10  staff   Болат Ермеков  public note",
        "  Mon 2026-06-08 10:00  staff   Болат Ермеков  public note, status Жаңа → Клиент",
        "                                               жауабын күтуде, priority urgent →",
        "                                               urgent",
        "  Mon 2026-06-08 13:00  bot     sup-sync       other values",
        "",
        "Where its time went",
        "  with     from                  working time  wall clock",
        "  support  Mon 2026-06-08 09:00           1 h         1 h",
        "  client   Mon 2026-06-08 10:00          10 h        25 h",
        "  support  in all                         1 h         1 h",
        "  client   in all                        10 h        25 h",
        "  elapsed  in all                        11 h        26 h",
        "",
        "Targets",
        "  first response  met: in time (SLA VIP.2)",
        "                  took 10 min of 2 h working time",
        "                  counts from Mon 2026-06-08 09:00, due Mon 2026-06-08 11:00",
        "                  stopped Mon 2026-06-08 09:10",
        "  closing         on track: waiting for the client (SLA VIP.3)",
        "                  1 h of 9 h working time, 8 h left",
        "                  counts from Mon 2026-06-08 09:00, due Mon 2026-06-08 18:00",
        "                  plus this pause",
        "                  paused from Mon 2026-06-08 10:00 on",
        "",
        "Line",
        "  first response, Mon 2026-06-08 09:00 to Mon 2026-06-08 11:00, 1 min a sign",
        "  ███████",
        "        S                                                   1                  D",
        "  closing, Mon 2026-06-08 09:00 to Tue 2026-06-09 11:00, 20 min a sign",
        "  ███░░░░░░░░░░░░░░░░░░░░░░░░·············································░░░░░░",
        "                      1      D                                                 N",
        "  █ counts   ░ paused   · nobody works   D due   N now   S stopped   1 at risk",
        "",
        "Waiting for the client",
        "  asked Mon 2026-06-08 10:00, reminded after Mon 2026-06-08 14:00, ended after",
        "  Mon 2026-06-08 18:00, in working hours only (clause 15)",
        "",
        "Ladder",
        "  first response  at risk       75%  Mon 2026-06-08 10:30  not needed",
        "  first response  breached     100%  Mon 2026-06-08 11:00  not needed",
        "  first response  to head      200%  Mon 2026-06-08 13:00  not needed",
        "  closing         at risk       75%  Mon 2026-06-08 15:45  ahead",
        "  closing         breached     100%  Mon 2026-06-08 18:00  ahead",
        "  closing         to head      200%  Tue 2026-06-09 18:00  ahead",
        "",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Mon 09:00 filed by operator, VIP \n Mon 13:00 now", "4 h of 2 h working time, breached 2 h ago"),
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
            "  #1  status «Белгісіз»: add it to `statuses` of mappings/tracker.yaml",
        ),
    ],
)
def test_an_explanation_has_a_line_for_what_is_special(make_story: MakeStory, text: str, line: str) -> None:
    story = make_story(text)
    assert story.now is not None
    told = explain(story.judgement, story.rules, story.now)
    assert line in [
        each if each.startswith("  #") else each.strip() for each in lines(lambda c: show_explanation(c, told))
    ]


ASKED = "staff: asks and waiting for client"


@pytest.mark.parametrize(
    ("text", "is_shown"),
    [
        (f"Mon 09:00 filed by operator \n Mon 10:00 {ASKED} \n Mon 13:00 now", True),
        (f"Mon 09:00 filed by operator, reason insult \n Mon 10:00 {ASKED} \n Mon 13:00 now", False),
    ],
)
def test_what_it_waits_for_is_shown_where_it_would_be_ended(make_story: MakeStory, text: str, is_shown: bool) -> None:
    story = make_story(text)
    assert story.now is not None
    told = explain(story.judgement, story.rules, story.now)
    assert ("Waiting for the client" in lines(lambda c: show_explanation(c, told))) is is_shown


def test_time_outside_the_calendar_s_years_is_a_dash(make_story: MakeStory) -> None:
    story = make_story("2022-12-30 12:00 filed by operator \n 2022-12-30 13:00 now")
    assert story.now is not None
    told = explain(story.judgement, story.rules, story.now)
    assert "  support  Fri 2022-12-30 12:00             —         1 h" in lines(lambda c: show_explanation(c, told))


# ---- report


def test_a_report_shows_each_group_s_figures_for_each_target(make_story: MakeStory) -> None:
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
    assert lines(lambda console: show_report(console, report)) == [
        "4 requests filed 2026-06-08 to 2026-06-10, 1 refused or stopped, 1 not judged",
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
        "Closing",
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
        "running: within its target, of them at risk in brackets; median and 90 %: of the",
        "time that stopped clocks took",
        "",
        "Who had the ball, in working time",
        "          support client development      closed elapsed",
        "  all 10 h 20 min      ·           · 64 h 40 min    75 h",
        "",
        "Refused, put off, stopped or ended, by reason",
        "  reason           clause  requests",
        "  no reason given  9              1",
    ]


def test_what_was_stopped_is_told_with_what_was_refused(make_story: MakeStory) -> None:
    stories = [
        make_story(f"Mon 09:00 filed by operator, Base \n Mon 10:00 staff: refuses \n {NOW}"),
        make_story(f"Mon 09:00 filed by operator, Base, reason insult \n {NOW}"),
        make_story(f"Mon 09:00 filed by operator, Base \n {NOW}"),
    ]
    report = compliance([story.judgement for story in stories], stories[0].rules.policy, stories[0].rules.calendars)
    head, *_ = lines(lambda console: show_report(console, report))
    assert head == "3 requests filed 2026-06-08 to 2026-06-08, 2 refused or stopped"


def test_in_a_narrow_report_the_names_give_way_and_never_the_figures(make_story: MakeStory) -> None:
    story = make_story(f"last Mon 09:00 filed by operator, by online assistant \n Thu 15:10 staff: solves \n {NOW}")
    report = compliance([story.judgement], story.rules.policy, story.rules.calendars)
    for line in lines(lambda console: show_report(console, report), 64):
        assert "…" not in line[20:]
    assert any("78 h 10 min" in line for line in lines(lambda console: show_report(console, report), 64))


# ---- due and mistakes


def test_due_shows_each_target_and_says_where_there_is_none() -> None:
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
        "closing         no target  —                     SLA VIP.3  vip_official_letter",
    ]
    assert list(target_lines(targets, 78))[:6] == [
        "first response",
        "    within     2 h",
        "    due        Mon 2026-06-08 11:00",
        "    clause     SLA VIP.2",
        "    agreement  vip_official_letter",
        "closing",
    ]


def test_a_mistake_is_one_line_however_long() -> None:
    long = Mistake("regulation.yaml", 12, "unknown key 'levls'; did you mean 'levels'? " + "x" * 200)
    mistakes = [long, Mistake("clients.yaml", 3, "ended \x1b[2J", is_warning=True)]
    assert lines(lambda console: show_mistakes(console, mistakes)) == [
        str(long),
        "clients.yaml:3: warning: ended [2J",
    ]
