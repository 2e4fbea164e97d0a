"""The explanation of one request: every minute has a party, every target a clause, and texts of notes stay out."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stories.moments import ZONE, read_moment, show_length, show_moment
from stories.story import Story

from sup_sync.model.policy import ClockKind
from sup_sync.views.explanation import ClockDetails, Explanation, StepState, explain
from sup_sync.views.time_by_party import Party

MakeStory = Callable[..., Story]

FIRST, RESOLUTION = ("first_response", "resolution")


def explain_story(story: Story) -> Explanation:
    assert story.now is not None
    return explain(story.judgement, story.rules, story.now)


def times(story: Story) -> dict[str, tuple[str | None, str | None]]:
    parts = explain_story(story).time_by_party.parts
    return {party.value: (show_length(each.working), show_length(each.wall)) for party, each in parts.items()}


def clock(story: Story, metric: str) -> ClockDetails:
    return next(each for each in explain_story(story).clocks if each.metric == metric)


def history(story: Story) -> list[tuple[str | None, str, str]]:
    return [(show_moment(each.at), each.side.value, ", ".join(each.what)) for each in explain_story(story).events]


def states(story: Story, metric: str) -> list[StepState]:
    return [each.state for each in explain_story(story).ladder if each.metric == metric]


# ---- time by party


def test_every_minute_belongs_to_a_party(story: Story) -> None:
    """
    Mon 16:00 filed by operator, VIP, error
    Mon 17:00 staff: asks and waiting for client
    Tue 10:00 client: answers
    Tue 12:00 staff: hands to development
    Wed 09:00 staff: takes it
    Wed 11:00 staff: solves
    Wed 12:00 now
    """
    assert times(story) == {
        "support": ("5:00", "5:00"),
        "client": ("2:00", "17:00"),
        "development": ("6:00", "21:00"),
        "closed": ("1:00", "1:00"),
    }


def test_refused_time_is_closed_time(story: Story) -> None:
    """
    Mon 09:00 filed by operator
    Mon 10:00 staff: refuses and public note
    Mon 12:00 now
    """
    assert times(story)["closed"] == ("2:00", "2:00")


def test_periods_follow_each_other_without_a_gap(story: Story) -> None:
    """
    Mon 16:00 filed by operator, contact at last Fri 17:00
    Mon 17:00 staff: asks and waiting for client
    Tue 10:00 client: answers
    Tue 12:00 now
    """
    party_periods = explain_story(story).party_periods
    assert [(each.party, show_moment(each.start_at), show_moment(each.end_at)) for each in party_periods] == [
        ("support", "last Fri 17:00", "Mon 17:00"),
        ("client", "Mon 17:00", "Tue 10:00"),
        ("support", "Tue 10:00", "Tue 12:00"),
    ]
    assert show_length(party_periods[0].working) == "9:00"


ACTIONS = st.sampled_from(
    [
        "staff: public note",
        "staff: private note",
        "staff: asks and waiting for client",
        "client: answers",
        "client: attachment",
        "staff: takes it",
        "staff: hands to development",
        "staff: solves",
        "staff: refuses",
        "client: reopens",
        "bot: private note",
    ]
)


@given(st.lists(st.tuples(st.integers(0, 20_000), ACTIONS), max_size=12))
def test_time_by_party_adds_up_for_any_history(actions: list[tuple[int, str]]) -> None:
    filed_at = read_moment("Mon 10:00")
    lines = ["Mon 10:00 filed by operator"]
    for minute, action in sorted(actions):
        at = (filed_at + timedelta(minutes=minute)).astimezone(ZONE)
        lines.append(f"{at:%Y-%m-%d %H:%M} {action}")
    story = Story("\n".join([*lines, "2026-06-23 12:34:56 now"]), Path())
    explanation = explain_story(story)
    times_of = explanation.time_by_party
    parts, elapsed = times_of.parts.values(), times_of.elapsed
    assert sum((each.wall for each in parts), timedelta(0)) == elapsed.wall == explanation.now - filed_at
    working = story.rules.calendars[ClockKind.WORKING].elapsed(filed_at, explanation.now)
    assert sum((each.working or timedelta(0) for each in parts), timedelta(0)) == elapsed.working == working
    json.dumps(explanation.to_json())


# ---- history


def test_history_shows_author_and_changes_but_never_the_text_of_a_note(story: Story) -> None:
    """
    Mon 09:00 filed by client, VIP, normal
    Mon 09:10 operator: public note and takes it
    Mon 09:20 staff: private note
    Mon 09:30 staff: sets priority urgent and confirms the priority
    Mon 09:40 client: attachment
    Mon 09:50 staff: assigns head
    Mon 10:00 now
    """
    for journal in story.request.raw["journals"]:
        journal["notes"] = journal["notes"] and "SECRET"
    assert history(story) == [
        ("Mon 09:00", "client", "filed"),
        ("Mon 09:10", "staff", "public note, status Жаңа → Өңделуде"),
        ("Mon 09:20", "staff", "private note"),
        ("Mon 09:30", "staff", "priority normal → urgent, priority confirmed"),
        ("Mon 09:40", "client", "attachment"),
        ("Mon 09:50", "staff", "other values"),
    ]
    assert explain_story(story).events[1].name == "Айгүл Қасымова"
    assert "SECRET" not in json.dumps(explain_story(story).to_json())


def test_history_shows_a_withdrawn_confirmation(story: Story) -> None:
    """
    Mon 09:00 filed by client, VIP, urgent
    Mon 09:30 staff: confirms the priority
    Mon 09:40 staff: withdraws the confirmation
    Mon 10:00 now
    """
    assert history(story)[-1] == ("Mon 09:40", "staff", "priority no longer confirmed")


def test_history_shows_a_change_of_reason(story: Story) -> None:
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:30 staff: sets the reason to law
    Mon 09:40 staff: refuses and sets the reason to too little information
    Mon 09:50 staff: clears the reason
    Mon 10:00 now
    """
    assert history(story)[1:] == [
        ("Mon 09:30", "staff", "reason none → law"),
        ("Mon 09:40", "staff", "status Жаңа → Бас тартылды, reason law → too_little_information"),
        ("Mon 09:50", "staff", "reason too_little_information → none"),
    ]


def test_letter_shows_both_moments_the_contact_and_its_entry(story: Story) -> None:
    """
    Mon 10:00 filed by operator, by official letter, contact at last Fri 16:00
    Mon 11:00 now
    """
    assert history(story) == [
        ("last Fri 16:00", "client", "contact, as entered by support"),
        ("Mon 10:00", "staff", "filed"),
    ]


# ---- classification


def test_each_attribute_has_its_reason_and_its_clause(story: Story) -> None:
    """
    Mon 09:00 filed by client, VIP, error, immediate
    Mon 10:00 now
    """
    assert [(each.name, each.value, each.because, each.clause) for each in explain_story(story).attributes] == [
        ("level", "vip", "contract of «Алатау Трейд» ЖШС until 2028-12-31", "3"),
        ("channel", "tracker", "filed by client", "8"),
        ("category", "error", "tracker «Қате, істеліп бітпеген»", "4"),
        ("priority", "normal", "client requested immediate; not confirmed by staff", "20"),
    ]


@pytest.mark.parametrize(
    ("facts", "because"),
    [("by e-mail", "set in its field"), ("call-back", "tracker «Кері қоңырау»"), ("error", "filed by staff")],
)
def test_channel_has_its_reason(make_story: MakeStory, facts: str, because: str) -> None:
    story = make_story(f"Mon 09:00 filed by operator, {facts} \n Mon 10:00 now")
    assert explain_story(story).attributes[1].because == because


def test_priority_history_shows_the_author_and_the_priority_that_counts(story: Story) -> None:
    """
    Mon 09:00 filed by client, VIP, urgent
    Mon 09:10 client: sets priority immediate
    Mon 09:20 staff: confirms the priority
    Mon 09:30 operator: sets priority normal
    Mon 10:00 now
    """
    priorities = explain_story(story).priorities
    assert [(show_moment(each.at), each.side.value, each.shown, each.counts) for each in priorities] == [
        ("Mon 09:00", "client", "urgent", "normal"),
        ("Mon 09:10", "client", "immediate", "normal"),
        ("Mon 09:20", "staff", "immediate", "immediate"),
        ("Mon 09:30", "staff", "normal", "normal"),
    ]


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
        "{filed}, status «Белгісіз» \n {asked}",
        "{filed} \n {asked} \n Wed 11:00 sup-sync adopts",
        "{filed} \n {asked} \n Mon 11:00 client: answers",
    ],
)
def test_wait_is_null_if_no_answer_would_not_close_the_request(make_story: MakeStory, lines: str) -> None:
    filed, asked = "Mon 09:00 filed by operator", "Mon 10:00 staff: asks and waiting for client"
    story = make_story(f"{lines.format(filed=filed, asked=asked)} \n Wed 12:00 now")
    assert explain_story(story).to_json()["wait"] is None
    assert "status" not in story.changes


# ---- special cases


def test_request_that_cannot_be_judged_shows_its_findings_and_its_time(story: Story) -> None:
    """
    Mon 09:00 filed by operator, VIP, status «Белгісіз»
    Mon 10:00 now
    """
    explanation = explain_story(story)
    assert (explanation.clocks, explanation.ladder) == ((), ())
    assert [each.kind for each in explanation.findings] == ["unmapped_name"]
    assert times(story)["support"] == ("1:00", "1:00")


def test_unmapped_category_has_no_clause(story: Story) -> None:
    """
    Mon 09:00 filed by operator, tracker «Басқа»
    Mon 10:00 now
    """
    category = explain_story(story).attributes[2]
    assert (category.value, category.clause) == (None, "")


def test_outside_the_calendar_s_years_only_wall_clock_time_is_known(story: Story) -> None:
    """
    in regulation.yaml «in_force_from: 2023-01-01» becomes «in_force_from: 2022-01-01»
    2022-12-30 12:00 filed by operator, VIP
    2023-01-04 13:00 staff: asks and waiting for client
    2023-01-04 14:00 client: answers
    2023-01-04 16:00 now
    """
    spent = explain_story(story).time_by_party
    support = spent.parts[Party.SUPPORT]
    assert (support.working, support.wall) == (None, timedelta(days=5, hours=3))
    assert spent.parts[Party.CLIENT].working == timedelta(hours=1)
    assert (spent.elapsed.working, spent.elapsed.wall) == (None, timedelta(days=5, hours=4))
    assert {each.kind for each in explain_story(story).findings} == {"calendar"}


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


def test_as_json(story: Story) -> None:
    """
    Mon 09:00 filed by operator, VIP, normal
    Mon 09:30 staff: public note and solves
    Mon 10:00 now
    """
    document = explain_story(story).to_json()
    assert json.loads(json.dumps(document)) == document
    head = {key: document[key] for key in ("issue", "subject", "now", "filed_at", "time_by_party", "findings")}
    assert head == {
        "issue": 1,
        "subject": "Есеп ашылмайды",
        "now": "2026-06-08T05:00:00+00:00",
        "filed_at": "2026-06-08T04:00:00+00:00",
        "time_by_party": {
            "support": {"working": 1800, "wall": 1800},
            "client": {"working": 0, "wall": 0},
            "development": {"working": 0, "wall": 0},
            "closed": {"working": 1800, "wall": 1800},
            "elapsed": {"working": 3600, "wall": 3600},
        },
        "findings": [],
    }
    assert document["events"][1] == {
        "at": "2026-06-08T04:30:00+00:00",
        "side": "staff",
        "name": "Болат Ермеков",
        "what": ["public note", "status Жаңа → Шешілді"],
    }
    assert document["clocks"][1] == {
        "metric": "resolution",
        "agreement": "vip",
        "counts": "working",
        "counts_from": "2026-06-08T04:00:00+00:00",
        "within": 9 * 3600,
        "release_on": None,
        "pauses": [],
        "reopenings": 0,
        "elapsed": 1800,
        "left": None,
        "due_at": "2026-06-08T13:00:00+00:00",
        "stopped_at": "2026-06-08T04:30:00+00:00",
    }
    assert document["verdicts"][1] == {
        "metric": "resolution",
        "outcome": "met",
        "reason": "on time",
        "clause": "SLA VIP.3",
    }
    assert document["ladder"][0] == {
        "metric": "first_response",
        "step": "at_risk",
        "share": 0.75,
        "due_at": "2026-06-08T05:30:00+00:00",
        "state": "stopped",
    }
