"""Due moments and outcomes that follow from the history alone, however it was entered (clauses 5, 9, 15, 23)."""

import pytest
from stories import redmine_json as redmine
from stories.moments import read_moment, show_length

from sup_sync.views.work_queue import queue

ASKED = "Mon 10:00 filed by client, VIP, error\nMon 11:00 staff: asks and waiting for client"


@pytest.mark.parametrize(
    ("closing", "due"),
    [
        ("next Mon 12:00 staff: public note and solves", "next Tue 11:00"),
        ("next Mon 11:59:59 staff: takes it\nnext Mon 12:00 staff: public note and solves", "next Tue 10:59:59"),
    ],
)
def test_due_includes_the_pause_in_which_it_was_closed(make_story, closing, due):
    story = make_story(f"{ASKED}\n{closing}\nnext Fri 18:00 now")
    assert (story.resolution.outcome, story.resolution.due) == ("met", due)


def test_clock_without_time_left_is_due_at_the_end_of_its_last_pause(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 18:00 staff: asks and waiting for client
    Wed 12:00 staff: closes
    Thu 12:00 now
    """
    assert (story.resolution.outcome, story.resolution.due) == ("met", "Wed 12:00")


def test_clock_breached_before_its_last_pause_stays_breached(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Tue 09:01 staff: asks and waiting for client
    Wed 12:00 staff: closes
    Thu 12:00 now
    """
    assert (story.resolution.outcome, story.resolution.due) == ("breached", "Mon 18:00")


RELEASE_WHILE_WAITING = """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: hands to development and sets version 4.6 due 2026-06-10
    Wed 15:00 staff: asks and waiting for client
    """


@pytest.mark.parametrize(
    ("later", "outcome", "due"),
    [
        ("Thu 12:00 now", "at_risk", "Wed 18:00"),
        ("Thu 12:00 staff: closes\nFri 12:00 now", "met", "Thu 15:00"),
        ("Thu 12:00 staff: takes it\nThu 12:00:01 staff: closes\nFri 12:00 now", "met", "Thu 15:00"),
        ("Thu 12:00 client: answers\nThu 15:00 now", "at_risk", "Thu 15:00"),
        ("Thu 12:00 client: answers\nThu 15:00:01 now", "breached", "Thu 15:00"),
        ("Wed 17:00 client: answers\nThu 09:01 now", "breached", "Wed 18:00"),
    ],
)
def test_pause_on_the_day_of_the_release_moves_its_due_time(make_story, later, outcome, due):
    story = make_story(RELEASE_WHILE_WAITING + later)
    assert (story.resolution.outcome, story.resolution.due) == (outcome, due)


def test_elapsed_time_of_a_changed_priority_counts_from_the_change(story):
    """
    in regulation.yaml «priority_change: from_start» becomes «priority_change: from_change»
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 15:00 staff: sets priority urgent
    Tue 11:00 staff: closes
    Tue 12:00 now
    """
    assert (story.resolution.outcome, story.resolution.elapsed) == ("met", "5:00")


CLOSED_BY_TOOL = """
    in regulation.yaml «# asked: {clause: 11}» becomes «asked: {clause: 11}»
    Mon 09:00 filed by client, Base, consultation, by e-mail, without iin
    Mon 09:05 sup-sync runs
    Mon 13:06 sup-sync runs
    """


def test_closing_by_the_tool_is_no_first_response(make_story):
    story = make_story(f"{CLOSED_BY_TOOL} Mon 17:06 sup-sync runs\nWed 10:00 now")
    assert story.status == "closed"
    assert (story.first_response.outcome, story.first_response.stopped) == ("no_target", None)
    assert story.judgement.verdict("first_response").result == "unanswered"
    assert story.value("first_response_at") == ""
    assert story.plan.notes == 0


def test_response_that_was_late_before_the_tool_closed_is_breached(make_story):
    story = make_story(f"{CLOSED_BY_TOOL} Tue 09:30 sup-sync runs\nWed 10:00 now")
    assert story.status == "closed"
    assert (story.first_response.outcome, story.first_response.elapsed) == ("breached", "9:30")
    assert story.first_response.reason == "closed without an answer by staff"
    assert story.plan.notes == 0


def test_response_after_a_reopening_counts_without_the_closed_time(make_story):
    story = make_story(f"""
        {CLOSED_BY_TOOL}
        Mon 17:06 sup-sync runs
        Wed 10:00 client: answers and reopens
        Wed 10:30 staff: public note
        Wed 11:00 now
        """)
    assert (story.first_response.outcome, story.first_response.due) == ("met", "Wed 10:54")
    assert story.first_response.elapsed == "8:36"


def test_answer_after_the_tool_closed_is_a_finding_until_it_is_reopened(make_story):
    closed = f"{ASKED}\nTue 10:01 sup-sync runs\nTue 11:00 client: answers"
    assert make_story(f"{ASKED}\nTue 10:01 sup-sync runs\nTue 11:00 now").findings == {}
    assert "late_answer" in make_story(f"{closed}\nTue 12:00 now").findings
    assert "late_answer" not in make_story(f"{closed}\nTue 11:30 staff: reopens\nTue 12:00 now").findings
    assert make_story(f"{ASKED}\nTue 10:00 staff: closes\nTue 11:00 client: answers\nTue 12:00 now").findings == {}


def test_target_of_every_hour_is_judged_after_the_known_years(story):
    """
    in regulation.yaml «resolution: {within: 1 working day,» becomes «resolution: {clock: calendar, within: 20 h,»
    2027-12-31 14:00 filed by client, VIP, error
    2027-12-31 14:40 staff: public note
    2028-01-01 10:00:01 now
    """
    assert (story.resolution.outcome, story.resolution.due) == ("breached", "2028-01-01 10:00")
    assert story.resolution.left == "-0:00:01"
    assert "calendar" not in story.findings


def test_journals_of_one_second_count_in_order_of_their_numbers(make_story):
    story = make_story(f"{ASKED}\nMon 11:00 client: answers\nTue 12:00 now")
    verdicts = story.judgement.verdicts
    story.request.raw["journals"].reverse()
    assert story.judgement.verdicts == verdicts
    assert story.judgement.phase.value == "open"


def test_journal_older_than_the_request_counts_from_the_filing(make_story):
    story = make_story(
        "Mon 09:00 filed by client, VIP, error\nMon 09:10 staff: public note and takes it\nMon 12:00 now"
    )
    story.request.raw["journals"][0]["created_on"] = redmine.utc(read_moment("Mon 08:00"))
    assert (story.first_response.stopped, story.first_response.elapsed) == ("Mon 09:00", "0:00")
    assert story.judgement.phase_periods[0].span.start == read_moment("Mon 09:00")


def test_queue_shows_targets_after_the_known_years(make_story):
    old, new = "resolution: {within: 1 working day,", "resolution: {clock: calendar, within: 20 h,"
    every_hour = f"in regulation.yaml «{old}» becomes «{new}»"
    filed = "2027-12-31 14:00 filed by client, VIP, error\n2027-12-31 14:40 staff: public note"
    for now, left in (("2028-01-01 10:00:01", "-0:00:01"), ("2027-12-31 15:00", "19:00")):
        story = make_story(f"{every_hour}\n{filed}\n{now} now")
        (entry,) = queue([story.judgement], story.rules.calendars).entries
        assert show_length(entry.left) == left
