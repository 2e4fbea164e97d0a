"""The output of `regulation`: the targets that judge, by the version in force."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest
from rich.cells import cell_len
from stories.shipped import LANGUAGES, Copy, shipped_config
from support.screens import screen_lines
from support.versions import add_earlier_version

from sup_sync.config.load import Config
from sup_sync.model.policy import ClockKind
from sup_sync.output.terminal.regulation import show_regulation
from sup_sync.output.texts import Texts
from sup_sync.output.texts.regulation import RegulationText, regulation_text
from sup_sync.views.regulation import Regulation, regulation_on

DAY = date(2026, 6, 8)


def on(day: date, config: Config | None = None) -> Regulation:
    rules = (config or shipped_config()).rules
    regulation = regulation_on(day, rules.policy, rules.calendars[ClockKind.WORKING])
    assert regulation is not None
    return regulation


def texts_of(config: Config | None = None, language: str = "en", day: date = DAY) -> RegulationText:
    rules = (config or shipped_config()).rules
    people = {key: each.name for key, each in rules.names.people.items()}
    return regulation_text(on(day, config), Texts("regulation", language, rules.messages, rules.zone), people)


def shown(config: Config | None = None, language: str = "en", width: int = 80, day: date = DAY) -> list[str]:
    return screen_lines(lambda console: show_regulation(console, texts_of(config, language, day)), width)


def changed(folder: Path, *changes: tuple[str, str]) -> Config:
    copy = Copy(folder)
    for old, new in changes:
        copy.replace("regulation.yaml", old, new, times=1)
    return copy.load()


def test_shown_targets_are_those_that_judge() -> None:
    regulation = on(DAY)
    policy = regulation.policy
    shown_targets = {}
    for level in regulation.levels:
        for row in level.rows:
            for terms in row.terms:
                for channel, category, priority in product(row.channels, row.categories, terms.priorities):
                    key = (level.level, channel, category, priority)
                    assert key not in shown_targets
                    shown_targets[key] = terms.targets
    expected = {
        (level, channel, category, priority): tuple(agreement.target(metric, priority) for metric in policy.metrics)
        for level, (channel, rules), category, priority in product(
            policy.levels, policy.channels.items(), policy.categories, policy.priorities
        )
        if (rules.levels is None or level in rules.levels)
        and (agreement := policy.agreement_for(level, channel, category))
    }
    assert shown_targets == expected
    assert len(shown_targets) > 60


def test_the_shipped_regulation_fits_80_columns() -> None:
    lines = shown()
    assert lines[:17] == [
        "Support regulation",
        "In force from 1 January 2023.",
        "These times are targets. They depend on workload and are not guaranteed (clauses",
        "18 and 24).",
        "",
        "Level: VIP (clause 3)",
        "Channel                 Priority   First response      Resolution",
        "online assistant        any        15 min (SLA VIP.1)  1 working day (SLA VIP.3)",
        "email, callback,        normal     2 h (SLA VIP.2)     1 working day (SLA VIP.3)",
        "tracker",
        "                        urgent     1 h (SLA VIP.2)     1 working day (SLA VIP.3)",
        "                        immediate  30 min (SLA VIP.2)  1 working day (SLA VIP.3)",
        "official letter         normal     2 h (SLA VIP.2)     none (SLA VIP.3)",
        "                        urgent     1 h (SLA VIP.2)     none (SLA VIP.3)",
        "                        immediate  30 min (SLA VIP.2)  none (SLA VIP.3)",
        "",
        "Level: Base (clause 3)",
    ]
    text = " ".join(" ".join(lines).split())
    for part in (
        "Mon-Fri 09:00-18:00, except public holidays (time zone: Asia/Almaty; clause 5)",
        "Support waits 8 h for an answer, then closes the request with the wording “клиенттен жауап келмеді”",
        "A reminder is sent after 4 h.",
        "200% of the target: the head of support is notified; mentions Дана Бекова; assigned to Дана Бекова",
        "an insult (clause 16): only staff may set it; work stops",
        "Complaints and praise: QA@mitwork.net",
    ):
        assert part in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [40, 60, 79, 80, 100, 120])
def test_nothing_is_cut_in_any_language_at_any_width(language: str, width: int) -> None:
    lines = shown(language=language, width=width)
    assert all(cell_len(line) <= width and line == line.rstrip() and "…" not in line for line in lines)
    text = " ".join(lines)
    for clause in ("VIP.1", "VIP.2", "VIP.3", "Base.1", "Base.2", "Base.3"):
        assert clause in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_targets_are_called_targets(language: str) -> None:
    text = " ".join(shown(language=language)).lower()
    promised = {"kk": "кепілдік", "ru": "гарант", "en": "guarantee"}[language]
    assert text.count(promised) == 1


def test_the_version_in_force_on_the_day_is_shown(tmp_path: Path) -> None:
    copy = Copy(tmp_path)
    add_earlier_version(copy, "2025-01-01", ("within: 15 min", "within: 25 min"))
    config = copy.load()
    assert "In force from 1 January 2023 to 31 December 2024." in shown(config, day=date(2024, 12, 31))
    assert any("25 min (SLA VIP.1)" in line for line in shown(config, day=date(2024, 12, 31)))
    assert any("15 min (SLA VIP.1)" in line for line in shown(config, day=date(2025, 1, 1)))
    rules = config.rules
    assert regulation_on(date(2022, 12, 31), rules.policy, rules.calendars[ClockKind.WORKING]) is None


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("{within: 15 min, clause: SLA VIP.1}", "{within: 12 min, clause: SLA VIP.1}", "12 min (SLA VIP.1)"),
        (
            "{within: 15 min, clause: SLA VIP.1}",
            "{within: 3 h, clock: calendar, clause: X}",
            "3 h, round the clock (X)",
        ),
        (
            "{within: 2 working days, clause: SLA Base.3}",
            "{within: 5 working days, until: end_of_day, clause: X}",
            "5 working days, until the end of the day (X)",
        ),
        ("  remind_at: 0.5", "  remind_at: 0.25", "A reminder is sent after 2 h."),
        (
            "  reminder: {clause: 15}",
            "  asked: {clause: 11}",
            "missing information, and the date to send it by (clause 11)",
        ),
        ("at: 0.75", "at: 0.5", "50% of the target: staff are notified that the target is near"),
    ],
)
def test_regulation_shows_changed_mappings(tmp_path: Path, old: str, new: str, line: str) -> None:
    assert line in " ".join(" ".join(shown(changed(tmp_path, (old, new)), width=200)).split())
    assert line not in " ".join(" ".join(shown(width=200)).split())


def test_categories_have_a_column_if_they_differ(tmp_path: Path) -> None:
    agreement = """agreements:
  base_errors:
    levels: [base]
    categories: [error]
    first_response: {within: 3 h, clause: X}
    resolution: {within: 3 working days, clause: X}
    ladder: standard

"""
    config = changed(tmp_path, ("agreements:                      # the first one that matches applies\n", agreement))
    base = texts_of(config).tables[1]
    assert base.headers == ("Channel", "Category", "Priority", "First response", "Resolution")
    assert ("online assistant, email, official letter", "error", "any", "3 h (X)", "3 working days (X)") in base.rows
    assert texts_of(config).tables[0].headers == ("Channel", "Priority", "First response", "Resolution")


def test_json_of_the_regulation_has_the_keys_of_the_mappings() -> None:
    document = on(DAY).to_json()
    assert (document["in_force_from"], document["until"], document["working_day"]) == ("2023-01-01", None, 9 * 3600)
    assert document["hours"] == [{"weekdays": [0, 1, 2, 3, 4], "hours": "09:00-18:00"}]
    first = document["levels"][0]["rows"][0]
    assert first["channels"] == ["online_assistant"]
    assert first["terms"][0]["first_response"]["within"] == timedelta(minutes=15).total_seconds()
    assert document["ladders"][0]["levels"] == ["vip", "base"]
