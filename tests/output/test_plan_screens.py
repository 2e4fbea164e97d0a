"""The exact text of the screens of plan and apply."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from stories.story import Story
from support.screens import screen_lines

from sup_sync.model.change import Change
from sup_sync.model.issue import Finding
from sup_sync.output.terminal.plan import show_findings, show_outcomes, show_plan, show_run_result
from sup_sync.planning.plan import Plan

MakeStory = Callable[..., Story]

NOW = "Thu 15:20 now"


def show_changes(*changes: Change, story: Story, findings: tuple[Finding, ...] = (), judged: int = 30) -> list[str]:
    plan = Plan(changes, findings, judged)
    return screen_lines(lambda console: show_plan(console, plan, [story.judgement]))


@pytest.fixture
def vip(make_story: MakeStory) -> Story:
    return make_story(f"Mon 09:00 filed by client, VIP, error, urgent \n {NOW}")


def test_plan_shows_each_value_its_reason_and_its_clause(vip: Story) -> None:
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
        ((("marker", "", "b"),), 9, "Plan: only sup-sync's marker on 1 of 9 requests."),
    ],
)
def test_plan_ends_with_a_summary(
    vip: Story, changes: tuple[tuple[str, str, str], ...], judged: int, summary: str
) -> None:
    rows = (Change(1, field, old, new, "why") for field, old, new in changes)
    assert show_changes(*rows, story=vip, judged=judged)[-1] == summary


def test_findings_are_counted_when_nothing_changes(vip: Story) -> None:
    findings = (Finding(7, "x", "look"),)
    assert show_changes(story=vip, findings=findings)[-1].endswith("Nothing to write on 30 requests. 1 finding.")


def test_findings_heading_is_left_out_without_findings() -> None:
    assert screen_lines(lambda console: show_findings(console, ())) == []


# ---- writes


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
    postponed: tuple[int, ...] = ()


OUTCOMES = (
    Outcome(1, "applied"),
    Outcome(2, "failed", "no answer"),
    Outcome(3, "applied"),
    Outcome(14, "stale", "it changed\x1b[2J meanwhile"),
    Outcome(5, "refused", "403"),
    Outcome(6, "unneeded", "nothing left"),
)


def test_each_write_that_was_not_applied_has_a_line_and_all_are_counted() -> None:
    assert screen_lines(lambda console: show_outcomes(console, OUTCOMES)) == [
        "  failed   #2  no answer",
        "  stale    #14  it changed[2J meanwhile",
        "  refused  #5  403",
        "  unneeded #6  nothing left",
        "Written: 2 applied, 1 unneeded, 1 stale, 1 refused, 1 failed.",
    ]
    assert screen_lines(lambda console: show_outcomes(console, ())) == ["Nothing to write."]


def test_equal_findings_of_many_requests_are_one_line() -> None:
    renamed = [Finding(each, "unmapped_name", 'status "X" is not mapped') for each in range(3, 15)]
    findings = sorted((*renamed, Finding(5, "no_reason", "set a reason", "4"), Finding(9, "no_reason", "set a reason")))
    assert screen_lines(lambda console: show_findings(console, findings)) == [
        "Findings",
        '  12 requests  status "X" is not mapped: #3, #4, #5, #6, #7, #8, #9, #10, #11,',
        "               #12 and 2 more",
        "  #5           set a reason (clause 4)",
        "  #9           set a reason",
        "",
    ]


def test_equal_failures_of_many_writes_are_one_line() -> None:
    outcomes = [*(Outcome(each, "refused", "not tried") for each in (5, 7)), Outcome(6, "failed", "not tried")]
    assert screen_lines(lambda console: show_outcomes(console, outcomes)) == [
        "  refused  2 requests  not tried: #5, #7",
        "  failed   #6  not tried",
        "Written: 2 refused, 1 failed.",
    ]


def test_run_result_shows_findings_writes_and_the_number_not_evaluated() -> None:
    result = RunResult(Plan((), (Finding(9, "x", "look"),), 3), OUTCOMES[:1], skipped=1, postponed=(7, 12))
    assert screen_lines(lambda console: show_run_result(console, result)) == [
        "Findings",
        "  #9  look",
        "",
        "Written: 1 applied.",
        "1 request could not be evaluated; see the findings.",
        "Left for the next run because of `limits`: 2 requests: #7, #12.",
    ]
    complete = RunResult(Plan((), (), 3), OUTCOMES[:1], skipped=0)
    assert screen_lines(lambda console: show_run_result(console, complete)) == ["Written: 1 applied."]
