"""The report page as text: it loads and runs nothing, also with hostile client text; every language is complete."""

from __future__ import annotations

import ast
import hashlib
import re
import xml.etree.ElementTree as ET
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from stories.shipped import LANGUAGES, shipped_config
from stories.story import Story
from support.hostile import HOSTILE, SCRIPTS
from support.promises import HARMLESS

import sup_sync
from sup_sync.output.pages.page import ReportSources, render_report
from sup_sync.output.texts import Texts, load_texts
from sup_sync.sla.judgement import Judgement
from sup_sync.views.compliance import compliance
from sup_sync.views.figures import figures_of

MakeStory = Callable[..., Story]

NBSP = "\N{NO-BREAK SPACE}"
URL = "https://sup.mitwork.kz"


class Page(HTMLParser):
    """A parsed page: its elements with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def attributes(self) -> Iterator[tuple[str, str]]:
        return ((name, value or "") for _, each in self.elements for name, value in each.items())


def render(
    *judgements: Judgement, now: datetime, language: str = "ru", url: str = URL, is_complete: bool = True
) -> str:
    rules, digests = shipped_config().rules, {"regulation.yaml": "0123456789abcdef0123"}
    report = compliance(judgements, rules.policy, rules.calendars)
    figures = figures_of(judgements, rules.policy, rules.calendars)
    return render_report(report, figures, ReportSources(rules, url, digests, is_complete), now, language)


@pytest.fixture
def late(make_story: MakeStory) -> Story:
    """A request with a breach and findings, so that every part with subjects shows its subject."""
    return make_story(
        """
        Mon 09:00 filed by client, Base, error, without iin
        Mon 10:00 staff: hands to development
        Fri 15:00 now
        """
    )


@pytest.fixture
def answered(make_story: MakeStory) -> Story:
    """A request that was answered an hour after filing."""
    return make_story(
        """
        Mon 09:00 filed by client, Base, error
        Mon 10:00 staff: public note
        Mon 15:00 now
        """
    )


def renamed(story: Story, subject: str, issue_id: int) -> Judgement:
    judgement = story.judgement
    return replace(judgement, issue=replace(judgement.issue, subject=subject, id=issue_id))


def now_of(story: Story) -> datetime:
    assert story.now is not None
    return story.now


def test_policy_allows_only_the_page_s_own_style(late: Story) -> None:
    text = render(late.judgement, now=now_of(late))
    (policy,) = (
        each["content"] for each in Page(text).of("meta") if each.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None
    allowed = re.fullmatch(r"default-src 'none'; style-src 'sha256-(.+)'; base-uri 'none'; form-action 'none'", policy)
    assert allowed
    (style,) = re.findall("<style>(.*?)</style>", text, flags=re.DOTALL)
    assert b64decode(allowed[1]) == hashlib.sha256(style.encode()).digest()
    assert text.index("Content-Security-Policy") < text.index("<style>")


def test_page_loads_nothing_and_has_no_scripts_or_inline_styles(late: Story) -> None:
    page = Page(render(late.judgement, now=now_of(late)))
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "base", "form", "image", "foreignobject"}
    names = {name for name, _ in page.attributes}
    assert not names & {"style", "src", "srcset", "action", "background", "ping"}
    assert not {name for name in names if name.startswith("on")}
    links = {value for name, value in page.attributes if name in ("href", "xlink:href")}
    assert all(value.startswith(("#", f"{URL}/")) for value in links)
    assert f"{URL}/issues/1" in links


def test_ids_are_unique_and_every_reference_has_a_target(late: Story) -> None:
    page = Page(render(late.judgement, now=now_of(late)))
    ids = [value for name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids)) > 20
    inner = {value[1:] for name, value in page.attributes if name in ("href", "xlink:href") and value.startswith("#")}
    named = {value for name, value in page.attributes if name == "aria-labelledby"}
    urls = {each for _, value in page.attributes for each in re.findall(r"url\(#(.+?)\)", value)}
    assert inner | named | urls <= set(ids)
    assert inner
    assert urls


def test_hostile_subjects_are_only_text(late: Story, count_promise: Callable[[str, str], None]) -> None:
    plain = Page(render(*(renamed(late, "x", k) for k, _ in enumerate(HOSTILE)), now=now_of(late)))
    text = render(*(renamed(late, subject, k) for k, subject in enumerate(HOSTILE)), now=now_of(late))
    page = Page(text)
    assert page.elements == plain.elements
    assert text.encode()
    assert all(each.isprintable() or each in "\n\N{NO-BREAK SPACE}" for each in text)
    assert all(subject in page.text for subject in SCRIPTS)
    assert "Ұзақ Ұзақ" in page.text
    assert len(text) < 1_000_000
    count_promise(HARMLESS, "hostile subjects, in `report --html`")


def test_names_from_redmine_are_only_text(late: Story) -> None:
    hostile = replace(late.judgement, level=SCRIPTS[0], priority=SCRIPTS[2])
    page = Page(render(hostile, now=now_of(late)))
    assert not page.of("script")
    assert not page.of("img")
    assert SCRIPTS[0] in page.text


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", 'https"onclick="x'])
def test_only_http_urls_are_linked(late: Story, url: str) -> None:
    page = Page(render(late.judgement, now=now_of(late), url=url))
    assert not {each["href"] for each in page.of("a") if not str(each["href"]).startswith("#")}
    assert "#1" in page.text


def test_incomplete_report_is_marked_as_incomplete(late: Story) -> None:
    assert "отчёт неполон" in render(late.judgement, now=now_of(late), is_complete=False)
    assert "отчёт неполон" not in render(late.judgement, now=now_of(late))


def test_the_same_requests_make_the_same_page(late: Story) -> None:
    assert render(late.judgement, now=now_of(late)) == render(late.judgement, now=now_of(late))


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_is_empty_without_requests(late: Story, language: str) -> None:
    text = render(now=now_of(late), language=language)
    assert f'<html lang="{language}">' in text
    assert load_texts("report")[language]["no_breaches"] in text


def test_page_names_its_sources(late: Story) -> None:
    text = Page(render(late.judgement, now=now_of(late), language="en")).text
    for part in (
        "in force from 1 January 2023",
        "years 2023–2027",
        "2027: days off are estimates",
        "0123456789abcdef",
    ):
        assert part in text
    assert "not guaranteed" in text
    assert not re.search(r"(?<!not )guarantee", text)


@pytest.mark.parametrize(
    ("language", "period", "share"),
    [
        ("kk", "2026 жылғы 8 маусым – 2026 жылғы 8 маусым аралығында тіркелген өтініштер.", "100 %"),
        ("ru", "Обращения, зарегистрированные с 8 июня 2026 г. по 8 июня 2026 г.", "100 %"),
        ("en", "Requests filed from 8 June 2026 to 8 June 2026.", "100%"),
    ],
)
def test_days_and_shares_are_written_as_the_language_writes_them(
    answered: Story, language: str, period: str, share: str
) -> None:
    text = Page(render(answered.judgement, now=now_of(answered), language=language)).text
    assert period in text.replace(NBSP, " ")
    assert ".." not in text
    assert share.replace(" ", NBSP) in text


def test_no_line_ends_between_a_number_and_its_unit(answered: Story) -> None:
    page = render(answered.judgement, now=now_of(answered), language="en")
    card = re.findall("<dd.*?Median.*?</dd>", page)[0]
    assert f"1{NBSP}h" in card


def test_no_two_columns_of_the_breaches_have_the_same_name(late: Story) -> None:
    for language in LANGUAGES:
        page = render(late.judgement, now=now_of(late), language=language)
        heads = re.findall("<th[^>]*>(.*?)</th>", page.partition('id="breaches"')[2].partition("</thead>")[0])
        assert len(set(heads)) == len(heads) == 9


def test_charts_are_valid_svg_in_the_page_s_colour(late: Story) -> None:
    drawings = re.findall("<svg.*?</svg>", render(late.judgement, now=now_of(late)), flags=re.DOTALL)
    assert len(drawings) == 4
    for each in drawings:
        root = ET.fromstring(each)  # noqa: S314 - our own drawing
        assert root.get("aria-hidden") == "true"
        assert "currentColor" in each
        assert "#ffffff" not in each


def test_every_chart_has_its_figures_as_a_table(late: Story) -> None:
    page = render(late.judgement, now=now_of(late))
    for figure in re.findall("<figure.*?</figure>", page, flags=re.DOTALL):
        assert re.search("<details>.*<table>.*</table>.*</details>", figure, flags=re.DOTALL)
    assert page.count("<figure") == 4


# ---- the texts


def test_every_finding_of_a_judgement_has_a_title() -> None:
    source = (Path(sup_sync.__file__).parent / "sla/judge.py").read_text()
    kinds = {
        node.args[1 if isinstance(node.func, ast.Name) else 0].value  # type: ignore[attr-defined]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and (getattr(node.func, "attr", "") == "_find" or getattr(node.func, "id", "") == "Finding")
        and isinstance(node.args[1 if isinstance(node.func, ast.Name) else 0], ast.Constant)
    }
    assert len(kinds) > 15
    assert kinds == set(load_texts("report")["en"]["finding"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_of_the_shipped_regulation_has_a_label(language: str) -> None:
    rules = shipped_config().rules
    texts, policy = Texts("report", language, rules.messages, rules.zone), rules.policy
    own = load_texts("labels")[language]
    assert set(own) == {*policy.levels, *policy.channels, *policy.categories, *policy.priorities}
    assert texts.label("night_shift") == "night shift"
    for reason in policy.reasons:
        assert texts.reason(reason) == rules.messages.texts[language][f"reason_{reason}"]
