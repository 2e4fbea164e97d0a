"""The targets of every row of the SLA table, in working time and with the optional settings."""

import pytest

LEVELS = {"VIP": "vip", "Base": "base"}
CHANNELS = {
    "online assistant": "online_assistant",
    "e-mail": "email",
    "official letter": "official_letter",
    "call-back": "callback",
    "tracker": "tracker",
}
CATEGORIES = ("error", "consultation", "suggestion")

# The due times of a VIP request filed at Mon 09:00, by priority: within 2 h, 1 h and 30 min of working time.
ANSWER = {"normal": "Mon 11:00", "urgent": "Mon 10:00", "immediate": "Mon 09:30"}

ROWS = [
    *(("VIP", "online assistant", each, "Mon 09:15", "Mon 18:00") for each in ANSWER),
    *(("VIP", "e-mail", each, answer, "Mon 18:00") for each, answer in ANSWER.items()),
    *(("VIP", "official letter", each, answer, None) for each, answer in ANSWER.items()),
    *(("VIP", "call-back", each, answer, "Mon 18:00") for each, answer in ANSWER.items()),
    *(("VIP", "tracker", each, answer, "Mon 18:00") for each, answer in ANSWER.items()),
    *(("Base", "online assistant", each, "Mon 09:15", "Tue 18:00") for each in ANSWER),
    *(("Base", "e-mail", each, "Mon 18:00", "Tue 18:00") for each in ANSWER),
    *(("Base", "official letter", each, "Mon 18:00", "Tue 18:00") for each in ANSWER),
    *(("Base", "call-back", each, "Mon 18:00", "Tue 18:00") for each in ANSWER),
    *(("Base", "tracker", each, "Mon 18:00", "Tue 18:00") for each in ANSWER),
]


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize(("level", "channel", "priority", "answer", "resolution"), ROWS)
def test_every_row_of_the_sla_table(story, answer, resolution, level, channel, priority, category):
    """
    Mon 09:00 filed by operator, {level}, {category}, {priority}, by {channel}
    Mon 09:10 now
    """
    judged = story.judgement
    assert (judged.level, judged.channel) == (LEVELS[level], CHANNELS[channel])
    assert (judged.category, judged.priority) == (category, priority)
    assert story.first_response.due == answer
    assert story.resolution.due == resolution


@pytest.mark.parametrize(
    ("level", "channel", "first", "resolution"),
    [
        ("VIP", "online assistant", "SLA VIP.1", "SLA VIP.3"),
        ("VIP", "e-mail", "SLA VIP.2", "SLA VIP.3"),
        ("VIP", "official letter", "SLA VIP.2", "SLA VIP.3"),
        ("Base", "online assistant", "SLA Base.1", "SLA Base.3"),
        ("Base", "e-mail", "SLA Base.2", "SLA Base.3"),
    ],
)
def test_every_target_names_its_clause(story, level, channel, first, resolution):
    """
    Mon 09:00 filed by operator, {level}, error, by {channel}
    Mon 09:10 now
    """
    assert (story.judgement.level, story.judgement.channel) == (LEVELS[level], CHANNELS[channel])
    assert (story.first_response.clause, story.resolution.clause) == (first, resolution)


def test_vip_letter_has_no_resolution_target(story):
    """
    Mon 09:00 filed by operator, VIP, error, by official letter
    Mon 10:00 staff: public note
    next Fri 10:00 now
    """
    assert story.resolution.outcome == "no_target"
    assert story.resolution.reason == "the clause sets no target"
    assert story.resolution.elapsed == "82:00"
    assert story.resolution.left is None
    assert story.first_response.outcome == "met"
    assert story.judgement.state == "met"
    assert story.changes["resolution_due"] == "Мерзімі жоқ"
    assert "due_date" not in story.changes


def test_one_working_day_is_nine_working_hours(story):
    """
    Tue 14:00 filed by client, VIP, error
    Tue 14:10 now
    """
    assert story.resolution.due == "Wed 14:00"


def test_a_working_day_goes_over_the_weekend(story):
    """
    Fri 14:00 filed by client, VIP, error
    Fri 14:10 now
    """
    assert story.resolution.due == "next Mon 14:00"


def test_two_working_days_go_over_the_weekend(story):
    """
    Thu 14:00 filed by client, Base, error
    Thu 14:10 now
    """
    assert story.resolution.due == "next Mon 14:00"


def test_holidays_do_not_count(story):
    """
    2026-03-20 17:50 filed by client, VIP, error
    2026-03-20 18:30 now
    """
    assert story.first_response.due == "2026-03-26 10:50"
    assert story.resolution.due == "2026-03-26 17:50"


def test_a_worked_sunday_counts(story):
    """
    2025-01-04 12:00 filed by client, VIP, error
    2025-01-04 12:10 now
    """
    assert story.resolution.due == "2025-01-05 18:00"


def test_a_target_may_run_to_the_end_of_the_working_day(story):
    """
    in regulation.yaml «within: 2 working days» becomes «until: end_of_day, within: 2 working days»
    Tue 14:00 filed by client, Base, error
    Tue 14:10 now
    """
    assert story.resolution.due == "Thu 18:00"
    assert story.resolution.left == "21:50"


def test_end_of_day_counts_working_days_after_a_weekend(story):
    """
    in regulation.yaml «within: 2 working days» becomes «until: end_of_day, within: 2 working days»
    Sat 14:00 filed by client, Base, error
    Sat 14:10 now
    """
    assert story.resolution.due == "next Tue 18:00"


def test_a_pause_moves_the_end_of_the_day_on(story):
    """
    in regulation.yaml «within: 2 working days» becomes «until: end_of_day, within: 2 working days»
    Tue 14:00 filed by client, Base, error
    Wed 09:00 staff: asks and waiting for client
    Wed 12:00 client: answers
    Wed 13:00 now
    """
    assert story.resolution.due == "Fri 12:00"


def test_a_target_may_run_at_night_too(story):
    """
    in regulation.yaml «first_response: {within: 15 min» becomes «first_response: {clock: calendar, within: 15 min»
    Fri 19:00 filed by client, VIP, error, by online assistant
    Fri 19:20 now
    """
    assert story.first_response.due == "Fri 19:15"
    assert story.first_response.outcome == "breached"
    assert story.first_response.elapsed == "0:20"
    assert story.resolution.due == "next Mon 18:00"


def test_pause_stops_a_clock_that_runs_at_night(story):
    """
    in regulation.yaml «resolution: {within: 1 working day,» becomes «resolution: {clock: calendar, within: 24 h,»
    Fri 12:00 filed by client, VIP, error
    Fri 15:00 staff: asks and waiting for client
    Sun 15:00 client: answers
    Sun 16:00 now
    """
    assert story.resolution.elapsed == "4:00"
    assert story.resolution.due == "next Mon 12:00"


def test_target_in_an_estimated_year_is_a_finding(story):
    """
    2026-12-31 17:00 filed by client, VIP, error, normal
    2026-12-31 17:30 now
    """
    assert story.resolution.due == "2027-01-05 17:00"
    assert story.findings["estimated_year"] == "a target is in 2027, for which days off are only estimated"


def test_target_in_a_final_year_makes_no_finding(story):
    """
    2026-12-30 09:00 filed by client, VIP, error, normal
    2026-12-30 09:30 now
    """
    assert "estimated_year" not in story.findings
