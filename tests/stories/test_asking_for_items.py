"""The tool's question to a client about missing items (clauses 11, 12, 15)."""

import pytest


def test_client_is_asked_only_with_the_line_in_the_regulation(story):
    """
    Mon 09:00 filed by client, VIP, error, without iin
    Mon 09:10 now
    """
    assert story.changes["marker"] == "acknowledged#0@1.00 incomplete#0@1.00"
    assert "ЖСН" not in story.changes["public_note"]
    assert story.status == "new"


def test_the_client_is_asked_for_exactly_what_is_missing(story):
    """
    in regulation.yaml «# asked: {clause: 11}» becomes «asked: {clause: 11}»
    Mon 09:00 filed by client, VIP, error, without full_name, with iin «850315300129»
    Mon 09:10 now
    """
    acknowledged, asked = story.changes["public_note"].split("\n\n")
    assert acknowledged.startswith("№ 1 өтінішіңіз")
    assert asked == (
        "Өтінішіңізді қарау үшін мыналар қажет: дұрыс ЖСН (12 цифр; көрсетілген нөмір қате), аты-жөні"
        " (регламент, 11-тармақ).\n"
        "Осы өтініште жауап беруіңізді немесе өрістерін толтыруыңызды өтінеміз."
        " Жауап күту мерзімі: 2026 жылғы 8 маусым, 17:10."
        " Жауап болмаса, өтініш «клиенттен жауап келмеді» деген белгімен жабылады."
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("Kazakh", "мыналар қажет: ЖСН (регламент, 11-тармақ)."),
        ("Russian", "нам нужны: ИИН (регламент, п. 11)."),
        ("English", "we need: your IIN (regulation, clause 11)."),
    ],
)
def test_the_client_is_asked_in_their_own_language(make_story, language, words):
    story = make_story(f"""
        in regulation.yaml «# asked: {{clause: 11}}» becomes «asked: {{clause: 11}}»
        Mon 09:00 filed by client, VIP, error, without iin, in {language}
        Mon 09:10 now
        """)
    assert words in story.changes["public_note"]
    assert "Өтініште жетіспейді: ЖСН." in story.changes["private_note"]


@pytest.mark.parametrize("who", ["operator", "client, in group «Қолдау қызметі»"])
def test_request_filed_by_staff_makes_only_a_note_to_staff(make_story, who):
    story = make_story(f"""
        in regulation.yaml «# asked: {{clause: 11}}» becomes «asked: {{clause: 11}}»
        Mon 09:00 filed by {who}, Base, error, by e-mail, without iin
        Mon 09:10 now
        """)
    assert "мыналар қажет" not in story.changes["public_note"]
    assert story.changes["marker"] == "acknowledged#0@1.00 incomplete#0@1.00"
    assert story.status == "new"


@pytest.mark.parametrize("who", ["client", "guest", "developer"])
def test_any_other_author_is_asked(make_story, who):
    story = make_story(f"""
        in regulation.yaml «# asked: {{clause: 11}}» becomes «asked: {{clause: 11}}»
        Mon 09:00 filed by {who}, Base, error, by e-mail, without iin
        Mon 09:10 now
        """)
    assert "мыналар қажет: ЖСН" in story.changes["public_note"]
    assert story.changes["marker"] == "acknowledged#0@1.00 asked#0@1.00 incomplete#0@1.00"
    assert story.status == "waiting for client"


def test_question_and_status_are_one_write_and_the_note_to_staff_another(story):
    """
    in regulation.yaml «# asked: {clause: 11}» becomes «asked: {clause: 11}»
    Mon 09:00 filed by client, VIP, error, without iin
    Mon 09:10 now
    """
    writes = [(change.write_number, change.field) for change in story.plan.changes if change.field != "marker"]
    assert {(0, "public_note"), (0, "status"), (1, "private_note")} <= set(writes)
    markers = [(change.write_number, change.new) for change in story.plan.changes if change.field == "marker"]
    assert markers == [
        (0, "issue=1 acknowledged#0@1.00 asked#0@1.00"),
        (1, "issue=1 acknowledged#0@1.00 asked#0@1.00 incomplete#0@1.00"),
    ]
    assert story.status == "waiting for client"
    assert story.changes["state"] == "Клиент жауабы күтілуде"


def test_the_tools_question_starts_the_waiting_clock(story):
    """
    in regulation.yaml «# asked: {clause: 11}» becomes «asked: {clause: 11}»
    Mon 09:00 filed by client, VIP, error, without iin
    Mon 09:10 sup-sync runs
    Mon 12:10 now
    """
    assert story.judgement.wait.asked_at.isoformat() == "2026-06-08T04:10:00+00:00"
    assert story.resolution.elapsed == "0:10"
    assert story.first_response.elapsed == "3:10"
    assert "no_question" not in story.findings


def test_the_client_is_never_asked_twice(story):
    """
    in regulation.yaml «# asked: {clause: 11}» becomes «asked: {clause: 11}»
    Mon 09:00 filed by client, VIP, error, without iin
    Mon 09:10 sup-sync runs
    Mon 09:20 client: answers
    Mon 09:25 sup-sync runs
    Mon 09:30 staff: public note and takes it
    Mon 09:35 now
    """
    assert len(story.public_notes) == 1
    assert len(story.notes) == 1
    assert story.status == "in progress"


@pytest.mark.parametrize("status", ["waiting for client", "hands to development and sets version 2.4 due 2026-06-12"])
def test_waiting_request_or_one_in_development_is_not_asked_about(make_story, status):
    story = make_story(f"""
        in regulation.yaml «# asked: {{clause: 11}}» becomes «asked: {{clause: 11}}»
        Mon 09:00 filed by client, VIP, error, without iin
        Mon 09:05 staff: public note and {status}
        Mon 09:10 now
        """)
    assert story.public_notes == []
    assert len(story.notes) == 1


def test_client_who_answered_is_asked_after_staff_change_the_status(story):
    """
    in regulation.yaml «# asked: {clause: 11}» becomes «asked: {clause: 11}»
    Mon 09:00 filed by client, VIP, error, without iin
    Mon 09:05 staff: asks and waiting for client
    Mon 09:20 client: answers
    Mon 09:25 sup-sync runs
    Mon 09:30 staff: takes it
    Mon 09:35 now
    """
    assert story.runs[0].status_changes == 0
    assert len(story.public_notes) == 1
    assert story.status == "waiting for client"


def test_forbidden_waiting_status_sends_no_question_and_a_note_to_staff(story):
    """
    in regulation.yaml «# asked: {clause: 11}» becomes «asked: {clause: 11}»
    Mon 09:00 filed by client, VIP, error, without iin, the account may set only «new, in progress»
    Mon 09:10 now
    """
    assert story.status == "new"
    assert "мыналар қажет" not in story.changes["public_note"]
    assert story.changes["marker"] == "acknowledged#0@1.00 incomplete#0@1.00"
    assert "forbidden_transition" in story.findings


def test_unanswered_question_of_the_tool_is_reminded_and_then_closed(story):
    """
    in regulation.yaml «# asked: {clause: 11}» becomes «asked: {clause: 11}»
    Mon 09:00 filed by client, Base, error, by e-mail, without iin
    Mon 09:05 sup-sync runs
    Mon 13:05 sup-sync runs
    Mon 13:06 sup-sync runs
    Mon 17:05 sup-sync runs
    Mon 17:06 now
    """
    assert ["public_note" in {each.field for each in run.changes} for run in story.runs] == [True, False, True, False]
    assert story.status == "closed"
    assert story.changes["reason"] == "Клиенттен жауап келмеді"
    assert "- 2026 жылғы 8 маусым, 09:05: клиенттен ақпарат сұралды" in story.changes["public_note"]


def test_answered_question_of_the_tool_is_not_closed(story):
    """
    in regulation.yaml «# asked: {clause: 11}» becomes «asked: {clause: 11}»
    Mon 09:00 filed by client, Base, error, by e-mail, without iin
    Mon 09:05 sup-sync runs
    Mon 12:00 client: answers and fills in iin «850315300128»
    Mon 17:06 now
    """
    assert "public_note" not in story.changes
    assert "incomplete" not in story.findings
