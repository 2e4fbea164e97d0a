"""The explanation of one request: clocks, escalation steps, and the wait for the client."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from stories.moments import show_length, show_moment
from stories.story import Story
from support.explanations import explain_story

from sup_sync.views.explanation import ClockDetails, StepState

MakeStory = Callable[..., Story]

FIRST, RESOLUTION = ("first_response", "resolution")


def clock(story: Story, metric: str) -> ClockDetails:
    return next(each for each in explain_story(story).clocks if each.metric == metric)


def states(story: Story, metric: str) -> list[StepState]:
    return [each.state for each in explain_story(story).ladder if each.metric == metric]


# ---- clocks


def test_clock_shows_its_target_its_pauses_and_what_is_left(story: Story) -> None:
    """
    Mon 09:00 filed by operator, VIP, normal
    Mon 10:00 staff: asks and waiting for client
    Mon 12:00 client: answers
    Mon 13:00 staff: asks and waiting for client
    Mon 14:00 now
    """
    first, resolution = clock(story, FIRST), clock(story, RESOLUTION)
    assert (first.agreement, show_length(first.within), show_length(first.elapsed)) == ("vip", "2:00", "1:00")
    assert show_moment(first.stopped_at) == "Mon 10:00"
    assert first.pauses == ()
    assert [(show_moment(each.start_at), show_moment(each.end_at)) for each in resolution.pauses] == [
        ("Mon 10:00", "Mon 12:00"),
        ("Mon 13:00", None),
    ]
    assert (show_length(resolution.elapsed), show_length(resolution.left)) == ("2:00", "7:00")
    assert resolution.stopped_at is None


def test_letter_has_no_resolution_target_and_no_ladder_for_it(story: Story) -> None:
    """
    Mon 09:00 filed by operator, VIP, by official letter
    Mon 10:00 now
    """
    resolution = clock(story, RESOLUTION)
    assert (resolution.within, resolution.due_at, resolution.left) == (None, None, None)
    assert show_length(resolution.elapsed) == "1:00"
    assert states(story, RESOLUTION) == []


def test_handed_to_development_the_release_is_the_target(story: Story) -> None:
    """
    Mon 09:00 filed by operator, VIP
    Mon 10:00 staff: hands to development and sets version 2.4 due 2026-06-19
    Mon 11:00 now
    """
    resolution = clock(story, RESOLUTION)
    assert str(resolution.release_on) == "2026-06-19"
    assert show_moment(resolution.due_at) == "next Fri 18:00"


def test_reopenings_are_counted_and_the_closed_time_is_a_pause(story: Story) -> None:
    """
    Mon 09:00 filed by operator, VIP
    Mon 10:00 staff: solves
    Mon 12:00 client: reopens
    Mon 13:00 now
    """
    resolution = clock(story, RESOLUTION)
    assert resolution.reopenings == 1
    assert [(show_moment(each.start_at), show_moment(each.end_at)) for each in resolution.pauses] == [
        ("Mon 10:00", "Mon 12:00")
    ]


def test_refused_request_shows_the_time_of_its_clocks(story: Story) -> None:
    """
    Mon 09:00 filed by operator, VIP
    Mon 10:00 staff: refuses and public note
    Mon 13:00 now
    """
    assert show_length(clock(story, RESOLUTION).elapsed) == "1:00"
    assert [each["outcome"] for each in explain_story(story).to_json()["verdicts"]] == ["no_target", "no_target"]
    assert [each["clause"] for each in explain_story(story).to_json()["verdicts"]] == ["9", "9"]


# ---- ladder


def test_highest_due_step_supersedes_the_others(story: Story) -> None:
    """
    Mon 09:00 filed by operator, VIP, normal
    Mon 11:30 now
    """
    steps = [each for each in explain_story(story).ladder if each.metric == FIRST]
    assert [(each.step, show_moment(each.due_at), each.state) for each in steps] == [
        ("at_risk", "Mon 10:30", StepState.SUPERSEDED),
        ("breached", "Mon 11:00", StepState.DUE),
        ("to_head", "Mon 13:00", StepState.AHEAD),
    ]
    assert states(story, RESOLUTION) == [StepState.AHEAD] * 3


def test_step_is_sent_when_the_marker_says_so(story: Story) -> None:
    """
    Mon 09:00 filed by operator, VIP, normal
    Mon 11:30 sup-sync runs
    Mon 11:40 now
    """
    assert states(story, FIRST) == [StepState.SENT, StepState.SENT, StepState.AHEAD]


def test_step_at_an_odd_share_is_sent_when_the_marker_says_so(story: Story) -> None:
    """
    in regulation.yaml «{step: at_risk, at: 0.75,» becomes «{step: at_risk, at: 0.664,»
    Mon 09:00 filed by operator, VIP, normal
    Mon 10:30 sup-sync runs
    Mon 10:40 now
    """
    assert states(story, FIRST)[0] is StepState.SENT


def test_later_steps_of_a_stopped_clock_are_not_needed(story: Story) -> None:
    """
    Mon 09:00 filed by operator, VIP, normal
    Mon 10:40 sup-sync runs
    Mon 11:30 staff: public note
    Mon 14:00 now
    """
    assert states(story, FIRST) == [StepState.SENT, StepState.STOPPED, StepState.STOPPED]


def test_steps_of_a_paused_clock_are_not_due(story: Story) -> None:
    """
    Mon 09:00 filed by operator, VIP, normal
    Mon 10:00 staff: asks and waiting for client
    Wed 14:00 now
    """
    assert states(story, RESOLUTION) == [StepState.AHEAD] * 3


def test_requests_filed_before_enforce_from_are_never_escalated(story: Story) -> None:
    """
    in config.yaml «enforce_from: 2026-01-01» becomes «enforce_from: 2026-06-09»
    Mon 09:00 filed by operator, VIP, normal
    Wed 14:00 now
    """
    assert set(states(story, FIRST)) == {StepState.NOT_ENFORCED}


def test_requests_filed_on_enforce_from_are_escalated(story: Story) -> None:
    """
    in config.yaml «enforce_from: 2026-01-01» becomes «enforce_from: 2026-06-08»
    Mon 09:00 filed by operator, VIP, normal
    Mon 10:00 now
    """
    assert states(story, FIRST) == [StepState.AHEAD] * 3


def test_steps_are_unknown_with_a_marker_edited_by_hand(story: Story) -> None:
    """
    Mon 09:00 filed by operator, VIP, normal, marker «all sent»
    Wed 14:00 now
    """
    assert set(states(story, FIRST)) == {StepState.UNKNOWN}


def test_ladder_starts_over_when_a_release_is_postponed(story: Story) -> None:
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 12:00 staff: hands to development and sets version 2.4 due 2026-06-10
    Wed 18:01 sup-sync runs
    Thu 10:00 staff: sets version 2.4 due 2026-06-12
    Thu 15:46 now
    """
    assert story.value("marker") == "release#0@1.00 release_on=2026-06-10"
    assert states(story, RESOLUTION) == [StepState.DUE, StepState.AHEAD, StepState.AHEAD]
    assert story.changes["marker"] == "release#0@0.75 release_on=2026-06-12 slipped#739779@1.00"


@pytest.mark.parametrize(
    "following", ["Wed 18:10 now", "Thu 09:00 staff: solves \n Thu 09:10 sup-sync runs \n Thu 10:00 now"]
)
def test_ladder_of_the_current_release_is_shown_as_sent(make_story: MakeStory, following: str) -> None:
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error
        Mon 10:00 staff: public note
        Mon 12:00 staff: hands to development and sets version 2.4 due 2026-06-10
        Wed 18:01 sup-sync runs
        {following}
        """)
    assert states(story, RESOLUTION)[:2] == [StepState.SENT, StepState.SENT]


def test_step_outside_the_calendar_s_years_has_no_due_time(story: Story) -> None:
    """
    2027-12-31 09:00 filed by operator, VIP
    2027-12-31 09:10 now
    """
    steps = [each for each in explain_story(story).ladder if each.metric == RESOLUTION]
    assert [(each.step, show_moment(each.due_at)) for each in steps] == [
        ("at_risk", "2027-12-31 15:45"),
        ("breached", "2027-12-31 18:00"),
        ("to_head", None),
    ]


# ---- waiting


def test_wait_has_the_question_and_the_times_of_reminder_and_closing(story: Story) -> None:
    """
    Mon 09:00 filed by operator, VIP, error
    Mon 10:00 staff: asks and waiting for client
    Mon 13:00 now
    """
    assert explain_story(story).to_json()["wait"] == {
        "asked_at": "2026-06-08T05:00:00+00:00",
        "remind_at": "2026-06-08T09:00:00+00:00",
        "due_at": "2026-06-08T13:00:00+00:00",
    }


@pytest.mark.parametrize(
    "lines",
    [
        "in config.yaml «enforce_from: 2026-01-01» becomes «enforce_from: 2026-06-09» \n {filed} \n {asked}",
        "{filed}, reason insult \n {asked}",
        "{filed}, without the field marker \n {asked}",
        "{filed}, marker «told him on the phone» \n {asked}",
        "{filed}, in a closed project \n {asked}",
        "{filed} \n {asked} \n Wed 11:00 sup-sync adopts",
        "{filed} \n {asked} \n Mon 11:00 client: answers",
    ],
)
def test_wait_is_null_if_no_answer_would_not_close_the_request(make_story: MakeStory, lines: str) -> None:
    filed, asked = "Mon 09:00 filed by operator", "Mon 10:00 staff: asks and waiting for client"
    story = make_story(f"{lines.format(filed=filed, asked=asked)} \n Wed 12:00 now")
    assert explain_story(story).to_json()["wait"] is None
    assert "status" not in story.changes
