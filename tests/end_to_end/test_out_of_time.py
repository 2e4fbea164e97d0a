"""A run whose time is over says what it left, and the next ones drain it: one note for each, oldest breach first."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from end_to_end.diary import Diary
from end_to_end.scene import CLIENT, CONSULTATION, OPERATOR, VIP
from support.promises import TRUTH

from sup_sync.errors import OutOfTimeError
from sup_sync.run.write import OutcomeKind


def after(requests: int) -> Callable[[], float]:
    """Time for so many requests, and then none."""
    left = [requests]

    def time_left() -> float:
        left[0] -= 1
        return math.inf if left[0] >= 0 else 0.0

    return time_left


def test_what_a_run_has_no_time_for_is_left_to_the_next_ones_oldest_breach_first(
    diary: Diary, count_promise: Callable[[str, str], None]
) -> None:
    late = [diary.file(f"Mon 09:{minute:02}", CLIENT, VIP, CONSULTATION) for minute in range(0, 50, 10)]
    needed = diary.session()
    diary.run("Mon 08:00", session=needed)
    reading = needed.requests_made["GET"] + 5
    told: list[int] = []
    for now in ("Mon 12:00", "Mon 12:05", "Mon 12:10", "Mon 12:15"):
        ran = diary.run(now, session=diary.session(time_left=after(reading + 18)))
        before, told = told, [each for each in late if diary.notes(OPERATOR, each)]
        assert told == late[: len(told)]
        assert len(told) > len(before) or told == late
        left = [each for each in ran.done.outcomes if each.kind is OutcomeKind.FAILED]
        assert all("the run is out of time" in each.text for each in left)
        assert set(late) - set(told) <= {each.issue_id for each in left}, "left, and not named"
        assert ran.done.is_complete == (not left)
    assert told == late
    assert [len(diary.notes(OPERATOR, each)) for each in late] == [1] * 5
    assert [len(diary.notes(OPERATOR, each, private=False)) for each in late] == [1] * 5
    count_promise(TRUTH, f"a run whose time is over says what it left, {diary.place}")


def test_without_time_to_read_it_all_nothing_is_written(diary: Diary) -> None:
    diary.file("Mon 09:00")
    before, session = diary.traces(), diary.session(time_left=after(12))
    with pytest.raises(OutOfTimeError, match="the run is out of time; the next run continues"):
        diary.run("Mon 12:00", session=session)
    assert session.requests_made["PUT"] == 0
    assert diary.traces() == before
