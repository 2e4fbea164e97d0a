"""The first response: the answers that count, and the start of its clock (clauses 5, 8 and the SLA table)."""


def test_a_public_note_of_staff_is_the_first_response(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 10:30 now
    """
    assert story.first_response.outcome == "met"
    assert story.first_response.stopped == "Mon 10:00"
    assert story.first_response.due == "Mon 11:00"
    assert story.first_response.elapsed == "1:00"
    assert story.first_response.clause == "SLA VIP.2"


def test_the_first_of_several_answers_counts(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 12:00 staff: public note
    Mon 13:00 now
    """
    assert story.first_response.stopped == "Mon 10:00"


def test_an_answer_at_the_due_second_is_in_time(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 11:00:00 staff: public note
    Mon 11:30 now
    """
    assert story.first_response.outcome == "met"


def test_an_answer_one_second_later_is_late(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 11:00:01 staff: public note
    Mon 11:30 now
    """
    assert story.first_response.outcome == "breached"
    assert story.first_response.reason == "late"
    assert story.first_response.elapsed == "2:00:01"


def test_an_open_request_is_at_risk_after_three_quarters_of_its_time(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:30:01 now
    """
    assert story.first_response.outcome == "at_risk"
    assert story.first_response.left == "0:29:59"


def test_an_open_request_is_not_yet_at_risk_at_three_quarters_of_its_time(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:30 now
    """
    assert story.first_response.outcome == "on_track"


def test_an_open_request_is_not_breached_at_the_due_second(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 11:00 now
    """
    assert story.first_response.outcome == "at_risk"
    assert story.first_response.left == "0:00"


def test_an_open_request_is_breached_one_second_later(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 11:00:01 now
    """
    assert story.first_response.outcome == "breached"
    assert story.first_response.reason == "overdue"
    assert story.first_response.left == "-0:00:01"


def test_private_note_does_not_count_as_answer(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: private note
    Mon 12:00 now
    """
    assert story.first_response.outcome == "breached"
    assert story.first_response.stopped is None


def test_an_attachment_alone_is_an_answer(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: attachment
    Mon 12:00 now
    """
    assert story.first_response.stopped == "Mon 10:00"


def test_attachment_with_a_private_note_is_an_answer(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: private note and attachment
    Mon 12:00 now
    """
    assert story.first_response.stopped == "Mon 10:00"


def test_removing_an_attachment_does_not_count_as_answer(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: removes an attachment
    Mon 12:00 now
    """
    assert story.first_response.stopped is None


def test_field_changed_by_staff_does_not_count_as_answer(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: sets priority normal
    Mon 12:00 now
    """
    assert story.first_response.stopped is None


def test_note_of_the_client_does_not_count_as_answer(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 client: public note
    Mon 10:10 colleague: public note
    Mon 12:00 now
    """
    assert story.first_response.stopped is None


def test_note_of_the_tool_does_not_count_as_answer(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 bot: public note
    Mon 12:00 now
    """
    assert story.first_response.stopped is None


def test_note_of_the_operator_who_filed_does_not_count_as_answer(story):
    """
    Mon 09:00 filed by operator, VIP, error
    Mon 10:00 operator: public note
    Mon 10:05 operator: attachment
    Mon 12:00 now
    """
    assert story.first_response.stopped is None


def test_note_of_another_operator_is_an_answer(story):
    """
    Mon 09:00 filed by operator, VIP, error
    Mon 10:00 staff: public note
    Mon 12:00 now
    """
    assert story.first_response.stopped == "Mon 10:00"


def test_status_alone_does_not_count_as_answer(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: takes it
    Mon 12:00 now
    """
    assert story.first_response.stopped is None


def test_status_of_staff_is_an_answer_if_mapped_so(story):
    """
    in tracker.yaml «Өңделуде: {phase: open}» becomes «Өңделуде: {phase: open, is_first_response: true}»
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: takes it
    Mon 12:00 now
    """
    assert story.first_response.stopped == "Mon 10:00"


def test_a_status_set_by_the_client_does_not_answer(story):
    """
    in tracker.yaml «Өңделуде: {phase: open}» becomes «Өңделуде: {phase: open, is_first_response: true}»
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 client: takes it
    Mon 12:00 now
    """
    assert story.first_response.stopped is None


def test_an_answer_and_a_status_in_one_journal_both_count(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note and waiting for client
    Mon 12:00 now
    """
    assert story.first_response.stopped == "Mon 10:00"
    assert story.resolution.elapsed == "1:00"


def test_closing_without_a_note_stops_the_first_response_clock(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: closes
    Mon 12:00 now
    """
    assert story.first_response.outcome == "met"
    assert story.first_response.stopped == "Mon 10:00"


def test_first_response_clock_stops_if_the_client_closes_the_request(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 client: closes
    Mon 12:00 now
    """
    assert story.first_response.stopped == "Mon 10:00"


def test_request_filed_as_closed_needs_no_answer(story):
    """
    Mon 09:00 filed by operator, VIP, error, status «Жабылды»
    Mon 15:00 now
    """
    assert story.first_response.outcome == "met"
    assert story.resolution.outcome == "met"
    assert story.plan.notes == 0


def test_letter_entered_as_closed_counts_until_it_was_entered(story):
    """
    Mon 10:00 filed by operator, Base, error, by official letter, contact at last Fri 17:00, status «Жабылды»
    Mon 15:00 now
    """
    assert story.first_response.elapsed == "2:00"
    assert story.resolution.elapsed == "2:00"


def test_request_filed_as_refused_needs_no_answer(story):
    """
    Mon 09:00 filed by operator, VIP, error, status «Бас тартылды»
    Mon 15:00 now
    """
    assert story.first_response.outcome == story.resolution.outcome == "no_target"
    assert story.plan.notes == 0


def test_a_reopened_request_keeps_its_first_response(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 11:00 staff: closes
    Tue 09:00 client: reopens
    Tue 10:00 now
    """
    assert story.first_response.stopped == "Mon 10:00"
    assert story.first_response.outcome == "met"


def test_answer_of_an_unknown_person_is_ignored_and_reported(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 unlisted: public note
    Mon 09:40 unlisted: public note
    Mon 10:00 now
    """
    assert story.first_response.stopped is None
    assert [finding.kind for finding in story.plan.findings] == ["unknown_answer", "unknown_responder"]
    assert "Асқар Белгісіз" in story.findings["unknown_responder"]


def test_answer_of_former_staff_counts_if_mapped(story):
    """
    in tracker.yaml «former: []» becomes «former: [Асқар Белгісіз]»
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 unlisted: public note
    Mon 10:00 now
    """
    assert story.first_response.stopped == "Mon 09:30"
    assert story.findings == {}


def test_private_note_of_an_unknown_person_is_not_reported(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 unlisted: private note
    Mon 10:00 now
    """
    assert story.findings == {}


def test_a_request_filed_in_the_evening_counts_from_the_next_opening(story):
    """
    Mon 18:00 filed by client, VIP, error
    Mon 20:00 now
    """
    assert story.first_response.due == "Tue 11:00"
    assert story.first_response.elapsed == "0:00"


def test_a_request_filed_on_a_weekend_counts_from_monday(story):
    """
    Sat 11:00 filed by client, VIP, error
    Sun 11:00 now
    """
    assert story.first_response.due == "next Mon 11:00"


def test_first_response_clock_runs_at_night_if_set_so(story):
    """
    Mon 17:00 filed by client, VIP, error
    Tue 09:30 now
    """
    assert story.first_response.due == "Tue 10:00"
    assert story.first_response.elapsed == "1:30"


def test_letter_counts_from_its_contact_time(story):
    """
    Mon 10:00 filed by operator, Base, consultation, by official letter, contact at last Fri 17:00
    Mon 11:00 now
    """
    assert story.first_response.due == "Mon 17:00"
    assert story.first_response.elapsed == "3:00"
    assert story.resolution.due == "Tue 17:00"


def test_contact_time_after_the_filing_is_a_finding(story):
    """
    Mon 10:00 filed by operator, Base, consultation, by official letter, contact at Tue 10:00
    Mon 11:00 now
    """
    assert story.first_response.due == "Tue 10:00"
    assert story.findings == {
        "bad_contact_time": "contact time 2026-06-09 10:00 is after filing; correct it. Counted from filing"
    }


def test_invalid_contact_time_is_a_finding(story):
    """
    Mon 10:00 filed by operator, Base, consultation, by official letter, contact at «жұма күні»
    Mon 11:00 now
    """
    assert story.first_response.due == "Tue 10:00"
    assert story.findings == {"bad_contact_time": "invalid contact time; write YYYY-MM-DD HH:MM. Counted from filing"}


def test_contact_time_long_before_the_filing_is_a_finding(story):
    """
    Mon 10:00 filed by operator, Base, consultation, by official letter, contact at 2026-03-10 09:59
    Mon 11:00 now
    """
    assert story.judgement.filed_at == story.judgement.issue.created_at
    assert story.first_response.due == "Tue 10:00"
    assert story.first_response.outcome == "on_track"
    assert story.findings == {
        "bad_contact_time": "contact time 2026-03-10 09:59 is more than 90 days before filing; correct it."
        " Counted from filing"
    }


def test_contact_time_ninety_days_before_the_filing_counts(story):
    """
    Mon 10:00 filed by operator, Base, consultation, by official letter, contact at 2026-03-10 10:00
    Mon 11:00 now
    """
    assert story.first_response.due == "2026-03-11 10:00"
    assert story.first_response.outcome == "breached"
    assert story.findings == {}
