"""Compliance in figures, the summary of a plan, and JSON that keeps client text without control characters."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stories.moments import read_moment
from stories.story import Story

from sup_sync.model.change import Change
from sup_sync.model.issue import Finding
from sup_sync.planning.forecast import Forecast
from sup_sync.planning.plan import Plan
from sup_sync.to_json import json_text, json_value
from sup_sync.views.compliance import Dimension, Report, compliance, nearest_rank
from sup_sync.views.plan_summary import PlanSummary, plan_json

MakeStory = Callable[..., Story]

FIRST, RESOLUTION = ("first_response", "resolution")
NOW = "Thu 15:00 now"


def report_on(*stories: Story) -> Report:
    return compliance([story.judgement for story in stories], stories[0].rules.policy, stories[0].rules.calendars)


def keys(report: Report, dimension: Dimension) -> list[str | None]:
    return [group.key for group in report.by[dimension]]


@pytest.fixture
def month(make_story: MakeStory) -> tuple[Story, ...]:
    """Ten requests with every kind of verdict."""
    return (
        make_story(f"Mon 09:00 filed by operator, VIP, error \n Mon 10:00 staff: public note and solves \n {NOW}"),
        make_story(
            f"Mon 09:00 filed by operator, VIP \n Mon 12:00 staff: public note \n Wed 10:00 staff: solves \n {NOW}"
        ),
        make_story(f"Thu 14:00 filed by operator, Base, consultation \n {NOW}"),
        make_story(f"Wed 16:00 filed by operator, Base, consultation \n {NOW}"),
        make_story(f"Mon 09:00 filed by operator, Base, suggestion, by online assistant \n {NOW}"),
        make_story(f"Mon 09:00 filed by operator, VIP, by official letter \n Mon 10:00 staff: public note \n {NOW}"),
        make_story(f"Mon 09:00 filed by operator, Base \n Tue 17:00 staff: refuses and public note \n {NOW}"),
        make_story(f"Mon 09:00 filed by operator, VIP, status «Белгісіз» \n {NOW}"),
        make_story(
            f"Mon 09:00 filed by operator, Base, urgent \n Mon 09:30 staff: asks and waiting for client \n {NOW}"
        ),
        make_story(f"last Mon 09:00 filed by operator, Base \n last Mon 09:20 staff: public note and closes \n {NOW}"),
    )


def test_each_verdict_is_counted_once(month: tuple[Story, ...]) -> None:
    first, resolution = report_on(*month).total.tallies
    assert (first.met, first.breached, first.on_track, first.at_risk, first.no_target) == (4, 2, 1, 1, 0)
    assert (resolution.met, resolution.breached, resolution.on_track, resolution.at_risk, resolution.no_target) == (
        2,
        2,
        3,
        0,
        1,
    )
    assert (first.running, resolution.running) == (2, 3)


def test_counts_of_every_group_add_up_to_its_requests(month: tuple[Story, ...]) -> None:
    report = report_on(*month)
    for groups in report.by.values():
        assert sum(group.requests for group in groups) == len(month) == report.total.requests
    for group in (report.total, *(group for groups in report.by.values() for group in groups)):
        for tally in group.tallies:
            counted = tally.met + tally.breached + tally.running + tally.no_target
            assert counted + group.refused + group.skipped == group.requests


def test_refused_request_is_neither_met_nor_breached(make_story: MakeStory) -> None:
    late = make_story(f"Mon 09:00 filed by operator, Base \n Wed 17:00 staff: refuses and public note \n {NOW}")
    total = report_on(late).total
    assert total.refused == 1
    assert all(tally.met + tally.breached + tally.running + tally.no_target == 0 for tally in total.tallies)
    assert all(tally.median is None for tally in total.tallies)


def test_refused_request_that_could_not_be_judged_counts_as_skipped(make_story: MakeStory) -> None:
    story = make_story(f"Mon 09:00 filed by operator, tracker «Басқа» \n Mon 10:00 staff: refuses \n {NOW}")
    total = report_on(story).total
    assert (total.skipped, total.refused) == (1, 0)


def test_share_met_is_of_decided_clocks_and_none_if_there_are_none(
    month: tuple[Story, ...], make_story: MakeStory
) -> None:
    first, resolution = report_on(*month).total.tallies
    assert first.share_met == pytest.approx(4 / 6)
    assert resolution.share_met == pytest.approx(2 / 4)
    running = make_story(f"Thu 14:00 filed by operator, Base \n {NOW}")
    assert [tally.share_met for tally in report_on(running).total.tallies] == [None, None]


def test_running_clock_past_its_target_is_a_breach(make_story: MakeStory) -> None:
    story = make_story(f"Mon 09:00 filed by operator, Base, by online assistant \n {NOW}")
    tally = report_on(story).total.tally(FIRST)
    assert (tally.breached, tally.running) == (1, 0)


def test_times_are_of_stopped_clocks_in_working_time(make_story: MakeStory) -> None:
    overnight = make_story(f"Mon 17:30 filed by operator, Base \n Tue 09:30 staff: public note \n {NOW}")
    quick = make_story(f"Mon 10:00 filed by operator, Base \n Mon 10:10 staff: public note \n {NOW}")
    still_open = make_story(f"Mon 09:00 filed by operator, Base \n {NOW}")
    first, resolution = report_on(overnight, quick, still_open).total.tallies
    assert (first.median, first.ninetieth) == (timedelta(minutes=10), timedelta(hours=1))
    assert (resolution.median, resolution.ninetieth) == (None, None)


def test_letter_without_a_target_counts_in_the_median(make_story: MakeStory) -> None:
    letter = f"Mon 09:00 filed by operator, VIP, by official letter \n Mon 16:00 staff: solves \n {NOW}"
    tally = report_on(make_story(letter)).total.tally(RESOLUTION)
    assert (tally.no_target, tally.share_met, tally.median) == (1, None, timedelta(hours=7))


@pytest.mark.parametrize(
    ("values", "percent", "position"),
    [
        (1, 50, 1),
        (1, 90, 1),
        (2, 50, 1),
        (3, 50, 2),
        (4, 50, 2),
        (10, 50, 5),
        (10, 90, 9),
        (6, 90, 6),
        (11, 90, 10),
        (13, 90, 12),
        (100, 90, 90),
    ],
)
def test_nearest_rank(values: int, percent: int, position: int) -> None:
    ordered = [timedelta(minutes=k) for k in range(1, values + 1)]
    assert nearest_rank(ordered, percent) == timedelta(minutes=position)


def test_nearest_rank_of_no_values_is_none() -> None:
    assert nearest_rank([], 50) is None


@given(st.lists(st.integers(0, 10_000), min_size=1), st.sampled_from([50, 90]))
def test_percentile_is_the_lowest_value_that_covers_the_share(minutes: list[int], percent: int) -> None:
    ordered = sorted(timedelta(minutes=each) for each in minutes)

    def covered(value: timedelta) -> bool:
        return Fraction(sum(each <= value for each in ordered), len(ordered)) >= Fraction(percent, 100)

    assert nearest_rank(ordered, percent) == min(filter(covered, ordered))


def test_groups_are_in_the_regulation_s_order_with_unknown_last(
    month: tuple[Story, ...], make_story: MakeStory
) -> None:
    urgent = make_story(f"Mon 09:00 filed by operator, VIP, immediate \n {NOW}")
    unmapped = make_story(f"Mon 09:00 filed by operator, Base, tracker «Басқа» \n {NOW}")
    odd = make_story(f"Mon 09:00 filed by operator, Base, priority «Шұғыл» \n {NOW}")
    report = report_on(urgent, unmapped, odd, *reversed(month))
    assert keys(report, Dimension.LEVEL) == ["vip", "base"]
    assert keys(report, Dimension.CHANNEL) == ["online_assistant", "email", "official_letter"]
    assert keys(report, Dimension.CATEGORY) == ["consultation", "error", "suggestion", None]
    assert keys(report, Dimension.PRIORITY) == ["normal", "urgent", "immediate", "Шұғыл"]


def test_month_is_that_of_filing_in_the_support_s_time_zone(make_story: MakeStory) -> None:
    in_utc_still_may = make_story(f"2026-06-01 02:00 filed by operator \n {NOW}")
    entered_late = make_story(f"2026-06-01 10:00 filed by operator, contact at 2026-05-29 10:00 \n {NOW}")
    report = report_on(in_utc_still_may, entered_late)
    assert keys(report, Dimension.MONTH) == ["2026-05", "2026-06"]
    assert (report.filed_from, report.filed_until) == (date(2026, 5, 29), date(2026, 6, 1))


def test_only_the_dimensions_asked_for_are_grouped(month: tuple[Story, ...]) -> None:
    judgements = [story.judgement for story in month]
    report = compliance(judgements, month[0].rules.policy, month[0].rules.calendars, by=[Dimension.MONTH])
    assert list(report.by) == [Dimension.MONTH]


def test_report_is_empty_without_requests(make_story: MakeStory) -> None:
    rules = make_story(f"Mon 09:00 filed by operator \n {NOW}").rules
    report = compliance([], rules.policy, rules.calendars)
    assert (report.total.requests, report.filed_from, report.filed_until) == (0, None, None)
    assert report.to_json()["total"]["resolution"]["share_met"] is None
    assert report.to_json()["by"]["level"] == []


def test_refusals_stops_and_auto_closes_are_counted_by_reason_in_the_regulations_order(make_story: MakeStory) -> None:
    refused = "Mon 09:00 filed by operator, VIP, error \n Mon 10:00 staff: "
    report = report_on(
        make_story(f"{refused}refuses \n {NOW}"),
        make_story(f"{refused}refuses and sets the reason to law \n {NOW}"),
        make_story(f"{refused}refuses and sets the reason to law \n {NOW}"),
        make_story(f"{refused}asks and waiting for client and sets the reason to too little information \n {NOW}"),
        make_story(f"{refused}sets the reason to insult \n {NOW}"),
        make_story(f"{refused}public note \n {NOW}"),
    )
    assert [(each.reason, each.clause, each.count) for each in report.reasons] == [
        ("law", "6", 2),
        ("too_little_information", "9", 1),
        ("insult", "16", 1),
        (None, "9", 1),
    ]
    assert (report.total.requests, report.total.refused) == (6, 4)
    assert report.total.tally(RESOLUTION).no_target == 0
    assert json_value(report.reasons)[0] == {"reason": "law", "clause": "6", "count": 2}


def test_as_json(make_story: MakeStory) -> None:
    story = make_story(f"Mon 17:00 filed by operator, VIP \n Tue 09:30 staff: public note \n {NOW}")
    document = report_on(story).to_json()
    none = dict.fromkeys(("on_track", "at_risk", "no_target", "skipped"), 0)
    running = {"metric": "resolution", "met": 0, "breached": 1, **none}
    met = {"metric": "first_response", "met": 1, "breached": 0, **none}
    group = {
        "requests": 1,
        "refused": 0,
        "skipped": 0,
        "first_response": {**met, "median": 5400, "ninetieth": 5400, "share_met": 1.0},
        "resolution": {**running, "median": None, "ninetieth": None, "share_met": 0.0},
        "time_by_party": {
            "support": {"working": 25 * 3600, "wall": 70 * 3600},
            "client": {"working": 0, "wall": 0},
            "development": {"working": 0, "wall": 0},
            "closed": {"working": 0, "wall": 0},
            "elapsed": {"working": 25 * 3600, "wall": 70 * 3600},
        },
    }
    assert document == {
        "filed_from": "2026-06-08",
        "filed_until": "2026-06-08",
        "total": {"key": None, **group},
        "reasons": [],
        "by": {
            "level": [{"key": "vip", **group}],
            "channel": [{"key": "email", **group}],
            "category": [{"key": "error", **group}],
            "priority": [{"key": "normal", **group}],
            "month": [{"key": "2026-06", **group}],
        },
    }
    assert json.loads(json.dumps(document)) == document


CHANGES = (
    Change(7, "level", "", "VIP", "contract", "3"),
    Change(7, "state", "Мерзімінде", "Мерзімі өтті", "late", "SLA VIP.2"),
    Change(7, "private_note", "", "@d.bekova", "late", "SLA VIP.2"),
    Change(9, "due_date", "2026-06-10", "", "no target"),
)


def test_plan_summary_counts_changes() -> None:
    plan = Plan(CHANGES, (Finding(8, "no_version", "set one", "23"),), judged=30)
    summary = PlanSummary.of(plan)
    assert summary == PlanSummary(set=1, change=1, clear=1, notes=1, requests=2, judged=30, findings=1)


def test_plan_summary_does_not_count_the_marker_as_a_value() -> None:
    marks = (
        Change(7, "marker", "", "a", "why"),
        Change(8, "marker", "a", "b", "why"),
        Change(9, "marker", "a", "", ""),
    )
    nothing = PlanSummary(set=0, change=0, clear=0, notes=0, requests=3, judged=30, findings=0)
    assert PlanSummary.of(Plan(marks, (), judged=30)) == nothing
    both = PlanSummary(set=1, change=1, clear=1, notes=1, requests=3, judged=30, findings=0)
    assert PlanSummary.of(Plan((*CHANGES, *marks), (), judged=30)) == both


def test_plan_as_json() -> None:
    plan = Plan(CHANGES[2:], (Finding(8, "no_version", "set one", "23"),), judged=30)
    assert plan_json(plan, read_moment("Mon 09:00"), Forecast(("12 new statuses (limit 10)",), (8,))) == {
        "now": "2026-06-08T04:00:00+00:00",
        "changes": [
            {
                "issue": 7,
                "field": "private_note",
                "old": "",
                "new": "@d.bekova",
                "reason": "late",
                "clause": "SLA VIP.2",
            },
            {"issue": 9, "field": "due_date", "old": "2026-06-10", "new": "", "reason": "no target", "clause": ""},
        ],
        "findings": [{"issue": 8, "kind": "no_version", "text": "set one", "clause": "23"}],
        "summary": {"set": 0, "change": 0, "clear": 1, "notes": 1, "requests": 2, "judged": 30, "findings": 1},
        "limits": {"excesses": ["12 new statuses (limit 10)"], "postponed": [8]},
    }


def test_moments_are_utc_days_iso_and_lengths_whole_seconds() -> None:
    @dataclass
    class Sample:
        at: datetime
        day: date
        length: timedelta
        metric: str
        nothing: None = None

    at = datetime(2026, 6, 8, 9, 0, 59, 999_999, tzinfo=timezone(timedelta(hours=5)))
    sample = Sample(at, date(2026, 6, 8), timedelta(seconds=-90.7), FIRST)
    assert json_value((sample,)) == [
        {
            "at": "2026-06-08T04:00:59+00:00",
            "day": "2026-06-08",
            "length": -90,
            "metric": "first_response",
            "nothing": None,
        }
    ]
    assert json_value(at.astimezone(UTC)) == json_value(at)


HOSTILE = ["\x1b[31m", "\x9b2J", "\u202eabc", "\u2066", "\u200b", "\u2028", "\r\n\t\0", "\ud800", "\U000e0041", "\x7f"]


@pytest.mark.parametrize("text", HOSTILE)
def test_json_keeps_client_text_and_escapes_control_characters(text: str) -> None:
    shown = json_text({"subject": f"Қате {text}!"})
    assert all(each.isprintable() or each == "\n" for each in shown)
    assert shown.encode()
    assert json.loads(shown) == {"subject": f"Қате {text}!"}
    assert "Қате" in shown
