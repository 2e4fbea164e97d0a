"""The release of a request in development: delayed, or shipped without a solution (clause 23)."""

from __future__ import annotations

import pytest
from stories.moments import marker_entry

SLIPPED = (
    "Түзетуі бар нұсқаның мерзімі ауыстырылды. Бұрынғысы: 2026 жылғы {} маусым, жаңасы: 2026 жылғы {} маусым."
    " Регламент, 23-тармақ."
)
SHIPPED = (
    "@d.bekova\n\nНұсқа шықты, ал өтініш әлі әзірлеуде: түзету кірмеді ме? Басшының назарына. Регламент, 23-тармақ."
)


def test_first_date_is_only_recorded_in_the_marker(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 10:10 sup-sync runs
    Mon 15:00 staff: hands to development and sets version 2.4 due 2026-06-12
    Mon 15:10 now
    """
    (marker,) = (change for change in story.plan.changes if change.field == "marker")
    assert (marker.old, marker.new, marker.reason) == (
        "",
        "issue=1 release_on=2026-06-12",
        "release date of its target",
    )
    assert story.plan.notes == 0


def test_date_added_to_a_version_later_is_a_first_date(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 15:00 staff: hands to development and sets version 2.4 without a date
    Mon 15:10 sup-sync runs
    Tue 10:00 staff: sets version 2.4 due 2026-06-19
    Tue 10:10 now
    """
    assert story.notes == []
    assert story.changes["marker"] == "release_on=2026-06-19"


def test_delay_is_reported_once(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 15:00 staff: hands to development and sets version 2.4 due 2026-06-12
    Mon 15:10 sup-sync runs
    Tue 10:00 staff: sets version 2.4 due 2026-06-18
    Tue 10:10 sup-sync runs
    Tue 10:20 sup-sync runs
    Wed 10:00 now
    """
    assert story.notes == [SLIPPED.format(12, 18)]
    assert story.public_notes == []
    assert story.value("marker") == "release_on=2026-06-18 slipped#739785@1.00"
    assert story.value("resolution_due") == "2026-06-18 18:00"


def test_note_of_a_delay_is_written_with_its_marker_and_names_the_clause(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 15:00 staff: hands to development and sets version 2.4 due 2026-06-12
    Mon 15:10 sup-sync runs
    Tue 10:00 staff: sets version 2.4 due 2026-06-18
    Tue 10:10 now
    """
    changes = {change.field: change for change in story.plan.changes}
    assert (changes["private_note"].clause, changes["private_note"].write_number) == (
        "23",
        changes["marker"].write_number,
    )
    assert changes["private_note"].reason == "release delayed from 2026-06-12 to 2026-06-18"
    assert "assignee" not in changes


def test_every_delay_is_reported(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 15:00 staff: hands to development and sets version 2.4 due 2026-06-12
    Mon 15:10 sup-sync runs
    Tue 10:00 staff: sets version 2.4 due 2026-06-15
    Tue 10:10 sup-sync runs
    Wed 10:00 staff: sets version 2.4 due 2026-06-18
    Wed 10:10 now
    """
    assert story.notes == [SLIPPED.format(12, 15), SLIPPED.format(15, 18)]


def test_two_delays_between_runs_are_reported_as_one(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 15:00 staff: hands to development and sets version 2.4 due 2026-06-12
    Mon 15:10 sup-sync runs
    Tue 10:00 staff: sets version 2.4 due 2026-06-15
    Tue 11:00 staff: sets version 2.4 due 2026-06-18
    Tue 11:10 now
    """
    assert story.notes == [SLIPPED.format(12, 18)]


def test_earlier_date_is_recorded_and_not_reported(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 15:00 staff: hands to development and sets version 2.4 due 2026-06-18
    Mon 15:10 sup-sync runs
    Tue 10:00 staff: sets version 2.4 due 2026-06-12
    Tue 10:10 sup-sync runs
    Wed 10:00 staff: sets version 2.4 due 2026-06-15
    Wed 10:10 now
    """
    assert story.value("marker") == "release_on=2026-06-12"
    assert story.notes == [SLIPPED.format(12, 15)]


def test_delay_to_a_previous_date_is_reported(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 15:00 staff: hands to development and sets version 2.4 due 2026-06-12
    Mon 15:10 sup-sync runs
    Tue 10:00 staff: sets version 2.4 due 2026-06-18
    Tue 10:10 sup-sync runs
    Tue 11:00 staff: sets version 2.4 due 2026-06-15
    Tue 11:10 sup-sync runs
    Wed 10:00 staff: sets version 2.4 due 2026-06-18
    Wed 10:10 now
    """
    assert story.notes == [SLIPPED.format(12, 18), SLIPPED.format(15, 18)]


def test_later_version_is_a_delay(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 15:00 staff: hands to development and sets version 2.4 due 2026-06-12
    Mon 15:10 sup-sync runs
    Tue 10:00 staff: sets version 2.5 due 2026-06-30
    Tue 10:10 now
    """
    assert story.notes == [SLIPPED.format(12, 30)]


def test_removed_date_stays_in_the_marker(story):
    """
    Mon 09:00 filed by client, Base, error, by e-mail
    Mon 10:00 staff: public note
    Mon 15:00 staff: hands to development and sets version 2.4 due 2026-06-12
    Mon 15:10 sup-sync runs
    Tue 10:00 staff: sets version 2.4 without a date
    Tue 10:10 sup-sync runs
    Wed 10:00 staff: sets version 2.4 due 2026-06-18
    Wed 10:10 now
    """
    assert [run.notes for run in story.runs] == [0, 0]
    assert story.notes == [SLIPPED.format(12, 18)]


@pytest.mark.parametrize(
    ("deed", "is_told"),
    [
        ("", True),
        (" and takes it", True),
        (" and asks and waiting for client", True),
        (" and solves", False),
        (" and closes", False),
        (" and refuses and sets the reason to law", False),
        (" and sets the reason to insult", False),
    ],
)
def test_delay_is_reported_in_every_phase_until_closed_or_stopped(make_story, deed, is_told):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error
        Mon 10:00 staff: public note
        Mon 15:00 staff: hands to development and sets version 2.4 due 2026-06-12
        Mon 15:10 sup-sync runs
        Tue 10:00 staff: sets version 2.4 due 2026-06-18{deed}
        Tue 10:10 now
        """)
    assert [note for note in story.notes if "ауыстырылды" in note] == ([SLIPPED.format(12, 18)] if is_told else [])
    assert story.second_plan.changes == ()


@pytest.mark.parametrize("deed", ["takes it", "asks and waiting for client"])
def test_release_stays_in_the_marker_while_open_or_waiting(make_story, deed):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error
        Mon 10:00 staff: public note
        Mon 15:00 staff: hands to development and sets version 2.4 due 2026-06-12
        Mon 15:10 sup-sync runs
        Tue 10:00 staff: {deed}
        Tue 10:10 sup-sync runs
        Tue 11:00 staff: sets version 2.4 due 2026-06-18
        Tue 11:10 now
        """)
    assert story.value("marker") == "release_on=2026-06-12"
    assert story.changes["marker"] == "release_on=2026-06-18 slipped#739785@1.00"
    assert story.notes == [SLIPPED.format(12, 18)]
    assert story.second_plan.changes == ()


@pytest.mark.parametrize("deed", ["solves", "closes", "refuses"])
def test_release_is_removed_from_the_marker_after_closing(make_story, deed):
    story = make_story(f"""
        Mon 09:00 filed by client, VIP, error
        Mon 10:00 staff: public note
        Mon 15:00 staff: hands to development and sets version 2.4 due 2026-06-12
        Mon 15:10 sup-sync runs
        Tue 10:00 staff: {deed}
        Tue 10:10 now
        """)
    assert story.value("marker") == "release_on=2026-06-12"
    assert story.changes["marker"] == ""
    assert story.second_plan.changes == ()


def test_version_moved_after_a_reopening_is_not_a_delay(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 15:00 staff: hands to development and sets version 2.4 due 2026-06-12
    Mon 15:10 sup-sync runs
    Tue 10:00 staff: solves
    Tue 11:00 client: reopens
    Tue 11:30 staff: sets version 2.4 due 2026-06-18
    Tue 11:40 now
    """
    assert not any("ауыстырылды" in note for note in story.notes)
    assert story.changes["marker"] == "resolution#1@1.00"


def test_a_new_date_has_a_ladder_of_its_own(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 12:00 staff: hands to development and sets version 2.4 due 2026-06-10
    Wed 18:01 sup-sync runs
    Thu 10:00 staff: sets version 2.4 due 2026-06-12
    Thu 10:10 sup-sync runs
    Thu 15:45 sup-sync runs
    Thu 15:46 sup-sync runs
    Fri 18:00 sup-sync runs
    Fri 18:01 sup-sync runs
    Fri 18:10 now
    """
    markers = ["".join(each.new for each in run.changes if each.field == "marker") for run in story.runs]
    assert markers == [
        "issue=1 release#0@1.00 release_on=2026-06-10",
        "issue=1 release_on=2026-06-12 slipped#739779@1.00",
        "",
        "issue=1 release#0@0.75 release_on=2026-06-12 slipped#739779@1.00",
        "",
        "issue=1 release#0@1.00 release_on=2026-06-12 slipped#739779@1.00",
    ]
    assert len(story.notes) == 4
    assert story.notes[1] == SLIPPED.format(10, 12)


def test_an_earlier_date_has_a_ladder_of_its_own_too(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 12:00 staff: hands to development and sets version 2.4 due 2026-06-12
    Thu 15:46 sup-sync runs
    Thu 16:00 staff: sets version 2.4 due 2026-06-11
    Thu 16:10 sup-sync runs
    Thu 18:01 now
    """
    assert [run.notes for run in story.runs] == [1, 1]
    assert story.value("marker") == "release#0@0.75 release_on=2026-06-11"
    assert story.changes["marker"] == "release#0@1.00 release_on=2026-06-11"


def test_date_is_written_with_the_note_of_the_delay(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 15:00 staff: hands to development and sets version 2.4 due 2026-06-12
    Mon 15:10 sup-sync runs
    Tue 10:00 staff: asks and waiting for client
    Tue 14:00 staff: sets version 2.4 due 2026-06-18
    Tue 14:01 now
    """
    reminder = marker_entry("reminder", "Tue 10:00")
    assert [(each.write_number, each.old, each.new) for each in story.plan.changes if each.field == "marker"] == [
        (0, "issue=1 release_on=2026-06-12", f"issue=1 release_on=2026-06-12 {reminder}"),
        (
            1,
            f"issue=1 release_on=2026-06-12 {reminder}",
            f"issue=1 release_on=2026-06-18 {reminder} slipped#739785@1.00",
        ),
    ]
    assert story.notes == [SLIPPED.format(12, 18)]
    assert len(story.public_notes) == 1


def test_a_version_that_was_never_handed_to_development_is_not_followed(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note and sets version 2.4 due 2026-06-12
    Mon 10:10 sup-sync runs
    Mon 11:00 staff: sets version 2.4 due 2026-06-18, closed
    Mon 11:10 now
    """
    assert story.notes == []
    assert story.value("marker") == ""


def test_release_shipped_without_the_request_is_reported_once_and_assigned_to_the_head(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 15:00 staff: hands to development and sets version 2.4 due 2026-06-12
    Mon 15:10 sup-sync runs
    Thu 10:00 staff: sets version 2.4 due 2026-06-12, closed
    Thu 10:10 sup-sync runs
    Thu 10:20 sup-sync runs
    Thu 10:30 staff: assigns staff
    Thu 11:00 now
    """
    assert story.notes == [SHIPPED]
    assert [
        (each.new, each.write_number) for run in story.runs for each in run.changes if each.field == "assignee"
    ] == [("head", 0)]
    assert story.value("marker") == "release_on=2026-06-12 shipped#1@1.00"
    assert story.plan.notes == 0
    assert "assignee" not in story.changes


def test_next_release_shipped_without_the_request_is_reported_again(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 15:00 staff: hands to development and sets version 2.4 due 2026-06-18
    Thu 10:00 staff: sets version 2.4 due 2026-06-18, closed
    Thu 10:10 sup-sync runs
    Thu 11:00 staff: sets version 2.5 due 2026-06-18
    Thu 11:10 sup-sync runs
    Fri 10:00 staff: sets version 2.5 due 2026-06-18, closed
    Fri 10:10 now
    """
    assert [run.notes for run in story.runs] == [1, 0]
    assert story.notes == [SHIPPED, SHIPPED]


def test_delay_and_shipping_at_once_are_one_note(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 15:00 staff: hands to development and sets version 2.4 due 2026-06-12
    Mon 15:10 sup-sync runs
    Thu 10:00 staff: sets version 2.4 due 2026-06-15, closed
    Thu 10:10 now
    """
    (note,) = story.notes
    mention, shipped = SHIPPED.split("\n\n")
    assert note == "\n\n".join([mention, SLIPPED.format(12, 15), shipped])


def test_request_solved_before_its_release_is_not_reported(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note
    Mon 15:00 staff: hands to development and sets version 2.4 due 2026-06-12
    Wed 10:00 staff: solves
    Thu 10:00 staff: sets version 2.4 due 2026-06-12, closed
    Thu 10:10 now
    """
    assert story.notes == []
    assert story.resolution.outcome == "met"
    assert "assignee" not in story.changes


@pytest.mark.parametrize(
    ("line", "due"),
    [
        ("slipped: {clause: 23}", "2026-06-18"),
        ("shipped: {clause: 23, mentions: [head], assign: head}", "2026-06-12, closed"),
    ],
)
def test_no_note_is_sent_without_the_alert_line(make_story, line, due):
    story = make_story(f"""
        in regulation.yaml «  {line}» becomes «»
        Mon 09:00 filed by client, VIP, error
        Mon 10:00 staff: public note
        Mon 15:00 staff: hands to development and sets version 2.4 due 2026-06-12
        Mon 15:10 sup-sync runs
        Tue 10:00 staff: sets version 2.4 due {due}
        Tue 10:10 now
        """)
    assert story.notes == []
    assert "assignee" not in story.changes


def test_release_of_an_earlier_cycle_does_not_count_for_delays(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 10:00 staff: public note and hands to development and sets version 2.4 due 2026-06-12
    Mon 10:05 sup-sync runs
    Tue 10:00 staff: public note and solves
    Tue 10:05 sup-sync runs
    Wed 10:00 client: reopens
    Wed 10:30 staff: hands to development and sets version 2.5 due 2026-06-30
    Wed 10:35 now
    """
    assert not any("ауыстырылды" in note for note in story.notes)
    assert story.changes["marker"].endswith("release_on=2026-06-30")
