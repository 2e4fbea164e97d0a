"""A client who does not answer is reminded once, then the request is ended with what was done by then (clause 15)."""

import pytest
from stories.moments import said
from stories.redmine_json import PEOPLE

WORDING = "клиенттен жауап келмеді"


def test_the_request_ends_after_eight_working_hours_without_an_answer(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks and waiting for client
    Mon 17:31 now
    """
    assert story.status == "closed"
    assert story.changes["reason"] == "Клиенттен жауап келмеді"
    assert story.changes["marker"] == said("no_answer", "Mon 09:30")
    assert story.changes["public_note"] == (
        "Өтініш жабылды: клиенттен жауап келмеді (регламент, 15-тармақ)."
        " Сұрақ қойылған уақыт: 2026 жылғы 8 маусым, 09:30.\n"
        "Осы уақытқа дейін жасалған әрекеттер:\n"
        "- 2026 жылғы 8 маусым, 09:00: өтініш тіркелді\n"
        "- 2026 жылғы 8 маусым, 09:30: клиенттен ақпарат сұралды\n"
        "Жауабыңыз дайын болса, өтінішті қайта ашыңыз. Ескерту мен шағым үшін: QA@mitwork.net"
    )


def test_eight_hours_to_the_minute_are_still_in_time(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks and waiting for client
    Mon 13:31 sup-sync runs
    Mon 17:30 now
    """
    assert story.status == "waiting for client"
    assert story.plan.notes == 0


def test_the_ending_is_one_write(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks and waiting for client
    Mon 17:31 now
    """
    writes = {change.field: change.write_number for change in story.plan.changes}
    assert {writes[each] for each in ("public_note", "status", "reason", "marker")} == {0}
    assert "private_note" not in writes
    assert story.plan.status_changes == 1


def test_every_part_of_the_ending_names_the_clause(story):
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
    assert story.value("marker") == said("reminder", "Mon 09:30")
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


def test_a_regulation_without_the_reminders_line_reminds_nobody_and_ends_all_the_same(story):
    """
    in regulation.yaml «reminder: {clause: 15}» becomes «»
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks and waiting for client
    Mon 13:31 sup-sync runs
    Mon 17:31 now
    """
    assert story.runs[0].notes == 0
    assert story.status == "closed"


def test_the_reminder_comes_before_the_ending(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks and waiting for client
    Mon 13:31 sup-sync runs
    Mon 17:31 now
    """
    assert story.changes["marker"] == f"{said('no_answer', 'Mon 09:30')} {said('reminder', 'Mon 09:30')}"
    assert "- 2026 жылғы 8 маусым, 13:31: клиентке хабарлама жіберілді" in story.changes["public_note"]


def test_a_late_first_run_sends_the_ending_alone(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks and waiting for client
    Thu 12:00 now
    """
    assert story.plan.notes == 1
    assert story.changes["marker"] == said("no_answer", "Mon 09:30")


def test_what_ends_now_is_not_escalated_or_flagged_in_the_same_run(story):
    """
    Mon 09:00 filed by operator, VIP, error, without iin
    Mon 10:00 operator: asks and waiting for client
    Tue 09:00 now
    """
    assert story.notes == []
    assert story.changes["marker"] == said("no_answer", "Mon 10:00")


def test_what_may_not_be_ended_is_escalated_as_any_other(story):
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
    reminders = f"{said('reminder', 'Mon 09:30')} {said('reminder', 'Mon 14:00')}"
    assert story.value("marker") == reminders
    assert story.status == "closed"
    assert story.changes["marker"] == f"{said('no_answer', 'Mon 14:00')} {reminders}"
    assert "Сұрақ қойылған уақыт: 2026 жылғы 8 маусым, 14:00." in story.changes["public_note"]


@pytest.mark.parametrize("what", ["private note", "attachment", "fills in contact «+7 701 000 00 00»", "assigns head"])
def test_nothing_but_a_public_note_of_staff_asks_again(make_story, what):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error
        Mon 09:30 staff: asks and waiting for client
        Mon 13:00 staff: {what}
        Mon 17:31 now
        """)
    assert story.status == "closed"


def test_a_note_counts_whoever_of_staff_set_the_status(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:10 staff: waiting for client
    Mon 09:30 head: asks
    Mon 17:30 sup-sync runs
    Mon 17:31 now
    """
    assert story.runs[0].status_changes == 0
    assert story.status == "closed"


def test_what_an_operator_asks_who_filed_the_request_counts(story):
    """
    Mon 09:00 filed by operator, VIP, error
    Mon 09:10 staff: public note
    Mon 09:30 operator: asks and waiting for client
    Mon 17:31 now
    """
    assert story.status == "closed"


@pytest.mark.parametrize("what", ["waiting for client", "private note and waiting for client"])
def test_a_status_without_a_public_note_asks_nothing(make_story, what):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error
        Mon 09:10 staff: public note
        Mon 09:30 staff: {what}
        Thu 12:00 now
        """)
    assert story.status == "waiting for client"
    assert story.plan.notes == 0
    assert story.findings == {
        "no_question": "waits for the client, but nobody asked since: ask in a public note, with the status"
    }


def test_the_finding_that_nobody_asked_names_the_clause(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: waiting for client
    Mon 09:40 now
    """
    assert [(each.kind, each.clause) for each in story.plan.findings] == [("no_question", "15")]


def test_an_attachment_of_staff_asks_nothing(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: attachment and waiting for client
    Thu 12:00 now
    """
    assert story.status == "waiting for client"
    assert list(story.findings) == ["no_question"]


def test_a_note_before_the_status_asks_nothing(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks
    Mon 09:31 staff: waiting for client
    Thu 12:00 now
    """
    assert story.status == "waiting for client"
    assert list(story.findings) == ["no_question"]


def test_a_question_of_an_earlier_waiting_is_over(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks and waiting for client
    Mon 10:00 staff: takes it
    Mon 10:10 staff: waiting for client
    Thu 12:00 now
    """
    assert story.status == "waiting for client"
    assert list(story.findings) == ["no_question"]


@pytest.mark.parametrize("what", ["asks", "attachment", "fills in contact «+7 701 000 00 00»"])
def test_a_client_who_says_something_with_the_status_asks_nothing_and_waits_for_nobody(make_story, what):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error
        Mon 09:10 staff: public note
        Mon 09:30 client: {what} and waiting for client
        Mon 17:31 now
        """)
    assert story.status == "waiting for client"
    assert story.public_notes == []
    assert story.findings == {}
    assert story.resolution.elapsed == "8:31"


def test_a_client_who_sets_the_status_alone_asks_nothing(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:10 staff: public note
    Mon 09:30 client: waiting for client
    Thu 12:00 now
    """
    assert story.status == "waiting for client"
    assert story.plan.notes == 0
    assert list(story.findings) == ["no_question"]


@pytest.mark.parametrize(
    "answer", ["client: answers", "client: attachment", "colleague: answers", "stranger: answers", "guest: answers"]
)
def test_any_answer_ends_the_waiting(make_story, answer):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error
        Mon 09:30 staff: asks and waiting for client
        Mon 13:00 {answer}
        Mon 17:31 now
        """)
    assert story.status == "waiting for client"
    assert story.plan.notes == 0


@pytest.mark.parametrize(
    "answer",
    [
        "client: fills in iin «850315300128»",
        "client: fills in full_name «Ерлан Садықов»",
        "client: fills in bin «970240000816»",
        "client: fills in organisation «Қазатомөнеркәсіп»",
        "client: fills in contact «+7 701 000 00 00»",
        "client: fills in steps «Есепті ашу»",
        "client: fills in project_link «https://sup.mitwork.kz/projects/demo»",
        "client: edits the description to «Есеп бос ашылады»",
        "colleague: fills in contact «+7 701 000 00 00»",
        "stranger: fills in contact «+7 701 000 00 00»",
    ],
)
def test_who_fills_in_what_a_request_has_to_carry_has_answered(make_story, answer):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error
        Mon 09:30 staff: asks and waiting for client
        Mon 13:00 {answer}
        Mon 17:31 now
        """)
    assert story.status == "waiting for client"
    assert story.public_notes == []
    assert "no_question" not in story.findings
    assert story.resolution.elapsed == "5:01"


def test_an_answer_with_another_status_that_waits_is_an_answer(story):
    """
    in tracker.yaml «Шешілді: {phase: closed}» becomes «Шешілді: {phase: waiting}»
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks and waiting for client
    Mon 13:00 client: answers and status «Шешілді»
    Mon 17:31 now
    """
    assert story.status == "solved"
    assert story.plan.notes == 0
    assert story.resolution.elapsed == "5:01"


def test_another_status_that_waits_and_no_word_is_no_answer(story):
    """
    in tracker.yaml «Шешілді: {phase: closed}» becomes «Шешілді: {phase: waiting}»
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks and waiting for client
    Mon 13:00 client: status «Шешілді»
    Mon 17:31 now
    """
    assert story.status == "closed"
    assert story.changes["marker"] == said("no_answer", "Mon 09:30")


def test_an_answer_in_the_same_second_counts(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks and waiting for client
    Mon 09:30 client: answers
    Mon 17:31 now
    """
    assert story.status == "waiting for client"
    assert story.judgement.wait is None


def test_an_answer_after_the_time_but_before_the_run_counts(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: asks and waiting for client
    Mon 22:00 client: answers
    Tue 09:00 now
    """
    assert story.status == "waiting for client"


@pytest.mark.parametrize(
    "what",
    [
        "sets priority urgent",
        "removes an attachment",
        "sets the channel to e-mail",
        "sets contact at Mon 08:00",
        "sets due_date 2026-06-12",
        "confirms the priority",
        "empties contact",
        "fills in contact «  »",
    ],
)
def test_a_client_who_only_changes_something_else_has_not_answered(make_story, what):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error
        Mon 09:30 staff: asks and waiting for client
        Mon 13:00 client: {what}
        Mon 17:31 now
        """)
    assert story.status == "closed"
    assert story.changes["marker"] == said("no_answer", "Mon 09:30")


@pytest.mark.parametrize("who", ["staff", "operator", "bot"])
@pytest.mark.parametrize("what", ["fills in iin «850315300128»", "edits the description to «Есеп бос ашылады»"])
def test_what_anybody_else_fills_in_is_no_answer(make_story, who, what):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error
        Mon 09:30 staff: asks and waiting for client
        Mon 13:00 {who}: {what}
        Mon 17:31 now
        """)
    assert story.status == "closed"


def test_a_client_who_fills_in_what_the_tool_asked_for_is_neither_reminded_nor_ended(story):
    """
    in regulation.yaml «# asked: {clause: 11}» becomes «asked: {clause: 11}»
    Mon 09:00 filed by client, VIP, error, without iin
    Mon 09:05 sup-sync runs
    Mon 09:30 staff: private note
    Mon 10:00 client: fills in iin «850315300128»
    Mon 13:06 sup-sync runs
    Mon 17:06 sup-sync runs
    Tue 12:00 now
    """
    assert story.runs[0].status_changes == 1
    assert len(story.public_notes) == 1
    assert story.status == "waiting for client"
    assert [run.status_changes for run in story.runs[1:]] == [0, 0]
    assert story.findings == {}


def test_staff_who_ask_again_after_an_answer_start_a_new_clock(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks and waiting for client
    Mon 12:00 client: answers
    Mon 14:00 staff: asks
    Tue 13:00 sup-sync runs
    Tue 13:01 now
    """
    assert story.runs[0].status_changes == 0
    assert story.changes["marker"] == f"{said('no_answer', 'Mon 14:00')} {said('reminder', 'Mon 14:00')}"


def test_a_question_of_somebody_who_is_staff_again_doubles_no_reminder(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:20 stranger: asks
    Mon 09:30 staff: asks and waiting for client
    Mon 13:31 sup-sync runs
    in tracker.yaml «former: []» becomes «former: [Асқар Белгісіз]»
    Mon 13:36 sup-sync runs
    Mon 17:30 sup-sync runs
    Mon 17:31 now
    """
    assert [run.notes for run in story.runs] == [1, 0, 0]
    assert story.status == "closed"
    assert story.changes["marker"] == f"{said('no_answer', 'Mon 09:30')} {said('reminder', 'Mon 09:30')}"


def test_a_request_that_staff_took_back_waits_no_longer(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks and waiting for client
    Mon 13:00 staff: takes it
    Mon 17:31 now
    """
    assert story.status == "in progress"
    assert "public_note" not in story.changes


def test_nothing_ends_at_night_but_the_next_morning(story):
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


def test_nobody_is_reminded_at_night_but_the_next_morning(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 14:00 staff: asks and waiting for client
    Mon 18:01 sup-sync runs
    Tue 08:59 sup-sync runs
    Tue 09:00 now
    """
    assert [run.notes for run in story.runs] == [0, 0]
    assert story.changes["marker"] == said("reminder", "Mon 14:00")


def test_a_weekend_does_not_count_and_nothing_ends_in_it(story):
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


def test_a_holiday_does_not_count_and_nothing_ends_on_it(story):
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


def test_by_the_calendar_the_time_runs_at_night_and_the_ending_waits_for_the_morning(story):
    """
    in regulation.yaml «clock: working» becomes «clock: calendar»
    Fri 16:30 filed by client, VIP, error
    Fri 17:00 staff: asks and waiting for client
    Fri 21:01 sup-sync runs
    Sat 12:00 sup-sync runs
    next Mon 08:59 sup-sync runs
    next Mon 09:00 now
    """
    assert [run.notes for run in story.runs] == [0, 0, 0]
    assert story.status == "closed"


def test_by_the_calendar_the_reminder_names_the_hour_of_the_night(story):
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


def test_what_was_filed_before_enforce_from_is_never_ended(story):
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


def test_nobody_asked_in_the_last_year_either(story):
    """
    2027-12-31 09:00 filed by client, VIP, error
    2027-12-31 16:00 staff: waiting for client
    2027-12-31 17:59 now
    """
    assert "no_question" in story.findings


def test_a_status_that_the_account_may_not_set_sends_no_note(story):
    """
    Mon 09:00 filed by client, VIP, error, the account may set only «new, in progress, waiting for client»
    Mon 09:30 staff: asks and waiting for client
    Mon 17:31 now
    """
    assert not {"public_note", "private_note", "status", "reason", "marker"} & set(story.changes)
    assert story.findings == {
        "forbidden_transition": "the account may not set «Жабылды»: allow its role that transition in Redmine's workflow"
    }
    assert story.changes["state"] == "Клиент жауабы күтілуде"


def test_a_status_that_the_account_may_set_ends_the_request(story):
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
    assert story.changes["marker"] == said("reminder", "Mon 09:30")
    assert story.findings == {}


def test_the_marker_keeps_an_ending_from_being_said_twice(make_story):
    marker = f"{said('no_answer', 'Mon 09:30')} {said('reminder', 'Mon 09:30')}"
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error, marker «{marker}»
        Mon 09:30 staff: asks and waiting for client
        Mon 13:31 sup-sync runs
        Mon 17:31 now
        """)
    assert story.public_notes == []
    assert story.value("marker") == marker


def test_a_request_without_the_marker_field_is_neither_reminded_nor_ended(story):
    """
    Mon 09:00 filed by client, VIP, error, without the field marker
    Mon 09:30 staff: asks and waiting for client
    Mon 13:31 sup-sync runs
    Mon 17:31 now
    """
    assert story.public_notes == []
    assert story.status == "waiting for client"


def test_a_request_without_the_reason_field_ends_all_the_same(story):
    """
    Mon 09:00 filed by client, VIP, error, without the field reason
    Mon 09:30 staff: asks and waiting for client
    Mon 17:31 now
    """
    assert story.status == "closed"


def test_after_the_ending_the_targets_stand_as_they_stood(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks and waiting for client
    Mon 09:40 sup-sync runs
    Tue 16:00 sup-sync runs
    Wed 16:00 now
    """
    assert story.value("first_response_due") == "2026-06-08 11:00"
    assert story.value("resolution_due") == "2026-06-08 18:00"
    assert story.told.raw["due_date"] == "2026-06-08"
    assert not {"first_response_due", "resolution_due", "due_date"} & {each.field for each in story.runs[1].changes}
    assert story.runs[1].status_changes == 1
    assert story.plan.changes == ()
    assert story.resolution.outcome == "met"
    assert story.resolution.elapsed == "0:30"


def test_a_request_opened_again_after_the_ending_is_worked_on(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks and waiting for client
    Mon 17:31 sup-sync runs
    Tue 10:00 client: answers and reopens
    Tue 11:00 now
    """
    assert story.status == "in progress"
    assert story.plan.notes == 0
    assert story.resolution.outcome == "on_track"
    assert story.resolution.elapsed == "1:30"


def test_a_request_opened_again_can_wait_and_end_again(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks and waiting for client
    Mon 17:31 sup-sync runs
    Tue 10:00 client: answers and reopens
    Tue 10:30 staff: asks and waiting for client
    Tue 14:31 sup-sync runs
    Wed 09:30 sup-sync runs
    Wed 09:31 now
    """
    assert [run.notes for run in story.runs] == [1, 1, 0]
    assert story.status == "closed"
    endings = f"{said('no_answer', 'Mon 09:30')} {said('no_answer', 'Tue 10:30')}"
    assert story.changes["marker"] == f"{endings} {said('reminder', 'Tue 10:30')}"


def test_the_tools_earlier_ending_is_listed_as_an_ending(story):
    """
    Mon 09:00 filed by client, VIP, error, in English
    Mon 09:30 staff: asks and waiting for client
    Mon 17:31 sup-sync runs
    Tue 10:00 client: answers and reopens
    Tue 10:30 staff: asks and waiting for client
    Tue 14:31 sup-sync runs
    Wed 09:31 now
    """
    actions = [line for line in story.changes["public_note"].splitlines() if line.startswith("- ")]
    assert actions == [
        "- 8 June 2026, 09:00: the request was registered",
        "- 8 June 2026, 09:30: the client was asked for information",
        "- 8 June 2026, 17:31: the request was closed",
        "- 9 June 2026, 10:30: the client was asked for information",
        "- 9 June 2026, 14:31: a message was sent to the client",
    ]


def test_an_ending_is_not_lost_where_who_asked_before_is_staff_no_more(story):
    """
    in tracker.yaml «former: []» becomes «former: [Асқар Белгісіз]»
    Mon 09:00 filed by client, VIP, error
    Mon 09:10 stranger: asks and waiting for client
    Mon 09:15 client: answers
    Mon 09:30 staff: asks
    Mon 17:31 sup-sync runs
    Tue 10:00 client: answers and reopens
    in tracker.yaml «former: [Асқар Белгісіз]» becomes «former: []»
    Tue 10:30 staff: asks and waiting for client
    Tue 14:31 sup-sync runs
    Wed 09:31 now
    """
    assert story.runs[0].status_changes == 1
    assert story.status == "closed"
    endings = f"{said('no_answer', 'Mon 09:30')} {said('no_answer', 'Tue 10:30')}"
    assert story.changes["marker"] == f"{endings} {said('reminder', 'Tue 10:30')}"


@pytest.mark.parametrize(
    "goes_on",
    [
        "client: answers and reopens",
        "client: answers and status «Жаңа»",
        "staff: asks and waiting for client",
        "staff: waiting for client",
        "staff: hands to development and sets version 2.4 due 2026-06-12",
    ],
)
def test_what_goes_on_after_the_ending_has_no_reason_any_more(make_story, goes_on):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error
        Mon 09:30 staff: asks and waiting for client
        Mon 17:31 sup-sync runs
        Tue 10:00 {goes_on}
        Tue 10:05 now
        """)
    assert story.value("reason") == "Клиенттен жауап келмеді"
    (cleared,) = (each for each in story.plan.changes if each.field == "reason")
    assert (cleared.new, cleared.reason, cleared.clause) == ("", "opened again", "15")
    assert story.second_plan.changes == ()


@pytest.mark.parametrize("ends", ["solves", "public note and closes", "refuses"])
def test_what_ends_again_keeps_the_reason_and_is_told_no_refusal(make_story, ends):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error
        Mon 09:30 staff: asks and waiting for client
        Mon 17:31 sup-sync runs
        Tue 10:00 staff: {ends}
        Tue 10:05 now
        """)
    assert "reason" not in story.changes
    assert len(story.public_notes) == 1
    assert story.findings == {}


def test_what_is_refused_for_a_reason_of_staff_after_the_ending_is_told(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks and waiting for client
    Mon 17:31 sup-sync runs
    Tue 10:00 staff: refuses and sets the reason to law
    Tue 10:05 now
    """
    assert "заңнамасын түсіндіру" in story.changes["public_note"]
    assert story.changes["marker"] == f"{said('no_answer', 'Mon 09:30')} {said('refused', 'Tue 10:00')}"


def test_every_kind_of_action_is_listed_in_the_order_of_time(story):
    """
    Mon 09:00 filed by client, VIP, error, in English
    Mon 09:01 sup-sync runs
    Mon 09:10 staff: sets priority urgent
    Mon 09:15 sup-sync runs
    Mon 09:20 staff: takes it
    Mon 09:30 staff: public note
    Mon 09:40 staff: hands to development and sets version 2.4 due 2026-06-12
    Mon 09:50 staff: public note and solves
    Mon 09:55 client: reopens
    Mon 09:56 client: answers
    Mon 09:57 staff: private note
    Mon 10:00 staff: asks and waiting for client
    Tue 09:00 now
    """
    _, note = story.changes["public_note"].split("Actions up to then:\n")
    assert note.splitlines()[:-1] == [
        "- 8 June 2026, 09:00: the request was registered",
        "- 8 June 2026, 09:01: a message was sent to the client",
        "- 8 June 2026, 09:10: the priority was set",
        "- 8 June 2026, 09:20: work on the request started",
        "- 8 June 2026, 09:30: support answered",
        "- 8 June 2026, 09:40: the request was handed to development",
        "- 8 June 2026, 09:50: the request was closed",
        "- 8 June 2026, 10:00: the client was asked for information",
    ]


def test_what_the_tool_told_staff_is_no_action(story):
    """
    Mon 09:00 filed by client, VIP, error, in English
    Mon 11:01 sup-sync runs
    Mon 11:30 staff: asks and waiting for client
    Tue 10:31 now
    """
    assert story.runs[0].notes == 2
    assert story.changes["public_note"].count("a message was sent to the client") == 1


def test_the_list_names_nobody_and_quotes_nobody(story):
    """
    Mon 09:00 filed by client, VIP, error, in the words «құпия сөз»
    Mon 09:05 head: public note
    Mon 09:10 staff: private note
    Mon 09:20 client: answers
    Mon 09:30 staff: asks and waiting for client
    Mon 17:31 now
    """
    names = {person["name"] for who, person in PEOPLE.items() if who != "bot"}
    assert not [each for each in (*names, "құпия сөз") if each in story.changes["public_note"]]
    assert story.changes["public_note"].count("\n- ") == 3


def test_the_last_twenty_actions_are_listed(make_story):
    answers = "\n".join(f"Mon 09:{minute} staff: public note" for minute in range(10, 35))
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error
        {answers}
        Mon 09:40 staff: asks and waiting for client
        Tue 09:00 now
        """)
    actions = [line for line in story.changes["public_note"].splitlines() if line.startswith("- ")]
    assert len(actions) == 20
    assert "09:16" in actions[0]
    assert "09:40" in actions[-1]


def test_what_the_tool_asked_is_a_question_and_its_reminder_is_none(story):
    """
    in regulation.yaml «# asked: {clause: 11}» becomes «asked: {clause: 11}»
    Mon 09:00 filed by client, VIP, error, without iin
    Mon 09:05 sup-sync runs
    Mon 09:30 staff: private note
    Mon 13:06 sup-sync runs
    Mon 17:05 sup-sync runs
    Mon 17:06 now
    """
    before = "acknowledged#0@1.00 asked#0@1.00 first_response#0@2.00 incomplete#0@1.00"
    assert story.value("marker") == f"{before} {said('reminder', 'Mon 09:05')}"
    assert [run.status_changes for run in story.runs] == [1, 0, 0]
    assert story.changes["marker"] == f"{before} {said('no_answer', 'Mon 09:05')} {said('reminder', 'Mon 09:05')}"
    assert "Сұрақ қойылған уақыт: 2026 жылғы 8 маусым, 09:05." in story.changes["public_note"]
    assert story.status == "closed"


def test_a_reason_that_staff_gave_is_theirs_to_take_away(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note and sets the reason to no answer
    Mon 10:05 now
    """
    assert "reason" not in story.changes


def test_a_private_note_of_the_client_is_an_answer_too(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks and waiting for client
    Mon 10:00 client: private note
    Tue 10:00 now
    """
    assert story.judgement.wait is None
    assert story.status == "waiting for client"
