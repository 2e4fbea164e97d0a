"""The acknowledgement of each open request that support has not answered yet (clauses 10, 13, 14, 18, 24)."""

from __future__ import annotations

from string import Template

import pytest
from stories.shipped import LANGUAGES, shipped_config

KAZAKH = (
    "№ 1 өтінішіңіз тіркелді: 2026 жылғы 8 маусым, 09:00 (регламент, 13-тармақ). Қызмет көрсету деңгейі: VIP.\n"
    "Бірінші жауаптың мақсатты мерзімі: 2026 жылғы 8 маусым, 11:00.\n"
    "Өтінішті жабудың мақсатты мерзімі: 2026 жылғы 8 маусым, 18:00.\n"
    "Мерзімдер — мақсат, жүктемеге қарай өзгеруі мүмкін."
    " Жиі қойылатын сұрақтарға жауаптар анықтама орталығында: wiki.mitwork.kz"
)
RUSSIAN = (
    "Обращение № 1 зарегистрировано 8 июня 2026 г., 09:00 (регламент, п. 13). Уровень обслуживания: базовый.\n"
    "Целевой срок первого ответа: 8 июня 2026 г., 18:00.\n"
    "Целевой срок закрытия обращения: 9 июня 2026 г., 18:00.\n"
    "Сроки — это цель и зависят от нагрузки."
    " Ответы на частые вопросы есть в справочном центре: wiki.mitwork.kz"
)
ENGLISH = (
    "Request no. 1 was registered on 8 June 2026, 09:00 (regulation, clause 13). Service level: Base.\n"
    "Target for the first response: 8 June 2026, 09:15.\n"
    "Target for the resolution: 9 June 2026, 18:00.\n"
    "These times are targets and depend on workload."
    " Answers to frequent questions are in the help centre: wiki.mitwork.kz"
)

BEGINNINGS = {"kk": "№ 1 өтінішіңіз", "ru": "Обращение № 1", "en": "Request no. 1"}


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        ("VIP, error", KAZAKH),
        ("Base, error, by e-mail, in Russian", RUSSIAN),
        ("Base, consultation, by online assistant, in English", ENGLISH),
    ],
)
def test_acknowledgement_has_number_level_targets_and_help_centre_in_the_clients_language(make_story, facts, text):
    story = make_story(f"""
        Mon 09:00 filed by client, {facts}
        Mon 09:05 now
        """)
    assert story.public_notes == [text]
    assert story.notes == []


def test_the_note_goes_with_its_marker_and_names_clause_13(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:05 now
    """
    changes = {change.field: change for change in story.plan.changes if change.field in ("public_note", "marker")}
    assert changes["public_note"].clause == "13"
    assert changes["marker"].new == "issue=1 acknowledged#0@1.00"
    assert {change.write_number for change in story.plan.changes} == {0}


def test_acknowledgement_is_written_first_and_separately_from_a_note_to_staff(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 11:01 now
    """
    writes = [(each.write_number, each.field) for each in story.plan.changes if each.field.endswith("_note")]
    assert writes == [(0, "public_note"), (1, "private_note")]
    assert [(each.write_number, each.old, each.new) for each in story.plan.changes if each.field == "marker"] == [
        (0, "", "issue=1 acknowledged#0@1.00"),
        (1, "issue=1 acknowledged#0@1.00", "issue=1 acknowledged#0@1.00 first_response#0@1.00"),
    ]
    assert [each.write_number for each in story.plan.changes] == sorted(
        each.write_number for each in story.plan.changes
    )


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("Kazakh", "Өтінішті жабудың мақсатты мерзімі: белгіленбеген (SLA VIP.3)."),
        ("Russian", "Целевой срок закрытия обращения: не установлен (SLA VIP.3)."),
        ("English", "Target for the resolution: none is set (SLA VIP.3)."),
    ],
)
def test_acknowledgement_of_an_official_letter_has_no_resolution_target(make_story, language, text):
    story = make_story(f"""
        Mon 09:00 filed by operator, VIP, error, by official letter, in {language}
        Mon 09:05 now
        """)
    (note,) = story.public_notes
    assert note.splitlines()[2] == text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("Kazakh", "Жүгінген уақытыңыз: 2026 жылғы 8 маусым, 15:30; тіркелген уақыты: 2026 жылғы 9 маусым, 09:00."),
        ("Russian", "Вы обратились: 8 июня 2026 г., 15:30; зарегистрировано: 9 июня 2026 г., 09:00."),
        ("English", "You contacted us on 8 June 2026, 15:30; your request was registered on 9 June 2026, 09:00."),
    ],
)
def test_acknowledgement_has_both_moments_if_the_contact_was_entered_later(make_story, language, text):
    story = make_story(f"""
        Tue 09:00 filed by operator, Base, error, by e-mail, contact at Mon 15:30, in {language}
        Tue 09:05 now
        """)
    (note,) = story.public_notes
    assert note.split("\n\n")[1:] == [text]
    assert story.changes["first_response_due"] == "2026-06-09 15:30"


def test_acknowledgement_has_one_moment_if_contact_and_filing_are_the_same(story):
    """
    Mon 09:00 filed by operator, Base, error, by e-mail, contact at Mon 09:00
    Mon 09:05 now
    """
    (note,) = story.public_notes
    assert "\n\n" not in note


@pytest.mark.parametrize(
    "deed",
    [
        "public note",
        "attachment",
        "asks and waiting for client",
        "waiting for client",
        "hands to development and sets version 2.4 due 2026-06-12",
        "solves",
        "closes",
        "refuses and sets the reason to law",
        "sets the reason to insult",
        "edits the marker to «acknowledged#0@1.00»",
        "edits the marker to «told him on the phone»",
    ],
)
def test_acknowledgement_is_not_sent_if_answered_or_waiting_or_closed_or_sent_before(make_story, deed):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error
        Mon 09:10 staff: {deed}
        Mon 09:15 now
        """)
    assert not [each for each in story.public_notes if each.startswith("№ 1 өтінішіңіз")]
    assert "acknowledged" not in story.changes.get("marker", "")
    assert story.second_plan.changes == ()


@pytest.mark.parametrize(
    ("who", "what"),
    [
        ("staff", "private note"),
        ("staff", "takes it"),
        ("staff", "sets priority urgent"),
        ("client", "public note"),
        ("colleague", "answers"),
        ("developer", "answers"),
    ],
)
def test_acknowledgement_is_sent_if_support_has_not_answered(make_story, who, what):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error
        Mon 09:10 {who}: {what}
        Mon 09:15 now
        """)
    assert len(story.public_notes) == 1
    assert story.second_plan.changes == ()


def test_acknowledgement_is_sent_after_a_note_of_the_operator_who_filed(story):
    """
    Mon 09:00 filed by operator, VIP, error
    Mon 09:05 operator: public note
    Mon 09:10 now
    """
    assert len(story.public_notes) == 1


def test_request_before_enforce_from_is_not_acknowledged(make_story):
    for enforce_from, notes in (("2026-06-09", 0), ("2026-06-08", 1)):
        story = make_story(f"""
            in config.yaml «enforce_from: 2026-01-01» becomes «enforce_from: {enforce_from}»
            Mon 23:59 filed by client, VIP, error
            Tue 09:05 now
            """)
        assert len(story.public_notes) == notes


def test_acknowledgement_is_sent_only_once(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:05 sup-sync runs
    Mon 09:10 sup-sync runs
    Mon 10:31 sup-sync runs
    Mon 11:00 staff: sets priority urgent
    Mon 11:05 sup-sync runs
    Mon 12:00 staff: asks and waiting for client
    Mon 13:00 client: answers
    Mon 13:05 sup-sync runs
    Mon 14:00 staff: closes
    Mon 15:00 client: reopens
    Mon 15:05 now
    """
    assert len(story.public_notes) == 1
    assert story.plan.notes == 0


def test_acknowledgement_does_not_count_as_first_response(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:05 sup-sync runs
    Mon 11:01 now
    """
    assert story.first_response.stopped is None
    assert story.first_response.outcome == "breached"
    assert story.value("first_response_at") == ""


def test_acknowledgement_is_sent_at_night(story):
    """
    Mon 22:00 filed by client, VIP, error
    Mon 22:05 now
    """
    assert "2026 жылғы 9 маусым, 11:00" in story.public_notes[0]


def test_acknowledgement_waits_if_a_target_is_outside_the_calendar(story):
    """
    2027-12-31 12:00 filed by client, VIP, error
    2027-12-31 12:10 now
    """
    assert "calendar" in story.findings
    assert story.changes["first_response_due"] == "2027-12-31 14:00"
    assert story.public_notes == []


def test_acknowledgement_is_not_sent_without_its_line(story):
    """
    in regulation.yaml «  acknowledged: {clause: 13}» becomes «»
    Mon 09:00 filed by client, VIP, error
    Mon 09:05 now
    """
    assert story.public_notes == []
    assert "marker" not in story.changes


# The language


@pytest.mark.parametrize(
    ("of_all", "of_contract", "of_request", "language"),
    [
        ("kk", "", "", "kk"),
        ("en", "", "", "en"),
        ("kk", ", language ru", "", "ru"),
        ("kk", ", language ru", ", in English", "en"),
        ("en", ", language ru", ", in Kazakh", "kk"),
        ("en", "", ", in Russian", "ru"),
    ],
)
def test_language_is_from_the_request_or_the_contract_or_the_configuration(
    make_story, of_all, of_contract, of_request, language
):
    story = make_story(f"""
        in config.yaml «client_language: kk» becomes «client_language: {of_all}»
        contract of project «portal-users» from 2026-01-01 until 2026-12-31{of_contract}
        Mon 09:00 filed by client, Base, error{of_request}
        Mon 09:05 now
        """)
    (note,) = story.public_notes
    assert note.startswith(BEGINNINGS[language])


def test_staff_language_does_not_affect_clients(story):
    """
    in config.yaml «language: kk                     #» becomes «language: en  #»
    Mon 09:00 filed by client, Base, error
    Mon 09:05 now
    """
    assert story.public_notes[0].startswith(BEGINNINGS["kk"])
    assert story.notes[0].startswith("Channel «")


# What is promised


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("word", ["кепіл", "гарант", "guarant"])
def test_no_text_mentions_a_guarantee(language, word):
    for key, text in shipped_config().rules.messages.texts[language].items():
        assert word not in text.casefold(), key


@pytest.mark.parametrize(("language", "word"), [("kk", "мақсат"), ("ru", "целев"), ("en", "target")])
def test_every_text_with_a_due_moment_calls_it_a_target(language, word):
    texts = shipped_config().rules.messages.texts[language]
    terms = {"first_response", "resolution", "due", "since"}
    naming = {key for key, text in texts.items() if terms & set(Template(text).get_identifiers())}
    ours = naming - {"asked", "reminder"}  # there it is the client who is to answer
    assert ours == {"acknowledged", "at_risk", "breached", "to_head"}
    for key in ours:
        assert word in texts[key].casefold()
    lines = texts["acknowledged"].splitlines()
    for metric in ("$first_response", "$resolution"):  # `no_target` can be the value of either
        (line,) = (each for each in lines if metric in each)
        assert word in line.casefold()
