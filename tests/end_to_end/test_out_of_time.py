"""Runs out of time: they report what is left, and the next runs write it, oldest breach first."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from end_to_end.diary import Diary
from end_to_end.scene import CLIENT, CONSULTATION, OPERATOR, VIP
from support.promises import TRUTH

from sup_sync.errors import OutOfTimeError
from sup_sync.redmine.session import RedmineSession
from sup_sync.run.write import OutcomeKind


def session_with_time_for(diary: Diary, requests: int) -> RedmineSession:
    """Return a session with a clock that leaves time for this number of requests."""
    left = [requests]

    def count(*_: Any, **__: Any) -> None:
        left[0] -= 1

    session = diary.session(time_left=lambda: math.inf if left[0] > 0 else 0.0)
    session._http.hooks["response"].append(count)
    return session


def test_a_run_out_of_time_leaves_the_rest_to_the_next_runs_oldest_breach_first(
    diary: Diary, count_promise: Callable[[str, str], None]
) -> None:
    late = [diary.file(f"Mon 09:{minute:02}", CLIENT, VIP, CONSULTATION) for minute in range(0, 50, 10)]
    needed = diary.session()
    diary.run("Mon 08:00", session=needed)
    reading = needed.requests_made["GET"]
    notified: list[int] = []
    for now in ("Mon 12:00", "Mon 12:05", "Mon 12:10", "Mon 12:15"):
        run = diary.run(now, session=session_with_time_for(diary, reading + 18))
        before, notified = notified, [each for each in late if diary.notes(OPERATOR, each)]
        assert notified == late[: len(notified)]
        assert len(notified) > len(before) or notified == late
        left = [each for each in run.done.outcomes if each.kind is OutcomeKind.FAILED]
        assert all("the run is out of time" in each.text for each in left)
        assert set(late) - set(notified) <= {each.issue_id for each in left}, "left, and not reported"
        assert run.done.is_complete == (not left)
    assert notified == late
    assert [len(diary.notes(OPERATOR, each)) for each in late] == [1] * 5
    assert [len(diary.notes(OPERATOR, each, private=False)) for each in late] == [1] * 5
    count_promise(TRUTH, f"a run out of time reports what is left, {diary.place}")


def test_nothing_is_written_if_time_runs_out_during_the_reading(diary: Diary) -> None:
    diary.file("Mon 09:00")
    before, session = diary.traces(), session_with_time_for(diary, 12)
    with pytest.raises(OutOfTimeError, match="the run is out of time; the next run continues"):
        diary.run("Mon 12:00", session=session)
    assert session.requests_made["PUT"] == 0
    assert diary.traces() == before
