"""The CSV table: a row for each request, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stories.story import Story
from support.hostile import FORMULAS, HOSTILE, SCRIPTS, TOO_LONG
from support.promises import HARMLESS

from sup_sync.sla.judgement import Judgement
from sup_sync.views.csv_export import column_names, csv_text, escape_formula

MakeStory = Callable[..., Story]

COLUMNS = column_names(("first_response", "resolution"))
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def rows(*stories: Story) -> list[dict[str, str]]:
    return table(csv_text([each.judgement for each in stories], stories[0].rules.policy, stories[0].rules.calendars))


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text, newline="")))


def renamed(story: Story, subject: str) -> Judgement:
    judgement = story.judgement
    return replace(judgement, issue=replace(judgement.issue, subject=subject))


def test_row_has_classification_targets_and_minutes_of_a_request(story: Story) -> None:
    """
    Mon 16:00 filed by operator, VIP, error, urgent
    Mon 17:30 staff: asks and waiting for client
    Tue 10:00 client: answers
    Tue 12:00 staff: hands to development
    Wed 09:00 staff: takes it
    Wed 11:00 staff: solves
    Wed 12:00 now
    """
    (row,) = rows(story)
    assert list(row) == list(COLUMNS)
    cells = {key: row[key] for key in COLUMNS if not key.endswith("_wall_min")}
    assert cells == {
        "issue": "1",
        "project": "alatau-trade",
        "subject": "Есеп ашылмайды",
        "filed_at": "2026-06-08 16:00",
        "level": "vip",
        "channel": "email",
        "category": "error",
        "priority": "urgent",
        "agreement": "vip",
        "regulation": "2023-01-01",
        "status": "Шешілді",
        "phase": "closed",
        "reason": "",
        "findings": "",
        "first_response_due_at": "2026-06-08 17:00:00",
        "first_response_outcome": "breached",
        "first_response_stopped_at": "2026-06-08 17:30:00",
        "first_response_elapsed_min": "90",
        "first_response_late_s": "1800",
        "first_response_clause": "SLA VIP.2",
        "resolution_due_at": "2026-06-09 17:30:00",
        "resolution_outcome": "breached",
        "resolution_stopped_at": "2026-06-10 11:00:00",
        "resolution_elapsed_min": "690",
        "resolution_late_s": "9000",
        "resolution_clause": "SLA VIP.3",
        "support_working_min": "330",
        "client_working_min": "90",
        "development_working_min": "360",
        "closed_working_min": "60",
        "elapsed_working_min": "840",
    }
    walls = [int(row[f"{party}_wall_min"]) for party in ("support", "client", "development", "closed", "elapsed")]
    assert walls == [330, 990, 1260, 60, 2640]
    assert sum(walls[:4]) == walls[4]


def test_unknown_values_are_empty_cells(story: Story) -> None:
    """
    Mon 09:00 filed by operator, tracker «Басқа»
    Mon 10:00 now
    """
    (row,) = rows(story)
    assert (row["category"], row["agreement"], row["findings"]) == ("", "", "unmapped_name")
    assert (row["first_response_due_at"], row["first_response_outcome"]) == ("", "no_target")
    assert (row["first_response_elapsed_min"], row["support_working_min"]) == ("", "60")


def test_letter_without_a_target_has_its_minutes(story: Story) -> None:
    """
    Mon 09:00 filed by operator, VIP, by official letter
    Mon 16:00 staff: solves
    Mon 17:00 now
    """
    (row,) = rows(story)
    assert (row["resolution_due_at"], row["resolution_outcome"], row["resolution_elapsed_min"]) == (
        "",
        "no_target",
        "420",
    )


def test_rows_are_in_order_and_no_requests_give_only_the_header(make_story: MakeStory) -> None:
    first, second = (make_story("Mon 09:00 filed by operator\nMon 10:00 now") for _ in range(2))
    assert [row["issue"] for row in rows(second, first)] == ["1", "2"]
    assert table(csv_text([], first.rules.policy, first.rules.calendars)) == []


@pytest.fixture
def request_of(make_story: MakeStory) -> Story:
    return make_story("Mon 09:00 filed by operator\nMon 10:00 now")


@pytest.mark.parametrize("subject", HOSTILE, ids=lambda text: repr(text[:20]))
def test_hostile_subject_is_one_cell_that_nothing_runs(
    request_of: Story, subject: str, count_promise: Callable[[str, str], None]
) -> None:
    (row,) = table(csv_text([renamed(request_of, subject)], request_of.rules.policy, request_of.rules.calendars))
    assert list(row) == list(COLUMNS)
    assert row["project"] == "portal-users"
    assert not row["subject"].lstrip().startswith(FORMULA_STARTS)
    assert row["subject"].isprintable()
    assert len(row["subject"]) <= 256
    count_promise(HARMLESS, "hostile subjects, in `report --csv`")


@pytest.mark.parametrize("text", FORMULAS)
def test_formula_stays_readable_behind_an_apostrophe(text: str) -> None:
    assert escape_formula(text).startswith("'")
    assert "1+1" in escape_formula(text) or text.strip() in escape_formula(text) or "A1" in escape_formula(text)


def test_text_that_is_not_a_formula_is_unchanged() -> None:
    for text in ("Есеп ашылмайды", "2026-06-08", "a=b", "'quoted'", *SCRIPTS):
        assert escape_formula(text) == text
    assert len(escape_formula(TOO_LONG)) == 255


@given(st.text())
def test_no_text_makes_a_cell_that_a_spreadsheet_runs(text: str) -> None:
    cell = escape_formula(text)
    assert cell.isprintable()
    assert not cell.lstrip().startswith(FORMULA_STARTS)
