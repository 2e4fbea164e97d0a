"""Mistakes in the rules and notes that clauses require, reported on one line with file, line and what to do."""

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
MONTHS = "twelve, separated by commas"
REMINDER = "reminder in kk"
ASKED = "asked: Клиент жауабын күтуде"
DUE = "мерзімі: $due. Жауап болмаса, өтініш «$wording» деген белгімен жабылады.\n  no_answer"


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


MISTAKES = [
    # file, shipped text, wrong text, text on the reported line, the whole message
    (REGULATION, "  iin: {clause: 11}", "  inn: {clause: 11}", "inn:", f"unknown key 'inn'; choose from {ITEMS}"),
    (REGULATION, "  iin: {clause: 11}", "  iin: {}", "iin: {}", "missing key 'clause' in iin; add it"),
    (REGULATION, "  iin: {clause: 11}", "  iin: {claus: 11}", "claus:", "unknown key 'claus'; did you mean 'clause'?"),
    (REGULATION, "  iin: {clause: 11}", "  iin: 11", "iin: 11",
     "iin: invalid value 11; write its keys, as in the shipped file"),
    (REGULATION, "steps: {clause: 12, categories: [error]}", "steps: {clause: 12, categories: [eror]}", "[eror]",
     "category 'eror' is not defined; choose from consultation, error, suggestion"),
    (REGULATION, "  reminder: {clause: 15}", "  remind: {clause: 15}", "remind:",
     "unknown key 'remind'; choose from 'acknowledged', 'asked', 'reminder' or 'refused'"),
    (REGULATION, "  slipped: {clause: 23}", "  slip: {clause: 23}", "slip:",
     f"unknown key 'slip'; choose from {ALERTS}"),
    (REGULATION, "16, mentions: [head]", "16, mentions: [boss]", "[boss]",
     "person 'boss' is not defined in tracker.yaml; choose from head"),
    (REGULATION, "23, mentions: [head], assign: head", "23, mentions: [head], assign: boss", "assign: boss",
     "person 'boss' is not defined in tracker.yaml; choose from head"),
    (REGULATION, "reason: no_answer", "reason: no_anser", "no_anser",
     f"reason 'no_anser' is not defined; choose from {REASONS}"),
    (REGULATION, "reason: no_answer", "reason: insult", "reason: insult",
     "reason insult stops work, so only staff may set it; choose another reason"),
    (REGULATION, "remind_at: 0.5", "remind_at: 0", "remind_at", "remind_at: invalid value 0; write more than 0"),
    (REGULATION, "remind_at: 0.5", "remind_at: 1", "remind_at", "remind_at: invalid value 1; write less than 1"),
    (REGULATION, "remind_at: 0.5", "remind_at: 50%", "remind_at",
     "remind_at: invalid value '50%'; write a number like 0.5"),
    (REGULATION, "within: 8 h ", "within: 8 ", "within: 8 ",
     "within: 8 has no unit; write `15 min`, `2 h` or `1 working day`"),
    (REGULATION, "within: 8 h ", "within: 1 working day ", "within: 1 working day ",
     "within: working days are not allowed here; write hours or minutes"),
    (REGULATION, "clock: working ", "clock: work ", "clock: work ",
     "clock: invalid value 'work'; write 'working' or 'calendar'"),
    (REGULATION, "  wording:", "  # wording:", "waiting:", "missing key 'wording' in waiting; add it"),
    (REGULATION, "  development: 23  ", "  # development: 23  ", "clauses:",
     "missing key 'development' in clauses; add it"),
    (REGULATION, "  level_first: 21 ", "  levels_first: 21 ", "levels_first:",
     "unknown key 'levels_first'; did you mean 'level_first'?"),
    (REGULATION, "  level: 3   ", "  level: [3] ", "level: [3]",
     "level: invalid value [3]; write text (numbers in quotes)"),
    (REGULATION, "    levels: [base]\n    channels", "    level: [base]\n    channels", "level: [base]",
     "unknown key 'level'; did you mean 'levels'?"),
    (REGULATION, "stops_work: true", "stops_work: sometimes", "stops_work: sometimes",
     "stops_work: invalid value 'sometimes'; write true or false"),
    (REGULATION, "  stopped: {clause: 16, mentions: [head]}     # staff set a reason with stops_work\n", "", "insult:",
     "reason insult stops work, but `alerts` has no `stopped`; add it with `mentions`"),
    (REGULATION, "quality_address: QA", "quality: QA", "quality:",
     "unknown key 'quality'; did you mean 'quality_address'?"),
    (REGULATION, "help_centre: wiki.mitwork.kz", "", "in_force_from", "missing key 'help_centre'; add it"),
    (REGULATION, "wording: клиенттен жауап келмеді", 'wording: ""', 'wording: ""',
     "wording: invalid value ''; write at least one word"),
    (REGULATION, "help_centre: wiki.mitwork.kz", 'help_centre: ""', "help_centre",
     "help_centre: invalid value ''; write at least one word"),
    (REGULATION, "quality_address: QA@mitwork.net", 'quality_address: ""', "quality_address",
     "quality_address: invalid value ''; write at least one word"),
    (REGULATION, "in_force_from: 2023-01-01", "in_force_from: soon", "in_force_from",
     "in_force_from: invalid value 'soon'; write a date like 2026-03-20"),
    (TRACKER, "no_answer: Жабылды ", "no_answer: Жабылд ", "Жабылд ",
     f"status 'Жабылд' is not defined; choose from {STATUSES}"),
    (TRACKER, "no_answer: Жабылды ", "no_answer: Жаңа ", "no_answer: Жаңа",
     '"Жаңа" has the phase open; choose a status with the phase closed'),
    (TRACKER, ASKED, "asked: Шешілді", "asked: Шешілді",
     '"Шешілді" has the phase closed; choose a status with the phase waiting'),
    (TRACKER, ASKED, "", "tool_statuses:", "missing key 'asked' in tool_statuses; add it"),
    (TRACKER, "ru: Русский", "ru: Қазақша", "ru: Қазақша", '"Қазақша" is already the name of kk; choose another'),
    (TRACKER, "ru: Русский", "de: Deutsch", "de: Deutsch", "unknown key 'de'; choose from 'kk', 'ru' or 'en'"),
    (TRACKER, "language: Тіл\n", "\n", "fields:", "missing field `language` for the section `languages`; add it"),
    (TRACKER, "unclear: Мағынасы түсініксіз", "unclear: Балағаттау", "insult:",
     '"Балағаттау" is already the name of unclear; choose another'),
    (TRACKER, "  unclear: Мағынасы түсініксіз\n", "", "reasons:", "unclear has no name in Redmine; add it"),
    (TRACKER, "  unclear:", "  spam: Спам\n  unclear:", "spam:",
     f"reason 'spam' is not defined; choose from {REASONS}"),
    (TRACKER, "reason: Тоқтату себебі", "", "fields:",
     "missing field `reason` for the reasons of the regulation; add it"),
    (MESSAGES, "  day: $day $month $year г.\n", "", "ru:", "missing text day in ru; add it"),
    (MESSAGES, "  level_base: Base\n", "", "en:", "missing text level_base in en; add it"),
    (MESSAGES, "level_base: Base", "level_base: 5", "level_base: 5",
     "level_base: invalid value 5; write text (numbers in quotes)"),
    (MESSAGES, "  level_vip: VIP\n  level_base: Base", "  level_vip: VIP\n  level_gold: Gold\n  level_base: Base",
     "level_gold", "unknown text 'level_gold'; remove it"),
    (MESSAGES, "no_target: не установлен ($clause)", "no_target: не установлен", "no_target: не установлен",
     "no_target in ru does not contain $clause, unlike kk and en; add it here or remove it there"),
    (MESSAGES, "day: $day $month $year г.", "day: $day $month", "day: $day $month",
     "day in ru does not contain $year; add it"),
    (MESSAGES, DUE, DUE.replace("$due", "кеше"), "  reminder:", f"{REMINDER} does not contain $due; add it"),
    (MESSAGES, DUE, DUE.replace("$due", "$duu"), "  reminder:",
     f"{REMINDER}: variable 'duu' is not defined; choose from asked, clause, due, wording"),
    (MESSAGES, "Сұрақ қойылған уақыт: $asked", "Сұрақ қойылған уақыт: $askd", "  reminder:",
     f"{REMINDER}: variable 'askd' is not defined; choose from asked, clause, due, wording"),
    (MESSAGES, DUE, DUE.replace("$due", "5 $ $due"), "  reminder:",
     f"{REMINDER} has a $ without a variable; write $$ for a dollar sign"),
    (MESSAGES, "жетіспейді: $missing.", "жетіспейді.", "incomplete: \"Өт",
     "incomplete in kk does not contain $missing; add it"),
    (MESSAGES, "Бұрынғысы: $before,", "Бұрынғысы:", "slipped: \"Тү", "slipped in kk does not contain $before; add it"),
    (MESSAGES, "жаңасы: $after.", "жаңасы.", "slipped: \"Тү", "slipped in kk does not contain $after; add it"),
    (MESSAGES, "$complaints-тармақ", "$complain-тармақ", "  refused:",
     "refused in kk: variable 'complain' is not defined; choose from clause, complaints, quality, reason"),
    (MESSAGES, "қаңтар, ақпан,", "қаңтар,", "қаңтар", f"months in kk has 11 names; write {MONTHS}"),
    (MESSAGES, "қаңтар, ақпан,", "қаңтар, ,", "қаңтар", f"months in kk has 11 names; write {MONTHS}"),
    (CLIENTS, "project: alatau-trade", "language: de, project: alatau-trade", "language: de",
     "language: unknown language 'de'; write 'kk', 'ru' or 'en'"),
    (CONFIG, "client_language: kk", "client_language: de", "client_language",
     "client_language: unknown language 'de'; write 'kk', 'ru' or 'en'"),
    (CONFIG, "# quiet_hours: 21:00-08:00", "quiet_hours: at night", "quiet_hours",
     "quiet_hours: invalid time range 'at night'; write \"21:00-08:00\""),
    (CONFIG, "# quiet_hours: 21:00-08:00", "quiet_hours: 21:00-24:30", "quiet_hours",
     "quiet_hours: invalid time range '21:00-24:30'; write \"21:00-08:00\""),
    (CONFIG, "# quiet_hours: 21:00-08:00", "quiet_hours: 08:00-08:00", "quiet_hours",
     "quiet_hours: invalid time range '08:00-08:00'; write \"21:00-08:00\""),
    (CONFIG, "run_time: 15 min", "run_time: 15", "run_time: 15",
     "run_time: 15 has no unit; write `15 min`, `2 h` or `1 working day`"),
    (CONFIG, "run_time: 15 min", "run_time: 1 working day", "run_time: 1 working day",
     "run_time: working days are not allowed here; write hours or minutes"),
    (CONFIG, "status_changes: 10", "status_changes: -1", "status_changes",
     "status_changes: invalid value -1; write 0 or more"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "where", "text"), MISTAKES)
def test_mistake_is_reported_on_one_line(copy, name, old, new, where, text):
    copy.replace(name, old, new, times=1)
    assert copy.mistakes() == [f"{name}:{copy.line(name, where)}: {text}"]


def test_language_field_without_section_languages_is_a_mistake(copy):
    text = copy.path(TRACKER).read_text(encoding="utf-8")
    languages = text[text.index("languages:") : text.index("tool_statuses:")]
    copy.replace(TRACKER, languages, "")
    line = copy.line(TRACKER, "language: Тіл")
    assert copy.mistakes() == [f'tracker.yaml:{line}: the values of "Тіл" are not mapped; add the section `languages`']


def test_new_reason_needs_a_name_and_a_text_in_every_language(copy):
    copy.replace(REGULATION, "  unclear: {clause: 9}\n", "  unclear: {clause: 9}\n  spam: {clause: 9}\n")
    assert copy.mistakes() == [
        *(
            f"messages.yaml:{copy.line(MESSAGES, f'{each}:')}: missing text reason_spam in {each}; add it"
            for each in LANGUAGES
        ),
        f"tracker.yaml:{copy.line(TRACKER, 'reasons:')}: spam has no name in Redmine; add it",
    ]


def test_requirement_without_a_field_is_a_warning(copy):
    copy.replace(TRACKER, "  iin: ЖСН\n", "")
    assert copy.mistakes() == [
        f"tracker.yaml:{copy.line(TRACKER, 'fields:')}: warning: missing field `iin`, which the regulation requires;"
        " add it, or clients are not asked for it"
    ]
    assert "iin" not in copy.load().rules.names.fields


def test_tracker_yaml_without_reasons_and_languages_needs_no_fields_for_them(copy):
    for section, following in (("reasons:", "languages:"), ("languages:", "tool_statuses:")):
        text = copy.path(TRACKER).read_text(encoding="utf-8")
        copy.replace(TRACKER, text[text.index(section) : text.index(following)], "")
    copy.replace(TRACKER, "  reason: Тоқтату себебі\n  language: Тіл\n", "")
    messages = {each.partition(": ")[2] for each in copy.mistakes()}
    assert messages == {
        "missing field `reason` for the reasons of the regulation; add it",
        *(f"{reason} has no name in Redmine; add it" for reason in REASONS.split(", ")),
    }


@pytest.mark.parametrize("old", ["remind_at: 0.5", "in_force_from: 2023-01-01"])
def test_invalid_regulation_causes_no_mistakes_in_other_files(copy, old):
    copy.replace(REGULATION, old, f"{old} or so")
    (mistake,) = copy.mistakes()
    assert mistake.startswith(f"{REGULATION}:{copy.line(REGULATION, 'or so')}: ")


def test_invalid_level_causes_no_mistakes_in_references_to_it(copy):
    copy.replace(REGULATION, "vip: {clause: 3}", "vip: {claus: 3}")
    line = copy.line(REGULATION, "claus:")
    assert copy.mistakes() == [f"regulation.yaml:{line}: unknown key 'claus'; did you mean 'clause'?"]
