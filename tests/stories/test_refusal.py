"""Refusals and stopped work: the client is told why, the superior is informed, and then silence (clauses 6, 9, 16)."""

import ast
from pathlib import Path

import pytest
from stories.moments import said
from stories.shipped import shipped_config

import sup_sync

RULES = shipped_config().rules
REFUSALS = [(RULES.names.reasons[key], reason) for key, reason in RULES.policy.reasons.items() if not reason.stops_work]


@pytest.mark.parametrize(("name", "reason"), REFUSALS, ids=[reason.key for _, reason in REFUSALS])
def test_a_refusal_tells_the_client_the_reason_its_clause_and_where_to_complain(make_story, name, reason):
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
def test_a_refusal_is_told_in_the_clients_language(make_story, language, words):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error, in {language}
        Mon 10:00 staff: refuses and sets the reason to too little information
        Mon 10:05 now
        """)
    assert story.changes["public_note"] == words


def test_the_clause_of_complaints_is_the_regulations(story):
    """
    in regulation.yaml «refused: {clause: 25}» becomes «refused: {clause: 26.1}»
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: refuses and sets the reason to law
    Mon 10:05 now
    """
    first, second = story.changes["public_note"].splitlines()
    assert first.endswith("(регламент, 6-тармақ).")
    assert second == "Келіспесеңіз, QA@mitwork.net мекенжайына жаза аласыз (регламент, 26.1-тармақ)."


def test_a_refusal_is_told_once(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: refuses and sets the reason to law
    Mon 10:05 sup-sync runs
    Mon 10:10 sup-sync runs
    Mon 10:20 client: answers
    Mon 10:30 now
    """
    assert len(story.public_notes) == 1
    assert story.value("marker") == said("refused", "Mon 10:00")
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


def test_what_is_refused_again_after_it_was_opened_is_told_again(story):
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
    assert story.changes["marker"] == f"{said('refused', 'Mon 10:00')} {said('refused', 'Mon 12:00')}"


def test_what_counts_as_a_refusal_from_now_on_tells_no_later_one_again(story):
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
    assert story.value("marker") == said("refused", "Mon 10:00")


def test_what_was_filed_as_refused_is_told_too(story):
    """
    Mon 09:00 filed by operator, VIP, error, status «refused», reason law
    Mon 09:05 now
    """
    assert "заңнамасын түсіндіру" in story.changes["public_note"]
    assert story.changes["marker"] == said("refused", "Mon 09:00")


def test_what_was_filed_as_refused_and_is_refused_again_is_told_again(story):
    """
    Mon 09:00 filed by operator, VIP, error, status «refused», reason law
    Mon 09:05 sup-sync runs
    Mon 10:00 client: reopens
    Mon 11:00 staff: refuses
    Mon 11:05 now
    """
    assert len(story.public_notes) == 2
    assert story.changes["marker"] == f"{said('refused', 'Mon 09:00')} {said('refused', 'Mon 11:00')}"


def test_a_refusal_without_a_reason_is_a_finding_and_tells_nobody(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: refuses
    Mon 10:05 now
    """
    assert story.public_notes == story.notes == []
    assert [(each.kind, each.text, each.clause) for each in story.plan.findings] == [
        ("no_reason", "refused without a reason: set one", "9")
    ]


def test_a_reason_that_no_mapping_knows_is_one_finding(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: refuses and sets the reason to «Қайталанған»
    Mon 10:05 now
    """
    assert [(each.kind, each.text) for each in story.plan.findings] == [
        ("unmapped_name", "reason «Қайталанған»: add it to `reasons` of mappings/tracker.yaml")
    ]
    assert story.plan.changes == ()


def test_a_refusal_without_the_field_of_reasons_is_a_finding(story):
    """
    Mon 09:00 filed by client, VIP, error, without the field reason
    Mon 10:00 staff: refuses
    Mon 10:05 now
    """
    assert story.findings == {"no_reason": "refused without a reason: set one"}


def test_the_client_is_told_once_the_reason_is_there(story):
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
def test_a_reason_without_a_refusal_says_nothing_and_stops_nothing(make_story, reason):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error
        Mon 09:30 staff: public note and sets the reason to {reason}
        Mon 09:35 now
        """)
    assert story.public_notes == story.notes == []
    assert story.findings == {}
    assert story.resolution.outcome == "on_track"


def test_a_refused_request_lacks_nothing_and_is_escalated_no_more(story):
    """
    Mon 09:00 filed by client, VIP, error, without iin
    Mon 10:00 staff: refuses and sets the reason to law
    next Fri 12:00 now
    """
    assert story.notes == []
    assert story.findings == {}


def test_a_refusal_before_enforce_from_is_not_told(story):
    """
    in config.yaml «enforce_from: 2026-01-01» becomes «enforce_from: 2026-06-09»
    Mon 09:00 filed by client, VIP, error
    Tue 10:00 staff: refuses and sets the reason to law
    Tue 10:05 now
    """
    assert story.public_notes == []


def test_an_insult_set_by_staff_informs_the_head_in_one_private_note(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: sets the reason to insult
    Mon 10:05 now
    """
    assert story.changes["private_note"] == (
        "@d.bekova\n\n"
        "Өтініш бойынша жұмыс тоқтатылды: балағаттау. Басшының назарына; бұл өтінішке бұдан былай хабарлама жазылмайды."
        " Регламент, 16-тармақ; шағымдар: QA@mitwork.net."
    )
    assert story.public_notes == []
    assert story.changes["marker"] == said("stopped", "Mon 10:00")
    assert story.changes["state"] == "Мерзімі жоқ"


def test_a_stopped_request_has_no_target_by_clause_16(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: sets the reason to insult
    Thu 10:05 now
    """
    assert story.resolution.outcome == story.first_response.outcome == "no_target"
    assert story.resolution.reason == "stopped: insult"
    assert story.resolution.clause == "16"


def test_after_that_nothing_is_written_on_a_stopped_request_ever_again(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: sets the reason to insult
    Mon 10:05 sup-sync runs
    Mon 11:30 sup-sync runs
    Mon 12:00 client: answers and fills in iin «1»
    Mon 12:05 sup-sync runs
    Tue 12:00 staff: public note
    Tue 12:05 sup-sync runs
    Wed 12:00 staff: refuses
    Wed 12:05 sup-sync runs
    next Fri 12:00 staff: closes
    next Fri 12:05 now
    """
    assert [len(run.changes) for run in story.runs[1:]] == [0, 0, 0, 0]
    assert story.plan.changes == ()
    assert len(story.notes) == 1


def test_a_stopped_request_that_waits_is_neither_reminded_nor_ended(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks and waiting for client
    Mon 10:00 staff: sets the reason to insult
    Mon 10:05 sup-sync runs
    Mon 14:00 sup-sync runs
    Tue 12:00 now
    """
    assert story.public_notes == []
    assert story.status == "waiting for client"


def test_a_request_stopped_before_the_first_run_is_not_acknowledged_or_flagged(story):
    """
    in regulation.yaml «# asked: {clause: 11}» becomes «asked: {clause: 11}»
    Mon 09:00 filed by client, Base, call-back, without iin
    Mon 09:05 staff: sets the reason to insult
    Mon 09:10 now
    """
    assert story.public_notes == []
    assert story.changes["marker"] == said("stopped", "Mon 09:05")


def test_a_late_first_run_informs_of_the_stop_alone(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: sets the reason to insult
    next Fri 12:00 now
    """
    assert len(story.notes) == 1
    assert story.changes["marker"] == said("stopped", "Mon 10:00")
    assert "assignee" not in story.changes


def test_an_insult_together_with_a_refusal_tells_the_client_nothing(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: refuses and sets the reason to insult
    Mon 10:05 now
    """
    assert story.public_notes == []
    assert len(story.notes) == 1
    assert story.findings == {}


@pytest.mark.parametrize("who", ["client", "colleague", "developer", "bot"])
def test_an_insult_set_by_anybody_but_staff_does_not_count(make_story, who):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error
        Mon 09:05 sup-sync runs
        Mon 09:10 {who}: sets the reason to insult
        Mon 09:15 now
        """)
    assert story.findings == {"not_stopped": "reason insult was not set by staff: it does not count"}
    assert [each.clause for each in story.plan.findings] == ["16"]
    assert story.notes == []
    assert story.first_response.outcome == "on_track"


def test_an_insult_set_by_somebody_who_is_no_member_any_more_counts(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:10 stranger: sets the reason to insult
    Mon 09:15 now
    """
    assert story.findings == {}
    assert story.changes["private_note"].startswith("@d.bekova\n\n")
    assert story.changes["marker"] == said("stopped", "Mon 09:10")
    assert story.first_response.outcome == "no_target"


def test_work_stays_stopped_when_who_stopped_it_leaves_and_the_head_hears_no_second_time(story):
    """
    in tracker.yaml «former: []» becomes «former: [Асқар Белгісіз]»
    Mon 09:00 filed by client, VIP, error
    Mon 09:10 stranger: sets the reason to insult
    Mon 09:15 sup-sync runs
    in tracker.yaml «former: [Асқар Белгісіз]» becomes «former: []»
    Tue 12:00 now
    """
    assert story.runs[0].notes == 1
    assert story.plan.changes == ()
    assert story.plan.findings == ()


def test_a_request_that_the_client_says_is_stopped_is_escalated_as_any_other(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:10 client: sets the reason to insult
    Mon 11:01 now
    """
    assert story.changes["marker"] == "acknowledged#0@1.00 first_response#0@1.00"


def test_an_insult_that_an_operator_filed_it_with_counts(story):
    """
    Mon 09:00 filed by operator, VIP, error, reason insult
    Mon 09:05 now
    """
    assert story.changes["private_note"].startswith("@d.bekova\n\n")
    assert story.changes["marker"] == said("stopped", "Mon 09:00")
    assert story.public_notes == []


def test_an_insult_that_a_client_filed_it_with_does_not_count(story):
    """
    Mon 09:00 filed by client, VIP, error, reason insult
    Mon 09:05 now
    """
    assert list(story.findings) == ["not_stopped"]
    assert story.changes["marker"] == "acknowledged#0@1.00"


def test_staff_who_set_anew_what_a_client_had_set_stop_it(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:10 client: sets the reason to insult
    Mon 09:15 sup-sync runs
    Mon 09:20 staff: clears the reason
    Mon 09:25 staff: sets the reason to insult
    Mon 09:30 now
    """
    assert story.runs[0].findings
    assert story.changes["private_note"].startswith("@d.bekova")


def test_a_client_who_sets_anew_what_staff_had_cleared_stops_nothing(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:10 staff: sets the reason to insult
    Mon 09:15 sup-sync runs
    Mon 09:20 staff: clears the reason
    Mon 09:25 client: sets the reason to insult
    Mon 09:30 now
    """
    assert list(story.findings) == ["not_stopped"]
    assert story.first_response.outcome == "on_track"


def test_the_tool_works_on_where_staff_clear_the_reason(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:05 sup-sync runs
    Mon 09:10 staff: sets the reason to insult
    Mon 09:15 sup-sync runs
    Mon 10:00 staff: clears the reason
    Mon 10:05 sup-sync runs
    Mon 10:31 now
    """
    assert story.value("state") == "Мерзімінде"
    assert story.value("resolution_due") == "2026-06-08 18:00"
    assert story.told.raw["due_date"] == "2026-06-08"
    said_before = said("stopped", "Mon 09:10")
    assert story.changes["marker"] == f"acknowledged#0@1.00 first_response#0@0.75 {said_before}"


def test_work_stopped_again_informs_again(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:10 staff: sets the reason to insult
    Mon 09:15 sup-sync runs
    Mon 10:00 staff: clears the reason
    Mon 10:05 sup-sync runs
    Mon 10:20 staff: sets the reason to insult
    Mon 10:25 now
    """
    assert len(story.notes) == 2
    stops = f"{said('stopped', 'Mon 09:10')} {said('stopped', 'Mon 10:20')}"
    assert story.changes["marker"] == f"acknowledged#0@1.00 {stops}"


def test_a_stop_before_enforce_from_informs_nobody_and_writes_nothing(story):
    """
    in config.yaml «enforce_from: 2026-01-01» becomes «enforce_from: 2026-06-09»
    Mon 09:00 filed by client, VIP, error
    Tue 10:00 staff: sets the reason to insult
    Tue 10:05 now
    """
    assert story.plan.changes == ()


def test_what_the_tool_sets_as_a_reason_stops_nothing():
    set_by_the_tool = RULES.policy.reasons[RULES.policy.waiting.reason]
    assert set_by_the_tool.key == "no_answer"
    assert not set_by_the_tool.stops_work


def test_no_line_of_the_tool_sets_another_reason():
    """Only a person stops work on a request (clause 16): whatever else would write the field fails here."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in Path(sup_sync.__file__).parent.rglob("*.py")]
    notifications = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    written = {ast.unparse(call.args[1]) for call in notifications if is_writing_a_reason(call)}
    assert "reason[waiting.reason]" in written
    assert written <= {"reason[waiting.reason]", "''"}


def is_writing_a_reason(call: ast.Call) -> bool:
    is_a_change = ast.unparse(call.func).split(".")[-1] in ("_set", "_change", "Change")
    return is_a_change and any(isinstance(each, ast.Constant) and each.value == "reason" for each in call.args)
