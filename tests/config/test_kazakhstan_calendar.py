"""Kazakhstan's working days in mappings/calendar.yaml, compared with the published calendars and the library."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from sup_sync.config.public_holidays import frozen_holidays, render_holidays, worked_weekends
from sup_sync.errors import CalendarError
from sup_sync.model.working_time import Calendar, Window, check_zone_data

CALENDAR_YAML = Path(__file__).parents[2] / "mappings" / "calendar.yaml"
OFFICE = ((timedelta(hours=9), timedelta(hours=18)),)


@pytest.fixture(scope="module")
def raw() -> dict[str, Any]:
    """Return the file as PyYAML reads it."""
    return dict(yaml.safe_load(CALENDAR_YAML.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def kazakhstan(raw: dict[str, Any]) -> Calendar:
    assert raw["hours"] == {"mon-fri": ["09:00-18:00"]}
    exceptions: dict[date, tuple[Window, ...]] = {row["date"]: () for row in raw["holidays"]}
    for change in raw["changes"]:
        assert change["kind"] == "worked"
        exceptions[change["date"]] = OFFICE
    years = range(min(raw["years"]), max(raw["years"]) + 1)
    return Calendar(ZoneInfo(raw["zone"]), dict.fromkeys(range(5), OFFICE), exceptions, years)


def almaty(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Almaty"))


@pytest.mark.parametrize(("year", "days"), [(2023, 246), (2024, 249), (2025, 246), (2026, 247), (2027, 247)])
def test_year_has_its_working_days(kazakhstan: Calendar, year: int, days: int) -> None:
    assert kazakhstan.working_days(year) == days
    start, end = almaty(f"{year}-01-01 00:00"), almaty(f"{year + 1}-01-01 00:00")
    assert kazakhstan.elapsed(start, end) == timedelta(hours=9 * days)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2023-01-03", False),  # for Sunday 1 January
        ("2023-01-04", True),
        ("2023-05-08", False),  # for Sunday 7 May
        ("2023-06-28", False),  # Kurban Ait
        ("2023-07-01", True),  # a Saturday, for 7 July
        ("2023-07-06", False),
        ("2023-07-07", False),
        ("2023-12-18", False),  # for Saturday 16 December
        ("2024-03-25", False),  # for Saturday 23 March
        ("2024-05-04", True),  # a Saturday, for 8 May
        ("2024-05-07", False),
        ("2024-05-08", False),
        ("2024-05-09", False),
        ("2024-05-10", True),
        ("2024-06-16", False),  # Kurban Ait, a Sunday that moves no day off
        ("2024-06-17", True),
        ("2024-07-08", False),  # for Saturday 6 July
        ("2024-08-30", False),  # Constitution Day
        ("2025-01-03", False),
        ("2025-01-04", False),
        ("2025-01-05", True),  # a Sunday, for 3 January
        ("2025-01-06", True),
        ("2025-03-10", False),  # for Saturday 8 March
        ("2025-03-25", False),
        ("2025-06-06", False),  # Kurban Ait
        ("2025-09-01", False),  # for Saturday 30 August
        ("2026-03-25", False),
        ("2026-05-11", False),  # for Saturday 9 May
        ("2026-05-27", False),  # Kurban Ait
        ("2026-08-30", False),  # a Sunday like any other: Constitution Day is 15 March, from 2027 on
        ("2026-08-31", True),
        ("2026-10-26", False),  # for Sunday 25 October
        ("2027-03-15", False),  # Constitution Day
        ("2027-08-30", True),
    ],
)
def test_day_is_worked_or_free(kazakhstan: Calendar, day: str, worked: bool) -> None:
    assert bool(kazakhstan.windows_on(date.fromisoformat(day))) is worked
    assert kazakhstan.is_open(almaty(f"{day} 12:00")) is worked


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2023-06-30 17:00", 2, "2023-07-01 10:00"),  # on into a worked Saturday
        ("2023-07-05 17:00", 2, "2023-07-10 10:00"),  # over Capital Day, 7 July and a weekend
        ("2024-05-03 17:00", 11, "2024-05-06 10:00"),
        ("2024-05-06 17:00", 9, "2024-05-10 17:00"),
        ("2025-01-02 12:00", 9, "2025-01-05 18:00"),
        ("2025-01-05 17:00", 2, "2025-01-06 10:00"),
        ("2024-02-29 17:00", 2, "2024-03-01 10:00"),  # over the night that had 16 hours from close to open
        ("2026-08-28 17:00", 2, "2026-08-31 10:00"),
    ],
)
def test_targets_count_moved_days(kazakhstan: Calendar, start: str, hours: int, end: str) -> None:
    assert kazakhstan.after(almaty(start), timedelta(hours=hours)) == almaty(end)
    assert kazakhstan.elapsed(almaty(start), almaty(end)) == timedelta(hours=hours)


def test_almaty_changed_its_utc_offset_on_1_march_2024(kazakhstan: Calendar) -> None:
    check_zone_data(kazakhstan.zone)
    before, after = almaty("2024-02-29 18:00"), almaty("2024-03-01 09:00")
    assert (before.utcoffset(), after.utcoffset()) == (timedelta(hours=6), timedelta(hours=5))
    assert after.timestamp() - before.timestamp() == 16 * 3600
    assert kazakhstan.elapsed(before, after) == timedelta(0)


def test_2027_is_estimated_and_2028_is_not_covered(kazakhstan: Calendar, raw: dict[str, Any]) -> None:
    assert raw["years"] == {2023: "final", 2024: "final", 2025: "final", 2026: "final", 2027: "estimated"}
    with pytest.raises(CalendarError, match="2028-01-03 is outside the calendar's years 2023-2027"):
        kazakhstan.after(almaty("2028-01-03 10:00"), timedelta(hours=1))


def test_holidays_match_the_library(raw: dict[str, Any]) -> None:
    rows = frozen_holidays(raw["years"])
    assert rows == raw["holidays"]
    assert f"holidays:\n{render_holidays(rows)}\n" in CALENDAR_YAML.read_text(encoding="utf-8")
    assert [row["date"] for row in rows if row.get("estimated")] == [date(2026, 5, 27), date(2027, 5, 16)]


def test_every_worked_weekend_of_the_library_is_a_change_with_a_source(raw: dict[str, Any]) -> None:
    worked = {change["date"]: change["source"] for change in raw["changes"]}
    assert sorted(worked) == worked_weekends(raw["years"])
    assert all(day.weekday() >= 5 for day in worked)
    assert all(worked.values())
