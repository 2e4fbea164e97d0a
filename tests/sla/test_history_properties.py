"""Properties of the judging over random histories: later events never count, and how steps are entered does not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stories import redmine_json as redmine
from stories.moments import read_moment
from stories.shipped import shipped_config

from sup_sync.model.policy import ClockKind
from sup_sync.redmine.decode import decode_issue
from sup_sync.redmine.lists import decode_directory
from sup_sync.sla.judge import judge_issue
from sup_sync.sla.judgement import Judgement
from sup_sync.views.explanation import explain
from sup_sync.views.time_by_party import party_periods, time_by_party

RULES = shipped_config().rules
FILED_AT = read_moment("Mon 09:00")
SECOND = timedelta(seconds=1)
many = settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
LISTS = redmine.new_lists() | {
    "versions": [
        {"id": 1, "name": "4.6", "status": "open", "due_date": "2026-06-10"},
        {"id": 2, "name": "4.8", "status": "open", "due_date": "2026-06-30"},
        {"id": 3, "name": "9.0", "status": "open", "due_date": "2099-06-30"},
    ]
}
DIRECTORY = decode_directory(LISTS, RULES.names)

STEPS = st.sampled_from(
    [
        ("attr", "status_id", list(range(1, 8))),
        ("attr", "priority_id", list(range(1, 4))),
        ("attr", "tracker_id", [1, 2, 3, 4]),
        ("attr", "project_id", [1, 2, 3]),
        ("attr", "author_id", [each["id"] for each in redmine.PEOPLE.values()]),
        ("attr", "assigned_to_id", [each["id"] for each in redmine.PEOPLE.values()]),
        ("attr", "fixed_version_id", [1, 2, 3]),
        ("cf", str(redmine.field_id("contact_at")), ["2026-06-08 08:00", "x", ""]),
        ("cf", str(redmine.field_id("reason")), [*redmine.REASONS.values(), "x", ""]),
        ("cf", str(redmine.field_id("channel")), [*redmine.CHANNELS.values(), "x", ""]),
        ("cf", str(redmine.field_id("priority_confirmed")), ["1", "0"]),
        ("cf", str(redmine.field_id("iin")), ["1", ""]),
    ]
)
KEYS = {
    "status_id": "status",
    "priority_id": "priority",
    "tracker_id": "tracker",
    "project_id": "project",
    "author_id": "author",
    "assigned_to_id": "assigned_to",
    "fixed_version_id": "fixed_version",
}
LIST_OF = {
    "status": "statuses",
    "priority": "priorities",
    "tracker": "trackers",
    "project": "projects",
    "fixed_version": "versions",
}


@st.composite
def histories(draw: st.DrawFn, most: int = 8) -> redmine.Json:
    """Draw an issue with a random history, in order."""
    raw = redmine.new_issue(1, FILED_AT, draw(st.sampled_from(["client", "operator"])))
    raw["fixed_version"] = raw["assigned_to"] = None
    at = FILED_AT
    for _ in range(draw(st.integers(0, most))):
        at += SECOND * draw(st.one_of(st.integers(0, 60), st.integers(0, 200_000)))
        _act(draw, raw, at)
    return raw


def _act(draw: st.DrawFn, raw: redmine.Json, at: datetime) -> None:
    """Add a journal with some changes."""
    details = []
    for prop, name, values in draw(st.lists(STEPS, max_size=2, unique_by=lambda step: step[1])):
        details += [_change(raw, prop, name, draw(st.sampled_from(values)))]
    who = draw(st.sampled_from(["client", "staff", "head", "bot", "unlisted"]))
    note = draw(st.sampled_from(["", "note"]))
    is_private = bool(note) and draw(st.booleans())
    redmine.add_journal(raw, at, who, notes=note, is_private=is_private, details=details)


def _change(raw: redmine.Json, prop: str, name: str, value: Any) -> redmine.Json:
    if prop == "cf":
        entry = next(each for each in raw["custom_fields"] if str(each["id"]) == name)
        old, entry["value"] = entry["value"], value
        return redmine.detail(prop, name, old, value)
    key = KEYS[name]
    rows = LISTS.get(LIST_OF.get(key, ""), redmine.PEOPLE.values())
    known = next((each for each in rows if each["id"] == value), {"id": value, "name": f"#{value}"})
    old, raw[key] = raw.get(key), {"id": value, "name": known["name"]}
    return redmine.detail(prop, name, old and str(old["id"]), str(value))


def judged(raw: redmine.Json, now: datetime) -> Judgement:
    return judge_issue(decode_issue(raw, DIRECTORY, now), RULES.policy, RULES.calendars, now)


def seen(raw: redmine.Json, now: datetime) -> redmine.Json:
    """Return all that an explanation shows."""
    return explain(judged(raw, now), RULES, now).to_json()


@many
@given(histories(), st.data())
def test_judgement_at_a_moment_is_unaffected_by_later_events(raw: redmine.Json, data: st.DataObject) -> None:
    at = datetime.fromisoformat(raw["journals"][-1]["created_on"]) if raw["journals"] else FILED_AT
    now = at + SECOND * data.draw(st.integers(0, 100_000))
    before = seen(raw, now)
    for late in sorted(data.draw(st.lists(st.integers(1, 300_000), min_size=1, max_size=5))):
        _act(data.draw, raw, now + SECOND * late)
    assert seen(raw, now) == before


@many
@given(histories(most=5), st.data())
def test_outcome_is_the_same_if_a_journal_is_entered_as_two(raw: redmine.Json, data: st.DataObject) -> None:
    now = read_moment("next Fri 12:00") + timedelta(days=30)
    raw = keep_statuses_and_notes(raw)
    whole, number = judged(raw, now), 0
    both = [k for k, each in enumerate(raw["journals"]) if each["notes"] and each["details"] and is_apart(raw, k)]
    if not both:
        return
    number = data.draw(st.sampled_from(both))
    halves = judged(split(raw, number), now)
    for one, two in zip(whole.verdicts, halves.verdicts, strict=True):
        if (one.late is not None and one.late <= SECOND) or (two.late is not None and two.late <= SECOND):
            continue  # a second decides
        assert one.outcome is two.outcome
        if one.due_at and two.due_at:
            assert abs(one.due_at - two.due_at) <= SECOND
    assert (whole.wait is None) == (halves.wait is None)


def keep_statuses_and_notes(raw: redmine.Json) -> redmine.Json:
    journals = []
    for each in raw["journals"]:
        details = [detail for detail in each["details"] if detail["name"] == "status_id"]
        journals.append({**each, "details": details, "private_notes": False, "user": redmine.person("staff")})
    return {**raw, "journals": journals}


def is_apart(raw: redmine.Json, number: int) -> bool:
    times = [datetime.fromisoformat(each["created_on"]) for each in raw["journals"]]
    return number + 1 == len(times) or times[number + 1] - times[number] > SECOND


def split(raw: redmine.Json, number: int) -> redmine.Json:
    """Enter the note of a journal first, and its changes a second later."""
    journal = raw["journals"][number]
    at = datetime.fromisoformat(journal["created_on"])
    changes = {**journal, "notes": "", "created_on": redmine.utc(at + SECOND)}
    halves = [{**journal, "details": []}, changes]
    journals = [*raw["journals"][:number], *halves, *raw["journals"][number + 1 :]]
    return {**raw, "journals": [{**each, "id": k} for k, each in enumerate(journals, 1)]}


@many
@given(histories(), st.data())
def test_times_by_party_are_never_negative_and_add_up(raw: redmine.Json, data: st.DataObject) -> None:
    for journal in raw["journals"]:  # also older than the issue, and in any order
        shift = data.draw(st.integers(-400_000, 400_000))
        journal["created_on"] = redmine.utc(datetime.fromisoformat(journal["created_on"]) + SECOND * shift)
    now = FILED_AT + SECOND * data.draw(st.integers(0, 600_000))
    calendar = RULES.calendars[ClockKind.WORKING]
    periods = list(party_periods(judged(raw, now).phase_periods, calendar))
    assert all(
        each.wall >= timedelta(0) and each.working >= timedelta(0) for each in periods if each.working is not None
    )
    times = time_by_party(periods, calendar)
    assert sum((each.wall for each in times.parts.values()), timedelta(0)) == times.elapsed.wall
    assert sum((each.working or timedelta(0) for each in times.parts.values()), timedelta(0)) == times.elapsed.working


@many
@given(histories(), st.integers(0, 2_000_000))
def test_a_target_is_met_exactly_if_its_clock_stopped_by_the_due_time(raw: redmine.Json, later: int) -> None:
    for verdict in judged(raw, FILED_AT + SECOND * later).verdicts:
        if verdict.due_at and verdict.stopped_at and verdict.outcome.value in ("met", "breached"):
            assert (verdict.outcome.value == "met") == (verdict.stopped_at <= verdict.due_at)
