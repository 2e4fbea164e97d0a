"""Edge cases of working time, as tables: Asia/Almaty, the week of Monday 2 June 2025 unless a row has another date."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sup_sync.errors import CalendarError, SupSyncError
from sup_sync.model.working_time import Calendar, Span, Window, check_zone_data

ALMATY, BERLIN = ZoneInfo("Asia/Almaty"), ZoneInfo("Europe/Berlin")
YEARS = range(2023, 2028)
WEEKDAYS, ALL_DAYS = range(5), range(7)
NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def hours(amount: float) -> timedelta:
    return timedelta(hours=amount)


def clock(text: str) -> timedelta:
    """Parse a time of day or an amount: H:MM, H:MM:SS, with or without microseconds."""
    hours_, minutes, seconds = [*map(float, text.split(":")), 0.0][:3]
    return timedelta(hours=hours_, minutes=minutes, seconds=seconds)


def windows(text: str) -> tuple[Window, ...]:
    """Parse the windows of a day: `9:00-13:00 14:00-18:00`."""
    return tuple((clock(start), clock(end)) for start, end in (each.split("-") for each in text.split()))


def moment(text: str, zone: ZoneInfo = ALMATY) -> datetime:
    """`Tue 14:00` in the week of 2 June 2025, `2Tue 14:00` in the next one, `2024-02-29 14:00` anywhere."""
    day, time_of_day = text.split()
    if day[-3:] in NAMES:
        on = date(2025, 6, 2) + timedelta(days=NAMES.index(day[-3:]), weeks=int(day[:-3] or 1) - 1)
    else:
        on = date.fromisoformat(day)
    return datetime(on.year, on.month, on.day, tzinfo=zone) + clock(time_of_day)


def span(text: str, zone: ZoneInfo = ALMATY) -> Span:
    """`Tue 10:00 - Tue 12:00`."""
    start, end = text.split(" - ")
    return Span(moment(start, zone), moment(end, zone))


def spans(text: str) -> tuple[Span, ...]:
    return tuple(span(each) for each in text.split(", ")) if text else ()


def weekly(text: str, days: range = WEEKDAYS, zone: ZoneInfo = ALMATY, **exceptions: str) -> Calendar:
    """Make a calendar with the same windows on each of the days; exceptions like `d2025_06_05="9:00-12:00"`."""
    own = {date.fromisoformat(day[1:].replace("_", "-")): windows(row) for day, row in exceptions.items()}
    return Calendar(zone, dict.fromkeys(days, windows(text)), own, YEARS)


CALENDARS = {
    "office": weekly("9:00-18:00"),
    "lunch": weekly("9:00-13:00 14:00-18:00"),
    "always": weekly("0:00-24:00", ALL_DAYS),
    "sunday": weekly("9:00-18:00", d2025_06_08="9:00-18:00", d2025_06_06=""),
    "short": weekly("9:00-18:00", d2025_06_04="9:00-16:30"),
    "long": weekly("9:00-18:00", d2025_06_04="0:00-24:00"),
    "joined": weekly("9:00-12:00 12:00-18:00"),
}


@pytest.mark.parametrize(
    ("calendar", "start", "within", "end"),
    [
        ("office", "Tue 09:00", "9:00", "Tue 18:00"),
        ("office", "Tue 09:00", "9:00:00.000001", "Wed 09:00:00.000001"),
        ("office", "Tue 14:00", "9:00", "Wed 14:00"),
        ("office", "Tue 14:00", "4:00", "Tue 18:00"),
        ("office", "Tue 14:00", "18:00", "Thu 14:00"),
        ("office", "Tue 17:59:59", "0:00:01", "Tue 18:00"),
        ("office", "Tue 17:59:59", "0:00:02", "Wed 09:00:01"),
        ("office", "Tue 17:50:30.250000", "0:15", "Wed 09:05:30.250000"),
        ("office", "Tue 18:00", "0:15", "Wed 09:15"),
        ("office", "Tue 03:00", "0:15", "Tue 09:15"),
        ("office", "Tue 08:59:59", "1:00", "Tue 10:00"),
        ("office", "Fri 17:00", "2:00", "2Mon 10:00"),
        ("office", "Sat 12:00", "9:00", "2Mon 18:00"),
        ("office", "Sun 23:59", "0:30", "2Mon 09:30"),
        ("office", "Mon 09:00", "45:00", "Fri 18:00"),
        ("office", "Mon 09:00", "90:00", "2Fri 18:00"),
        ("lunch", "Tue 12:30", "1:00", "Tue 14:30"),
        ("lunch", "Tue 12:00", "1:00", "Tue 13:00"),
        ("lunch", "Tue 13:30", "0:15", "Tue 14:15"),
        ("lunch", "Tue 09:00", "8:00", "Tue 18:00"),
        ("lunch", "Tue 14:00", "8:00", "Wed 13:00"),
        ("always", "Sat 23:00", "2:00", "Sun 01:00"),
        ("always", "Tue 00:00", "24:00", "Wed 00:00"),
        ("sunday", "Thu 17:00", "2:00", "Sun 10:00"),
        ("sunday", "Sun 17:00", "2:00", "2Mon 10:00"),
        ("short", "Wed 16:00", "1:00", "Thu 09:30"),
        ("short", "Wed 09:00", "7:30", "Wed 16:30"),
        ("long", "Tue 17:00", "25:00", "Wed 24:00"),
        ("long", "Tue 17:00", "26:00", "Thu 10:00"),
        ("joined", "Tue 11:00", "2:00", "Tue 13:00"),
        ("joined", "Tue 09:00", "3:00", "Tue 12:00"),
    ],
)
def test_after_returns_the_earliest_moment(calendar: str, start: str, within: str, end: str) -> None:
    assert CALENDARS[calendar].after(moment(start), clock(within)) == moment(end)


@pytest.mark.parametrize(
    ("calendar", "start", "opening"),
    [
        ("office", "Tue 14:00", "Tue 14:00"),
        ("office", "Tue 09:00", "Tue 09:00"),
        ("office", "Tue 17:59:59.999999", "Tue 17:59:59.999999"),
        ("office", "Tue 18:00", "Wed 09:00"),
        ("office", "Tue 08:59:59.999999", "Tue 09:00"),
        ("office", "Fri 18:00", "2Mon 09:00"),
        ("lunch", "Tue 13:00", "Tue 14:00"),
        ("joined", "Tue 12:00", "Tue 12:00"),
        ("always", "Tue 00:00", "Tue 00:00"),
        ("sunday", "Thu 18:00", "Sun 09:00"),
        ("short", "Wed 16:30", "Thu 09:00"),
    ],
)
def test_after_zero_time_returns_the_start_or_the_next_opening(calendar: str, start: str, opening: str) -> None:
    assert CALENDARS[calendar].after(moment(start), timedelta(0)) == moment(opening)
    assert CALENDARS[calendar].is_open(moment(start)) is (start == opening)


@pytest.mark.parametrize(
    ("calendar", "start", "end", "passed"),
    [
        ("office", "Tue 09:00", "Tue 18:00", "9:00"),
        ("office", "Tue 14:00", "Wed 14:00", "9:00"),
        ("office", "Tue 18:00", "Wed 09:00", "0:00"),
        ("office", "Tue 17:59:59.999999", "Wed 09:00", "0:00:00.000001"),
        ("office", "Tue 18:00", "Wed 09:00:00.000001", "0:00:00.000001"),
        ("office", "Tue 00:00", "Wed 00:00", "9:00"),
        ("office", "Fri 12:00", "2Mon 12:00", "9:00"),
        ("office", "Sat 00:00", "Sun 24:00", "0:00"),
        ("office", "Mon 00:00", "2Mon 00:00", "45:00"),
        ("office", "Tue 10:00:10", "Tue 10:00:25", "0:00:15"),
        ("office", "Tue 10:00", "Tue 10:00", "0:00"),
        ("office", "Wed 10:00", "Tue 10:00", "0:00"),
        ("lunch", "Tue 12:30", "Tue 14:30", "1:00"),
        ("lunch", "Tue 13:00", "Tue 14:00", "0:00"),
        ("always", "Mon 00:00", "2Mon 00:00", "168:00"),
        ("sunday", "Mon 00:00", "2Mon 00:00", "45:00"),
        ("sunday", "Fri 00:00", "2Mon 00:00", "9:00"),
        ("short", "Mon 00:00", "2Mon 00:00", "43:30"),
        ("long", "Mon 00:00", "2Mon 00:00", "60:00"),
    ],
)
def test_elapsed_counts_only_working_time(calendar: str, start: str, end: str, passed: str) -> None:
    assert CALENDARS[calendar].elapsed(moment(start), moment(end)) == clock(passed)


@pytest.mark.parametrize(
    ("calendar", "start", "end", "pauses", "passed"),
    [
        ("office", "Tue 09:00", "Tue 18:00", "Tue 10:00 - Tue 12:00", "7:00"),
        ("office", "Tue 09:00", "Tue 18:00", "Mon 09:00 - Tue 10:00", "8:00"),
        ("office", "Tue 09:00", "Tue 18:00", "Tue 17:00 - Wed 18:00", "8:00"),
        ("office", "Tue 09:00", "Tue 18:00", "Tue 03:00 - Tue 09:00", "9:00"),
        ("office", "Tue 09:00", "Tue 18:00", "Tue 18:00 - Tue 23:00", "9:00"),
        ("office", "Tue 09:00", "Tue 18:00", "Mon 00:00 - Fri 00:00", "0:00"),
        ("office", "Tue 09:00", "Tue 18:00", "Tue 09:00 - Tue 18:00", "0:00"),
        ("office", "Mon 12:00", "Wed 13:00", "Mon 12:00 - Tue 12:00", "10:00"),
        ("office", "Tue 09:00", "Tue 18:00", "Tue 14:00 - Tue 15:00, Tue 10:00 - Tue 11:00", "7:00"),
        ("office", "Tue 09:00", "Tue 18:00", "Tue 10:00 - Tue 14:00, Tue 11:00 - Tue 12:00", "5:00"),
        ("office", "Tue 09:00", "Tue 18:00", "Tue 13:00 - Tue 15:00, Tue 10:00 - Tue 14:00", "4:00"),
        ("office", "Tue 09:00", "Tue 18:00", "Tue 10:00 - Tue 12:00, Tue 10:00 - Tue 12:00", "7:00"),
        ("office", "Tue 09:00", "Tue 18:00", "Tue 12:00 - Tue 10:00", "9:00"),
        ("office", "Tue 09:00", "Tue 18:00", "Tue 12:00 - Tue 12:00", "9:00"),
        ("office", "Tue 09:00", "Tue 18:00", "2022-01-01 00:00 - Tue 12:00, Tue 13:00 - 2030-01-01 00:00", "1:00"),
        ("office", "Tue 18:00", "Tue 09:00", "Tue 10:00 - Tue 12:00", "0:00"),
        ("lunch", "Tue 09:00", "Tue 18:00", "Tue 12:30 - Tue 14:30", "7:00"),
        ("office", "Tue 09:00", "Tue 18:00", "Tue 10:00:00.000001 - Tue 10:00:00.000003", "8:59:59.999998"),
    ],
)
def test_elapsed_excludes_pauses(calendar: str, start: str, end: str, pauses: str, passed: str) -> None:
    assert CALENDARS[calendar].elapsed(moment(start), moment(end), without=spans(pauses)) == clock(passed)
    assert CALENDARS[calendar].elapsed(moment(start), moment(end), without=iter(spans(pauses))) == clock(passed)


@pytest.mark.parametrize(
    ("calendar", "start", "within", "pauses", "end"),
    [
        ("office", "Tue 09:00", "9:00", "Tue 10:00 - Tue 12:00", "Wed 11:00"),
        ("office", "Tue 09:00", "1:00", "Tue 10:00 - Tue 12:00", "Tue 10:00"),
        ("office", "Tue 09:00", "1:00:01", "Tue 10:00 - Tue 12:00", "Tue 12:00:01"),
        ("office", "Tue 09:00", "9:00", "Tue 18:00 - Wed 12:00", "Tue 18:00"),
        ("office", "Tue 09:00", "10:00", "Tue 18:00 - Wed 12:00", "Wed 13:00"),
        ("office", "Tue 09:00", "1:00", "Mon 09:00 - Tue 09:30", "Tue 10:30"),
        ("office", "Tue 09:00", "1:00", "Tue 08:00 - Tue 09:00", "Tue 10:00"),
        ("office", "Tue 09:00", "1:00", "Wed 09:00 - Thu 09:00", "Tue 10:00"),
        ("office", "Tue 09:00", "2:00", "Tue 12:00 - Tue 13:00, Tue 09:30 - Tue 10:30", "Tue 12:00"),
        ("office", "Tue 09:00", "2:00", "Tue 11:00 - Tue 13:00, Tue 09:30 - Tue 12:00", "Tue 14:30"),
        ("office", "Tue 09:00", "2:00", "Tue 09:30 - Tue 13:00, Tue 11:30 - Tue 11:45", "Tue 14:30"),
        ("office", "Tue 09:00", "1:00", "Tue 09:00 - Fri 18:00", "2Mon 10:00"),
        ("office", "Tue 10:00", "0:00", "Tue 09:00 - Tue 12:00", "Tue 12:00"),
        ("office", "Tue 10:00", "0:00", "Tue 09:00 - Tue 18:00", "Wed 09:00"),
        ("office", "Tue 10:00", "0:00", "Tue 09:00 - Tue 12:00, Tue 12:00 - Tue 13:00", "Tue 13:00"),
        ("office", "Tue 10:00", "0:00", "Tue 10:00:00.000001 - Tue 12:00", "Tue 10:00"),
        ("office", "Tue 18:00", "0:00", "Tue 20:00 - Wed 09:30", "Wed 09:30"),
        ("office", "Tue 18:00", "0:00", "Tue 20:00 - Wed 09:00", "Wed 09:00"),
        ("office", "Tue 09:00", "1:00", "Tue 12:00 - 2030-01-01 00:00", "Tue 10:00"),
        ("office", "Tue 09:00", "1:00", "2030-01-01 00:00 - 2031-01-01 00:00", "Tue 10:00"),
        ("lunch", "Tue 12:00", "2:00", "Tue 12:30 - Tue 14:30", "Tue 16:00"),
    ],
)
def test_pauses_delay_the_result_of_after(calendar: str, start: str, within: str, pauses: str, end: str) -> None:
    assert CALENDARS[calendar].after(moment(start), clock(within), without=spans(pauses)) == moment(end)
    assert CALENDARS[calendar].after(moment(start), clock(within), without=iter(spans(pauses))) == moment(end)


@pytest.mark.parametrize(
    ("calendar", "start", "end", "pauses", "stretches"),
    [
        ("office", "Mon 12:00", "Wed 10:00", "", "Mon 12:00 - Mon 18:00, Tue 09:00 - Tue 18:00, Wed 09:00 - Wed 10:00"),
        ("office", "Tue 00:00", "Tue 24:00", "Tue 10:00 - Tue 12:00", "Tue 09:00 - Tue 10:00, Tue 12:00 - Tue 18:00"),
        ("lunch", "Tue 00:00", "Tue 24:00", "Tue 12:00 - Tue 15:00", "Tue 09:00 - Tue 12:00, Tue 15:00 - Tue 18:00"),
        ("office", "Fri 18:00", "2Mon 09:00", "", ""),
        ("office", "Tue 12:00", "Tue 10:00", "", ""),
        ("office", "Tue 12:00", "Tue 12:00", "", ""),
        ("office", "Tue 09:00", "Tue 18:00", "Mon 00:00 - Fri 00:00", ""),
        ("joined", "Tue 00:00", "Tue 24:00", "", "Tue 09:00 - Tue 18:00"),
        ("always", "Tue 12:00", "Thu 12:00", "", "Tue 12:00 - Thu 12:00"),
    ],
)
def test_spans_are_in_order_and_exclude_pauses(
    calendar: str, start: str, end: str, pauses: str, stretches: str
) -> None:
    periods = list(CALENDARS[calendar].spans(moment(start), moment(end), without=spans(pauses)))
    assert periods == list(spans(stretches))
    assert all(each.start.tzinfo is UTC and each.end.tzinfo is UTC for each in periods)


@pytest.mark.parametrize(
    ("calendar", "start", "days", "end"),
    [
        ("office", "Tue 14:00", 1, "Wed 18:00"),
        ("office", "Tue 00:00", 1, "Wed 18:00"),
        ("office", "Tue 23:59:59", 1, "Wed 18:00"),
        ("office", "Tue 14:00", 2, "Thu 18:00"),
        ("office", "Fri 14:00", 1, "2Mon 18:00"),
        ("office", "Sat 14:00", 1, "2Mon 18:00"),
        ("lunch", "Tue 14:00", 1, "Wed 18:00"),
        ("short", "Tue 14:00", 1, "Wed 16:30"),
        ("long", "Tue 14:00", 1, "Wed 24:00"),
        ("sunday", "Thu 14:00", 1, "Sun 18:00"),
        ("sunday", "Thu 14:00", 2, "2Mon 18:00"),
    ],
)
def test_end_of_working_day_is_the_end_of_its_last_window(calendar: str, start: str, days: int, end: str) -> None:
    assert CALENDARS[calendar].end_of_working_day(moment(start), days) == moment(end)


def test_results_are_utc_for_arguments_in_any_zone() -> None:
    office, start = CALENDARS["office"], moment("Tue 14:00")
    for zone in (ALMATY, UTC, BERLIN):
        end = office.after(start.astimezone(zone), hours(9))
        assert (end, end.tzinfo) == (moment("Wed 14:00"), UTC)
        assert office.elapsed(start.astimezone(zone), end) == hours(9)
    assert office.after(start, timedelta(0)).tzinfo is UTC
    assert office.end_of_working_day(start, 1).tzinfo is UTC


def local(text: str, zone: ZoneInfo, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


@pytest.mark.parametrize(
    ("zone", "day", "window", "expected"),
    [
        ("Asia/Almaty", "2024-02-29", "0:00-24:00", 25),  # UTC+6 became UTC+5 at midnight: 23:00-24:00 came twice
        ("Asia/Almaty", "2024-03-01", "0:00-24:00", 24),
        ("Asia/Almaty", "2024-02-29", "9:00-18:00", 9),
        ("Asia/Almaty", "2024-02-29", "22:00-23:30", 1.5),
        ("Asia/Almaty", "2024-02-29", "23:30-24:00", 1.5),
        ("Europe/Berlin", "2025-03-30", "0:00-24:00", 23),  # 2:00 became 3:00
        ("Europe/Berlin", "2025-03-30", "1:00-4:00", 2),
        ("Europe/Berlin", "2025-03-30", "2:00-3:00", 0),
        ("Europe/Berlin", "2025-03-30", "2:30-4:00", 1),
        ("Europe/Berlin", "2025-03-30", "1:00-2:30", 1),
        ("Europe/Berlin", "2025-03-30", "2:10-2:20", 0),
        ("Europe/Berlin", "2025-10-26", "0:00-24:00", 25),  # 3:00 became 2:00
        ("Europe/Berlin", "2025-10-26", "2:00-3:00", 2),
        ("Europe/Berlin", "2025-10-26", "1:00-2:30", 1.5),
        ("Europe/Berlin", "2025-10-26", "2:30-4:00", 2.5),
        ("Europe/Berlin", "2025-10-26", "3:00-4:00", 1),
        ("America/New_York", "2025-03-09", "0:00-24:00", 23),
        ("America/New_York", "2025-11-02", "0:00-24:00", 25),
        ("Australia/Lord_Howe", "2025-04-06", "0:00-24:00", 24.5),
        ("Australia/Lord_Howe", "2025-10-05", "0:00-24:00", 23.5),
        ("Africa/Cairo", "2025-04-25", "0:00-24:00", 23),  # 0:00 became 1:00
        ("Africa/Cairo", "2025-04-25", "0:00-2:00", 1),
        ("Africa/Cairo", "2025-10-30", "0:00-24:00", 25),  # 24:00 became 23:00
        ("Africa/Cairo", "2025-10-31", "0:00-24:00", 24),
    ],
)
def test_windows_follow_the_wall_clock_over_clock_changes(zone: str, day: str, window: str, expected: float) -> None:
    on, place = date.fromisoformat(day), ZoneInfo(zone)
    calendar = Calendar(place, {}, {on: windows(window), date(2026, 6, 1): windows("9:00-10:00")}, YEARS)
    start = local(day, place).astimezone(UTC) - hours(48)
    assert calendar.elapsed(start, start + hours(120)) == hours(expected)


@pytest.mark.parametrize(
    ("zone", "window", "start", "within", "end"),
    [
        ("Asia/Almaty", "9:00-18:00", local("2024-02-29 17:00", ALMATY), 2, local("2024-03-01 10:00", ALMATY)),
        ("Asia/Almaty", "0:00-24:00", local("2024-02-29 23:30", ALMATY), 0.5, local("2024-02-29 23:00", ALMATY, 1)),
        ("Asia/Almaty", "0:00-24:00", local("2024-02-29 23:30", ALMATY, 1), 1, local("2024-03-01 00:30", ALMATY)),
        ("Europe/Berlin", "0:00-24:00", local("2025-03-30 01:30", BERLIN), 1, local("2025-03-30 03:30", BERLIN)),
        ("Europe/Berlin", "2:30-4:00", local("2025-03-30 00:00", BERLIN), 0, local("2025-03-30 03:00", BERLIN)),
        ("Europe/Berlin", "2:00-3:00", local("2025-03-30 00:00", BERLIN), 0, local("2025-03-31 02:00", BERLIN)),
        ("Europe/Berlin", "0:00-24:00", local("2025-10-26 02:30", BERLIN), 1, local("2025-10-26 02:30", BERLIN, 1)),
        ("Europe/Berlin", "1:00-2:30", local("2025-10-26 02:29", BERLIN), 1, local("2025-10-27 01:59", BERLIN)),
        ("Europe/Berlin", "1:00-2:30", local("2025-10-26 02:10", BERLIN, 1), 0, local("2025-10-27 01:00", BERLIN)),
    ],
)
def test_after_is_correct_over_a_clock_change(
    zone: str, window: str, start: datetime, within: float, end: datetime
) -> None:
    calendar = weekly(window, ALL_DAYS, ZoneInfo(zone))
    assert calendar.after(start, hours(within)) == end.astimezone(UTC)


def test_end_of_working_day_is_correct_on_a_day_of_25_hours() -> None:
    always = CALENDARS["always"]
    assert always.end_of_working_day(moment("2024-02-28 12:00"), 1) == datetime(2024, 2, 29, 19, tzinfo=UTC)
    assert always.end_of_working_day(moment("2024-02-27 12:00"), 1) == datetime(2024, 2, 28, 18, tzinfo=UTC)


OUTSIDE = "is outside the calendar's years 2023-2027: extend mappings/calendar.yaml"


def test_moment_outside_the_known_years_is_an_error_with_the_years() -> None:
    office, inside, late = CALENDARS["office"], moment("Tue 09:00"), moment("2029-01-03 12:00")
    early = moment("2022-12-31 23:59:59")
    for ask in (
        lambda: office.after(late, hours(1)),
        lambda: office.after(late, hours(0)),
        lambda: office.after(late, hours(1), without=spans("Tue 10:00 - Tue 12:00")),
        lambda: office.elapsed(inside, late),
        lambda: office.elapsed(late, inside),
        lambda: office.elapsed(inside, late, without=spans("Tue 10:00 - Tue 12:00")),
        lambda: office.spans(inside, late),
        lambda: office.is_open(late),
        lambda: office.windows_on(date(2029, 1, 3)),
        lambda: office.end_of_working_day(late, 1),
    ):
        with pytest.raises(CalendarError) as caught:
            ask()
        assert str(caught.value) == f"2029-01-03 {OUTSIDE}"
    for ask in (lambda: office.after(early, hours(1)), lambda: office.elapsed(early, inside)):
        with pytest.raises(CalendarError, match=r"^2022-12-31 is outside the calendar's years 2023-2027"):
            ask()
    with pytest.raises(CalendarError, match=r"^2028 is outside the calendar's years 2023-2027"):
        office.working_days(2028)


def test_the_known_years_are_local_and_begin_and_end_at_midnight() -> None:
    always = CALENDARS["always"]
    first, last = moment("2023-01-01 00:00"), moment("2027-12-31 24:00")
    instant = timedelta(microseconds=1)
    assert always.is_open(first)
    assert always.is_open(last - instant)
    assert always.after(last - hours(1), hours(1)) == last
    assert always.elapsed(last - hours(1), last) == hours(1)
    for outside, day in ((first - instant, "2022-12-31"), (last, "2028-01-01")):
        for ask in (lambda at=outside: always.is_open(at), lambda at=outside: always.after(at, hours(1))):
            with pytest.raises(CalendarError, match=f"^{day} is outside"):
                ask()
    with pytest.raises(CalendarError, match=r"^2028-01-01 is outside"):
        always.elapsed(first, last + instant)


@pytest.mark.parametrize(
    ("start", "within", "pauses", "message"),
    [
        ("2027-12-31 17:00", 1.5, "", f"the end of 1:30:00 from 2027-12-31 17:00 on {OUTSIDE}"),
        ("2027-12-31 18:00", 0, "", f"the next opening from 2027-12-31 18:00 on {OUTSIDE}"),
        ("2025-06-03 09:00", 8000, "", f"the end of 333 days, 8:00:00 from 2025-06-03 09:00 on {OUTSIDE}"),
        ("Tue 09:00", 1, "Tue 09:30 - 2030-01-01 00:00", f"the end of 1:00:00 from 2025-06-03 09:00 on {OUTSIDE}"),
        ("Tue 09:00", 0, "Tue 09:00 - 2030-01-01 00:00", f"the next opening from 2025-06-03 09:00 on {OUTSIDE}"),
        ("2027-12-31 17:00", 1.5, "Tue 09:00 - Tue 09:30", f"the end of 1:30:00 from 2027-12-31 17:00 on {OUTSIDE}"),
    ],
)
def test_amount_beyond_the_known_years_is_an_error(start: str, within: float, pauses: str, message: str) -> None:
    with pytest.raises(CalendarError) as caught:
        CALENDARS["office"].after(moment(start), hours(within), without=spans(pauses))
    assert str(caught.value) == message


def test_working_days_after_the_known_years_are_an_error() -> None:
    office = CALENDARS["office"]
    assert office.end_of_working_day(moment("2027-12-30 09:00"), 1) == moment("2027-12-31 18:00")
    with pytest.raises(CalendarError, match=r"^working day 2 after 2027-12-30 is outside .* 2023-2027"):
        office.end_of_working_day(moment("2027-12-30 09:00"), 2)
    with pytest.raises(CalendarError, match="invalid number of working days 0"):
        office.end_of_working_day(moment("Tue 09:00"), 0)


def test_first_and_last_datetimes_are_outside_the_known_years() -> None:
    for moment_ in (datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)):
        with pytest.raises(CalendarError, match="is outside the calendar's years"):
            CALENDARS["office"].elapsed(moment("Tue 09:00"), moment_)
    forever = Span(moment("Tue 12:00"), datetime.max.replace(tzinfo=UTC))
    assert CALENDARS["office"].elapsed(moment("Tue 09:00"), moment("Fri 09:00"), without=[forever]) == hours(3)


def test_single_known_year_is_named_without_a_range() -> None:
    calendar = Calendar(ALMATY, {0: windows("9:00-18:00")}, {}, range(2025, 2026))
    with pytest.raises(CalendarError, match="outside the calendar's years 2025: extend"):
        calendar.is_open(moment("2026-01-01 00:00"))


def test_a_naive_datetime_is_refused() -> None:
    office, aware, naive = CALENDARS["office"], moment("Tue 09:00"), datetime(2025, 6, 3, 10)
    for ask in (
        lambda: office.after(naive, hours(1)),
        lambda: office.elapsed(naive, aware),
        lambda: office.elapsed(aware, naive),
        lambda: office.spans(naive, aware),
        lambda: office.is_open(naive),
        lambda: office.end_of_working_day(naive, 1),
        lambda: office.elapsed(aware, aware + hours(9), without=[Span(naive, aware)]),
        lambda: office.after(aware, hours(9), without=[Span(aware, naive)]),
    ):
        with pytest.raises(CalendarError, match="2025-06-03 10:00:00 has no time zone: give an aware datetime"):
            ask()


def test_a_negative_amount_is_refused() -> None:
    for pauses in ("", "Tue 10:00 - Tue 12:00"):
        with pytest.raises(CalendarError, match="invalid amount of working time -3600 s"):
            CALENDARS["office"].after(moment("Tue 09:00"), -hours(1), without=spans(pauses))


@pytest.mark.parametrize(
    ("hours_by_weekday", "exceptions", "years", "message"),
    [
        ({}, {}, YEARS, "no working time in 2023-2027: give at least one weekday a window"),
        ({0: ()}, {date(2025, 6, 3): ()}, YEARS, "no working time in 2023-2027"),
        ({}, {date(2029, 6, 3): windows("9:00-18:00")}, YEARS, "no working time in 2023-2027"),
        ({7: windows("9:00-18:00")}, {}, YEARS, "invalid weekday 7: use 0 (Monday) to 6 (Sunday)"),
        ({-1: windows("9:00-18:00")}, {}, YEARS, "invalid weekday -1"),
        ({0: windows("18:00-9:00")}, {}, YEARS, "weekday 0: invalid window 18:00:00 to 9:00:00"),
        ({0: windows("9:00-9:00")}, {}, YEARS, "weekday 0: invalid window 9:00:00 to 9:00:00"),
        ({0: windows("9:00-24:01")}, {}, YEARS, "weekday 0: invalid window 9:00:00 to 1 day, 0:01:00"),
        ({0: ((-hours(1), hours(9)),)}, {}, YEARS, "weekday 0: invalid window -1 day, 23:00:00 to 9:00:00"),
        ({0: windows("9:00-13:00 12:00-18:00")}, {}, YEARS, "weekday 0: 12:00:00 to 18:00:00 starts before 13:00:00"),
        ({0: windows("14:00-18:00 9:00-13:00")}, {}, YEARS, "weekday 0: 9:00:00 to 13:00:00 starts before 18:00:00"),
        ({}, {date(2025, 6, 3): windows("18:00-9:00")}, YEARS, "2025-06-03: invalid window 18:00:00 to 9:00:00"),
        ({0: windows("9:00-18:00")}, {}, range(2023, 2023), "invalid years range(2023, 2023)"),
        ({0: windows("9:00-18:00")}, {}, range(2023, 2028, 2), "invalid years range(2023, 2028, 2)"),
    ],
)
def test_invalid_calendar_is_rejected_by_its_constructor(
    hours_by_weekday: dict[int, tuple[Window, ...]],
    exceptions: dict[date, tuple[Window, ...]],
    years: range,
    message: str,
) -> None:
    with pytest.raises(CalendarError) as caught:
        Calendar(ALMATY, hours_by_weekday, exceptions, years)
    assert str(caught.value).startswith(message)
    assert isinstance(caught.value, SupSyncError)


def test_a_year_counts_its_working_days() -> None:
    assert CALENDARS["office"].working_days(2025) == 261
    assert CALENDARS["sunday"].working_days(2025) == 261
    assert CALENDARS["always"].working_days(2024) == 366


def test_a_date_has_its_own_windows_or_its_weekdays() -> None:
    short = CALENDARS["short"]
    assert short.windows_on(date(2025, 6, 4)) == windows("9:00-16:30")
    assert short.windows_on(date(2025, 6, 5)) == windows("9:00-18:00")
    assert short.windows_on(date(2025, 6, 7)) == ()


def test_epoch_seconds_give_what_datetimes_give() -> None:
    questions = (("Mon 08:00", "2Tue 15:30", 20.5), ("Wed 13:30:20", "Wed 23:00", 0), ("Sat 07:00", "Sun 12:00", 9))
    for name, calendar in CALENDARS.items():
        for start, end, within in questions:
            a, b = moment(start), moment(end)
            assert calendar.elapsed_s(a.timestamp(), b.timestamp()) == calendar.elapsed(a, b).total_seconds(), name
            assert calendar.elapsed_s(b.timestamp(), a.timestamp()) == 0
            assert calendar.after_s(a.timestamp(), within * 3600) == calendar.after(a, hours(within)).timestamp(), name


@pytest.mark.parametrize("seconds", [1e9, 2e9, 1.7e12, float("nan"), float("inf")])
def test_epoch_seconds_outside_the_known_years_are_an_error(seconds: float) -> None:
    inside = moment("Tue 09:00").timestamp()
    for ask in (
        lambda: CALENDARS["office"].elapsed_s(inside, seconds),
        lambda: CALENDARS["office"].elapsed_s(seconds, inside),
        lambda: CALENDARS["office"].after_s(seconds, 3600),
    ):
        with pytest.raises(CalendarError, match="is outside the calendar's years 2023-2027"):
            ask()


def test_todays_tz_data_passes_and_older_data_is_refused() -> None:
    check_zone_data(ALMATY)
    check_zone_data(BERLIN)

    class Old(ZoneInfo):
        """Asia/Almaty in tz data before 2024a: UTC+6 for all time."""

        def utcoffset(self, _: datetime | None, /) -> timedelta:
            return hours(6)

        def fromutc(self, at: datetime, /) -> datetime:
            return at + hours(6)

    with pytest.raises(CalendarError, match=r"Asia/Almaty at \+0600 in June 2024: update tzdata"):
        check_zone_data(Old("Asia/Almaty"))
    check_zone_data(Old("Europe/Berlin"))
