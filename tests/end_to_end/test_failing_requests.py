"""Requests that cause an internal error are skipped and reported; the others are written as usual."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from end_to_end.diary import Diary
from end_to_end.scene import CLIENT, OPERATOR
from support.promises import HARMLESS, ISOLATED

from sup_sync.planning import request_plan
from sup_sync.run.write import OutcomeKind
from sup_sync.sla import judge

SECRET = "Құпия"
ODD_TEXTS = (
    "😀" * 1000,
    "\u202e\u2066 right to left",
    "<script>alert(1)</script>",
    "=1+1",
    "a\x1b[31m\tb\r\nc",
    "x" * 60_000,
)


def failing_for(act: Callable[..., object], issue_id: int) -> Callable[..., object]:
    """Return the same function, except that it raises an internal error for one request."""

    def act_or_fail(first: object, *rest: object) -> object:
        if getattr(first, "issue", first).id == issue_id:  # type: ignore[attr-defined]
            raise RuntimeError(SECRET)
        return act(first, *rest)

    return act_or_fail


@pytest.mark.parametrize("where", ["judging", "planning"])
def test_an_internal_error_on_one_request_does_not_affect_the_others(
    diary: Diary, monkeypatch: pytest.MonkeyPatch, where: str, count_promise: Callable[[str, str], None]
) -> None:
    failing, other = diary.file("Mon 09:00", subject=SECRET), diary.file("Mon 09:00")
    with monkeypatch.context() as patch:
        if where == "judging":
            patch.setattr(judge, "item_problems", failing_for(judge.item_problems, failing))
        else:
            patch.setattr(
                request_plan.RequestPlan,
                "_set_level_and_state",
                failing_for(request_plan.RequestPlan._set_level_and_state, failing),
            )
        run = diary.run("Mon 11:01")
    assert run.outcomes == {other: OutcomeKind.APPLIED}
    (finding,) = [each for each in run.done.plan.findings if each.kind == "internal_error"]
    assert (finding.issue_id, run.done.skipped, run.done.is_complete) == (failing, 1, False)
    place = "sla/judge.py" if where == "judging" else "planning/request_plan.py"
    assert finding.text.startswith(f"internal error: RuntimeError at {place}:")
    assert SECRET not in finding.text
    assert diary.notes(OPERATOR, failing) == diary.notes(CLIENT, failing, private=False) == []
    diary.run("Mon 11:02")
    assert len(diary.notes(OPERATOR, failing)) == 1
    count_promise(ISOLATED, f"an internal error while {where} it, {diary.place}")


def test_odd_texts_are_handled_like_any_other(diary: Diary, count_promise: Callable[[str, str], None]) -> None:
    issue_ids = [diary.file("Mon 09:00", subject=f"{text[:200]}.", description=text) for text in ODD_TEXTS]
    for issue_id, text in zip(issue_ids, ODD_TEXTS, strict=True):
        with diary.at("Mon 10:00", issue_id) as world:
            world.note(CLIENT, issue_id, text)
    run = diary.run("Mon 11:01")
    assert run.outcomes == dict.fromkeys(issue_ids, OutcomeKind.APPLIED)
    assert run.done.is_complete
    for issue_id in issue_ids:
        notes = (*diary.notes(OPERATOR, issue_id), *diary.notes(OPERATOR, issue_id, private=False))
        ours = [each for each in notes if "Регламент" in each or "регламент" in each]
        assert len(ours) == 2
        assert not any(text[:20] in each for text in ODD_TEXTS for each in ours)
        count_promise(ISOLATED, f"odd texts: emoji, markup, control characters, 60 000 letters, {diary.place}")
        count_promise(HARMLESS, f"notes contain no odd texts, {diary.place}")


def test_a_history_of_hundreds_of_entries_is_read_completely(diary: Diary) -> None:
    issue_id = diary.file("Mon 09:00")
    world = diary.world
    for number in range(120):
        world.edit(CLIENT, issue_id, description=f"{number}")
    with diary.at("Mon 10:00", issue_id):
        world.note(OPERATOR, issue_id, "Жауап")
    diary.run("Mon 11:01")
    assert diary.fields(CLIENT, issue_id)["first_response_at"] == "2026-06-08 10:00"
