"""The texts in kk, ru and en: every language has exactly those that the code uses, with the same variables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any

import pytest
from stories.moments import ZONE
from stories.shipped import LANGUAGES, shipped_config

import sup_sync
from sup_sync.model.calendar_lines import LineKind
from sup_sync.output.texts import Texts, load_texts
from sup_sync.planning.notice import Section
from sup_sync.planning.notices import names_in
from sup_sync.views.year import DayKind

ROOT = Path(sup_sync.__file__).parent

# the files that use the texts of each part, apart from texts/texts.py, which all use
USERS = {
    "report": (
        "output/pages/page.py",
        "output/pages/wiki.py",
        "cli/publishing.py",
        "output/pages/charts.py",
        "output/pages/report.html",
    ),
    "regulation": ("output/texts/regulation.py", "output/pages/regulation.html"),
    "calendar": ("output/texts/year.py", "output/terminal/year.py", "output/pages/calendar.html"),
}

# keys that the code builds
BUILT = {
    "report": {
        *("first_response", "resolution", "support", "client", "development", "closed"),
        *(f"by_{each}" for each in ("level", "channel", "category", "priority", "month")),
        *(f"{chart}_{part}" for chart in ("share", "response", "hours", "party") for part in ("title", "text")),
    },
    "regulation": {
        *("first_response", "resolution"),
        *(f"step_{each}" for each in names_in(Section.LADDERS)),
        *(f"note_{each}" for each in names_in(Section.CLIENT_NOTES)),
        *(f"alert_{each}" for each in names_in(Section.ALERTS)),
        *(f"working_day_{each}" for each in ("one", "few", "many")),
    },
    "calendar": {*DayKind, *LineKind} - {DayKind.WORKING},
}

SHARED = {"unknown", "no_reason_given", "missing"}  # keys that texts/texts.py uses only for the report


def flat(texts: Mapping[str, Any]) -> dict[str, str]:
    return {key: text for key, text in texts.items() if isinstance(text, str)}


@pytest.mark.parametrize("part", [*USERS, "labels"])
def test_every_language_has_every_text_with_the_same_variables(part: str) -> None:
    texts = load_texts(part)
    assert tuple(texts) == LANGUAGES
    for table in ("", *(key for key, value in texts["en"].items() if not isinstance(value, str))):
        variables = [names(texts[language][table] if table else texts[language]) for language in LANGUAGES]
        assert variables[0] == variables[1] == variables[2]
        assert all(variables)


def names(texts: Mapping[str, Any]) -> dict[str, set[str]]:
    """Return the variables of each text; no text may be empty."""
    assert all(flat(texts).values())
    return {key: set(Template(text).get_identifiers()) for key, text in flat(texts).items()}


@pytest.mark.parametrize("part", USERS)
def test_texts_are_exactly_those_that_the_code_uses(part: str) -> None:
    code = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("output/texts/texts.py", *USERS[part]))
    known = set(flat(load_texts(part)["en"]))
    used = set(re.findall(r"\.text\(\s*\"([a-z_]*[a-z])\"", code)) - (set() if part == "report" else SHARED)
    assert used <= known
    assert known == {key for key in known if re.search(f"[\"']{key}[\"']", code)} | BUILT[part]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_holiday_of_the_shipped_calendar_has_a_name(language: str) -> None:
    lines = [each for each in shipped_config().calendar_lines if each.kind is LineKind.HOLIDAY]
    named = {each.text.removesuffix(" (observed)") for each in lines if not each.text.startswith("Day off")}
    assert named == set(load_texts("calendar")[language]["name"])


@pytest.mark.parametrize(
    ("language", "number", "words"),
    [
        ("ru", 1, "1 рабочий день"),
        ("ru", 2, "2 рабочих дня"),
        ("ru", 5, "5 рабочих дней"),
        ("ru", 11, "11 рабочих дней"),
        ("ru", 21, "21 рабочий день"),
        ("ru", 112, "112 рабочих дней"),
        ("en", 1, "1 working day"),
        ("en", 2, "2 working days"),
        ("en", 21, "21 working days"),
        ("kk", 1, "1 жұмыс күні"),
        ("kk", 5, "5 жұмыс күні"),
    ],
)
def test_count_uses_the_plural_form_of_the_language(language: str, number: int, words: str) -> None:
    texts = Texts("regulation", language, shipped_config().rules.messages, ZONE)
    assert texts.count("working_day", number) == words
