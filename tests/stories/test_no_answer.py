"""A client who does not answer: one reminder, then the request is closed with a list of actions (clause 15)."""

import pytest
from stories.moments import marker_entry

WORDING = "клиенттен жауап келмеді"


def test_request_is_closed_after_eight_working_hours_without_an_answer(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks and waiting for client
    Mon 17:31 now
    """
    assert story.status == "closed"
    assert story.changes["reason"] == "Клиенттен жауап келмеді"
    assert story.changes["marker"] == marker_entry("no_answer", "Mon 09:30")
    assert story.changes["public_note"] == (
        "Өтініш жабылды: клиенттен жауап келмеді (регламент, 15-тармақ)."
        " Сұрақ қойылған уақыт: 2026 жылғы 8 маусым, 09:30.\n"
        "Осы уақытқа дейін жасалған әрекеттер:\n"
        "- 2026 жылғы 8 маусым, 09:00: өтініш тіркелді\n"
        "- 2026 жылғы 8 маусым, 09:30: клиенттен ақпарат сұралды\n"
        "Жауабыңыз дайын болса, өтінішті қайта ашыңыз. Ескерту мен шағым үшін: QA@mitwork.net"
    )


def test_request_is_not_closed_at_exactly_eight_hours(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks and waiting for client
    Mon 13:31 sup-sync runs
    Mon 17:30 now
    """
    assert story.status == "waiting for client"
    assert story.plan.notes == 0


def test_closing_is_one_write(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks and waiting for client
    Mon 17:31 now
    """
    writes = {change.field: change.write_number for change in story.plan.changes}
    assert {writes[each] for each in ("public_note", "status", "reason", "marker")} == {0}
    assert "private_note" not in writes
    assert story.plan.status_changes == 1


def test_every_change_of_the_closing_names_the_clause(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks and waiting for client
    Mon 17:31 now
    """
    clauses = {change.field: change.clause for change in story.plan.changes}
    assert clauses["public_note"] == clauses["status"] == clauses["reason"] == "15"


@pytest.mark.parametrize(
    ("language", "rest"),
    [
        ("Kazakh", "Өтініш жабылды"),
        ("Russian", "Что было сделано к этому времени"),
        ("English", "Actions up to then"),
    ],
)
def test_the_wording_is_the_clauses_own_in_every_language(make_story, language, rest):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error, in {language}
        Mon 09:30 staff: asks and waiting for client
        Mon 17:31 now
        """)
    assert WORDING in story.changes["public_note"]
    assert rest in story.changes["public_note"]


def test_nothing_happens_in_the_first_half_of_the_time(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: asks and waiting for client
    Mon 14:00 now
    """
    assert story.plan.notes == 0
    assert story.findings == {}


def test_the_client_is_reminded_once_after_half_of_the_time(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks and waiting for client
    Mon 13:31 sup-sync runs
    Mon 13:36 sup-sync runs
    Mon 17:00 now
    """
    assert [run.notes for run in story.runs] == [1, 0]
    assert story.public_notes == [
        "Қолдау қызметінің сұрағына жауабыңызды күтіп отырмыз (регламент, 15-тармақ)."
        " Сұрақ қойылған уақыт: 2026 жылғы 8 маусым, 09:30.\n"
        "Жауап күту мерзімі: 2026 жылғы 8 маусым, 17:30."
        " Жауап болмаса, өтініш «клиенттен жауап келмеді» деген белгімен жабылады."
    ]
    assert story.value("marker") == marker_entry("reminder", "Mon 09:30")
    assert story.status == "waiting for client"


@pytest.mark.parametrize(
    ("language", "beginning"),
    [
        ("Kazakh", "Қолдау қызметінің сұрағына"),
        ("Russian", "Мы ждём ответа"),
        ("English", "We are waiting for your answer"),
    ],
)
def test_the_reminder_is_in_the_clients_language(make_story, language, beginning):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error, in {language}
        Mon 10:00 staff: asks and waiting for client
        Mon 14:01 now
        """)
    assert story.changes["public_note"].startswith(beginning)
    assert WORDING in story.changes["public_note"]


def test_request_is_closed_without_a_reminder_if_its_line_is_missing(story):
    """
    in regulation.yaml «reminder: {clause: 15}» becomes «»
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks and waiting for client
    Mon 13:31 sup-sync runs
    Mon 17:31 now
    """
    assert story.runs[0].notes == 0
    assert story.status == "closed"


def test_reminder_is_sent_before_the_closing(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks and waiting for client
    Mon 13:31 sup-sync runs
    Mon 17:31 now
    """
    assert (
        story.changes["marker"] == f"{marker_entry('no_answer', 'Mon 09:30')} {marker_entry('reminder', 'Mon 09:30')}"
    )
    assert "- 2026 жылғы 8 маусым, 13:31: клиентке хабарлама жіберілді" in story.changes["public_note"]


def test_late_first_run_only_closes(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks and waiting for client
    Thu 12:00 now
    """
    assert story.plan.notes == 1
    assert story.changes["marker"] == marker_entry("no_answer", "Mon 09:30")


def test_request_closed_now_is_not_escalated_or_flagged_in_the_same_run(story):
    """
    Mon 09:00 filed by operator, VIP, error, without iin
    Mon 10:00 operator: asks and waiting for client
    Tue 09:00 now
    """
    assert story.notes == []
    assert story.changes["marker"] == marker_entry("no_answer", "Mon 10:00")


def test_request_that_may_not_be_closed_is_escalated(story):
    """
    Mon 09:00 filed by operator, VIP, error, the account may set only «waiting for client»
    Mon 10:00 operator: asks and waiting for client
    Tue 09:00 now
    """
    assert story.public_notes == []
    assert story.changes["marker"] == "first_response#0@2.00"


def test_asking_again_starts_a_new_clock_and_a_new_reminder(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks and waiting for client
    Mon 13:31 sup-sync runs
    Mon 14:00 staff: asks
    Mon 17:59 sup-sync runs
    Tue 09:01 sup-sync runs
    Tue 13:00 sup-sync runs
    Tue 13:01 now
    """
    assert [run.notes for run in story.runs] == [1, 0, 1, 0]
    reminders = f"{marker_entry('reminder', 'Mon 09:30')} {marker_entry('reminder', 'Mon 14:00')}"
    assert story.value("marker") == reminders
    assert story.status == "closed"
    assert story.changes["marker"] == f"{marker_entry('no_answer', 'Mon 14:00')} {reminders}"
    assert "Сұрақ қойылған уақыт: 2026 жылғы 8 маусым, 14:00." in story.changes["public_note"]


def test_request_is_closed_the_next_morning_and_not_at_night(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: asks and waiting for client
    Mon 14:01 sup-sync runs
    Mon 18:00 sup-sync runs
    Mon 18:01 sup-sync runs
    Mon 23:59 sup-sync runs
    Tue 08:59 sup-sync runs
    Tue 09:00 now
    """
    assert [run.notes for run in story.runs] == [1, 0, 0, 0, 0]
    assert story.status == "closed"


def test_reminder_is_sent_the_next_morning_and_not_at_night(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 14:00 staff: asks and waiting for client
    Mon 18:01 sup-sync runs
    Tue 08:59 sup-sync runs
    Tue 09:00 now
    """
    assert [run.notes for run in story.runs] == [0, 0]
    assert story.changes["marker"] == marker_entry("reminder", "Mon 14:00")


def test_weekend_does_not_count_and_closes_no_request(story):
    """
    Fri 15:30 filed by client, VIP, error
    Fri 16:00 staff: asks and waiting for client
    Sat 12:00 sup-sync runs
    Sun 12:00 sup-sync runs
    next Mon 11:01 sup-sync runs
    next Mon 15:00 sup-sync runs
    next Mon 15:01 now
    """
    assert [run.notes for run in story.runs] == [0, 0, 1, 0]
    assert story.status == "closed"


def test_holiday_does_not_count_and_closes_no_request(story):
    """
    2026-03-20 09:00 filed by client, VIP, error
    2026-03-20 10:00 staff: asks and waiting for client
    2026-03-20 14:01 sup-sync runs
    2026-03-23 12:00 sup-sync runs
    2026-03-25 12:00 sup-sync runs
    2026-03-26 09:00 now
    """
    assert [run.notes for run in story.runs] == [1, 0, 0]
    assert story.status == "closed"


def test_calendar_time_runs_at_night_and_the_closing_waits_until_morning(story):
    """
    in regulation.yaml «clock: working» becomes «clock: calendar»
    Fri 16:30 filed by client, VIP, error
    Fri 17:00 staff: asks and waiting for client
    Fri 21:01 sup-sync runs
    Sat 12:00 sup-sync runs
    next Mon 08:59 sup-sync runs
    next Mon 09:01 sup-sync runs
    next Mon 13:00 sup-sync runs
    next Mon 13:01 now
    """
    assert [run.notes for run in story.runs] == [0, 0, 0, 1, 0]
    assert "Жауап күту мерзімі: 2026 жылғы 15 маусым, 13:00." in story.public_notes[0]
    assert story.status == "closed"


def test_calendar_time_is_not_prolonged_without_a_reminder(story):
    """
    in regulation.yaml «clock: working» becomes «clock: calendar»
    in regulation.yaml «reminder: {clause: 15}» becomes «»
    Fri 16:30 filed by client, VIP, error
    Fri 17:00 staff: asks and waiting for client
    Sat 12:00 sup-sync runs
    next Mon 09:00 now
    """
    assert [run.notes for run in story.runs] == [0]
    assert story.status == "closed"


def test_calendar_time_with_a_reminder_in_office_hours_is_not_prolonged(story):
    """
    in regulation.yaml «clock: working» becomes «clock: calendar»
    Mon 09:00 filed by client, VIP, error
    Mon 13:00 staff: asks and waiting for client
    Mon 17:01 sup-sync runs
    Tue 09:00 now
    """
    assert [run.notes for run in story.runs] == [1]
    assert story.status == "closed"


def test_reminder_in_calendar_time_has_a_due_time_at_night(story):
    """
    in regulation.yaml «clock: working» becomes «clock: calendar»
    Mon 09:00 filed by client, VIP, error
    Mon 13:30 staff: asks and waiting for client
    Mon 17:31 now
    """
    assert "Жауап күту мерзімі: 2026 жылғы 8 маусым, 21:30." in story.changes["public_note"]


def test_the_time_and_the_share_of_the_reminder_are_settings(story):
    """
    in regulation.yaml «within: 8 h  » becomes «within: 2 h  »
    in regulation.yaml «remind_at: 0.5» becomes «remind_at: 0.75»
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: asks and waiting for client
    Mon 11:30 sup-sync runs
    Mon 11:31 sup-sync runs
    Mon 12:00 sup-sync runs
    Mon 12:01 now
    """
    assert [run.notes for run in story.runs] == [0, 1, 0]
    assert story.status == "closed"


def test_request_before_enforce_from_is_not_closed(story):
    """
    in config.yaml «enforce_from: 2026-01-01» becomes «enforce_from: 2026-06-09»
    Mon 09:00 filed by client, VIP, error
    Tue 09:30 staff: asks and waiting for client
    Tue 14:00 sup-sync runs
    Thu 12:00 now
    """
    assert story.public_notes == []
    assert story.status == "waiting for client"


def test_a_question_beyond_the_known_years_is_never_due(story):
    """
    2027-12-31 09:00 filed by client, VIP, error
    2027-12-31 16:00 staff: asks and waiting for client
    2027-12-31 17:59 now
    """
    assert "public_note" not in story.changes
    assert story.judgement.wait is None
    assert "no_question" not in story.findings


def test_no_reminder_is_sent_after_the_known_years(story):
    """
    2027-12-31 09:00 filed by client, VIP, error
    2027-12-31 16:00 staff: waiting for client
    2027-12-31 17:59 now
    """
    assert "no_question" in story.findings


def test_forbidden_status_sends_no_note(story):
    """
    Mon 09:00 filed by client, VIP, error, the account may set only «new, in progress, waiting for client»
    Mon 09:30 staff: asks and waiting for client
    Mon 17:31 now
    """
    assert not {"public_note", "private_note", "status", "reason", "marker"} & set(story.changes)
    assert story.findings == {
        "forbidden_transition": 'the account may not set status "Жабылды";'
        " allow this transition for its role in the workflow"
    }
    assert story.changes["state"] == "Клиент жауабы күтілуде"


def test_allowed_status_closes_the_request(story):
    """
    Mon 09:00 filed by client, VIP, error, the account may set only «waiting for client, closed»
    Mon 09:30 staff: asks and waiting for client
    Mon 17:31 now
    """
    assert story.status == "closed"
    assert story.findings == {}


def test_a_reminder_needs_no_status(story):
    """
    Mon 09:00 filed by client, VIP, error, the account may set only «waiting for client»
    Mon 09:30 staff: asks and waiting for client
    Mon 13:31 now
    """
    assert story.changes["marker"] == marker_entry("reminder", "Mon 09:30")
    assert story.findings == {}


def test_marker_prevents_a_second_closing_note(make_story):
    marker = f"{marker_entry('no_answer', 'Mon 09:30')} {marker_entry('reminder', 'Mon 09:30')}"
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error, marker «{marker}»
        Mon 09:30 staff: asks and waiting for client
        Mon 13:31 sup-sync runs
        Mon 17:31 now
        """)
    assert story.public_notes == []
    assert story.value("marker") == marker


def test_request_without_the_marker_field_is_not_reminded_or_closed(story):
    """
    Mon 09:00 filed by client, VIP, error, without the field marker
    Mon 09:30 staff: asks and waiting for client
    Mon 13:31 sup-sync runs
    Mon 17:31 now
    """
    assert story.public_notes == []
    assert story.status == "waiting for client"


def test_request_without_the_reason_field_is_closed(story):
    """
    Mon 09:00 filed by client, VIP, error, without the field reason
    Mon 09:30 staff: asks and waiting for client
    Mon 17:31 now
    """
    assert story.status == "closed"
