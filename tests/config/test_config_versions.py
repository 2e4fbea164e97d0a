"""Several versions of the regulation: their consistency, and the file that a mistake is reported for."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from stories.shipped import LANGUAGES, Copy
from support.versions import FIRST_DAY, REGULATION, add_earlier_version, name_level

EARLIER, CONTRACTS, MESSAGES, TRACKER = "regulation-2024.yaml", "clients.yaml", "messages.yaml", "tracker.yaml"
BASE = "  base: {clause: 3, default: true}"
CHANNELS = "online_assistant, official_letter, callback, tracker"


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


def test_earlier_version_is_not_a_mistake(copy):
    add_earlier_version(copy, "2025-01-01")
    assert copy.mistakes() == []


@pytest.mark.parametrize("names", [("2023", "2024"), ("b", "a")])
def test_versions_are_ordered_by_first_day_not_by_file_name(copy, names):
    for name, day, within in zip(names, (FIRST_DAY, "2024-01-01"), ("20 min", "25 min"), strict=True):
        text = copy.path(REGULATION).read_text(encoding="utf-8").replace("within: 15 min", f"within: {within}")
        copy.path(f"regulation-{name}.yaml").write_text(text.replace(FIRST_DAY, day), encoding="utf-8")
    copy.replace(REGULATION, FIRST_DAY, "2025-01-01")
    newest = copy.load().rules.policy
    versions = [
        (each.in_force_from, each.agreements[0].target("first_response", "normal").within)
        for each in (newest, *newest.earlier)
    ]
    assert versions == [
        (date(2025, 1, 1), timedelta(minutes=15)),
        (date(2024, 1, 1), timedelta(minutes=25)),
        (date(2023, 1, 1), timedelta(minutes=20)),
    ]


def test_newest_version_may_start_in_the_future(copy):
    add_earlier_version(copy, "2027-01-01")
    assert copy.mistakes() == []


def test_two_versions_from_the_same_day_are_a_mistake(copy):
    add_earlier_version(copy, FIRST_DAY)
    line = copy.line(EARLIER, "in_force_from")
    assert copy.mistakes() == [
        f"{EARLIER}:{line}: in force from 2023-01-01, the same day as regulation.yaml; correct one of them"
    ]


def test_two_earlier_versions_from_the_same_day_are_one_mistake(copy):
    add_earlier_version(copy, "2025-01-01")
    copy.path("regulation-2023.yaml").write_text(copy.path(EARLIER).read_text(encoding="utf-8"), encoding="utf-8")
    line = copy.line(EARLIER, "in_force_from")
    assert copy.mistakes() == [
        f"regulation-2023.yaml:{line}: in force from 2023-01-01, the same day as {EARLIER}; correct one of them"
    ]


def test_earlier_file_newer_than_regulation_yaml_is_a_mistake(copy):
    add_earlier_version(copy, "2025-01-01", (FIRST_DAY, "2026-01-01"))
    line = copy.line(EARLIER, "in_force_from")
    assert copy.mistakes() == [
        f"{EARLIER}:{line}: in force from 2026-01-01, later than regulation.yaml (2025-01-01); swap the files"
    ]


@pytest.mark.parametrize(
    ("old", "new", "where", "text"),
    [
        ("SLA VIP.1}", "SLA VIP.1, clok: calendar}", "clok", "unknown key 'clok'; did you mean 'clock'?"),
        ("ladder: standard", "ladder: gold", "gold", "ladder 'gold' is not defined; choose from standard"),
        ("mentions: [head], assign: head}\n\n", "mentions: [boss], assign: head}\n\n", "boss",
         "person 'boss' is not defined in tracker.yaml; choose from head"),
        ("reason: no_answer", "reason: insult", "reason: insult",
         "reason insult stops work, so only staff may set it; choose another reason"),
    ],
)  # fmt: skip
def test_mistake_in_an_earlier_version_has_its_own_file_and_line(copy, old, new, where, text):
    copy.replace(REGULATION, "# Times are", "# Another comment.\n# Times are")
    add_earlier_version(copy, "2025-01-01", ("# Another comment.\n", ""))
    copy.replace(EARLIER, old, new, times=1)
    assert copy.mistakes() == [f"{EARLIER}:{copy.line(EARLIER, where)}: {text}"]


def test_same_mistake_in_two_versions_is_reported_for_each(copy):
    copy.replace(REGULATION, "reason: no_answer", "reason: insult")
    add_earlier_version(copy, "2025-01-01")
    assert [each.partition(":")[0] for each in copy.mistakes()] == [EARLIER, REGULATION]


def test_term_of_an_earlier_version_needs_a_name_and_texts(copy):
    add_earlier_version(
        copy, "2025-01-01", (BASE, "  standard: {clause: 3, default: true}"), ("levels: [base]", "levels: [standard]")
    )
    lines = {language: copy.line(MESSAGES, f"{language}:") for language in LANGUAGES}
    assert copy.mistakes() == [
        *(
            f"{MESSAGES}:{line}: missing text level_standard in {language}, for a term in {EARLIER}; add it"
            for language, line in lines.items()
        ),
        f"{TRACKER}:{copy.line(TRACKER, 'levels:')}: standard in {EARLIER} has no name in Redmine; add it",
    ]
    name_level(copy, "standard", "Стандарт")
    assert copy.mistakes() == []


def test_term_of_no_version_is_a_mistake(copy):
    add_earlier_version(copy, "2025-01-01")
    copy.replace(CONTRACTS, "level: vip", "level: gold", times=1)
    assert copy.mistakes() == [
        f"{CONTRACTS}:{copy.line(CONTRACTS, 'gold')}: level 'gold' is not defined; choose from vip, base"
    ]


def test_contract_may_have_a_level_of_an_earlier_version(copy):
    add_earlier_version(
        copy,
        "2025-01-01",
        ("  vip: {clause: 3}", "  gold: {clause: 3}"),
        ("levels: [vip]", "levels: [gold]"),
    )
    name_level(copy, "gold", "Алтын")
    copy.replace(CONTRACTS, "level: vip", "level: gold", times=1)
    assert copy.mistakes() == []


def test_default_channel_must_be_defined_in_every_version(copy):
    add_earlier_version(copy, "2025-01-01", ("  email: {clause: 8}\n", ""))
    assert copy.mistakes() == [
        f"{TRACKER}:{copy.line(TRACKER, 'staff: email')}: channel 'email' is not defined in {EARLIER};"
        f" choose from {CHANNELS}"
    ]


def test_uncovered_requests_of_an_earlier_version_are_reported_in_few_lines(copy):
    add_earlier_version(
        copy,
        "2025-01-01",
        ("    levels: [base]\n    first", "    levels: [base]\n    channels: [email, tracker]\n    first"),
        ("    levels: [vip]\n    first", "    levels: [vip]\n    categories: [error, suggestion]\n    first"),
    )
    line = copy.line(EARLIER, "agreements:")
    assert copy.mistakes() == [
        f"{EARLIER}:{line}: no agreement covers level base, channel callback; add one",
        f"{EARLIER}:{line}: no agreement covers level base, channel official_letter; add one",
        *(
            f"{EARLIER}:{line}: no agreement covers level vip, channel {channel}, category consultation; add one"
            for channel in ("callback", "email", "tracker")
        ),
    ]


def test_uncovered_level_is_reported_on_one_line(copy):
    add_earlier_version(copy, "2025-01-01", ("levels: [base]", "levels: [vip]"))
    line = copy.line(EARLIER, "agreements:")
    assert copy.mistakes() == [f"{EARLIER}:{line}: no agreement covers level base; add one"]


def test_invalid_earlier_version_causes_no_mistakes_in_other_files(copy):
    add_earlier_version(copy, "2025-01-01", (BASE, f"{BASE}\n  silver: {{clause: 3}}"))
    name_level(copy, "silver", "Күміс")
    copy.replace(EARLIER, "levels:  ", "levels: [", times=1)
    (mistake,) = copy.mistakes()
    assert mistake.startswith(f"{EARLIER}:")
    assert ": invalid YAML: " in mistake


@pytest.mark.parametrize("name", ["regulation_2024.yaml", "regulation-2024.yml", "regulation2024.yaml"])
def test_file_named_almost_like_an_earlier_version_is_a_warning(copy, name):
    add_earlier_version(copy, "2025-01-01", name=name)
    assert copy.mistakes() == [f"{name}:1: warning: file ignored; rename an earlier version like regulation-2022.yaml"]
    assert copy.load().rules.policy.earlier == ()


# The acceptance table


ROW = "  - {{filed: {}, level: base, channel: online_assistant, category: error, priority: normal, {}}}\n"


def _expect(copy: Copy, *rows: tuple[str, str, str]) -> None:
    lines = (
        ROW.format(filed, f"first_response: {response}, resolution: {resolution}")
        for filed, response, resolution in rows
    )
    copy.path("examples.yaml").write_text("examples:\n" + "".join(lines), encoding="utf-8")


OLD_ROW = ("2026-06-09 17:00", "2026-06-09 17:20", "2026-06-11 17:00")
NEW_ROW = ("2026-06-10 17:00", "2026-06-10 17:15", "2026-06-12 17:00")


def test_example_is_evaluated_by_the_version_of_its_day(copy):
    add_earlier_version(copy, "2026-06-10", ("within: 15 min", "within: 20 min"))
    _expect(copy, OLD_ROW, NEW_ROW)
    assert copy.mistakes() == []


def test_failing_example_of_an_earlier_version_names_the_version(copy):
    add_earlier_version(copy, "2026-06-10", ("within: 15 min", "within: 20 min"))
    _expect(copy, NEW_ROW, (OLD_ROW[0], "2026-06-09 17:15", OLD_ROW[2]))
    assert copy.mistakes() == [
        "examples.yaml:3: expected first_response 2026-06-09 17:15, but the mappings give 2026-06-09 17:20"
        f" (base_online_assistant in {EARLIER}); correct one of them"
    ]


def test_example_filed_before_any_regulation_is_a_mistake(copy):
    _expect(copy, NEW_ROW, ("2022-12-30 17:00", "2022-12-30 17:15", "2023-01-04 17:00"))
    assert copy.mistakes() == [
        "examples.yaml:3: filed on 2022-12-30, before any regulation; correct the date or add that version"
    ]


def test_example_may_use_only_terms_of_its_version(copy):
    add_earlier_version(copy, "2026-06-10", ("  suggestion: {clause: 6}\n", ""))
    _expect(copy, OLD_ROW, NEW_ROW)
    copy.replace("examples.yaml", "category: error", "category: suggestion")
    copy.replace(TRACKER, "Ұсыныс: {category: suggestion}", "Ұсыныс: {category: error}")
    assert copy.mistakes() == [
        f"examples.yaml:2: category 'suggestion' is not defined in {EARLIER}; choose from consultation, error"
    ]


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("level: base", "level: bas", "level 'bas' is not defined; choose from vip, base"),
        ("priority: normal", "priority: calm", "priority 'calm' is not defined; choose from normal, urgent, immediate"),
        (
            "channel: online_assistant",
            "channel: fax",
            "channel 'fax' is not defined; choose from online_assistant, email, official_letter, callback, tracker",
        ),
    ],
)
def test_example_with_an_unknown_term_is_one_mistake(copy, old, new, text):
    _expect(copy, NEW_ROW)
    copy.replace("examples.yaml", old, new)
    assert copy.mistakes() == [f"examples.yaml:2: {text}"]
