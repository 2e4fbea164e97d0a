"""Figures of the report page: shares, distribution of first responses, breaches by hour, findings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from stories.moments import show_moment
from stories.story import Story

from sup_sync.views.compliance import Dimension, compliance
from sup_sync.views.figures import UP_TO, Figures, figures_of

MakeStory = Callable[..., Story]

FIRST, RESOLUTION = METRICS = ("first_response", "resolution")
NOW = "Thu 15:00 now"


def figures(*stories: Story) -> Figures:
    rules, now = stories[0].rules, stories[0].now
    assert now is not None
    return figures_of([each.judgement for each in stories], rules.policy, rules.calendars)


@pytest.fixture
def week(make_story: MakeStory) -> tuple[Story, ...]:
    return (
        make_story(f"2026-05-28 16:00 filed by operator, Base\n2026-05-28 16:10 staff: public note and solves\n{NOW}"),
        make_story(f"Mon 09:30 filed by operator, VIP\nMon 12:00 staff: public note\nWed 10:00 staff: solves\n{NOW}"),
        make_story(f"Mon 17:30 filed by operator, Base, by online assistant\nTue 09:30 staff: public note\n{NOW}"),
        make_story(f"Thu 14:00 filed by operator, VIP\n{NOW}"),
        make_story(f"Mon 09:00 filed by operator, VIP\nTue 17:00 staff: refuses and public note\n{NOW}"),
        make_story(f"Mon 09:00 filed by operator, VIP, tracker «Басқа»\n{NOW}"),
    )


def test_shares_are_of_what_is_decided_by_month_level_and_target(week: tuple[Story, ...]) -> None:
    shares = {
        (each.month, each.level, each.metric): (each.met, each.breached, each.share) for each in figures(*week).shares
    }
    assert shares == {
        ("2026-05", "vip", FIRST): (0, 0, None),
        ("2026-05", "vip", RESOLUTION): (0, 0, None),
        ("2026-05", "base", FIRST): (1, 0, 1.0),
        ("2026-05", "base", RESOLUTION): (1, 0, 1.0),
        ("2026-06", "vip", FIRST): (0, 1, 0.0),
        ("2026-06", "vip", RESOLUTION): (0, 1, 0.0),
        ("2026-06", "base", FIRST): (0, 1, 0.0),
        ("2026-06", "base", RESOLUTION): (0, 1, 0.0),
    }


def test_figures_add_up_to_those_of_the_report(week: tuple[Story, ...]) -> None:
    page, rules = figures(*week), week[0].rules
    report = compliance([each.judgement for each in week], rules.policy, rules.calendars)
    for metric in METRICS:
        total, rows = report.total.tally(metric), [each for each in page.shares if each.metric == metric]
        assert (sum(each.met for each in rows), sum(each.breached for each in rows)) == (total.met, total.breached)
        assert sum(each.breaches[metric] for each in page.hours) == total.breached
        assert sum(each.metric == metric for each in page.breaches) == total.breached
    assert page.months == tuple(each.key for each in report.by[Dimension.MONTH])


def test_first_response_counts_in_the_bar_that_ends_with_or_after_it(make_story: MakeStory) -> None:
    after = {
        minutes: make_story(f"Mon 09:00 filed by operator\nMon {moment} staff: public note\n{NOW}")
        for minutes, moment in ((15, "09:15"), (16, "09:16"), (540, "18:00"))
    }
    last = make_story("Mon 09:00 filed by operator\nThu 10:00 staff: public note\nThu 15:00 now")
    bars = {each.up_to: sum(each.by_level.values()) for each in figures(*after.values(), last).responses}
    minute = timedelta(minutes=1)
    assert bars == dict.fromkeys(UP_TO, 0) | {15 * minute: 1, 30 * minute: 1, 540 * minute: 1, None: 1}


def test_breaches_are_grouped_by_hour_of_filing_in_the_support_s_time_zone(week: tuple[Story, ...]) -> None:
    hours = {each.hour: tuple(each.breaches.values()) for each in figures(*week).hours}
    assert len(hours) == 24
    assert {hour: counts for hour, counts in hours.items() if any(counts)} == {9: (1, 1), 17: (1, 1)}


def test_breach_has_its_delay_and_if_the_clock_still_runs(week: tuple[Story, ...]) -> None:
    breaches = [
        (each.issue.id, each.metric, show_moment(each.due_at), each.late, each.is_running)
        for each in figures(*week).breaches
    ]
    hour, minute = timedelta(hours=1), timedelta(minutes=1)
    assert breaches == [
        (2, FIRST, "Mon 11:30", 30 * minute, False),
        (3, FIRST, "Mon 17:45", 45 * minute, False),
        (2, RESOLUTION, "Tue 09:30", 9.5 * hour, False),
        (3, RESOLUTION, "Wed 17:30", 6.5 * hour, True),
    ]


def test_findings_are_grouped_by_kind_with_the_most_frequent_first(make_story: MakeStory) -> None:
    bare = "Mon 09:00 filed by client, Base, error, without iin, without contact"
    findings = figures(
        make_story(f"{bare}\nMon 10:00 staff: hands to development\n{NOW}"), make_story(f"{bare}\n{NOW}")
    ).findings
    assert [(kind, [each.issue.id for each in requests]) for kind, requests in findings.items()] == [
        ("incomplete", [1, 2]),
        ("restricted_channel", [1, 2]),
        ("no_version", [1]),
    ]
    assert [item.item for item in findings["incomplete"][0].item_problems] == ["iin", "contact"]
    assert findings["restricted_channel"][0].item_problems == ()


def test_figures_are_empty_without_requests(make_story: MakeStory) -> None:
    rules = make_story(f"Mon 09:00 filed by operator\n{NOW}").rules
    story = make_story(f"Mon 09:00 filed by operator\n{NOW}")
    assert story.now is not None
    empty = figures_of([], rules.policy, rules.calendars)
    assert (empty.levels, empty.shares, empty.breaches, dict(empty.findings)) == ((), (), (), {})
    assert [sum(each.by_level.values()) for each in empty.responses] == [0] * 8
