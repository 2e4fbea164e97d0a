"""The ladder: at risk after three quarters of a target, breached after it, to the head after twice its time."""

from stories.moments import marker_entry

AT_RISK = (
    "Бірінші жауап, мақсатты мерзімі: 2026 жылғы 8 маусым, 11:00;"
    " көп бөлігі өткен уақыт: 2026 жылғы 8 маусым, 10:30. Регламент тармағы: SLA VIP.2."
)
BREACHED = (
    "Бірінші жауап, мақсатты мерзімі өтті: 2026 жылғы 8 маусым, 11:00. Регламент тармағы: SLA VIP.2."
    " Клиент QA@mitwork.net мекенжайына жаза алады."
)
TO_HEAD = (
    "@d.bekova\n\nБірінші жауап, мақсатты мерзімі: 2026 жылғы 8 маусым, 11:00;"
    " екі есе асқан уақыт: 2026 жылғы 8 маусым, 13:00. Басшының назарына. Регламент тармағы: SLA VIP.2."
    " Клиент QA@mitwork.net мекенжайына жаза алады."
)


def test_each_step_is_sent_once(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 sup-sync runs
    Mon 10:30 sup-sync runs
    Mon 10:31 sup-sync runs
    Mon 10:45 sup-sync runs
    Mon 11:00 sup-sync runs
    Mon 11:01 sup-sync runs
    Mon 12:59 sup-sync runs
    Mon 13:01 sup-sync runs
    Mon 14:00 now
    """
    assert [run.notes for run in story.runs] == [1, 0, 1, 0, 0, 1, 0, 1]
    assert len(story.public_notes) == 1
    assert story.notes == [AT_RISK, BREACHED, TO_HEAD]
    assert story.plan.notes == 0


def test_the_note_and_its_marker_go_together(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:05 sup-sync runs
    Mon 11:01 now
    """
    changes = {change.field: change for change in story.plan.changes}
    assert changes["marker"].old == "acknowledged#0@1.00"
    assert changes["marker"].new == "acknowledged#0@1.00 first_response#0@1.00"
    assert changes["marker"].write_number == changes["private_note"].write_number
    assert changes["marker"].reason == "first_response: breached, since 2026-06-08 11:00"
    assert changes["private_note"].reason == changes["marker"].reason
    assert changes["private_note"].clause == "SLA VIP.2"
    assert "public_note" not in changes


def test_only_the_highest_step_is_sent_with_the_time_it_became_due(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:05 sup-sync runs
    Mon 15:30 now
    """
    assert story.plan.notes == 1
    assert story.changes["marker"] == "acknowledged#0@1.00 first_response#0@2.00"
    assert story.changes["private_note"] == TO_HEAD


def test_late_run_writes_the_same_note(story, make_story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 11:01 now
    """
    late = make_story("""
        Mon 09:00 filed by client, VIP, error
        Mon 12:59 now
        """)
    assert late.changes == story.changes


def test_head_is_mentioned_and_assigned_at_twice_the_time(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 13:01 now
    """
    assert story.changes["private_note"].startswith("@d.bekova\n\n")
    assert story.changes["assignee"] == "head"


def test_head_is_not_mentioned_or_assigned_before_twice_the_time(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 13:00 now
    """
    assert "@" not in story.changes["private_note"].replace("QA@mitwork.net", "")
    assert "assignee" not in story.changes


def test_the_head_is_not_assigned_again(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: assigns head
    Mon 13:01 now
    """
    assert "assignee" not in story.changes
    assert story.changes["private_note"].startswith("@d.bekova")


def test_assignee_set_after_the_head_is_kept(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 13:01 sup-sync runs
    Mon 14:00 head: assigns staff
    Mon 15:00 now
    """
    assert "assignee" not in story.changes


def test_change_of_assignee_has_the_previous_one(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: assigns staff
    Mon 13:01 now
    """
    assert [(each.old, each.new) for each in story.plan.changes if each.field == "assignee"] == [
        ("Болат Ермеков", "head")
    ]


def test_head_outside_the_project_makes_a_finding_and_the_note_is_sent(story):
    """
    Mon 09:00 filed by client, VIP, error, no head in its project
    Mon 09:05 sup-sync runs
    Mon 13:01 now
    """
    assert story.findings["unavailable_person"] == (
        '"Дана Бекова" (head) is not an active staff member of the project; not assigned'
    )
    assert "assignee" not in story.changes
    assert "@" not in story.changes["private_note"].partition("QA@")[0]
    assert story.plan.notes == 1


def test_one_note_covers_both_clocks(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:05 sup-sync runs
    Mon 18:01 now
    """
    assert story.plan.notes == 1
    first, second = story.changes["private_note"].removeprefix("@d.bekova\n\n").split("\n\n")
    assert f"@d.bekova\n\n{first}" == TO_HEAD
    assert second == (
        "Өтінішті жабу, мақсатты мерзімі өтті: 2026 жылғы 8 маусым, 18:00. Регламент тармағы: SLA VIP.3."
        " Клиент QA@mitwork.net мекенжайына жаза алады."
    )
    assert story.changes["marker"] == "acknowledged#0@1.00 first_response#0@2.00 resolution#0@1.00"
    assert story.changes["assignee"] == "head"


def test_the_marker_keeps_what_the_other_clock_has_reached(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 13:01 sup-sync runs
    Mon 15:46 sup-sync runs
    Mon 18:01 now
    """
    assert story.value("marker") == "acknowledged#0@1.00 first_response#0@2.00 resolution#0@0.75"
    assert story.changes["marker"] == "acknowledged#0@1.00 first_response#0@2.00 resolution#0@1.00"
    assert "Бірінші жауап" not in story.changes["private_note"]


def test_an_answered_request_needs_no_note_about_its_answer(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 12:00 staff: public note
    Mon 13:30 now
    """
    assert story.first_response.outcome == "breached"
    assert story.plan.notes == 0


def test_a_closed_request_needs_no_note(story):
    """
    Mon 09:00 filed by client, VIP, error
    Wed 12:00 staff: public note and closes
    Wed 13:00 now
    """
    assert story.plan.notes == 0
    assert "marker" not in story.changes


def test_a_refused_request_needs_no_note(story):
    """
    Mon 09:00 filed by client, VIP, error
    Wed 12:00 staff: refuses
    Wed 13:00 now
    """
    assert story.plan.notes == 0


def test_request_without_a_target_is_not_escalated(story):
    """
    Mon 09:00 filed by operator, VIP, error, by official letter
    Mon 10:00 staff: public note
    next Fri 13:00 now
    """
    assert story.plan.notes == 0


def test_request_waiting_for_the_client_is_not_escalated(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 12:00 staff: public note
    Mon 12:30 staff: waiting for client
    next Fri 13:00 now
    """
    assert story.plan.notes == 0


def test_step_due_before_the_waiting_is_sent(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 16:00 staff: waiting for client
    next Fri 13:00 now
    """
    assert story.changes["marker"] == "resolution#0@0.75"


def test_request_closed_in_this_run_is_not_escalated(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 16:00 staff: asks and waiting for client
    next Fri 13:00 now
    """
    assert story.notes == []
    assert story.changes["marker"] == marker_entry("no_answer", "Mon 16:00")
    assert story.status == "closed"


def test_the_pause_moves_the_steps_too(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: asks and waiting for client
    Mon 12:00 client: answers and takes it
    Mon 17:45 sup-sync runs
    Mon 17:46 now
    """
    assert story.runs[0].notes == 0
    assert story.changes["marker"] == "resolution#0@0.75"


def test_reopening_starts_a_new_cycle(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 18:01 sup-sync runs
    Tue 10:00 staff: closes
    Wed 10:00 client: reopens
    Wed 10:01 sup-sync runs
    Wed 11:00 now
    """
    assert [run.notes for run in story.runs] == [1, 1]
    assert story.value("marker") == "resolution#0@1.00 resolution#1@1.00"
    assert story.plan.notes == 0


def test_passed_release_is_escalated_by_clause_23(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 12:00 staff: hands to development and sets version 2.4 due 2026-06-10
    Wed 18:01 now
    """
    assert story.changes["marker"] == "release#0@1.00 release_on=2026-06-10"
    assert {change.clause for change in story.plan.changes if change.field == "private_note"} == {"23"}


def test_a_marker_edited_by_hand_is_a_finding_and_sends_nothing(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: edits the marker to «sent already»
    Mon 13:01 now
    """
    assert list(story.findings) == ["edited_marker"]
    assert story.plan.notes == 0
    assert "marker" not in story.changes
    assert story.changes["state"] == "Мерзімі өтті"


def test_emptied_marker_starts_over(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 11:01 sup-sync runs
    Mon 11:10 staff: empties the marker
    Mon 11:15 now
    """
    assert story.changes["marker"] == "acknowledged#0@1.00 first_response#0@1.00"
    assert story.plan.notes == 2


def test_a_request_without_the_marker_field_is_not_escalated(story):
    """
    Mon 09:00 filed by client, VIP, error, without the field marker
    Mon 13:01 now
    """
    assert story.plan.notes == 0
    assert list(story.findings) == ["field_missing"]


def test_request_before_enforce_from_is_judged_and_not_escalated(story):
    """
    in config.yaml «enforce_from: 2026-01-01» becomes «enforce_from: 2026-06-09»
    Mon 23:59 filed by client, VIP, error
    Wed 13:01 now
    """
    assert story.changes["state"] == "Мерзімі өтті"
    assert story.plan.notes == 0


def test_request_on_the_day_of_enforce_from_is_escalated(story):
    """
    in config.yaml «enforce_from: 2026-01-01» becomes «enforce_from: 2026-06-09»
    Tue 00:00 filed by client, VIP, error
    Wed 13:01 now
    """
    assert len(story.notes) == 1
    assert story.changes["marker"] == "acknowledged#0@1.00 first_response#0@2.00 resolution#0@1.00"


def test_the_notes_are_written_in_the_language_of_the_configuration(story):
    """
    in config.yaml «language: kk» becomes «language: en»
    Mon 09:00 filed by client, VIP, error
    Mon 11:01 now
    """
    assert story.changes["private_note"].startswith("First response: ")


def test_note_contains_no_text_of_the_client(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 18:01 now
    """
    assert story.request.raw["subject"] not in story.changes["private_note"]


def test_a_step_finer_than_the_marker_is_sent_once(story):
    """
    in regulation.yaml «at: 0.75,» becomes «at: 0.754,»
    Mon 09:00 filed by client, VIP, error
    Mon 09:05 sup-sync runs
    Mon 10:31 sup-sync runs
    Mon 10:40 now
    """
    assert [run.notes for run in story.runs] == [1, 1]
    assert len(story.notes) == 1
    assert story.plan.notes == 0


def test_a_step_beyond_the_known_years_is_not_yet_due(story):
    """
    2027-12-30 10:00 filed by client, VIP, error
    2027-12-30 10:30 staff: public note
    2027-12-31 10:01 now
    """
    assert story.resolution.outcome == "breached"
    assert story.changes["marker"] == "resolution#0@1.00"
