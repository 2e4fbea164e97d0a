"""Redmine's own due date and the tool's fields, which follow the targets."""


def test_the_fields_show_the_targets(story):
    """
    Mon 09:00 filed by client, Base, error, by e-mail
    Mon 10:00:59 staff: public note
    Mon 12:00 now
    """
    assert story.changes == {
        "level": "Базалық",
        "first_response_due": "2026-06-08 18:00",
        "first_response_at": "2026-06-08 10:00",
        "resolution_due": "2026-06-09 18:00",
        "due_date": "2026-06-09",
        "state": "Мерзімінде",
    }
    assert story.plan.findings == ()


def test_every_change_has_a_reason_and_a_clause(story):
    """
    Mon 09:00 filed by client, Base, error, by e-mail
    Mon 10:00 staff: public note
    Mon 12:00 now
    """
    reasons = {change.field: (change.reason, change.clause) for change in story.plan.changes}
    assert reasons == {
        "level": ("no contract on that day", "3"),
        "first_response_due": ("filed 2026-06-08 09:00", "SLA Base.2"),
        "first_response_at": ("first response by support", "SLA Base.2"),
        "resolution_due": ("filed 2026-06-08 09:00; running", "SLA Base.3"),
        "due_date": ("resolution: running", "SLA Base.3"),
        "state": ("resolution: running", "SLA Base.3"),
    }


def test_due_date_is_the_local_day_of_the_resolution_target(story):
    """
    Mon 23:30 filed by client, VIP, error
    Mon 23:40 now
    """
    assert story.changes["due_date"] == "2026-06-09"
    assert story.changes["resolution_due"] == "2026-06-09 18:00"


def test_the_due_date_of_a_night_is_a_day_of_the_supports_zone(story):
    """
    in regulation.yaml «resolution: {within: 1 working day,» becomes «resolution: {clock: calendar, within: 24 h,»
    Mon 02:00 filed by client, VIP, error
    Mon 02:10 now
    """
    assert story.changes["resolution_due"] == "2026-06-09 02:00"
    assert story.changes["due_date"] == "2026-06-09"


def test_a_pause_moves_the_due_date(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 sup-sync runs
    Mon 12:00 staff: asks and waiting for client
    Tue 12:00 client: answers
    Tue 13:00 now
    """
    assert story.request.raw["due_date"] == "2026-06-08"
    assert story.changes["due_date"] == "2026-06-09"
    assert story.changes["resolution_due"] == "2026-06-09 18:00"


def test_while_it_waits_nothing_changes_from_run_to_run(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 12:00 staff: waiting for client
    Mon 13:00 sup-sync runs
    next Fri 13:00 now
    """
    assert story.plan.changes == ()


def test_due_date_set_by_hand_is_replaced_by_the_target_if_it_is_always_set(story):
    """
    in tracker.yaml «due_date: keep» becomes «due_date: always»
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 sup-sync runs
    Mon 10:10 staff: sets due_date 2026-06-30
    Mon 10:20 now
    """
    assert [(each.old, each.new) for each in story.plan.changes] == [("2026-06-30", "2026-06-08")]


def test_due_date_set_by_hand_is_kept_and_reported(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 sup-sync runs
    Mon 10:10 staff: sets due_date 2026-06-30
    Mon 10:20 now
    """
    assert story.plan.changes == ()
    assert story.findings == {
        "due_date_kept": "due date 2026-06-30 set by 'Болат Ермеков' is kept; the target is 2026-06-08"
    }


def test_due_date_set_at_the_filing_is_the_authors(story):
    """
    Mon 09:00 filed by client, VIP, error, due on 2026-06-30
    Mon 10:20 now
    """
    assert "due_date" not in story.changes
    assert "'Ерлан Садықов'" in story.findings["due_date_kept"]


def test_kept_due_date_on_the_day_of_the_target_makes_no_finding(story):
    """
    Mon 09:00 filed by client, VIP, error, due on 2026-06-08
    Mon 10:20 now
    """
    assert story.findings == {}


def test_kept_due_date_of_a_closed_request_makes_no_finding(story):
    """
    Mon 09:00 filed by client, VIP, error, due on 2026-06-30
    Mon 10:00 staff: public note and closes
    Mon 10:20 now
    """
    assert "due_date" not in story.changes
    assert story.findings == {}


def test_due_date_that_a_person_cleared_is_set(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 sup-sync runs
    Mon 10:10 staff: clears due_date
    Mon 10:20 now
    """
    assert story.changes == {"due_date": "2026-06-08"}


def test_due_date_set_at_the_filing_follows_the_target_if_it_is_always_set(story):
    """
    in tracker.yaml «due_date: keep» becomes «due_date: always»
    Mon 09:00 filed by client, VIP, error, due on 2026-06-30
    Mon 10:00 sup-sync runs
    Mon 12:00 staff: asks and waiting for client
    Tue 12:00 client: answers
    Tue 13:00 now
    """
    assert story.changes["due_date"] == "2026-06-09"
    assert story.findings == {}


def test_due_date_left_by_subtasks_that_are_gone_is_replaced(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 sup-sync runs
    Mon 10:10 Redmine derives due_date 2026-06-30
    Mon 10:20 now
    """
    assert story.changes == {"due_date": "2026-06-08"}


def test_due_date_set_by_the_tool_is_cleared(story):
    """
    Mon 09:00 filed by operator, VIP, error
    Mon 09:10 sup-sync runs
    Mon 09:20 operator: sets the channel to official letter
    Mon 09:30 now
    """
    assert story.request.raw["due_date"] == "2026-06-08"
    assert story.changes["due_date"] == ""
    assert story.changes["resolution_due"] == "Мерзімі жоқ"


def test_due_date_of_others_is_not_cleared_without_a_target(story):
    """
    Mon 09:00 filed by operator, VIP, error, by official letter, due on 2026-06-30
    Mon 09:30 now
    """
    assert "due_date" not in story.changes


def test_a_parents_due_date_comes_from_its_subtasks(story):
    """
    Mon 09:00 filed by client, VIP, error, with subtasks
    Mon 09:30 now
    """
    assert "due_date" not in story.changes
    assert story.changes["resolution_due"] == "2026-06-08 18:00"
    assert list(story.findings) == ["derived_due_date"]


def test_due_date_of_a_parent_is_set_if_not_derived(story):
    """
    in tracker.yaml «parent_dates: derived» becomes «parent_dates: independent»
    Mon 09:00 filed by client, VIP, error, with subtasks
    Mon 09:30 now
    """
    assert story.changes["due_date"] == "2026-06-08"
    assert story.findings == {}


def test_a_start_after_the_target_is_a_finding(story):
    """
    Mon 09:00 filed by client, VIP, error, starts on 2026-06-09
    Mon 09:30 now
    """
    assert "due_date" not in story.changes
    assert story.changes["resolution_due"] == "2026-06-08 18:00"
    assert story.findings == {
        "start_after_due": "starts on 2026-06-09, after its target 2026-06-08; correct the start date"
    }


def test_start_on_the_day_of_the_target_makes_no_finding(story):
    """
    Mon 09:00 filed by client, VIP, error, starts on 2026-06-08
    Mon 09:30 now
    """
    assert story.changes["due_date"] == "2026-06-08"


def test_closed_request_keeps_its_fields(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note and closes
    Mon 10:30 sup-sync runs
    next Fri 12:00 now
    """
    assert story.value("state") == "Орындалды"
    assert story.value("resolution_due") == "2026-06-08 18:00"
    assert story.plan.changes == ()


def test_state_is_the_worse_of_both_verdicts(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 11:30 staff: public note
    Mon 12:00 now
    """
    assert story.resolution.outcome == "on_track"
    assert story.changes["state"] == "Мерзімі өтті"
