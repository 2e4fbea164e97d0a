"""Requests that cannot be judged or written: they always make a finding and never a crash."""

import pytest


def test_request_in_a_closed_project_is_judged_and_not_written(story):
    """
    Mon 09:00 filed by client, in a closed project, error, by e-mail
    Wed 09:30 now
    """
    assert story.changes == {}
    assert list(story.findings) == ["closed_project"]
    assert "Мұрагер Групп" in story.findings["closed_project"]
    assert story.resolution.outcome == "breached"


@pytest.mark.parametrize(
    ("kind", "name", "section"),
    [
        ("tracker", "Жоба", "trackers"),
        ("status", "Кейін", "statuses"),
        ("priority", "Аса жедел", "priority_aliases"),
        ("channel", "Факс", "former_values.channels"),
    ],
)
def test_request_with_an_unmapped_name_is_skipped(story, kind, name, section):
    """
    Mon 09:00 filed by operator, VIP, error, {kind} «{name}»
    Wed 09:30 now
    """
    assert story.judgement.is_unjudged
    assert story.changes == {}
    other = "set another on the request, or " if kind == "channel" else ""
    text = f'{kind} "{name}" is not mapped; {other}add it to `{section}` in mappings/tracker.yaml'
    assert story.findings == {"unmapped_name": text}


def test_several_unknown_names_are_all_named(story):
    """
    Mon 09:00 filed by operator, VIP, tracker «Жоба», status «Кейін», channel «Факс»
    Wed 09:30 now
    """
    assert len(story.plan.findings) == 3
    assert {finding.kind for finding in story.plan.findings} == {"unmapped_name"}


def test_a_deleted_status_that_was_left_long_ago_counts_as_open(story):
    """
    Mon 09:00 filed by operator, VIP, error, status «Кейін»
    Mon 10:00 staff: takes it
    Wed 09:30 now
    """
    assert "status #8 was deleted in Redmine; counted as open" in story.findings["assumption"]
    assert story.resolution.due == "Mon 18:00"


def test_missing_field_is_reported_and_the_others_are_written(story):
    """
    Mon 09:00 filed by client, VIP, error, without the field state, without the field level
    Mon 09:30 now
    """
    assert set(story.changes) == {"first_response_due", "resolution_due", "due_date", "marker", "public_note"}
    assert list(story.findings) == ["field_missing"]
    assert '"Қызмет көрсету деңгейі", "Мерзім күйі"' in story.findings["field_missing"]
    assert '"Қате, істеліп бітпеген"' in story.findings["field_missing"]


def test_field_that_only_people_fill_in_may_be_missing(story):
    """
    Mon 09:00 filed by client, VIP, error, without the field bin, without the field contact_at
    Mon 09:30 now
    """
    assert story.findings == {}


def test_request_filed_before_the_known_years_is_skipped(story):
    """
    in regulation.yaml «in_force_from: 2023-01-01» becomes «in_force_from: 2022-01-01»
    2022-12-30 09:00 filed by client, VIP, error, by e-mail
    Mon 09:30 now
    """
    assert story.changes == {}
    assert story.findings == {
        "calendar": "resolution cannot be judged: 2022-12-30 is outside the calendar's years 2023-2027:"
        " extend mappings/calendar.yaml"
    }


def test_request_filed_before_any_regulation_is_skipped(story):
    """
    2022-12-30 09:00 filed by client, VIP, error, by e-mail
    Mon 09:30 now
    """
    assert story.judgement.is_unjudged
    assert story.changes == {}
    assert story.findings == {
        "no_regulation": "filed on 2022-12-30, before the first regulation; add the version in force then"
    }


def test_breach_stays_a_breach_after_the_known_years(story):
    """
    2027-12-31 09:00 filed by client, VIP, error
    2028-01-03 09:30 now
    """
    assert (story.first_response.outcome, story.first_response.left) == ("breached", "-7:00")
    assert story.resolution.outcome == "breached"
    assert story.findings["calendar"] == (
        "resolution is overdue; the time is counted only until 2028-01-01: extend mappings/calendar.yaml"
    )


def test_request_with_a_due_time_after_the_known_years_is_skipped(story):
    """
    2027-12-31 17:00 filed by client, VIP, error
    2028-01-03 09:30 now
    """
    assert story.changes == {}
    assert [each.is_skipped for each in story.judgement.verdicts] == [True, True]
    assert list(story.findings) == ["calendar"]
