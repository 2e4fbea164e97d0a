"""Mistakes in what the clauses want said, asked and told: each is one line with its file, its place and the way out."""

from __future__ import annotations

from pathlib import Path

import pytest
from stories.shipped import LANGUAGES, Copy

CONFIG, REGULATION, TRACKER = "config.yaml", "regulation.yaml", "tracker.yaml"
CLIENTS, MESSAGES = "clients.yaml", "messages.yaml"

SIX, NINE = "third_party_product, workstation, network, law, third_party_actions", "too_little_information, unclear"
REASONS = f"{SIX}, {NINE}, out_of_competence, insult, no_answer"
ITEMS = "'iin', 'full_name', 'bin', 'organisation', 'contact', 'steps' or 'evidence'"
ALERTS = "'incomplete', 'stopped', 'misrouted', 'slipped' or 'shipped'"
STATUSES = "Жаңа, Өңделуде, Клиент жауабын күтуде, Әзірлеуге берілді, Шешілді, Жабылды, Бас тартылды"
MONTHS = "twelve, with commas between"
REMINDER = "reminder in kk"
ASKED = "asked: Клиент жауабын күтуде"
DUE = "мерзімі: $due. Жауап болмаса, өтініш «$wording» деген белгімен жабылады.\n  no_answer"


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


MISTAKES = [
    # file, the shipped text, the mistaken text, a text of the line that is named, all that is said of it
    (REGULATION, "  iin: {clause: 11}", "  inn: {clause: 11}", "inn:", f"unknown key 'inn': there are {ITEMS}"),
    (REGULATION, "  iin: {clause: 11}", "  iin: {}", "iin: {}", "key 'clause' is missing in iin: add it"),
    (REGULATION, "  iin: {clause: 11}", "  iin: {claus: 11}", "claus:", "unknown key 'claus': is 'clause' meant?"),
    (REGULATION, "  iin: {clause: 11}", "  iin: 11", "iin: 11",
     "iin: write its keys, as the shipped file does, not 11"),
    (REGULATION, "steps: {clause: 12, categories: [error]}", "steps: {clause: 12, categories: [eror]}", "[eror]",
     "category 'eror' is not defined: there are consultation, error, suggestion"),
    (REGULATION, "  reminder: {clause: 15}", "  remind: {clause: 15}", "remind:",
     "unknown key 'remind': there are 'acknowledged', 'asked', 'reminder' or 'refused'"),
    (REGULATION, "  slipped: {clause: 23}", "  slip: {clause: 23}", "slip:",
     f"unknown key 'slip': there are {ALERTS}"),
    (REGULATION, "16, mentions: [head]", "16, mentions: [boss]", "[boss]",
     "person of tracker.yaml 'boss' is not defined: there are head"),
    (REGULATION, "23, mentions: [head], assign: head", "23, mentions: [head], assign: boss", "assign: boss",
     "person of tracker.yaml 'boss' is not defined: there are head"),
    (REGULATION, "reason: no_answer", "reason: no_anser", "no_anser",
     f"reason 'no_anser' is not defined: there are {REASONS}"),
    (REGULATION, "reason: no_answer", "reason: insult", "reason: insult",
     "reason insult stops work, which only a person may do: name another"),
    (REGULATION, "remind_at: 0.5", "remind_at: 0", "remind_at", "remind_at: write more than 0, not 0"),
    (REGULATION, "remind_at: 0.5", "remind_at: 1", "remind_at", "remind_at: write less than 1, not 1"),
    (REGULATION, "remind_at: 0.5", "remind_at: 50%", "remind_at",
     "remind_at: write a number like 0.5, not '50%'"),
    (REGULATION, "within: 8 h ", "within: 8 ", "within: 8 ",
     "within: 8 has no unit: write `15 min`, `2 h` or `1 working day`"),
    (REGULATION, "within: 8 h ", "within: 1 working day ", "within: 1 working day ",
     "within: a working day is no length here: write hours or minutes"),
    (REGULATION, "clock: working ", "clock: work ", "clock: work ",
     "clock: write 'working' or 'calendar', not 'work'"),
    (REGULATION, "  wording:", "  # wording:", "waiting:", "key 'wording' is missing in waiting: add it"),
    (REGULATION, "  development: 23  ", "  # development: 23  ", "clauses:",
     "key 'development' is missing in clauses: add it"),
    (REGULATION, "  level_first: 21 ", "  levels_first: 21 ", "levels_first:",
     "unknown key 'levels_first': is 'level_first' meant?"),
    (REGULATION, "  level: 3   ", "  level: [3] ", "level: [3]",
     "level: write words, a number among them in quotes, not [3]"),
    (REGULATION, "    levels: [base]\n    channels", "    level: [base]\n    channels", "level: [base]",
     "unknown key 'level': is 'levels' meant?"),
    (REGULATION, "stops_work: true", "stops_work: sometimes", "stops_work: sometimes",
     "stops_work: write true or false, not 'sometimes'"),
    (REGULATION, "  stopped: {clause: 16, mentions: [head]}     # staff set a reason that stops\n", "", "insult:",
     "reason insult stops work, but `alerts` has no line `stopped`: add it, with whom it mentions"),
    (REGULATION, "quality_address: QA", "quality: QA", "quality:",
     "unknown key 'quality': is 'quality_address' meant?"),
    (REGULATION, "help_centre: wiki.mitwork.kz", "", "in_force_from", "key 'help_centre' is missing: add it"),
    (REGULATION, "wording: клиенттен жауап келмеді", 'wording: ""', 'wording: ""',
     "wording: write at least a word, not ''"),
    (REGULATION, "help_centre: wiki.mitwork.kz", 'help_centre: ""', "help_centre",
     "help_centre: write at least a word, not ''"),
    (REGULATION, "quality_address: QA@mitwork.net", 'quality_address: ""', "quality_address",
     "quality_address: write at least a word, not ''"),
    (REGULATION, "in_force_from: 2023-01-01", "in_force_from: soon", "in_force_from",
     "in_force_from: write a day like 2026-03-20, not 'soon'"),
    (TRACKER, "no_answer: Жабылды ", "no_answer: Жабылд ", "Жабылд ",
     f"status 'Жабылд' is not defined: there are {STATUSES}"),
    (TRACKER, "no_answer: Жабылды ", "no_answer: Жаңа ", "no_answer: Жаңа",
     "«Жаңа» has the phase open: name a status of the phase closed"),
    (TRACKER, ASKED, "asked: Шешілді", "asked: Шешілді",
     "«Шешілді» has the phase closed: name a status of the phase waiting"),
    (TRACKER, ASKED, "", "tool_statuses:", "key 'asked' is missing in tool_statuses: add it"),
    (TRACKER, "ru: Русский", "ru: Қазақша", "ru: Қазақша", "«Қазақша» already names kk: each needs a name of its own"),
    (TRACKER, "ru: Русский", "de: Deutsch", "de: Deutsch", "unknown key 'de': there are 'kk', 'ru' or 'en'"),
    (TRACKER, "language: Тіл\n", "\n", "fields:", "no field `language` for the languages below: name one"),
    (TRACKER, "unclear: Мағынасы түсініксіз", "unclear: Балағаттау", "insult:",
     "«Балағаттау» already names unclear: each needs a name of its own"),
    (TRACKER, "  unclear: Мағынасы түсініксіз\n", "", "reasons:", "unclear has no name here: add it"),
    (TRACKER, "  unclear:", "  spam: Спам\n  unclear:", "spam:",
     f"reason 'spam' is not defined: there are {REASONS}"),
    (TRACKER, "reason: Тоқтату себебі", "", "fields:", "no field `reason` for the reasons of the regulation: name one"),
    (MESSAGES, "  day: $day $month $year г.\n", "", "ru:", "day is missing in ru: add it"),
    (MESSAGES, "  level_base: Base\n", "", "en:", "level_base is missing in en: add it"),
    (MESSAGES, "level_base: Base", "level_base: 5", "level_base: 5",
     "level_base: write words, a number among them in quotes, not 5"),
    (MESSAGES, "  level_vip: VIP\n  level_base: Base", "  level_vip: VIP\n  level_gold: Gold\n  level_base: Base",
     "level_gold", "'level_gold' is no message of the tool: remove it"),
    (MESSAGES, "no_target: не установлен ($clause)", "no_target: не установлен", "no_target: не установлен",
     "no_target in ru lacks $clause, unlike kk and en: add it, or take it out there"),
    (MESSAGES, "day: $day $month $year г.", "day: $day $month", "day: $day $month",
     "day in ru does not say $year: add it"),
    (MESSAGES, DUE, DUE.replace("$due", "кеше"), "  reminder:", f"{REMINDER} does not say $due: add it"),
    (MESSAGES, DUE, DUE.replace("$due", "$duu"), "  reminder:",
     f"{REMINDER}: variable 'duu' is not defined: there are asked, clause, due, wording"),
    (MESSAGES, "Сұрақ қойылған уақыт: $asked", "Сұрақ қойылған уақыт: $askd", "  reminder:",
     f"{REMINDER}: variable 'askd' is not defined: there are asked, clause, due, wording"),
    (MESSAGES, DUE, DUE.replace("$due", "5 $ $due"), "  reminder:",
     f"{REMINDER} has a lone $: write $$ for a dollar sign"),
    (MESSAGES, "жетіспейді: $missing.", "жетіспейді.", "incomplete: \"Өт",
     "incomplete in kk does not say $missing: add it"),
    (MESSAGES, "Бұрынғысы: $before,", "Бұрынғысы:", "slipped: \"Тү", "slipped in kk does not say $before: add it"),
    (MESSAGES, "жаңасы: $after.", "жаңасы.", "slipped: \"Тү", "slipped in kk does not say $after: add it"),
    (MESSAGES, "$complaints-тармақ", "$complain-тармақ", "  refused:",
     "refused in kk: variable 'complain' is not defined: there are clause, complaints, quality, reason"),
    (MESSAGES, "қаңтар, ақпан,", "қаңтар,", "қаңтар", f"months in kk has 11 names: write {MONTHS}"),
    (MESSAGES, "қаңтар, ақпан,", "қаңтар, ,", "қаңтар", f"months in kk has 11 names: write {MONTHS}"),
    (CLIENTS, "project: alatau-trade", "language: de, project: alatau-trade", "language: de",
     "language: write 'kk', 'ru' or 'en', not 'de'"),
    (CONFIG, "client_language: kk", "client_language: de", "client_language",
     "client_language: write 'kk', 'ru' or 'en', not 'de'"),
    (CONFIG, "# quiet_hours: 21:00-08:00", "quiet_hours: at night", "quiet_hours",
     "quiet_hours: 'at night' is no stretch of hours: write \"21:00-08:00\""),
    (CONFIG, "# quiet_hours: 21:00-08:00", "quiet_hours: 21:00-24:30", "quiet_hours",
     "quiet_hours: '21:00-24:30' is no stretch of hours: write \"21:00-08:00\""),
    (CONFIG, "# quiet_hours: 21:00-08:00", "quiet_hours: 08:00-08:00", "quiet_hours",
     "quiet_hours: '08:00-08:00' is no stretch of hours: write \"21:00-08:00\""),
    (CONFIG, "run_time: 15 min", "run_time: 15", "run_time: 15", "run_time: 15 has no unit: write `15 min`, `2 h` or `1 working day`"),
    (CONFIG, "run_time: 15 min", "run_time: 1 working day", "run_time: 1 working day",
     "run_time: a working day is no length here: write hours or minutes"),
    (CONFIG, "status_changes: 10", "status_changes: -1", "status_changes", "status_changes: write 0 or more, not -1"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "where", "text"), MISTAKES)
def test_a_mistake_is_told_in_one_line(copy, name, old, new, where, text):
    copy.replace(name, old, new, times=1)
    assert copy.mistakes() == [f"{name}:{copy.line(name, where)}: {text}"]


def test_languages_that_nothing_names_are_a_mistake(copy):
    text = copy.path(TRACKER).read_text(encoding="utf-8")
    languages = text[text.index("languages:") : text.index("tool_statuses:")]
    copy.replace(TRACKER, languages, "")
    line = copy.line(TRACKER, "language: Тіл")
    assert copy.mistakes() == [
        f"tracker.yaml:{line}: nothing says what the values of «Тіл» are: add the section `languages`"
    ]


def test_a_reason_of_the_regulation_alone_needs_its_name_and_its_text_in_every_language(copy):
    copy.replace(REGULATION, "  unclear: {clause: 9}\n", "  unclear: {clause: 9}\n  spam: {clause: 9}\n")
    assert copy.mistakes() == [
        *(
            f"messages.yaml:{copy.line(MESSAGES, f'{each}:')}: reason_spam is missing in {each}: add it"
            for each in LANGUAGES
        ),
        f"tracker.yaml:{copy.line(TRACKER, 'reasons:')}: spam has no name here: add it",
    ]


def test_a_requirement_without_a_field_is_a_warning_as_nobody_can_be_asked(copy):
    copy.replace(TRACKER, "  iin: ЖСН\n", "")
    assert copy.mistakes() == [
        f"tracker.yaml:{copy.line(TRACKER, 'fields:')}: warning: no field `iin`, which the regulation requires:"
        " until it is named, nobody is asked for it"
    ]
    assert "iin" not in copy.load().rules.names.fields


def test_a_file_without_reasons_and_languages_needs_no_fields_for_them(copy):
    for section, following in (("reasons:", "languages:"), ("languages:", "tool_statuses:")):
        text = copy.path(TRACKER).read_text(encoding="utf-8")
        copy.replace(TRACKER, text[text.index(section) : text.index(following)], "")
    copy.replace(TRACKER, "  reason: Тоқтату себебі\n  language: Тіл\n", "")
    told = {each.partition(": ")[2] for each in copy.mistakes()}
    assert told == {
        "no field `reason` for the reasons of the regulation: name one",
        *(f"{reason} has no name here: add it" for reason in REASONS.split(", ")),
    }


@pytest.mark.parametrize("old", ["remind_at: 0.5", "in_force_from: 2023-01-01"])
def test_a_regulation_that_cannot_be_used_is_not_held_against_the_other_files(copy, old):
    copy.replace(REGULATION, old, f"{old} or so")
    (mistake,) = copy.mistakes()
    assert mistake.startswith(f"{REGULATION}:{copy.line(REGULATION, 'or so')}: ")


def test_a_level_that_cannot_be_read_is_not_held_against_what_names_it(copy):
    copy.replace(REGULATION, "vip: {clause: 3}", "vip: {claus: 3}")
    line = copy.line(REGULATION, "claus:")
    assert copy.mistakes() == [f"regulation.yaml:{line}: unknown key 'claus': is 'clause' meant?"]
