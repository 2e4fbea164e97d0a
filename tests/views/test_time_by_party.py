"""Time by party: the parts add up exactly, in seconds, in minutes and over several requests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stories.moments import ZONE
from stories.shipped import shipped_config
from stories.story import Story

from sup_sync.model.issue import Phase
from sup_sync.model.policy import ClockKind
from sup_sync.model.working_time import Span
from sup_sync.sla.phases import PhasePeriod
from sup_sync.views.compliance import Dimension, compliance
from sup_sync.views.time_by_party import Party, Time, TimeByParty, party_periods, time_by_party, total_time

MakeStory = Callable[..., Story]

WORKING = shipped_config().rules.calendars[ClockKind.WORKING]
NOTHING, MINUTE = timedelta(0), timedelta(minutes=1)
FIRST, LAST = datetime(2023, 1, 1), datetime(2027, 12, 31)
MOMENTS = st.datetimes(FIRST, LAST, timezones=st.just(UTC))


@st.composite
def histories(draw: st.DrawFn) -> list[PhasePeriod]:
    """Draw a history of up to ten periods, with times to the microsecond."""
    marks = sorted(draw(st.lists(MOMENTS, min_size=2, max_size=11)))
    return [PhasePeriod(draw(st.sampled_from(Phase)), Span(start, end)) for start, end in pairwise(marks)]


def spent(phases: list[PhasePeriod]) -> TimeByParty:
    return time_by_party(tuple(party_periods(phases, WORKING)), WORKING)


def sum_of_parts(times: TimeByParty) -> tuple[timedelta, timedelta]:
    """Add up the parts, in wall-clock time and in working time."""
    worked = [each.working for each in times.parts.values() if each.working is not None]
    return sum((each.wall for each in times.parts.values()), NOTHING), sum(worked, NOTHING)


@given(histories())
def test_the_parts_add_up_to_the_time_elapsed(phases: list[PhasePeriod]) -> None:
    times = spent(phases)
    start, end = (each.replace(microsecond=0) for each in (phases[0].span.start, phases[-1].span.end))
    assert (
        sum_of_parts(times) == (end - start, WORKING.elapsed(start, end)) == (times.elapsed.wall, times.elapsed.working)
    )


@given(histories())
def test_seconds_in_json_add_up(phases: list[PhasePeriod]) -> None:
    times = spent(phases).to_json()
    elapsed = times.pop("elapsed")
    for clock in ("wall", "working"):
        assert sum(each[clock] or 0 for each in times.values()) == elapsed[clock]


@given(histories())
def test_whole_minutes_add_up_and_differ_by_less_than_one(phases: list[PhasePeriod]) -> None:
    times, whole = spent(phases), spent(phases).in_minutes()
    assert sum_of_parts(whole) == (whole.elapsed.wall, whole.elapsed.working)
    assert whole.elapsed.wall == times.elapsed.wall // MINUTE * MINUTE
    for party, part in whole.parts.items():
        exact = times.parts[party]
        assert part.wall % MINUTE == NOTHING
        assert abs(part.wall - exact.wall) < MINUTE
        assert part.working is not None
        assert exact.working is not None
        assert abs(part.working - exact.working) < MINUTE


@given(st.lists(histories(), max_size=5))
def test_parts_of_several_requests_add_up(several: list[list[PhasePeriod]]) -> None:
    times = [spent(phases) for phases in several]
    together = total_time(times)
    assert sum_of_parts(together) == (together.elapsed.wall, together.elapsed.working)
    assert together.elapsed.wall == sum((each.elapsed.wall for each in times), NOTHING)


def test_rounded_minutes_still_add_up() -> None:
    half = Time(timedelta(seconds=30), timedelta(seconds=30))
    times = TimeByParty(dict.fromkeys(Party, half), Time(timedelta(minutes=2), timedelta(minutes=2))).in_minutes()
    assert [each.wall for each in times.parts.values()] == [NOTHING, MINUTE, NOTHING, MINUTE]


def test_unknown_working_time_makes_the_sum_unknown() -> None:
    known, unknown = Time(MINUTE, MINUTE), Time(None, MINUTE)
    first, second = (TimeByParty(dict.fromkeys(Party, each), each) for each in (known, unknown))
    together = total_time([first, second])
    assert together.elapsed == Time(None, 2 * MINUTE)
    assert together.in_minutes().parts[Party.CLIENT] == Time(None, 2 * MINUTE)


@pytest.fixture
def two_months(make_story: MakeStory) -> list[Story]:
    return [
        make_story(
            "2026-05-28 16:00 filed by operator\n2026-05-28 17:00 staff: asks and waiting for client\nThu 15:00 now"
        ),
        make_story("Mon 09:00 filed by operator\nMon 10:00 staff: hands to development\nThu 15:00 now"),
        make_story("Mon 09:00 filed by operator\nMon 11:00 staff: solves\nThu 15:00 now"),
        make_story("Mon 09:00 filed by operator, tracker «Басқа»\nThu 15:00 now"),
    ]


def test_report_adds_up_time_by_party_in_each_group_and_month(two_months: list[Story]) -> None:
    judgements, rules = [each.judgement for each in two_months], two_months[0].rules
    report = compliance(judgements, rules.policy, rules.calendars)
    may, june = (each.time_by_party for each in report.by[Dimension.MONTH])
    hour = timedelta(hours=1)
    assert may.parts[Party.SUPPORT].working == hour
    assert [june.parts[each].working for each in Party] == [3 * hour, NOTHING, 32 * hour, 31 * hour]
    for groups in report.by.values():
        assert total_time(each.time_by_party for each in groups) == report.total.time_by_party
    assert sum_of_parts(report.total.time_by_party) == (
        report.total.time_by_party.elapsed.wall,
        report.total.time_by_party.elapsed.working,
    )


def test_request_that_cannot_be_judged_is_left_out_of_time_by_party(two_months: list[Story]) -> None:
    judgement, rules = two_months[-1].judgement, two_months[-1].rules
    assert judgement.is_unjudged
    assert compliance([judgement], rules.policy, rules.calendars).total.time_by_party.elapsed == Time(NOTHING, NOTHING)


def test_time_by_party_ends_at_now(story: Story) -> None:
    """
    Fri 17:00 filed by operator, VIP
    Sat 12:00 client: answers
    next Mon 09:30 staff: solves
    next Mon 10:00 now
    """
    times = spent(list(story.judgement.phase_periods))
    assert story.judgement.verdict("resolution").elapsed == times.parts[Party.SUPPORT].working
    assert times.parts[Party.SUPPORT] == Time(timedelta(hours=1, minutes=30), timedelta(days=2, hours=16, minutes=30))
    assert times.parts[Party.CLOSED].wall == timedelta(minutes=30)
    assert story.judgement.filed_at.astimezone(ZONE).hour == 17
