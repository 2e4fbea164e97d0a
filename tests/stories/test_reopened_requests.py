"""Reopened requests: a reason from before the reopening, and a request that was filed as closed."""


def test_reason_of_a_refusal_does_not_count_after_the_reopening(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note and refuses and sets the reason to law
    Tue 10:00 client: public note and reopens
    Tue 11:00 now
    """
    assert story.judgement.reason is None
    assert story.findings == {
        "former_reason": "reason law is from before the reopening, so it does not count; clear it",
    }


def test_reason_of_a_refusal_counts_until_the_reopening(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note and refuses and sets the reason to law
    Tue 11:00 now
    """
    assert (story.judgement.reason.key, story.findings) == ("law", {})


def test_reason_counts_again_after_a_second_refusal(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note and refuses and sets the reason to law
    Tue 10:00 client: public note and reopens
    Tue 10:30 staff: public note and refuses
    Tue 11:00 now
    """
    assert (story.judgement.reason.key, story.findings) == ("law", {})


def test_reason_set_after_the_reopening_counts(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note and refuses and sets the reason to law
    Tue 10:00 client: public note and reopens
    Tue 10:30 staff: sets the reason to too little information
    Tue 11:00 now
    """
    assert (story.judgement.reason.key, story.findings) == ("too_little_information", {})


def test_reason_set_while_a_request_is_open_counts(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note and sets the reason to too little information
    Mon 11:00 now
    """
    assert (story.judgement.reason.key, story.findings) == ("too_little_information", {})


def test_stopped_work_stays_stopped_after_a_reopening(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: closes and sets the reason to insult
    Tue 10:00 client: public note and reopens
    Tue 11:00 now
    """
    assert story.judgement.is_work_stopped


def test_reason_that_sup_sync_set_does_not_count_after_the_reopening(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: asks and waiting for client
    Tue 14:00 sup-sync runs
    Tue 15:00 client: answers and reopens
    Tue 15:05 now
    """
    assert (story.judgement.reason, story.changes["reason"]) == (None, "")
    assert "former_reason" not in story.findings


def test_time_from_the_contact_to_the_entry_as_closed_counts_after_a_reopening(story):
    """
    Mon 09:00 filed by operator, VIP, consultation, by call-back, status «Жабылды», contact at last Fri 17:00
    Tue 09:00 client: public note and reopens
    Tue 10:00 now
    """
    assert (story.resolution.due, story.resolution.elapsed) == ("Tue 17:00", "2:00")
    assert (story.first_response.outcome, story.first_response.stopped) == ("met", "Mon 09:00")
    assert [each.phase for each in story.judgement.phase_periods] == ["open", "closed", "open"]


def test_time_from_the_contact_to_the_entry_as_waiting_counts(story):
    """
    Mon 09:00 filed by operator, VIP, consultation, status «Клиент жауабын күтуде», contact at last Fri 17:00
    Tue 10:00 now
    """
    assert story.resolution.elapsed == "1:00"


def test_call_entered_as_closed_was_answered_and_resolved_at_the_entry(story):
    """
    Mon 09:00 filed by operator, VIP, consultation, by call-back, status «Жабылды», contact at last Fri 17:00
    Mon 10:00 now
    """
    assert (story.resolution.outcome, story.resolution.stopped, story.resolution.elapsed) == (
        "met",
        "Mon 09:00",
        "1:00",
    )
