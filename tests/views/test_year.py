"""The working calendar of a year: the days of the calendar that judges, each with its reason."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from rich.cells import cell_len
from stories.moments import ZONE
from stories.shipped import LANGUAGES, Copy, shipped_config
from support.screens import screen_lines

from sup_sync.config.load import Config
from sup_sync.model.policy import ClockKind
from sup_sync.output.terminal.year import show_year
from sup_sync.output.texts import Texts
from sup_sync.output.texts.year import SIGNS, CalendarTexts, sign_of
from sup_sync.views.year import Day, DayKind, Year, year_of


def year(number: int, config: Config | None = None) -> Year:
    config = config or shipped_config()
    calendar = config.rules.calendars[ClockKind.WORKING]
    is_estimated = number in config.rules.estimated_years
    return year_of(number, calendar, config.calendar_lines, is_estimated=is_estimated)


def day(when: str, config: Config | None = None) -> Day:
    wanted = date.fromisoformat(when)
    return year(wanted.year, config).months[wanted.month - 1].days[wanted.day - 1]


def texts(language: str = "en") -> CalendarTexts:
    return CalendarTexts(Texts("calendar", language, shipped_config().rules.messages, ZONE))


@pytest.mark.parametrize(("number", "days"), [(2023, 246), (2024, 249), (2025, 246), (2026, 247), (2027, 247)])
def test_working_days_of_a_year_are_those_of_the_calendar(number: int, days: int) -> None:
    shown_year = year(number)
    assert shown_year.working_days == sum(each.working_days for each in shown_year.months) == days
    assert shown_year.worked == days * timedelta(hours=9)
    assert shown_year.is_estimated is (number == 2027)
    assert [len(month.days) for month in shown_year.months][1] == 28 + (number == 2024)


@pytest.mark.parametrize(
    ("when", "kind", "sign", "why"),
    [
        ("2026-11-20", DayKind.WORKING, " ", ""),
        ("2026-11-21", DayKind.REST, ".", ""),
        ("2026-12-16", DayKind.HOLIDAY, "*", "Independence Day"),
        ("2026-03-09", DayKind.HOLIDAY, "*", "International Women's Day (observed)"),
        ("2026-05-27", DayKind.HOLIDAY, "?", "Eid al-Adha; estimated day, not fixed by decree"),
        ("2025-01-03", DayKind.OFF, "-", "moved day off; in exchange for 2025-01-05"),
        (
            "2025-01-05",
            DayKind.WORKED,
            "+",
            "09:00-18:00; worked day off; source: for 3 January: PyPI holidays 0.109, which cites"
            " adilet.zan.kz/kaz/docs/G24G0000436",
        ),
    ],
)
def test_day_has_its_kind_its_sign_and_its_reason(when: str, kind: DayKind, sign: str, why: str) -> None:
    day_of_year = day(when)
    assert (day_of_year.kind, sign_of(day_of_year), texts().why(day_of_year)) == (kind, sign, why)


@pytest.mark.parametrize(
    ("line", "when", "kind", "why"),
    [
        (
            '{date: 2026-12-31, kind: hours, hours: ["09:00-13:00"], source: order 7}',
            "2026-12-31",
            DayKind.HOURS,
            "09:00-13:00; other hours; source: order 7",
        ),
        (
            '{date: 2026-12-31, kind: "off", source: order 7}',
            "2026-12-31",
            DayKind.OFF,
            "moved day off; source: order 7",
        ),
        (
            "{date: 2026-12-16, kind: cancelled, source: order 7}",
            "2026-12-16",
            DayKind.WORKED,
            "09:00-18:00; Independence Day; holiday that is worked; source: order 7",
        ),
        (
            "{move: 2026-12-31, to: 2026-12-26, source: order 7}",
            "2026-12-31",
            DayKind.OFF,
            "moved day off; in exchange for 2026-12-26; source: order 7",
        ),
        (
            "{move: 2026-12-31, to: 2026-12-26, source: order 7}",
            "2026-12-26",
            DayKind.WORKED,
            "09:00-18:00; worked day off; in exchange for 2026-12-31; source: order 7",
        ),
    ],
)
def test_each_kind_of_change_is_shown_with_its_source(
    tmp_path: Path, line: str, when: str, kind: DayKind, why: str
) -> None:
    copy = Copy(tmp_path)
    copy.replace("calendar.yaml", "\nchanges:\n", f"\nchanges:\n  - {line}\n")
    day_of_year = day(when, copy.load())
    assert (day_of_year.kind, texts().why(day_of_year)) == (kind, why)


def test_no_two_kinds_share_a_sign() -> None:
    assert set(SIGNS) == set(DayKind)
    assert len({*SIGNS.values(), "?"}) == len(DayKind) + 1


def shown(number: int, language: str, width: int) -> list[str]:
    return screen_lines(lambda console: show_year(console, year(number), texts(language)), width)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_every_day_is_printed_once_at_every_width(width: int, language: str) -> None:
    lines = shown(2025, language, width)
    assert all(cell_len(line) <= width and "…" not in line for line in lines)
    legend = next(number for number, line in enumerate(lines) if line == texts(language).texts.text("legend"))
    grid = " ".join(lines[3:legend])
    for sign in "*-+.":
        grid = grid.replace(sign, f"{sign} ")
    marks = [word for word in grid.split() if word[0].isdigit()]
    days = [word for word in marks if word.rstrip("*-+.").isdigit()]
    assert sum(word.endswith("-") for word in days) == sum(word.endswith("+") for word in days) == 1
    assert len(days) == 365 + len([month for month in year(2025).months if month.working_days])


def test_months_side_by_side_fit_80_columns() -> None:
    lines = shown(2025, "en", 80)
    assert lines[:6] == [
        "Support calendar: 2025",
        "246 working days, 2214 h; the year is final",
        "",
        "January      20 days     February     20 days     March        17 days",
        "Mo Tu We Th Fr Sa Su     Mo Tu We Th Fr Sa Su     Mo Tu We Th Fr Sa Su",
        "       1* 2* 3- 4. 5+                    1. 2.                    1. 2.",
    ]
    assert "  +  Su 2025-01-05  09:00-18:00; worked day off; source: for 3 January: PyPI" in lines


def test_estimated_year_is_marked_as_estimated() -> None:
    assert shown(2027, "ru", 120)[1].endswith("год предположителен: постановления о переносах ещё нет")
    assert "  ?  день предположителен, постановления нет" in shown(2027, "ru", 120)


def test_final_year_names_its_days_that_are_still_estimates() -> None:
    assert shown(2026, "en", 120)[1] == "247 working days, 2223 h; the year is final except for the days marked ?"
    assert shown(2024, "en", 120)[1].endswith("; the year is final")


def test_json_of_a_year_has_months_and_the_days_that_differ() -> None:
    document = year(2025).to_json()
    assert (document["year"], document["is_estimated"], document["working_days"]) == (2025, False, 246)
    assert document["months"][2] == {"month": 3, "working_days": 17, "worked": 17 * 9 * 3600}
    moved = next(each for each in document["days"] if each["day"] == "2025-01-03")
    assert (moved["kind"], moved["lines"][0]["other"], moved["hours"]) == ("off", "2025-01-05", "")
