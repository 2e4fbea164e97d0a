"""The order of the queue (clauses 19 to 22), with reasons."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from stories.story import Story

from sup_sync.views.work_queue import Queue, queue

MakeStory = Callable[..., Story]

NOW = "Wed 14:00 now"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def line_up(*stories: Story) -> Queue:
    return queue([story.judgement for story in stories], stories[0].rules.calendars)


def order(*stories: Story) -> list[int]:
    return [entry.judgement.issue.id for entry in line_up(*stories).entries]


def test_immediate_goes_first_for_any_level_and_is_marked_out_of_turn(make_story: MakeStory) -> None:
    vip = make_story(f"Wed 10:00 filed by operator, VIP, urgent \n {NOW}")
    late = make_story(f"Mon 10:00 filed by operator, VIP, normal \n {NOW}")
    immediate = make_story(f"Wed 13:59 filed by operator, Base, immediate \n {NOW}")
    first, *others = line_up(vip, late, immediate).entries
    assert first.judgement.issue.id == 3
    assert first.out_of_turn
    assert "clause 22" in first.reason
    assert [each.out_of_turn for each in others] == [False, False]


def test_vip_goes_first_among_immediate_ones(make_story: MakeStory) -> None:
    base = make_story(f"Mon 10:00 filed by operator, Base, immediate \n {NOW}")
    vip = make_story(f"Wed 13:59 filed by operator, VIP, immediate \n {NOW}")
    assert order(base, vip) == [2, 1]


def test_immediate_requested_by_a_client_does_not_go_out_of_turn(make_story: MakeStory) -> None:
    confirmed = make_story(f"Wed 10:00 filed by client, VIP, normal \n {NOW}")
    unconfirmed = make_story(f"Wed 13:00 filed by client, VIP, immediate \n {NOW}")
    entries = line_up(confirmed, unconfirmed).entries
    assert [each.judgement.issue.id for each in entries] == [1, 2]
    assert not any(each.out_of_turn for each in entries)
    assert [each.to_json()["requested_priority"] for each in entries] == [None, "immediate"]


def test_request_stopped_by_staff_is_last_and_blocked(make_story: MakeStory) -> None:
    stopped = make_story(f"Mon 10:00 filed by operator, VIP, immediate, reason insult \n {NOW}")
    other = make_story(f"Wed 10:00 filed by client, VIP, normal \n {NOW}")
    entries = line_up(stopped, other).entries
    assert [each.judgement.issue.id for each in entries] == [2, 1]
    assert (entries[1].is_blocked, entries[1].reason) == (True, "staff stopped work on it: insult (clause 16)")


@pytest.mark.parametrize("action", ["asks and waiting for client", "hands to development"])
def test_request_stopped_while_elsewhere_is_blocked_and_not_counted_as_waiting(
    make_story: MakeStory, action: str
) -> None:
    stopped = make_story(
        f"Mon 10:00 filed by operator, VIP \n Mon 11:00 staff: {action} and sets the reason to insult \n {NOW}"
    )
    other = make_story(f"Wed 10:00 filed by operator, Base \n {NOW}")
    lined_up = line_up(stopped, other)
    assert [(each.judgement.issue.id, each.is_blocked, each.out_of_turn) for each in lined_up.entries] == [
        (2, False, False),
        (1, True, False),
    ]
    assert lined_up.entries[1].reason == "staff stopped work on it: insult (clause 16)"
    assert (lined_up.waiting, lined_up.development) == (0, 0)


def test_stopped_and_closed_request_is_not_in_the_queue(make_story: MakeStory) -> None:
    closed = make_story(
        f"Mon 10:00 filed by operator, VIP \n Mon 11:00 staff: closes and sets the reason to insult \n {NOW}"
    )
    assert line_up(closed).entries == ()


def test_nothing_goes_out_of_turn_with_one_priority(make_story: MakeStory) -> None:
    only = make_story(f"Wed 10:00 filed by operator, VIP, normal \n {NOW}")
    policy = replace(only.rules.policy, priorities=("normal",))
    (entry,) = queue([replace(only.judgement, policy=policy)], only.rules.calendars).entries
    assert not entry.out_of_turn


def test_vip_goes_before_base_even_when_base_is_late(make_story: MakeStory) -> None:
    base = make_story(f"Mon 10:00 filed by operator, Base, urgent \n {NOW}")
    vip = make_story(f"Wed 13:30 filed by operator, VIP, normal \n {NOW}")
    assert order(base, vip) == [2, 1]


def test_within_a_level_the_longest_breach_goes_first_then_the_least_time_left(make_story: MakeStory) -> None:
    in_time = make_story(f"Wed 13:00 filed by operator, VIP, normal \n {NOW}")
    soon = make_story(f"Wed 13:40 filed by operator, VIP, urgent \n {NOW}")
    late = make_story(f"Wed 11:00 filed by operator, VIP, normal \n {NOW}")
    later = make_story(f"Wed 10:00 filed by operator, VIP, normal \n {NOW}")
    entries = line_up(in_time, soon, late, later).entries
    assert [(each.judgement.issue.id, each.left) for each in entries] == [
        (4, -2 * HOUR),
        (3, -HOUR),
        (2, 40 * MINUTE),
        (1, 60 * MINUTE),
    ]


def test_requests_with_the_same_time_left_go_in_order_of_arrival(make_story: MakeStory) -> None:
    by_urgency = make_story(f"Wed 13:00 filed by operator, VIP, urgent \n {NOW}")
    by_age = make_story(f"Wed 12:00 filed by operator, VIP, normal \n {NOW}")
    same_minute = make_story(f"Wed 12:00 filed by operator, VIP, normal \n {NOW}")
    assert {each.left for each in line_up(by_urgency, by_age, same_minute).entries} == {timedelta(0)}
    assert order(by_urgency, same_minute, by_age) == [2, 3, 1]


def test_letter_is_ordered_by_the_contact_time_not_by_its_entry(make_story: MakeStory) -> None:
    filed_first = make_story(f"Wed 13:00 filed by operator, VIP, urgent \n {NOW}")
    wrote_first = make_story(f"Wed 13:30 filed by operator, VIP, normal, contact at Wed 12:00 \n {NOW}")
    assert {each.left for each in line_up(filed_first, wrote_first).entries} == {timedelta(0)}
    assert order(filed_first, wrote_first) == [2, 1]


def test_next_target_is_the_resolution_after_support_answered(make_story: MakeStory) -> None:
    unanswered = make_story(f"Wed 13:00 filed by operator, VIP, normal \n {NOW}")
    answered = make_story(f"Wed 13:00 filed by operator, VIP, normal \n Wed 13:10 staff: public note \n {NOW}")
    by_id = {each.judgement.issue.id: each for each in line_up(unanswered, answered).entries}
    assert (by_id[1].metric, by_id[1].left) == ("first_response", HOUR)
    assert (by_id[2].metric, by_id[2].left) == ("resolution", 8 * HOUR)


def test_time_left_is_working_time(make_story: MakeStory) -> None:
    over_the_weekend = make_story("Fri 17:30 filed by operator, VIP, normal \n Fri 17:40 now")
    (entry,) = line_up(over_the_weekend).entries
    assert entry.left == HOUR + 50 * MINUTE


def test_time_since_a_breach_leaves_out_time_with_the_client(make_story: MakeStory) -> None:
    story = make_story(
        f"""
        Mon 09:00 filed by operator, VIP, normal
        Mon 09:10 staff: public note
        Tue 10:00 staff: waiting for client
        Tue 17:00 client: answers
        {NOW}
        """
    )
    (entry,) = line_up(story).entries
    assert entry.left == -(HOUR + HOUR + 5 * HOUR)


def test_calendar_time_and_working_time_targets_are_compared_in_working_time(make_story: MakeStory) -> None:
    change = "in regulation.yaml «{within: 1 working day, clause: SLA Base.2}» becomes «{within: 16 h, clause: X, "
    calendar = make_story(f"{change}clock: calendar}}» \n Wed 09:00 filed by operator, Base, by e-mail \n {NOW}")
    working = make_story(f"Tue 17:00 filed by operator, Base, by e-mail \n {NOW}")
    by_id = {each.judgement.issue.id: each for each in line_up(calendar, working).entries}
    assert (by_id[1].metric, by_id[1].left) == ("first_response", 4 * HOUR)
    assert (by_id[2].metric, by_id[2].left) == ("first_response", 3 * HOUR)
    assert calendar.judgement.verdict("first_response").left == 11 * HOUR
    assert order(calendar, working) == [2, 1]


def test_letter_without_a_resolution_target_comes_after_its_level_s_targets_and_before_base(
    make_story: MakeStory,
) -> None:
    base = make_story(f"Mon 10:00 filed by operator, Base \n {NOW}")
    letter = make_story(
        f"Mon 10:00 filed by operator, VIP, by official letter \n Mon 10:05 staff: public note \n {NOW}"
    )
    vip = make_story(f"Wed 13:59 filed by operator, VIP \n {NOW}")
    entries = line_up(base, letter, vip).entries
    assert [each.judgement.issue.id for each in entries] == [3, 2, 1]
    assert (entries[1].metric, entries[1].due_at, entries[1].left) == (None, None, None)
    assert "no target" in entries[1].reason


def test_requests_waiting_elsewhere_are_counted_and_not_listed(make_story: MakeStory) -> None:
    mine = make_story(f"Wed 10:00 filed by operator, Base \n {NOW}")
    waiting = make_story(f"Mon 10:00 filed by operator, Base \n Mon 11:00 staff: asks and waiting for client \n {NOW}")
    developed = make_story(f"Mon 10:00 filed by operator, Base \n Mon 11:00 staff: hands to development \n {NOW}")
    closed = make_story(f"Mon 10:00 filed by operator, Base \n Mon 11:00 staff: closes \n {NOW}")
    refused = make_story(f"Mon 10:00 filed by operator, Base \n Mon 11:00 staff: refuses \n {NOW}")
    lined_up = line_up(mine, waiting, developed, closed, refused)
    assert [each.judgement.issue.id for each in lined_up.entries] == [1]
    assert (lined_up.waiting, lined_up.development) == (1, 1)


def test_answer_of_the_client_returns_a_request_at_any_status(make_story: MakeStory) -> None:
    story = make_story(
        f"""
        Mon 10:00 filed by operator, Base
        Mon 11:00 staff: asks and waiting for client
        Tue 11:00 client: attachment
        {NOW}
        """
    )
    lined_up = line_up(story)
    assert [each.judgement.issue.id for each in lined_up.entries] == [1]
    assert lined_up.waiting == 0


def test_blocked_requests_are_last_with_the_reason(make_story: MakeStory) -> None:
    unknown = make_story(f"Mon 10:00 filed by operator, VIP, immediate, status «Белгісіз» \n {NOW}")
    archived = make_story(f"Mon 09:00 filed by operator, immediate, in a closed project \n {NOW}")
    base = make_story(f"Wed 13:00 filed by operator, Base \n {NOW}")
    entries = line_up(unknown, archived, base).entries
    assert [(each.judgement.issue.id, each.is_blocked) for each in entries] == [(3, False), (2, True), (1, True)]
    assert "is closed" in entries[1].reason
    assert '"Белгісіз" is not mapped; add it to `statuses`' in entries[2].reason
    assert not any(each.out_of_turn for each in entries)


def test_the_order_does_not_depend_on_the_order_of_reading(make_story: MakeStory) -> None:
    stories = [
        make_story(f"{day} {hour}:00 filed by operator, {level}, {priority} \n {NOW}")
        for day in ("Mon", "Wed")
        for hour in (10, 13)
        for level in ("VIP", "Base", "Base")
        for priority in ("normal", "immediate")
    ]
    expected = order(*stories)
    for seed in range(20):
        shuffled = random.Random(seed).sample(stories, len(stories))  # noqa: S311 - an order to try, no secret
        assert order(*shuffled) == expected


def test_as_json(make_story: MakeStory) -> None:
    base = make_story(f"Wed 13:00 filed by operator, Base, consultation, by online assistant \n {NOW}")
    waiting = make_story(f"Mon 10:00 filed by operator, Base \n Mon 11:00 staff: asks and waiting for client \n {NOW}")
    assert line_up(base, waiting).to_json() == {
        "entries": [
            {
                "position": 1,
                "issue": 1,
                "subject": "Есеп ашылмайды",
                "level": "base",
                "channel": "online_assistant",
                "category": "consultation",
                "priority": "normal",
                "requested_priority": None,
                "metric": "first_response",
                "due_at": "2026-06-10T08:15:00+00:00",
                "left_s": -45 * 60,
                "out_of_turn": False,
                "is_blocked": False,
                "reason": "base, by time left (clauses 19, 21)",
            }
        ],
        "waiting": 1,
        "development": 0,
    }


@pytest.mark.parametrize("key", ["metric", "due_at", "left_s"])
def test_missing_values_are_null_in_json(make_story: MakeStory, key: str) -> None:
    unknown = make_story(f"Mon 10:00 filed by operator, status «Белгісіз» \n {NOW}")
    (entry,) = line_up(unknown).to_json()["entries"]
    assert entry[key] is None
