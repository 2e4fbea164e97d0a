"""The plan for several requests: its order and its limits."""

import pytest
from stories.shipped import shipped_config
from stories.story import Story

from sup_sync.errors import UnsafePlan
from sup_sync.model.change import Change
from sup_sync.planning.plan import Limits, Plan, make_plan, stable_fields

ROOMY = Limits(notes=1000, status_changes=0, changed_share=1.0)

CALM = """
    Mon 17:00 filed by client, Base, error, by e-mail
    Mon 17:10 now
    """
LATE = """
    Mon 13:00 filed by client, VIP, error
    Mon 17:10 now
    """
LATEST = """
    Mon 09:00 filed by client, VIP, error
    Mon 17:10 now
    """


def plan_of(stories: list[Story]) -> Plan:
    judgements = [story.judgement for story in stories]
    return make_plan(judgements, stories[0].rules, stories[0].directory, stories[0].now)


def test_the_oldest_breach_comes_first_then_the_number(make_story):
    plan = plan_of([make_story(CALM), make_story(LATE), make_story(CALM), make_story(LATEST)])
    assert [issue_id for issue_id, _ in plan.by_issue()] == [4, 2, 1, 3]
    assert plan.judged == 4


def test_plan_does_not_depend_on_the_order_of_requests(make_story):
    stories = [make_story(CALM), make_story(LATE), make_story(LATEST)]
    assert plan_of(stories) == plan_of(stories[::-1])


def test_findings_are_in_the_order_of_requests(make_story):
    calm, latest = (text.replace("error", "error, starts on 2026-06-30") for text in (CALM, LATEST))
    plan = plan_of([make_story(calm), make_story(latest)])
    assert [issue_id for issue_id, _ in plan.by_issue()] == [2, 1]
    assert [(finding.issue_id, finding.kind) for finding in plan.findings] == [
        (1, "start_after_due"),
        (2, "start_after_due"),
    ]


def test_a_plan_within_the_limits_is_safe(make_story):
    plan_of([make_story(LATE), make_story(LATEST)]).require_safe(Limits(notes=4, status_changes=0, changed_share=0.5))


def test_more_notes_than_the_limit_are_refused(make_story):
    plan = plan_of([make_story(LATE), make_story(LATEST)])
    with pytest.raises(UnsafePlan, match=r"4 notes \(limit 3\); nothing was written\..*--force"):
        plan.require_safe(Limits(notes=3, status_changes=0, changed_share=1.0))


def test_more_status_changes_than_the_limit_are_refused(make_story):
    unanswered = """
        Mon 09:00 filed by client, VIP, error
        Mon 10:00 staff: asks and waiting for client
        Tue 10:00 now
        """
    plan = plan_of([make_story(unanswered), make_story(unanswered)])
    plan.require_safe(Limits(notes=2, status_changes=2, changed_share=1.0))
    with pytest.raises(UnsafePlan, match=r"limits exceeded: 2 new statuses \(limit 1\); nothing was written"):
        plan.require_safe(Limits(notes=2, status_changes=1, changed_share=1.0))


def changing(count: int, of: int, old: str = "a", field: str = "state") -> Plan:
    changes = (Change(number, field, old, "b", "why") for number in range(count))
    return Plan(tuple(changes), (), of, stable=stable_fields(shipped_config().rules))


def test_new_values_on_more_than_the_share_are_refused():
    limits = Limits(notes=0, status_changes=0, changed_share=0.5)
    changing(50, of=100).require_safe(limits)
    with pytest.raises(UnsafePlan, match=r"new values on 51 of 100 requests \(limit 50%\)"):
        changing(51, of=100).require_safe(limits)


def test_many_changes_of_a_stable_field_are_refused():
    limits = Limits(notes=0, status_changes=0, changed_share=0.5)
    for field in ("level", "first_response_due"):
        changing(30, of=300, field=field).require_safe(limits)
        with pytest.raises(UnsafePlan, match=rf"another {field} on 31 of 300 requests \(limit 10%\)"):
            changing(31, of=300, field=field).require_safe(limits)
    changing(20, of=20, field="level").require_safe(limits)


def test_a_few_requests_may_all_change():
    limits = Limits(notes=0, status_changes=0, changed_share=0.5)
    changing(20, of=20).require_safe(limits)
    with pytest.raises(UnsafePlan):
        changing(21, of=21).require_safe(limits)


def test_first_value_does_not_count_as_changed():
    changing(100, of=100, old="").require_safe(Limits(notes=0, status_changes=0, changed_share=0.01))


def test_a_request_that_changes_twice_counts_once():
    changes = tuple(Change(number, field, "a", "b", "why") for number in range(30) for field in ("state", "due_date"))
    Plan(changes, (), 60).require_safe(Limits(notes=0, status_changes=0, changed_share=0.5))


def test_both_limits_are_named_at_once():
    notes = tuple(Change(number, "private_note", "", "text", "why") for number in range(30))
    plan = Plan((*changing(30, of=30).changes, *notes), (), 30)
    with pytest.raises(UnsafePlan, match=r"30 notes \(limit 5\) and new values on 30 of 30"):
        plan.require_safe(Limits(notes=5, status_changes=0, changed_share=0.5))
    plan.require_safe(ROOMY)
