"""Requests in development: the date of the version replaces the target (clause 23)."""


def test_version_date_replaces_the_resolution_target(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 15:00 staff: hands to development and sets version 2.4 due 2026-06-12
    Tue 12:00 now
    """
    assert story.resolution.due == "Fri 18:00"
    assert story.resolution.outcome == "on_track"
    assert story.resolution.reason == "until the version's release"
    assert story.resolution.clause == "23"
    assert story.changes["due_date"] == "2026-06-12"
    assert story.findings == {}


def test_a_request_breached_before_it_was_handed_over_is_judged_by_the_release(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Wed 15:00 staff: hands to development and sets version 2.4 due 2026-06-12
    Wed 16:00 now
    """
    assert story.resolution.outcome == "on_track"


def test_the_first_response_does_not_wait_for_the_release(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: hands to development and sets version 2.4 due 2026-06-12
    Mon 12:00 now
    """
    assert story.first_response.due == "Mon 11:00"
    assert story.first_response.outcome == "breached"


def test_a_version_moves_the_target_with_it(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 15:00 staff: hands to development and sets version 2.4 due 2026-06-12
    Tue 15:00 staff: sets version 2.4 due 2026-06-18
    Wed 12:00 now
    """
    assert story.resolution.due == "next Thu 18:00"


def test_a_release_is_at_risk_by_the_time_until_it(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 15:00 staff: hands to development and sets version 2.4 due 2026-06-11
    Thu 09:01 now
    """
    assert story.resolution.outcome == "at_risk"


def test_a_release_on_a_day_off_is_due_within_that_day(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 15:00 staff: hands to development and sets version 2.4 due 2026-06-13
    Tue 12:00 now
    """
    assert story.resolution.due == "Sun 00:00"
    assert story.changes["due_date"] == "2026-06-13"


def test_release_is_due_on_its_day_if_the_clock_runs_at_night(story):
    """
    in regulation.yaml «resolution: {within: 1 working day,» becomes «resolution: {clock: calendar, within: 24 h,»
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 15:00 staff: hands to development and sets version 2.4 due 2026-06-12
    Tue 12:00 now
    """
    assert story.resolution.due == "Sat 00:00"
    assert story.changes["due_date"] == "2026-06-12"


def test_no_version_is_a_finding_and_the_target_stays(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 15:00 staff: hands to development
    Mon 16:00 now
    """
    assert story.findings == {"no_version": "in development without a target version; set one"}
    assert story.resolution.due == "Mon 18:00"


def test_a_version_without_a_date_is_a_finding_and_the_target_stays(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 15:00 staff: hands to development and sets version 2.4 without a date
    Mon 16:00 now
    """
    assert story.findings == {"no_version_date": 'version "2.4" has no date; set one'}
    assert story.resolution.due == "Mon 18:00"


def test_a_closed_version_is_a_finding(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 15:00 staff: hands to development and sets version 2.4 due 2026-06-12, closed
    Tue 16:00 now
    """
    assert story.findings == {
        "closed_version": 'version "2.4" is closed, but the request is open; set the next version'
    }
    assert story.resolution.due == "Fri 18:00"


def test_a_closed_version_without_a_date_is_closed(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 15:00 staff: hands to development and sets version 2.4 without a date, closed
    Mon 16:00 now
    """
    assert story.findings == {
        "closed_version": 'version "2.4" is closed, but the request is open; set the next version'
    }
    assert story.resolution.due == "Mon 18:00"


def test_a_version_that_is_only_locked_has_not_shipped(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 15:00 staff: hands to development and sets version 2.4 due 2026-06-12, locked
    Tue 16:00 now
    """
    assert story.findings == {}
    assert story.notes == []


def test_a_version_that_is_past_is_a_finding(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 15:00 staff: hands to development and sets version 2.4 due 2026-06-10
    Thu 09:00 now
    """
    assert story.findings == {"past_version": 'version "2.4" was due on 2026-06-10; change its date'}
    assert story.resolution.outcome == "breached"


def test_a_version_is_not_past_on_its_own_day(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 15:00 staff: hands to development and sets version 2.4 due 2026-06-10
    Wed 23:00 now
    """
    assert story.findings == {}


def test_request_back_from_development_is_still_due_with_the_release(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 15:00 staff: hands to development and sets version 2.4 due 2026-06-12
    Wed 10:00 developer: takes it
    Wed 11:00 now
    """
    assert story.resolution.due == "Fri 18:00"
    assert story.findings == {}


def test_request_closed_before_the_release_is_met(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 15:00 staff: hands to development and sets version 2.4 due 2026-06-12, closed
    Fri 17:00 staff: closes
    next Mon 11:00 now
    """
    assert story.resolution.outcome == "met"
    assert story.findings == {}


def test_old_release_does_not_apply_after_a_reopening(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 15:00 staff: hands to development and sets version 2.4 due 2026-06-10
    Mon 17:00 staff: closes
    Wed 10:00 client: reopens
    Wed 10:30 now
    """
    assert story.resolution.clause == "SLA VIP.3"
    assert story.resolution.due == "Wed 11:00"


def test_a_version_alone_changes_no_target(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note and sets version 2.4 due 2026-06-12
    Mon 11:00 now
    """
    assert story.resolution.due == "Mon 18:00"


def test_first_response_is_judged_if_the_release_is_outside_the_calendar(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 15:00 staff: hands to development and sets version 9.0 due 2099-06-12
    Tue 12:00 now
    """
    assert story.first_response.outcome == "met"
    assert story.changes["first_response_due"] == "2026-06-08 11:00"
    assert story.changes.keys() == {"level", "first_response_due", "first_response_at"}
    assert story.findings == {
        "calendar": "resolution cannot be judged: 2099-06-12 is outside the calendar's years 2023-2027:"
        " extend mappings/calendar.yaml"
    }


def test_fields_stay_if_a_request_can_no_longer_be_judged(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 sup-sync runs
    Mon 10:30 staff: public note
    Mon 15:00 staff: hands to development and sets version 9.0 due 2099-06-12
    Tue 12:00 now
    """
    assert story.changes == {"first_response_at": "2026-06-08 10:30"}
    assert (story.value("state"), story.value("resolution_due")) == ("Мерзімінде", "2026-06-08 18:00")
    assert story.request.raw["due_date"] == "2026-06-08"
    assert story.value("marker") == "acknowledged#0@1.00"


def test_breach_stays_if_it_can_no_longer_be_judged(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 18:01 sup-sync runs
    Tue 09:00 staff: hands to development and sets version 9.0 due 2099-06-12
    Tue 12:00 now
    """
    assert story.value("state") == "Мерзімі өтті"
    assert story.changes == {}


def test_unanswered_request_is_escalated_if_its_release_is_outside_the_calendar(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:10 staff: hands to development and sets version 9.0 due 2099-06-12
    Thu 12:00 now
    """
    assert story.first_response.outcome == "breached"
    assert story.changes["marker"] == "first_response#0@2.00"


def test_a_release_that_passes_is_escalated_though_the_target_before_it_was(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: public note
    Tue 12:00 sup-sync runs
    Tue 13:00 staff: hands to development and sets version 4.6 due 2026-06-12
    next Mon 09:30 now
    """
    assert story.changes["marker"] == "release#0@1.00 release_on=2026-06-12 resolution#0@1.00"
    assert story.plan.notes == 1


def test_development_taken_back_within_an_hour_without_a_note_does_not_count(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note and hands to development and sets version 2.4 due 2026-06-19
    Mon 10:01 staff: takes it
    Mon 12:00 now
    """
    assert (story.resolution.due, story.resolution.clause) == ("Mon 18:00", "SLA VIP.3")
    assert [each.phase for each in story.judgement.phase_periods] == ["open"]


def test_development_taken_back_after_an_hour_keeps_the_release_as_target(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note and hands to development and sets version 2.4 due 2026-06-19
    Mon 11:00 staff: takes it
    Mon 12:00 now
    """
    assert story.resolution.clause == "23"


def test_development_taken_back_with_a_note_keeps_the_release_as_target(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: hands to development and sets version 2.4 due 2026-06-19
    Mon 10:01 staff: public note and takes it
    Mon 12:00 now
    """
    assert story.resolution.clause == "23"


def test_waiting_goes_on_after_development_by_a_slip(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: asks and waiting for client
    Mon 11:00 staff: hands to development and sets version 2.4 due 2026-06-19
    Mon 11:05 staff: waiting for client
    Mon 12:00 now
    """
    assert [each.phase for each in story.judgement.phase_periods] == ["open", "waiting"]
    assert story.resolution.clause == "SLA VIP.3"


def test_development_that_ends_in_another_status_is_no_slip(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: hands to development and sets version 2.4 due 2026-06-19
    Mon 10:05 staff: waiting for client
    Mon 12:00 now
    """
    assert [each.phase for each in story.judgement.phase_periods] == ["open", "development", "waiting"]


def test_development_by_a_slip_is_not_listed_in_the_closing_note(story):
    """
    Mon 09:00 filed by client, VIP, error, in English
    Mon 09:30 staff: hands to development
    Mon 09:31 staff: takes it
    Mon 10:00 staff: asks and waiting for client
    Tue 14:00 now
    """
    assert "development" not in story.public_notes[-1]
