"""Refusals: one note to the client with the reason, its clause and the address for complaints (clauses 6, 9)."""

import pytest
from stories.moments import marker_entry
from stories.shipped import shipped_config

RULES = shipped_config().rules
REFUSALS = [(RULES.names.reasons[key], reason) for key, reason in RULES.policy.reasons.items() if not reason.stops_work]


@pytest.mark.parametrize(("name", "reason"), REFUSALS, ids=[reason.key for _, reason in REFUSALS])
def test_refusal_note_has_reason_and_clause_and_address_for_complaints(make_story, name, reason):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error
        Mon 10:00 staff: refuses and sets the reason to «{name}»
        Mon 10:05 now
        """)
    words = RULES.messages.texts["kk"][f"reason_{reason.key}"]
    assert story.public_notes == [
        f"Өтінішіңіз қабылданбады. Себебі: {words} (регламент, {reason.clause}-тармақ).\n"
        "Келіспесеңіз, QA@mitwork.net мекенжайына жаза аласыз (регламент, 25-тармақ)."
    ]
    assert story.notes == []
    assert story.findings == {}


@pytest.mark.parametrize(("name", "reason"), REFUSALS, ids=[reason.key for _, reason in REFUSALS])
def test_a_refused_request_has_no_target_by_the_clause_of_its_reason(make_story, name, reason):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error
        Mon 10:00 staff: refuses and sets the reason to «{name}»
        Thu 12:00 now
        """)
    for verdict in (story.first_response, story.resolution):
        assert verdict.outcome == "no_target"
        assert verdict.reason == f"refused: {reason.key}"
        assert verdict.clause == reason.clause
    assert story.changes["state"] == "Мерзімі жоқ"


def test_the_reasons_are_those_of_clauses_6_9_15_and_16():
    clauses = [reason.clause for reason in RULES.policy.reasons.values()]
    assert clauses == ["6"] * 5 + ["9"] * 3 + ["16", "15"]
    assert [key for key, reason in RULES.policy.reasons.items() if reason.stops_work] == ["insult"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "Kazakh",
            "Өтінішіңіз қабылданбады. Себебі: ақпарат жеткіліксіз (регламент, 9-тармақ).\n"
            "Келіспесеңіз, QA@mitwork.net мекенжайына жаза аласыз (регламент, 25-тармақ).",
        ),
        (
            "Russian",
            "Обращение отклонено. Причина: недостаточно информации (регламент, п. 9).\n"
            "Если Вы не согласны, напишите на QA@mitwork.net (регламент, п. 25).",
        ),
        (
            "English",
            "Your request was refused. Reason: too little information (regulation, clause 9).\n"
            "If you disagree, write to QA@mitwork.net (regulation, clause 25).",
        ),
    ],
)
def test_refusal_note_is_in_the_clients_language(make_story, language, words):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error, in {language}
        Mon 10:00 staff: refuses and sets the reason to too little information
        Mon 10:05 now
        """)
    assert story.changes["public_note"] == words


def test_clause_of_complaints_comes_from_the_regulation(story):
    """
    in regulation.yaml «refused: {clause: 25}» becomes «refused: {clause: 26.1}»
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: refuses and sets the reason to law
    Mon 10:05 now
    """
    first, second = story.changes["public_note"].splitlines()
    assert first.endswith("(регламент, 6-тармақ).")
    assert second == "Келіспесеңіз, QA@mitwork.net мекенжайына жаза аласыз (регламент, 26.1-тармақ)."


def test_refusal_note_is_sent_once(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: refuses and sets the reason to law
    Mon 10:05 sup-sync runs
    Mon 10:10 sup-sync runs
    Mon 10:20 client: answers
    Mon 10:30 now
    """
    assert len(story.public_notes) == 1
    assert story.value("marker") == marker_entry("refused", "Mon 10:00")
    assert story.status == "refused"


def test_the_note_and_its_marker_are_one_write_and_name_the_clause(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: refuses and sets the reason to law
    Mon 10:05 now
    """
    changes = {change.field: change for change in story.plan.changes}
    assert changes["public_note"].write_number == changes["marker"].write_number == 0
    assert changes["public_note"].clause == "6"
    assert changes["public_note"].reason == changes["marker"].reason == "refused: law"


def test_second_refusal_after_a_reopening_sends_a_note(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: refuses and sets the reason to law
    Mon 10:05 sup-sync runs
    Mon 11:00 client: reopens
    Mon 11:05 sup-sync runs
    Mon 12:00 staff: refuses and sets the reason to third-party product
    Mon 12:05 now
    """
    assert len(story.public_notes) == 2
    assert "бөгде өнімді орнату" in story.changes["public_note"]
    assert story.changes["marker"] == f"{marker_entry('refused', 'Mon 10:00')} {marker_entry('refused', 'Mon 12:00')}"


def test_note_is_not_repeated_if_a_status_becomes_a_refusal_later(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: public note and solves
    Mon 09:40 client: reopens
    Mon 10:00 staff: refuses and sets the reason to law
    Mon 10:05 sup-sync runs
    in tracker.yaml «Шешілді: {phase: closed}» becomes «Шешілді: {phase: refused}»
    Mon 10:10 now
    """
    assert len(story.public_notes) == 1
    assert story.value("marker") == marker_entry("refused", "Mon 10:00")


def test_request_filed_as_refused_sends_a_note(story):
    """
    Mon 09:00 filed by operator, VIP, error, status «refused», reason law
    Mon 09:05 now
    """
    assert "заңнамасын түсіндіру" in story.changes["public_note"]
    assert story.changes["marker"] == marker_entry("refused", "Mon 09:00")


def test_request_filed_as_refused_and_refused_again_sends_a_second_note(story):
    """
    Mon 09:00 filed by operator, VIP, error, status «refused», reason law
    Mon 09:05 sup-sync runs
    Mon 10:00 client: reopens
    Mon 11:00 staff: refuses
    Mon 11:05 now
    """
    assert len(story.public_notes) == 2
    assert story.changes["marker"] == f"{marker_entry('refused', 'Mon 09:00')} {marker_entry('refused', 'Mon 11:00')}"


def test_refusal_without_a_reason_is_a_finding_and_sends_no_note(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: refuses
    Mon 10:05 now
    """
    assert story.public_notes == story.notes == []
    assert [(each.kind, each.text, each.clause) for each in story.plan.findings] == [
        ("no_reason", "refused without a reason; set one", "9")
    ]


def test_unmapped_reason_is_one_finding(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: refuses and sets the reason to «Қайталанған»
    Mon 10:05 now
    """
    text = (
        'reason "Қайталанған" is not mapped; set another on the request, or add it to `former_values.reasons`'
        " in mappings/tracker.yaml"
    )
    assert [(each.kind, each.text) for each in story.plan.findings] == [("unmapped_name", text)]
    assert story.plan.changes == ()


def test_a_refusal_without_the_field_of_reasons_is_a_finding(story):
    """
    Mon 09:00 filed by client, VIP, error, without the field reason
    Mon 10:00 staff: refuses
    Mon 10:05 now
    """
    assert story.findings == {"no_reason": "refused without a reason; set one"}


def test_refusal_note_is_sent_after_the_reason_is_set(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: refuses
    Mon 10:05 sup-sync runs
    Mon 10:10 staff: sets the reason to law
    Mon 10:15 now
    """
    assert story.runs[0].notes == 0
    assert len(story.public_notes) == 1
    assert story.findings == {}


@pytest.mark.parametrize("reason", ["law", "too little information", "no answer"])
def test_reason_without_a_refusal_has_no_effect(make_story, reason):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error
        Mon 09:30 staff: public note and sets the reason to {reason}
        Mon 09:35 now
        """)
    assert story.public_notes == story.notes == []
    assert story.findings == {}
    assert story.resolution.outcome == "on_track"


def test_refused_request_is_not_checked_for_items_or_escalated(story):
    """
    Mon 09:00 filed by client, VIP, error, without iin
    Mon 10:00 staff: refuses and sets the reason to law
    next Fri 12:00 now
    """
    assert story.notes == []
    assert story.findings == {}


def test_refusal_before_enforce_from_sends_no_note(story):
    """
    in config.yaml «enforce_from: 2026-01-01» becomes «enforce_from: 2026-06-09»
    Mon 09:00 filed by client, VIP, error
    Tue 10:00 staff: refuses and sets the reason to law
    Tue 10:05 now
    """
    assert story.public_notes == []
