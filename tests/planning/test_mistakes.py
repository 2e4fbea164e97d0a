"""Signs of a mistake in the configuration: a plan that shows one is not written; a busy day shows none."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from stories.moments import read_moment
from stories.shipped import shipped_config

from sup_sync.errors import UnsafePlan
from sup_sync.model.change import Change
from sup_sync.planning.limits import Limits
from sup_sync.planning.mistakes import TIMED, UNTIMED, Background, require_safe
from sup_sync.planning.origin import Origin
from sup_sync.planning.plan import Plan, stable_fields

NOW = read_moment("Wed 12:00")
LATE = shipped_config().rules.names.states["breached"]
CAREFUL, KNOWN = Background(NOW), Background(NOW, NOW - timedelta(minutes=5))
NEW = Origin(1, 1, NOW - timedelta(hours=1), is_handled=False, is_touched=False)
OLD = replace(NEW, is_handled=True)
TOUCHED = replace(OLD, is_touched=True)
LIMITS = Limits(notes=50, status_changes=10, changed_share=0.5)


def changing(count: int, of: int, origin: Origin = OLD, **change: str) -> Plan:
    """Plan one change on each of some requests, by default of `state`."""
    content = {"field": "state", "old": "a", "new": "b"} | change
    changes = tuple(Change(number, reason="why", **content) for number in range(count))
    return Plan(
        changes,
        (),
        of,
        stable=stable_fields(shipped_config().rules),
        late_states=frozenset({LATE}),
        origins=dict.fromkeys(range(count), origin),
    )


def noting(count: int, rule: str, of: int = 100, origin: Origin = OLD, **more: str) -> Plan:
    """Plan one note by a rule on each of some requests, and changes of more fields from "a"."""
    fields = {"marker": f"{rule}#0@1.00", "private_note": "text", **more}
    changes = (
        Change(number, field, "a" if field in more else "", new, "why")
        for number in range(count)
        for field, new in fields.items()
    )
    return replace(changing(count, of, origin), changes=tuple(changes))


def refused(plan: Plan, background: Background, limits: Limits = LIMITS) -> str:
    with pytest.raises(UnsafePlan, match=r"; nothing was written\. Review `sup-sync plan`; if correct, run") as caught:
        require_safe(plan, limits, background)
    return str(caught.value)


@pytest.mark.parametrize("background", [CAREFUL, KNOWN], ids=["new mappings", "known mappings"])
def test_new_values_on_more_than_the_share_are_refused(background: Background) -> None:
    require_safe(changing(50, of=100), LIMITS, background)
    assert "new values on 51 of 100 requests (limit 50%)" in refused(changing(51, of=100), background)
    require_safe(changing(20, of=20), LIMITS, background)
    assert "new values on 21 of 21 requests" in refused(changing(21, of=21), background)


@pytest.mark.parametrize("field", ["level", "first_response_due"])
@pytest.mark.parametrize("background", [CAREFUL, KNOWN], ids=["new mappings", "known mappings"])
def test_many_changes_of_a_stable_field_are_refused(field: str, background: Background) -> None:
    require_safe(changing(30, of=300, field=field), LIMITS, background)
    assert f"another {field} on 31 of 300 requests (limit 10%)" in refused(
        changing(31, of=300, field=field), background
    )
    require_safe(changing(20, of=20, field=field), LIMITS, background)


def test_first_values_do_not_count() -> None:
    strict = Limits(notes=0, status_changes=0, changed_share=0.01)
    require_safe(changing(100, of=100, old=""), strict, CAREFUL)


def test_defaults_that_redmine_set_on_new_requests_do_not_count() -> None:
    require_safe(changing(100, of=100, origin=NEW), LIMITS, CAREFUL)


def test_request_with_two_new_values_counts_once() -> None:
    plan = changing(30, of=60)
    twice = (*plan.changes, *(replace(each, field="due_date") for each in plan.changes))
    require_safe(replace(plan, changes=tuple(sorted(twice, key=lambda each: each.issue_id))), LIMITS, CAREFUL)


@pytest.mark.parametrize(
    "plan",
    [
        changing(100, of=100, new=LATE),
        changing(100, of=100, field="assignee"),
        changing(100, of=100, origin=TOUCHED),
        noting(100, "resolution"),
        noting(100, "reminder"),
        noting(1000, "resolution", of=1000, state=LATE, assignee="head"),
    ],
    ids=["late", "assigned", "touched", "escalated", "reminded", "after an outage"],
)
def test_time_and_people_are_no_mistake_unless_the_mappings_are_new(plan: Plan) -> None:
    require_safe(plan, LIMITS, KNOWN)
    assert refused(plan, CAREFUL).endswith(". Late requests count until a run with these mappings is completed")


@pytest.mark.parametrize("background", [CAREFUL, KNOWN], ids=["new mappings", "known mappings"])
def test_first_notes_on_new_requests_are_no_mistake(background: Background) -> None:
    require_safe(noting(500, "acknowledged", of=500, origin=NEW), LIMITS, background)


@pytest.mark.parametrize("background", [CAREFUL, KNOWN], ids=["new mappings", "known mappings"])
def test_same_note_again_on_most_requests_is_refused(background: Background) -> None:
    assert "note 'acknowledged' on 51 of 100 requests (limit 50%)" in refused(noting(51, "acknowledged"), background)
    assert "note 'acknowledged' on 51 of 100" in refused(
        noting(51, "acknowledged", origin=replace(NEW, created_at=NOW - timedelta(days=2))), background
    )
    require_safe(noting(50, "acknowledged"), LIMITS, background)


def test_late_new_requests_count_under_new_mappings() -> None:
    require_safe(noting(500, "first_response", of=500, origin=NEW), LIMITS, KNOWN)
    assert "500 notes on late or earlier requests (limit 50)" in refused(
        noting(500, "first_response", of=500, origin=NEW), CAREFUL
    )


def test_requests_filed_during_an_outage_are_new_after_it() -> None:
    filed = replace(NEW, created_at=NOW - timedelta(days=9))
    plan = noting(500, "acknowledged", of=500, origin=filed)
    require_safe(plan, LIMITS, Background(NOW, NOW - timedelta(days=10)))
    refused(plan, Background(NOW, NOW - timedelta(days=2)))


@pytest.mark.parametrize("background", [CAREFUL, KNOWN], ids=["new mappings", "known mappings"])
def test_more_new_statuses_than_the_limit_are_refused_but_not_questions_on_new_requests(
    background: Background,
) -> None:
    require_safe(changing(10, of=100, field="status"), LIMITS, background)
    assert "11 new statuses (limit 10)" in refused(changing(11, of=100, field="status"), background)
    require_safe(noting(200, "asked", of=200, origin=NEW, status="waiting"), LIMITS, background)


def test_limit_of_zero_refuses_all_since_the_next_run_could_not_write_either() -> None:
    none = Limits(notes=0, status_changes=0, changed_share=0.5)
    assert "1 notes (limit 0)" in refused(noting(1, "acknowledged", origin=NEW), KNOWN, none)
    asked = noting(1, "asked", origin=NEW, status="waiting")
    assert "1 new statuses (limit 0)" in refused(asked, KNOWN, replace(none, notes=50))


def test_all_signs_are_named_at_once() -> None:
    plan = noting(60, "acknowledged", of=60, level="VIP")
    text = refused(plan, KNOWN)
    assert (
        "note 'acknowledged' on 60 of 60 requests (limit 50%) and new values on 60 of 60 requests (limit 50%)" in text
    )
    assert "and another level on 60 of 60 requests (limit 10%); nothing was written" in text


def test_each_notice_is_timed_or_not() -> None:
    assert {"reminder", "no_answer", "at_risk"} <= TIMED
    assert {"acknowledged", "asked", "incomplete", "misrouted", "refused"} <= UNTIMED
