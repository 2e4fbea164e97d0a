"""Third parties in a request: their participation does not affect its clocks (clause 17)."""


def test_an_assignee_outside_support_stops_no_clock(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 operator: public note and assigns developer
    Tue 09:01 now
    """
    assert (story.first_response.outcome, story.first_response.stopped) == ("met", "Mon 10:00")
    assert (story.resolution.outcome, story.resolution.due) == ("breached", "Mon 18:00")


def test_a_request_that_was_assigned_outside_support_is_still_escalated(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 operator: public note and assigns developer
    Tue 09:01 now
    """
    assert any("SLA VIP.3" in note for note in story.notes)


def test_note_of_a_person_outside_support_does_not_count_as_first_response(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 operator: assigns developer
    Mon 10:00 developer: public note
    Mon 11:01 now
    """
    assert (story.first_response.outcome, story.first_response.stopped) == ("breached", None)
