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
from support.explanations import explain_story

from sup_sync.model.policy import ClockKind
from sup_sync.views.time_by_party import Party

MakeStory = Callable[..., Story]


def times(story: Story) -> dict[str, tuple[str | None, str | None]]:
    parts = explain_story(story).time_by_party.parts
    return {party.value: (show_length(each.working), show_length(each.wall)) for party, each in parts.items()}


def history(story: Story) -> list[tuple[str | None, str, str]]:
    return [(show_moment(each.at), each.side.value, ", ".join(each.what)) for each in explain_story(story).events]


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
        "late": None,
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
