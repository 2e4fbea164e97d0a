"""Pauses: waiting for the client, and closed time before a reopening (clauses 9 and 15)."""


def test_waiting_for_the_client_does_not_count(story):
    """
    Mon 09:00 filed by client, VIP, error, normal
    Mon 10:00 staff: public note
    Mon 12:00 staff: waiting for client
    Tue 12:00 client: answers
    Tue 13:00 now
    """
    assert story.resolution.outcome == "on_track"
    assert story.resolution.elapsed == "4:00"
    assert story.resolution.left == "5:00"
    assert story.resolution.due == "Tue 18:00"


def test_clock_is_paused_while_waiting(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 12:00 staff: waiting for client
    Thu 12:00 now
    """
    assert story.resolution.outcome == "on_track"
    assert story.resolution.reason == "waiting for the client"
    assert story.resolution.elapsed == "3:00"
    assert story.resolution.left == "6:00"
    assert story.resolution.due == "Mon 18:00"
    assert story.changes["state"] == "Клиент жауабы күтілуде"


def test_a_request_breached_before_it_waits_stays_breached(story):
    """
    Mon 09:00 filed by client, VIP, error
    Tue 10:00 staff: asks and waiting for client
    Wed 12:00 now
    """
    assert story.resolution.outcome == "breached"
    assert story.resolution.elapsed == "10:00"
    assert story.resolution.left == "-1:00"
    assert story.changes["state"] == "Мерзімі өтті"


def test_a_request_at_risk_before_it_waits_stays_at_risk(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 16:00 staff: asks and waiting for client
    Wed 12:00 now
    """
    assert story.resolution.outcome == "at_risk"


def test_asking_again_waits_again_without_a_change_of_status(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 12:00 staff: asks and waiting for client
    Mon 14:00 client: answers
    Mon 15:00 staff: asks
    Tue 10:00 client: answers
    Tue 11:00 now
    """
    assert story.resolution.elapsed == "5:00"
    assert story.resolution.due == "Tue 15:00"


def test_a_private_note_of_staff_does_not_ask_again(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 12:00 staff: asks and waiting for client
    Mon 14:00 client: answers
    Mon 15:00 staff: private note
    Mon 16:00 now
    """
    assert story.resolution.elapsed == "5:00"


def test_an_attachment_alone_is_the_clients_answer(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 12:00 staff: asks and waiting for client
    Mon 14:00 client: attachment
    Mon 15:00 now
    """
    assert story.resolution.elapsed == "4:00"


def test_a_colleague_may_answer_for_the_client(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 12:00 staff: asks and waiting for client
    Mon 14:00 colleague: answers
    Mon 15:00 now
    """
    assert story.resolution.elapsed == "4:00"


def test_unknown_person_may_answer_for_the_client(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 12:00 staff: asks and waiting for client
    Mon 14:00 unlisted: answers
    Mon 15:00 now
    """
    assert story.resolution.elapsed == "4:00"


def test_a_client_who_fills_in_what_was_missing_has_answered(story):
    """
    Mon 09:00 filed by client, VIP, error, without steps
    Mon 12:00 staff: asks and waiting for client
    Mon 14:00 client: fills in steps «Есепті ашу»
    Mon 15:00 now
    """
    assert story.resolution.elapsed == "4:00"


def test_a_client_who_edits_the_description_has_answered(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 12:00 staff: asks and waiting for client
    Mon 14:00 client: edits the description to «Есеп бос ашылады»
    Mon 15:00 now
    """
    assert story.resolution.elapsed == "4:00"


def test_answer_with_another_waiting_status_ends_the_waiting(story):
    """
    in tracker.yaml «Шешілді: {phase: closed}» becomes «Шешілді: {phase: waiting}»
    Mon 09:00 filed by client, VIP, error
    Mon 12:00 staff: asks and waiting for client
    Mon 14:00 client: answers and solves
    Mon 15:00 now
    """
    assert story.resolution.elapsed == "4:00"


def test_change_between_waiting_statuses_by_staff_does_not_end_the_waiting(story):
    """
    in tracker.yaml «Шешілді: {phase: closed}» becomes «Шешілді: {phase: waiting}»
    Mon 09:00 filed by client, VIP, error
    Mon 12:00 staff: asks and waiting for client
    Mon 14:00 staff: private note and solves
    Mon 15:00 now
    """
    assert story.resolution.elapsed == "3:00"


def test_a_client_who_only_changes_another_field_has_not_answered(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 12:00 staff: asks and waiting for client
    Mon 14:00 client: sets priority urgent and sets the channel to e-mail
    Mon 15:00 now
    """
    assert story.resolution.elapsed == "3:00"


def test_note_of_the_tool_does_not_count_as_answer_of_the_client(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 12:00 staff: asks and waiting for client
    Mon 14:00 bot: public note
    Mon 15:00 now
    """
    assert story.resolution.elapsed == "3:00"


def test_a_status_set_back_by_staff_ends_the_waiting(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 12:00 staff: asks and waiting for client
    Mon 14:00 staff: takes it
    Mon 15:00 now
    """
    assert story.resolution.elapsed == "4:00"


def test_waiting_over_night_and_weekend_pauses_only_working_time(story):
    """
    Fri 09:00 filed by client, VIP, error
    Fri 17:00 staff: asks and waiting for client
    next Mon 10:00 client: answers
    next Mon 10:30 now
    """
    assert story.resolution.elapsed == "8:30"
    assert story.resolution.due == "next Mon 11:00"


def test_waiting_outside_working_hours_pauses_nothing(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 18:30 staff: asks and waiting for client
    Tue 08:00 client: answers
    Tue 09:30 now
    """
    assert story.resolution.due == "Mon 18:00"
    assert story.resolution.elapsed == "9:30"


def test_several_pauses_add_up(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: asks and waiting for client
    Mon 11:00 client: answers and takes it
    Mon 12:00 staff: asks and waiting for client
    Mon 15:00 client: answers and takes it
    Mon 16:00 now
    """
    assert story.resolution.elapsed == "3:00"
    assert story.resolution.due == "Tue 13:00"


def test_waiting_never_stops_the_first_response_clock(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: private note and waiting for client
    Mon 11:30 now
    """
    assert story.first_response.outcome == "breached"
    assert story.first_response.elapsed == "2:30"
    assert story.resolution.elapsed == "1:00"


def test_a_request_closed_in_time_is_met(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 18:00:00 staff: public note and closes
    Thu 09:00 now
    """
    assert story.resolution.outcome == "met"
    assert story.resolution.elapsed == "9:00"
    assert story.resolution.left is None


def test_a_request_closed_late_is_breached_for_good(story):
    """
    Mon 09:00 filed by client, VIP, error
    Tue 09:00:01 staff: public note and closes
    Thu 09:00 now
    """
    assert story.resolution.outcome == "breached"
    assert story.resolution.elapsed == "9:00:01"
    assert story.resolution.left is None


def test_solved_ends_a_request_as_closed_does(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note and solves
    Mon 15:00 staff: closes
    Tue 15:00 now
    """
    assert story.resolution.stopped == "Mon 10:00"
    assert story.resolution.due == "Mon 18:00"


def test_request_closed_while_waiting_counts_until_the_waiting(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 12:00 staff: asks and waiting for client
    Wed 12:00 staff: closes
    Wed 13:00 now
    """
    assert story.resolution.outcome == "met"
    assert story.resolution.elapsed == "3:00"
    assert story.resolution.due == "Wed 18:00"


def test_the_closed_time_of_a_reopened_request_does_not_count(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 12:00 staff: public note and closes
    Tue 12:00 client: reopens
    Tue 13:00 now
    """
    assert story.resolution.outcome == "on_track"
    assert story.resolution.stopped is None
    assert story.resolution.elapsed == "4:00"
    assert story.resolution.due == "Tue 18:00"


def test_request_closed_twice_counts_only_open_time(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 12:00 staff: public note and closes
    Tue 12:00 client: reopens
    Tue 14:00 staff: closes
    Wed 13:00 now
    """
    assert story.resolution.outcome == "met"
    assert story.resolution.elapsed == "5:00"
    assert story.resolution.stopped == "Tue 14:00"


def test_note_of_the_client_does_not_reopen_a_closed_request(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 12:00 staff: public note and closes
    Tue 12:00 client: public note
    Tue 13:00 now
    """
    assert story.resolution.outcome == "met"
    assert story.resolution.stopped == "Mon 12:00"


def test_a_refused_request_is_neither_met_nor_breached(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 12:00 staff: public note and refuses
    Tue 13:00 now
    """
    assert story.first_response.outcome == story.resolution.outcome == "no_target"
    assert story.resolution.reason == "refused"
    assert story.resolution.clause == "9"
    assert story.changes["state"] == "Мерзімі жоқ"


def test_a_refused_request_that_is_opened_again_has_its_targets_again(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note and refuses
    Mon 14:00 client: reopens
    Mon 15:00 now
    """
    assert story.resolution.outcome == "on_track"
    assert story.resolution.elapsed == "2:00"
    assert story.resolution.due == "Tue 13:00"


def test_a_refused_request_keeps_the_moment_of_its_first_response(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 10:30 sup-sync runs
    Mon 12:00 staff: refuses
    Mon 13:00 sup-sync runs
    Mon 13:00 now
    """
    assert story.value("first_response_at") == "2026-06-08 10:00"
    assert story.value("first_response_due") == ""
    assert story.value("resolution_due") == ""
