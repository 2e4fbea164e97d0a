"""Stopped work after an insult: one note to the superior, and no more (clause 16)."""

import ast
from pathlib import Path

import pytest
from stories.moments import marker_entry
from stories.shipped import shipped_config

import sup_sync


def test_insult_set_by_staff_sends_one_private_note_to_the_head(story):
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
    assert story.changes["marker"] == marker_entry("stopped", "Mon 10:00")
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


def test_nothing_more_is_written_on_a_stopped_request(story):
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


def test_stopped_request_that_waits_is_not_reminded_or_closed(story):
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
    assert story.changes["marker"] == marker_entry("stopped", "Mon 09:05")


def test_late_first_run_sends_only_the_note_about_the_stop(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: sets the reason to insult
    next Fri 12:00 now
    """
    assert len(story.notes) == 1
    assert story.changes["marker"] == marker_entry("stopped", "Mon 10:00")
    assert "assignee" not in story.changes


def test_insult_with_a_refusal_sends_no_note_to_the_client(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: refuses and sets the reason to insult
    Mon 10:05 now
    """
    assert story.public_notes == []
    assert len(story.notes) == 1
    assert story.findings == {}


@pytest.mark.parametrize("who", ["client", "colleague", "developer", "bot"])
def test_insult_set_by_others_than_staff_does_not_count(make_story, who):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error
        Mon 09:05 sup-sync runs
        Mon 09:10 {who}: sets the reason to insult
        Mon 09:15 now
        """)
    assert story.findings == {"not_stopped": "reason insult ignored: only staff may set it"}
    assert [each.clause for each in story.plan.findings] == ["16"]
    assert story.notes == []
    assert story.first_response.outcome == "on_track"


def test_insult_set_by_a_former_member_counts(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:10 unlisted: sets the reason to insult
    Mon 09:15 now
    """
    assert story.findings == {}
    assert story.changes["private_note"].startswith("@d.bekova\n\n")
    assert story.changes["marker"] == marker_entry("stopped", "Mon 09:10")
    assert story.first_response.outcome == "no_target"


def test_work_stays_stopped_without_a_second_note_after_its_setter_leaves(story):
    """
    in tracker.yaml «former: []» becomes «former: [Асқар Белгісіз]»
    Mon 09:00 filed by client, VIP, error
    Mon 09:10 unlisted: sets the reason to insult
    Mon 09:15 sup-sync runs
    in tracker.yaml «former: [Асқар Белгісіз]» becomes «former: []»
    Tue 12:00 now
    """
    assert story.runs[0].notes == 1
    assert story.plan.changes == ()
    assert story.plan.findings == ()


def test_request_with_a_stop_set_by_the_client_is_escalated(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:10 client: sets the reason to insult
    Mon 11:01 now
    """
    assert story.changes["marker"] == "acknowledged#0@1.00 first_response#0@1.00"


def test_insult_filed_by_an_operator_counts(story):
    """
    Mon 09:00 filed by operator, VIP, error, reason insult
    Mon 09:05 now
    """
    assert story.changes["private_note"].startswith("@d.bekova\n\n")
    assert story.changes["marker"] == marker_entry("stopped", "Mon 09:00")
    assert story.public_notes == []


def test_insult_filed_by_a_client_does_not_count(story):
    """
    Mon 09:00 filed by client, VIP, error, reason insult
    Mon 09:05 now
    """
    assert list(story.findings) == ["not_stopped"]
    assert story.changes["marker"] == "acknowledged#0@1.00"


def test_reason_set_again_by_staff_stops_work(story):
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


def test_reason_set_again_by_a_client_does_not_stop_work(story):
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


def test_notices_are_sent_again_after_staff_clear_the_reason(story):
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
    assert story.request.raw["due_date"] == "2026-06-08"
    said_before = marker_entry("stopped", "Mon 09:10")
    assert story.changes["marker"] == f"acknowledged#0@1.00 first_response#0@0.75 {said_before}"


def test_work_stopped_again_sends_a_second_note(story):
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
    stops = f"{marker_entry('stopped', 'Mon 09:10')} {marker_entry('stopped', 'Mon 10:20')}"
    assert story.changes["marker"] == f"acknowledged#0@1.00 {stops}"


def test_stop_before_enforce_from_sends_no_note_and_writes_nothing(story):
    """
    in config.yaml «enforce_from: 2026-01-01» becomes «enforce_from: 2026-06-09»
    Mon 09:00 filed by client, VIP, error
    Tue 10:00 staff: sets the reason to insult
    Tue 10:05 now
    """
    assert story.plan.changes == ()


def test_reason_set_by_the_tool_does_not_stop_work():
    policy = shipped_config().rules.policy
    set_by_the_tool = policy.reasons[policy.waiting.reason]
    assert set_by_the_tool.key == "no_answer"
    assert not set_by_the_tool.stops_work


def test_code_of_the_tool_sets_no_other_reason():
    """Only a person may stop work on a request (clause 16): other code that writes the field fails this test."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in Path(sup_sync.__file__).parent.rglob("*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    written = {ast.unparse(call.args[1]) for call in calls if is_writing_a_reason(call)}
    assert "self.rules.names.reasons[waiting.reason]" in written
    assert written <= {"self.rules.names.reasons[waiting.reason]", "''"}


def is_writing_a_reason(call: ast.Call) -> bool:
    is_a_change = ast.unparse(call.func).split(".")[-1] in ("_set", "_change", "Change")
    return is_a_change and any(isinstance(each, ast.Constant) and each.value == "reason" for each in call.args)
