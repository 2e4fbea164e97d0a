"""The monthly wiki page as text: no client text, and no markup from names of the mappings."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest
from stories.shipped import LANGUAGES, shipped_config
from stories.story import Story
from support.hostile import HOSTILE, SCRIPTS

from sup_sync.output.pages.markup import strip_markup
from sup_sync.output.pages.page import ReportSources
from sup_sync.output.pages.wiki import MAX_REQUESTS, ReportData, render_wiki, title_of
from sup_sync.output.texts import Texts
from sup_sync.sla.judgement import Judgement
from sup_sync.views.compliance import compliance
from sup_sync.views.figures import figures_of
from sup_sync.views.report_page import CHART_PREFIX, PAGE_SIGNATURE, WikiContent

FIRST = date(2026, 6, 1)
PNG = b"\x89PNG\r\n\x1a\n"


def report_data(judgements: list[Judgement]) -> ReportData:
    rules = shipped_config().rules
    figures = figures_of(judgements, rules.policy, rules.calendars)
    return ReportData(compliance(judgements, rules.policy, rules.calendars), figures)


def texts(language: str) -> Texts:
    rules = shipped_config().rules
    return Texts("report", language, rules.messages, rules.zone)


def render(
    *judgements: Judgement, now: datetime, language: str = "en", markup: str = "textile", is_complete: bool = True
) -> WikiContent:
    sources = ReportSources(shipped_config().rules, "https://sup.mitwork.kz", {}, is_complete)
    page = report_data([*judgements])
    return render_wiki(page, page, sources, FIRST, now, texts(language), markup)


@pytest.fixture
def late(make_story: Callable[..., Story]) -> Story:
    """A request that breaches and has findings."""
    return make_story(
        """
        Mon 09:00 filed by client, Base, error, without iin
        Mon 10:00 staff: hands to development
        Fri 15:00 now
        """
    )


def now_of(story: Story) -> datetime:
    assert story.now is not None
    return story.now


def renamed(story: Story, subject: str, issue_id: int) -> Judgement:
    judgement = story.judgement
    return replace(judgement, issue=replace(judgement.issue, subject=subject, id=issue_id))


def test_page_never_contains_a_subject(late: Story) -> None:
    plain = render(*(renamed(late, "x", number) for number, _ in enumerate(HOSTILE)), now=now_of(late))
    page = render(*(renamed(late, subject, number) for number, subject in enumerate(HOSTILE)), now=now_of(late))
    assert page == plain
    assert "#1" in page.text


@pytest.mark.parametrize("markup", ["textile", "markdown"])
@pytest.mark.parametrize("hostile", [*SCRIPTS, "!http://a/b.png!", "{{include(x)}}", "a|b", "![x](y)", "@login", "*b*"])
def test_label_of_the_mappings_cannot_add_markup(late: Story, markup: str, hostile: str) -> None:
    judgement = late.judgement
    plain = render(replace(judgement, level="x", priority="x"), now=now_of(late), markup=markup).text
    page = render(replace(judgement, level=hostile, priority=hostile), now=now_of(late), markup=markup).text
    assert [line.count("|") for line in page.splitlines()] == [line.count("|") for line in plain.splitlines()]
    assert sum(map(page.count, "!*@{}[]<>`\\")) == sum(map(plain.count, "!*@{}[]<>`\\"))


def test_label_of_only_markup_is_a_dash() -> None:
    assert (strip_markup("|*!"), strip_markup(" a  b\n"), strip_markup("SLA VIP.2")) == ("—", "a b", "SLA VIP.2")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("markup", ["textile", "markdown"])
def test_page_ends_with_the_signature_and_shows_every_attached_chart(late: Story, language: str, markup: str) -> None:
    page = render(late.judgement, now=now_of(late), language=language, markup=markup)
    assert f"{PAGE_SIGNATURE} 2026-06" in page.text.splitlines()[-1]
    shown = re.findall(rf"{CHART_PREFIX}2026-06-\w+-[0-9a-f]{{12}}\.png", page.text)
    assert sorted(shown) == sorted(page.charts)
    assert len(shown) == 4
    assert all(png.startswith(PNG) for png in page.charts.values())
    assert "$" not in page.text


def test_the_same_requests_make_the_same_page_and_charts(late: Story) -> None:
    assert render(late.judgement, now=now_of(late)) == render(late.judgement, now=now_of(late))
    assert render(late.judgement, now=now_of(late)).charts.keys() != render(now=now_of(late)).charts.keys()


@pytest.mark.parametrize(("markup", "line"), [("textile", r"\|_[.>]"), ("markdown", r"\| ---")])
def test_every_row_of_a_table_has_as_many_cells_as_its_heads(late: Story, markup: str, line: str) -> None:
    tables = [
        part.splitlines()
        for part in render(late.judgement, now=now_of(late), markup=markup).text.split("\n\n")
        if part.startswith("|")
    ]
    assert len(tables) == 5
    for table in tables:
        assert any(re.match(line, row) for row in table)
        assert len({row.count("|") for row in table}) == 1
    assert "{{>toc}}" in render(late.judgement, now=now_of(late), markup=markup).text


def test_month_without_requests_gives_an_empty_page(late: Story) -> None:
    page = render(now=now_of(late)).text
    assert "No breached targets." in page
    assert "No findings." in page


def test_long_lists_are_cut_with_a_count_of_the_rest(late: Story) -> None:
    page = render(*(renamed(late, "x", number) for number in range(1, MAX_REQUESTS + 3)), now=now_of(late)).text
    assert (
        page.count("… and 2 more. For all of them, run sup-sync report --html.")
        == len(re.findall(r"\(102\)", page))
        >= 2
    )
    assert f"#{MAX_REQUESTS}" in page
    assert f"#{MAX_REQUESTS + 1}" not in page
    assert "more" not in render(late.judgement, now=now_of(late)).text


def test_incomplete_report_is_marked_as_incomplete(late: Story) -> None:
    assert (
        "Incomplete: some projects could not be read"
        in render(late.judgement, now=now_of(late), is_complete=False).text
    )
    assert "Incomplete: some projects could not be read" not in render(late.judgement, now=now_of(late)).text


def test_page_names_the_whole_month_and_guarantees_nothing(late: Story) -> None:
    page = render(late.judgement, now=now_of(late)).text
    assert "Requests filed from 2026-06-01 to 2026-06-30." in page
    assert "not guaranteed" in page
    assert not re.search(r"(?<!not )guarantee", page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_title_is_valid_in_a_redmine_wiki(language: str) -> None:
    """Redmine's own rule for titles."""
    assert re.fullmatch(r"[^,./?;|\s]+_2026-06", title_of(FIRST, texts(language)))
