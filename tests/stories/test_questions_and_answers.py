"""The notes that count as a question to the client, and the events that count as an answer (clause 15)."""

import pytest
from stories.moments import marker_entry


@pytest.mark.parametrize("what", ["private note", "attachment", "fills in contact «+7 701 000 00 00»", "assigns head"])
def test_only_a_public_note_of_staff_is_a_new_question(make_story, what):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error
        Mon 09:30 staff: asks and waiting for client
        Mon 13:00 staff: {what}
        Mon 17:31 now
        """)
    assert story.status == "closed"


def test_question_counts_if_another_member_of_staff_set_the_status(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:10 staff: waiting for client
    Mon 09:30 head: asks
    Mon 17:30 sup-sync runs
    Mon 17:31 now
    """
    assert story.runs[0].status_changes == 0
    assert story.status == "closed"


def test_question_of_the_operator_who_filed_counts(story):
    """
    Mon 09:00 filed by operator, VIP, error
    Mon 09:10 staff: public note
    Mon 09:30 operator: asks and waiting for client
    Mon 17:31 now
    """
    assert story.status == "closed"


@pytest.mark.parametrize("what", ["waiting for client", "private note and waiting for client"])
def test_status_without_a_public_note_is_not_a_question(make_story, what):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error
        Mon 09:10 staff: public note
        Mon 09:30 staff: {what}
        Thu 12:00 now
        """)
    assert story.status == "waiting for client"
    assert story.plan.notes == 0
    assert story.findings == {
        "no_question": "waiting for the client, but no question was asked;"
        " ask in a public note and set the status with it"
    }


def test_finding_without_a_question_names_the_clause(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: waiting for client
    Mon 09:40 now
    """
    assert [(each.kind, each.clause) for each in story.plan.findings] == [("no_question", "15")]


def test_attachment_of_staff_is_not_a_question(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: attachment and waiting for client
    Thu 12:00 now
    """
    assert story.status == "waiting for client"
    assert list(story.findings) == ["no_question"]


def test_note_before_the_status_is_not_a_question(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks
    Mon 09:31 staff: waiting for client
    Thu 12:00 now
    """
    assert story.status == "waiting for client"
    assert list(story.findings) == ["no_question"]


def test_question_of_an_earlier_waiting_does_not_count(story):
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
def test_note_of_the_client_with_the_status_is_not_a_question(make_story, what):
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


def test_status_set_by_the_client_is_not_a_question(story):
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
    "answer", ["client: answers", "client: attachment", "colleague: answers", "unlisted: answers", "guest: answers"]
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
        "unlisted: fills in contact «+7 701 000 00 00»",
    ],
)
def test_filling_in_a_required_item_is_an_answer(make_story, answer):
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


def test_answer_with_another_waiting_status_is_an_answer(story):
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


def test_other_waiting_status_without_a_note_does_not_count_as_answer(story):
    """
    in tracker.yaml «Шешілді: {phase: closed}» becomes «Шешілді: {phase: waiting}»
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks and waiting for client
    Mon 13:00 client: status «Шешілді»
    Mon 17:31 now
    """
    assert story.status == "closed"
    assert story.changes["marker"] == marker_entry("no_answer", "Mon 09:30")


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
def test_other_changes_of_the_client_do_not_count_as_answer(make_story, what):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error
        Mon 09:30 staff: asks and waiting for client
        Mon 13:00 client: {what}
        Mon 17:31 now
        """)
    assert story.status == "closed"
    assert story.changes["marker"] == marker_entry("no_answer", "Mon 09:30")


@pytest.mark.parametrize("who", ["staff", "operator", "bot"])
@pytest.mark.parametrize("what", ["fills in iin «850315300128»", "edits the description to «Есеп бос ашылады»"])
def test_item_filled_in_by_others_does_not_count_as_answer(make_story, who, what):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error
        Mon 09:30 staff: asks and waiting for client
        Mon 13:00 {who}: {what}
        Mon 17:31 now
        """)
    assert story.status == "closed"


def test_filling_in_the_requested_item_prevents_reminder_and_closing(story):
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
    assert (
        story.changes["marker"] == f"{marker_entry('no_answer', 'Mon 14:00')} {marker_entry('reminder', 'Mon 14:00')}"
    )


def test_question_of_returned_staff_sends_no_second_reminder(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:20 unlisted: asks
    Mon 09:30 staff: asks and waiting for client
    Mon 13:31 sup-sync runs
    in tracker.yaml «former: []» becomes «former: [Асқар Белгісіз]»
    Mon 13:36 sup-sync runs
    Mon 17:30 sup-sync runs
    Mon 17:31 now
    """
    assert [run.notes for run in story.runs] == [1, 0, 0]
    assert story.status == "closed"
    assert (
        story.changes["marker"] == f"{marker_entry('no_answer', 'Mon 09:30')} {marker_entry('reminder', 'Mon 09:30')}"
    )


def test_request_taken_back_by_staff_is_not_waiting(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: asks and waiting for client
    Mon 13:00 staff: takes it
    Mon 17:31 now
    """
    assert story.status == "in progress"
    assert "public_note" not in story.changes


@pytest.mark.parametrize("who", ["client", "colleague", "developer", "unlisted"])
def test_a_private_note_is_never_the_answer_of_the_client(make_story, who):
    story = make_story(
        f"""
        Mon 09:00 filed by client, VIP, error
        Mon 09:30 staff: asks and waiting for client
        Mon 10:00 {who}: private note
        Tue 10:00 now
        """
    )
    assert story.judgement.wait is not None
    assert story.status == "closed"
