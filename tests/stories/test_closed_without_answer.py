"""Requests after they were closed without an answer, and the list of actions in the note (clause 15)."""

import pytest
from stories.moments import marker_entry
from stories.redmine_json import PEOPLE


def test_due_includes_the_last_pause_after_the_closing(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks and waiting for client
    Mon 09:40 sup-sync runs
    Tue 16:00 sup-sync runs
    Wed 16:00 now
    """
    assert story.value("first_response_due") == "2026-06-08 11:00"
    assert story.value("resolution_due") == "2026-06-10 15:30"
    assert story.request.raw["due_date"] == "2026-06-10"
    assert "first_response_due" not in {each.field for each in story.runs[1].changes}
    assert story.runs[1].status_changes == 1
    assert story.plan.changes == ()
    assert story.resolution.outcome == "met"
    assert story.resolution.elapsed == "0:30"


def test_reopened_request_is_open_after_the_closing(story):
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


def test_reopened_request_can_wait_and_be_closed_again(story):
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
    closings = f"{marker_entry('no_answer', 'Mon 09:30')} {marker_entry('no_answer', 'Tue 10:30')}"
    assert story.changes["marker"] == f"{closings} {marker_entry('reminder', 'Tue 10:30')}"


def test_earlier_closing_by_the_tool_is_listed_as_closing(story):
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


def test_request_is_still_closed_after_the_asker_leaves_staff(story):
    """
    in tracker.yaml «former: []» becomes «former: [Асқар Белгісіз]»
    Mon 09:00 filed by client, VIP, error
    Mon 09:10 unlisted: asks and waiting for client
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
    closings = f"{marker_entry('no_answer', 'Mon 09:30')} {marker_entry('no_answer', 'Tue 10:30')}"
    assert story.changes["marker"] == f"{closings} {marker_entry('reminder', 'Tue 10:30')}"


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
def test_reopened_request_has_no_reason(make_story, goes_on):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error
        Mon 09:30 staff: asks and waiting for client
        Mon 17:31 sup-sync runs
        Tue 10:00 {goes_on}
        Tue 10:05 now
        """)
    assert story.value("reason") == "Клиенттен жауап келмеді"
    (cleared,) = (each for each in story.plan.changes if each.field == "reason")
    assert (cleared.new, cleared.reason, cleared.clause) == ("", "reopened", "15")
    assert story.second_plan.changes == ()


@pytest.mark.parametrize("ends", ["solves", "public note and closes", "refuses"])
def test_request_closed_again_keeps_the_reason_without_a_refusal_note(make_story, ends):
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


def test_refusal_by_staff_after_the_closing_sends_a_note(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks and waiting for client
    Mon 17:31 sup-sync runs
    Tue 10:00 staff: refuses and sets the reason to law
    Tue 10:05 now
    """
    assert "заңнамасын түсіндіру" in story.changes["public_note"]
    assert story.changes["marker"] == f"{marker_entry('no_answer', 'Mon 09:30')} {marker_entry('refused', 'Tue 10:00')}"


def test_every_kind_of_action_is_listed_in_chronological_order(story):
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


def test_private_note_of_the_tool_is_not_listed_as_action(story):
    """
    Mon 09:00 filed by client, VIP, error, in English
    Mon 11:01 sup-sync runs
    Mon 11:30 staff: asks and waiting for client
    Tue 10:31 now
    """
    assert story.runs[0].notes == 2
    assert story.changes["public_note"].count("a message was sent to the client") == 1


def test_list_contains_no_names_and_no_quotes(story):
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


def test_question_of_the_tool_counts_and_its_reminder_does_not(story):
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
    assert story.value("marker") == f"{before} {marker_entry('reminder', 'Mon 09:05')}"
    assert [run.status_changes for run in story.runs] == [1, 0, 0]
    assert (
        story.changes["marker"]
        == f"{before} {marker_entry('no_answer', 'Mon 09:05')} {marker_entry('reminder', 'Mon 09:05')}"
    )
    assert "Сұрақ қойылған уақыт: 2026 жылғы 8 маусым, 09:05." in story.changes["public_note"]
    assert story.status == "closed"


def test_reason_set_by_staff_is_not_cleared(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note and sets the reason to no answer
    Mon 10:05 now
    """
    assert "reason" not in story.changes
