"""Properties of working time that hold for all calendars, moments to the microsecond, and pauses."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sup_sync.model.working_time import Calendar, Span, Window

INSTANT, NOTHING, DAY = timedelta(microseconds=1), timedelta(0), timedelta(days=1)
ZONES = [
    ZoneInfo(key)
    for key in (
        "UTC",
        "Asia/Almaty",
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "Africa/Cairo",
        "America/St_Johns",
        "Pacific/Chatham",
    )
]
FIRST, LAST = datetime(2024, 1, 3, tzinfo=UTC), datetime(2024, 11, 18, tzinfo=UTC)

many = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

marks = st.integers(0, 24 * 60).map(lambda minute: timedelta(minutes=minute)) | st.timedeltas(NOTHING, DAY)


@st.composite
def days(draw: st.DrawFn) -> tuple[Window, ...]:
    """Draw up to three windows of a day, some of them adjacent."""
    edges = sorted(draw(st.sets(marks, max_size=6)))
    touching = draw(st.booleans())
    return tuple(pairwise(edges) if touching else zip(edges[::2], edges[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Draw any hours for 2024; each 20th day is worked for 12 hours, so that every amount ends in the year."""
    kinds = draw(st.lists(days(), min_size=1, max_size=3))
    hours = {weekday: draw(st.sampled_from(kinds)) for weekday in range(7)}
    dates = draw(st.dictionaries(st.dates(date(2024, 1, 1), date(2024, 12, 31)), st.sampled_from(kinds), max_size=3))
    certain = {date(2024, month, 20): ((timedelta(hours=8), timedelta(hours=20)),) for month in range(1, 13)}
    return Calendar(draw(st.sampled_from(ZONES)), hours, dates | certain, range(2024, 2025))


@st.composite
def moments(draw: st.DrawFn, calendar: Calendar) -> datetime:
    """Draw a moment anywhere, or exactly at an opening or closing, in any zone."""
    at = FIRST + draw(st.timedeltas(NOTHING, LAST - FIRST))
    if draw(st.booleans()):
        stretch = next(calendar.spans(at, datetime(2024, 12, 25, tzinfo=UTC)))
        at = draw(st.sampled_from((stretch.start, stretch.end))) + draw(st.integers(-1, 1)) * INSTANT
    return min(at, LAST).astimezone(draw(st.sampled_from(ZONES)))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Calendar, datetime, datetime, list[Span]]:
    """Draw a calendar, two moments in any order, and some pauses, which may overlap or be reversed."""
    calendar = draw(calendars())
    at = moments(calendar)
    pauses = draw(st.lists(st.builds(Span, at, at), max_size=4))
    return calendar, draw(at), draw(at), pauses


amounts = st.timedeltas(INSTANT, timedelta(hours=12)) | st.integers(1, 24).map(
    lambda halves: halves * timedelta(minutes=30)
)


@many
@given(cases(), amounts)
def test_elapsed_is_the_amount_that_after_was_given(
    case: tuple[Calendar, datetime, datetime, list[Span]], within: timedelta
) -> None:
    calendar, start, _, pauses = case
    assert calendar.elapsed(start, calendar.after(start, within)) == within
    assert calendar.elapsed(start, calendar.after(start, within, pauses), pauses) == within


@many
@given(cases(), amounts)
def test_after_returns_the_earliest_possible_moment(
    case: tuple[Calendar, datetime, datetime, list[Span]], within: timedelta
) -> None:
    calendar, start, _, pauses = case
    end = calendar.after(start, within, pauses)
    assert calendar.elapsed(start, end - INSTANT, pauses) == within - INSTANT
    assert calendar.is_open(end - INSTANT)


@many
@given(cases())
def test_zero_time_ends_in_working_time_outside_pauses(
    case: tuple[Calendar, datetime, datetime, list[Span]],
) -> None:
    calendar, start, _, pauses = case
    end = calendar.after(start, NOTHING, pauses)
    assert end >= start
    assert calendar.elapsed(start, end, pauses) == NOTHING
    assert calendar.elapsed(start, end + INSTANT, pauses) == INSTANT
    assert calendar.after(end, NOTHING, pauses) == end


@many
@given(cases(), amounts, amounts)
def test_longer_amount_ends_later(
    case: tuple[Calendar, datetime, datetime, list[Span]], within: timedelta, more: timedelta
) -> None:
    calendar, start, _, pauses = case
    end = calendar.after(start, within, pauses)
    assert start <= end < calendar.after(start, within + more, pauses)
    assert calendar.after(end, more, pauses) == calendar.after(start, within + more, pauses)


@many
@given(cases(), amounts)
def test_a_later_start_never_ends_earlier(
    case: tuple[Calendar, datetime, datetime, list[Span]], within: timedelta
) -> None:
    calendar, one, other, pauses = case
    earlier, later = sorted((one, other))
    assert calendar.after(earlier, within, pauses) <= calendar.after(later, within, pauses)


@many
@given(cases(), st.data())
def test_elapsed_of_two_parts_is_elapsed_of_the_whole(
    case: tuple[Calendar, datetime, datetime, list[Span]], data: st.DataObject
) -> None:
    calendar, one, other, pauses = case
    start, middle, end = sorted((one, other, data.draw(moments(calendar))))
    whole = calendar.elapsed(start, end, pauses)
    assert calendar.elapsed(start, middle, pauses) + calendar.elapsed(middle, end, pauses) == whole
    assert NOTHING <= whole <= end - start


@many
@given(cases())
def test_reversed_interval_has_no_working_time(case: tuple[Calendar, datetime, datetime, list[Span]]) -> None:
    calendar, one, other, pauses = case
    start, end = sorted((one, other))
    assert calendar.elapsed(end, start, pauses) == calendar.elapsed(end, start) == NOTHING
    assert list(calendar.spans(end, start, pauses)) == []


@many
@given(cases())
def test_pauses_subtract_exactly_their_own_working_time(
    case: tuple[Calendar, datetime, datetime, list[Span]],
) -> None:
    calendar, one, other, pauses = case
    start, end = sorted((one, other))
    kept, whole = calendar.elapsed(start, end, pauses), calendar.elapsed(start, end)
    clipped = [calendar.elapsed(max(each.start, start), min(each.end, end)) for each in pauses]
    assert whole - sum(clipped, NOTHING) <= kept <= whole - max(clipped, default=NOTHING)
    assert kept == calendar.elapsed(start, end, [*reversed(pauses), *pauses])
    if len(pauses) == 1:
        assert kept == whole - clipped[0]


@many
@given(cases())
def test_spans_are_disjoint_and_ordered_and_add_up_to_elapsed(
    case: tuple[Calendar, datetime, datetime, list[Span]],
) -> None:
    calendar, one, other, pauses = case
    start, end = sorted((one, other))
    stretches = list(calendar.spans(start, end, pauses))
    assert sum((each.end - each.start for each in stretches), NOTHING) == calendar.elapsed(start, end, pauses)
    edges = [edge for each in stretches for edge in (each.start, each.end)]
    assert edges == sorted(edges)
    assert all(start <= edge <= end for edge in edges)
    assert all(each.start < each.end for each in stretches)
    assert all(calendar.is_open(each.start) and calendar.is_open(each.end - INSTANT) for each in stretches)


@many
@given(cases(), amounts)
def test_epoch_seconds_agree_to_the_microsecond(
    case: tuple[Calendar, datetime, datetime, list[Span]], within: timedelta
) -> None:
    calendar, start, other, _ = case
    between = calendar.elapsed_s(start.timestamp(), other.timestamp())
    assert abs(between - calendar.elapsed(start, other).total_seconds()) < 1e-6
    over = calendar.after_s(start.timestamp(), within.total_seconds())
    assert abs(calendar.elapsed_s(start.timestamp(), over) - within.total_seconds()) < 1e-6
