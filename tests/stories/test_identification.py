"""The items that a request must contain (clauses 11, 12)."""

import pytest

from sup_sync.model.change import NOTES

KAZATOMPROM = "970240000816"


def lacking(story) -> set[tuple[str, bool]]:
    """List the missing and invalid items of a request; the second value is True for an invalid one."""
    return {(each.item, each.is_malformed) for each in story.judgement.item_problems}


def test_complete_request_has_no_finding(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:10 now
    """
    assert lacking(story) == set()
    assert "private_note" not in story.changes
    assert story.findings == {}


@pytest.mark.parametrize("item", ["iin", "full_name", "contact", "steps"])
def test_empty_field_is_missing(make_story, item):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error, without {item}
        Mon 09:10 now
        """)
    assert lacking(story) == {(item, False)}


@pytest.mark.parametrize("item", ["iin", "full_name", "contact", "steps"])
def test_blank_field_is_missing(make_story, item):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error, with {item} «  »
        Mon 09:10 now
        """)
    assert lacking(story) == {(item, False)}


@pytest.mark.parametrize("item", ["iin", "full_name", "bin", "organisation", "contact", "steps"])
def test_field_outside_its_tracker_is_not_required(make_story, item):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error, without the field {item}
        Mon 09:10 now
        """)
    assert lacking(story) == set()


@pytest.mark.parametrize(
    "number", ["850315300129", "85031530012", "8503153001280", "8503153O0128", "٨٥٠٣١٥٣٠٠١٢٨", KAZATOMPROM]
)
def test_invalid_iin_is_a_finding(make_story, number):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error, with iin «{number}»
        Mon 09:10 now
        """)
    assert lacking(story) == {("iin", True)}
    assert story.findings == {"incomplete": "missing: a valid iin"}


@pytest.mark.parametrize("number", ["970240000817", "97024000081", "9702400008160", "БСН 97024000", "850315300128"])
def test_invalid_bin_is_a_finding(make_story, number):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error, with organisation «Қазатомөнеркәсіп», with bin «{number}»
        Mon 09:10 now
        """)
    assert lacking(story) == {("bin", True)}


@pytest.mark.parametrize("number", [KAZATOMPROM, "020240000555", " 970240000816 "])
def test_valid_bin_with_an_organisation_is_complete(make_story, number):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error, with organisation «Қазатомөнеркәсіп», with bin «{number}»
        Mon 09:10 now
        """)
    assert lacking(story) == set()


def test_blanks_around_a_bin_do_not_affect_the_contract(story):
    """
    contract of bin «970240000816» from 2026-01-01 until 2026-12-31
    Mon 09:00 filed by client, Base, error, by e-mail, with organisation «Қазатомөнеркәсіп», with bin « 970240000816 »
    Mon 09:10 now
    """
    assert story.judgement.level == "vip"


def test_bin_requires_an_organisation(story):
    """
    Mon 09:00 filed by client, VIP, error, with bin «970240000816»
    Mon 09:10 now
    """
    assert lacking(story) == {("organisation", False)}


def test_organisation_requires_a_bin(story):
    """
    Mon 09:00 filed by client, VIP, error, with organisation «Қазатомөнеркәсіп»
    Mon 09:10 now
    """
    assert lacking(story) == {("bin", False)}


def test_blank_organisation_requires_no_bin(story):
    """
    Mon 09:00 filed by client, VIP, error, with organisation «  »
    Mon 09:10 now
    """
    assert lacking(story) == set()


def test_organisation_requires_no_bin_if_the_tracker_has_no_such_field(story):
    """
    Mon 09:00 filed by client, VIP, error, with organisation «Қазатомөнеркәсіп», without the field bin
    Mon 09:10 now
    """
    assert lacking(story) == set()


@pytest.mark.parametrize("category", ["consultation", "suggestion", "call-back"])
def test_only_an_error_needs_its_steps_and_evidence(make_story, category):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, {category}, without steps, without project_link
        Mon 09:10 now
        """)
    assert lacking(story) == set()


@pytest.mark.parametrize("category", ["error", "consultation", "suggestion", "call-back"])
def test_every_request_needs_its_iin_and_contact(make_story, category):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, {category}, without iin, without contact
        Mon 09:10 now
        """)
    assert lacking(story) == {("iin", False), ("contact", False)}


def test_error_without_screenshot_and_link_lacks_evidence(story):
    """
    Mon 09:00 filed by client, VIP, error, without project_link
    Mon 09:10 now
    """
    assert lacking(story) == {("evidence", False)}
    assert "скриншот немесе жобаға сілтеме" in story.changes["private_note"]


def test_blank_link_does_not_count_as_evidence(story):
    """
    Mon 09:00 filed by client, VIP, error, with project_link «  »
    Mon 09:10 now
    """
    assert lacking(story) == {("evidence", False)}


def test_a_screenshot_is_evidence(story):
    """
    Mon 09:00 filed by client, VIP, error, without project_link, with a screenshot
    Mon 09:10 now
    """
    assert lacking(story) == set()


def test_a_screenshot_sent_later_is_evidence(story):
    """
    Mon 09:00 filed by client, VIP, error, without project_link
    Mon 09:05 client: attachment
    Mon 09:10 now
    """
    assert lacking(story) == set()


def test_removed_screenshot_counts_as_evidence(story):
    """
    Mon 09:00 filed by client, VIP, error, without project_link
    Mon 09:05 client: attachment
    Mon 09:10 staff: removes an attachment
    Mon 09:15 now
    """
    assert story.request.raw["attachments"] == []
    assert lacking(story) == set()


def test_evidence_is_not_missing_if_files_are_unknown(story):
    """
    Mon 09:00 filed by client, VIP, error, without project_link
    Mon 09:10 now
    """
    del story.request.raw["attachments"]
    assert lacking(story) == set()


def test_staff_get_one_note_about_missing_items(story):
    """
    Mon 09:00 filed by client, VIP, error, without iin, without steps, without project_link
    Mon 09:05 sup-sync runs
    Mon 09:10 sup-sync runs
    Mon 09:15 now
    """
    assert story.notes == [
        "Өтініште жетіспейді: ЖСН, әрекеттер реті, скриншот немесе жобаға сілтеме. Регламент, 11, 12-тармақ."
    ]
    assert story.value("marker") == "acknowledged#0@1.00 incomplete#0@1.00"


def test_note_distinguishes_missing_and_invalid_numbers(story):
    """
    Mon 09:00 filed by client, VIP, error, with iin «850315300129», with bin «1», without full_name
    Mon 09:10 now
    """
    assert story.changes["private_note"].startswith(
        "Өтініште жетіспейді: дұрыс ЖСН (12 цифр; көрсетілген нөмір қате), аты-жөні,"
        " ұйымның дұрыс БСН-і (12 цифр; көрсетілген нөмір қате), ұйымның атауы."
    )


@pytest.mark.parametrize(
    ("lacks", "clauses"), [("iin", "11"), ("contact", "12"), ("contact, without full_name, without iin", "11, 12")]
)
def test_notes_name_only_the_clauses_of_missing_items(make_story, lacks, clauses):
    story = make_story(f"""
        in regulation.yaml «# asked: {{clause: 11}}» becomes «asked: {{clause: 11}}»
        Mon 09:00 filed by client, VIP, error, without {lacks}
        Mon 09:10 staff: public note
        Mon 09:15 now
        """)
    assert f" (регламент, {clauses}-тармақ)." in story.changes["public_note"]
    assert story.changes["private_note"].endswith(f" Регламент, {clauses}-тармақ.")
    notes = {each.field: each.clause for each in story.plan.changes if each.field in NOTES}
    assert notes == {"public_note": clauses, "private_note": clauses}


def test_the_finding_names_every_item_and_both_clauses(story):
    """
    Mon 09:00 filed by client, VIP, error, without full_name, without contact
    Mon 09:10 now
    """
    assert [(each.kind, each.text, each.clause) for each in story.plan.findings] == [
        ("incomplete", "missing: full name, contact", "11 and 12")
    ]


def test_finding_disappears_after_the_item_is_filled_in(story):
    """
    Mon 09:00 filed by client, VIP, error, without iin
    Mon 09:05 sup-sync runs
    Mon 09:10 client: fills in iin «850315300128»
    Mon 09:15 now
    """
    assert story.findings == {}


def test_item_removed_later_is_a_finding_without_a_second_note(story):
    """
    Mon 09:00 filed by client, VIP, error, without iin
    Mon 09:05 sup-sync runs
    Mon 09:10 client: fills in contact « »
    Mon 09:15 now
    """
    assert story.findings == {"incomplete": "missing: iin, contact"}
    assert len(story.notes) == 1


@pytest.mark.parametrize("ends", ["closes", "solves", "refuses and sets the reason to law"])
def test_closed_request_has_no_finding_about_missing_items(make_story, ends):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error, without iin
        Mon 09:05 staff: {ends}
        Mon 09:10 now
        """)
    assert story.notes == []
    assert story.findings == {}


def test_staff_get_no_note_without_the_alert_line(story):
    """
    in regulation.yaml «incomplete: {clause: 11}» becomes «»
    Mon 09:00 filed by client, VIP, error, without iin
    Mon 09:10 now
    """
    assert story.notes == []
    assert list(story.findings) == ["incomplete"]


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
        (0, "acknowledged#0@1.00 asked#0@1.00"),
        (1, "acknowledged#0@1.00 asked#0@1.00 incomplete#0@1.00"),
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
