"""A poisoned request is set aside and named; the others are written all the same, and the run is not whole."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from end_to_end.diary import Diary
from end_to_end.scene import CLIENT, OPERATOR
from support.promises import HARMLESS, POISONED

from sup_sync.planning import request_plan as draft
from sup_sync.run.write import OutcomeKind
from sup_sync.sla import judge as judging

SECRET = "Құпия"
ODD_TEXTS = (
    "😀" * 1000,
    "\u202e\u2066 right to left",
    "<script>alert(1)</script>",
    "=1+1",
    "a\x1b[31m\tb\r\nc",
    "x" * 60_000,
)


def breaking(act: Callable[..., object], issue_id: int) -> Callable[..., object]:
    """The same, but for one request a fault of our own."""

    def broken(first: object, *rest: object) -> object:
        if getattr(first, "issue", first).id == issue_id:  # type: ignore[attr-defined]
            raise RuntimeError(SECRET)
        return act(first, *rest)

    return broken


@pytest.mark.parametrize("where", ["judging", "drawing up"])
def test_an_internal_error_on_one_request_does_not_affect_the_others(
    diary: Diary, monkeypatch: pytest.MonkeyPatch, where: str, count_promise: Callable[[str, str], None]
) -> None:
    poisoned, other = diary.file("Mon 09:00", subject=SECRET), diary.file("Mon 09:00")
    with monkeypatch.context() as patch:
        if where == "judging":
            patch.setattr(judging, "item_problems", breaking(judging.item_problems, poisoned))
        else:
            patch.setattr(draft.RequestPlan, "_terms", breaking(draft.RequestPlan._terms, poisoned))
        ran = diary.run("Mon 11:01")
    assert ran.outcomes == {other: OutcomeKind.APPLIED}
    (fault,) = [each for each in ran.done.plan.findings if each.kind == "internal_error"]
    assert (fault.issue_id, ran.done.skipped, ran.done.is_complete) == (poisoned, 1, False)
    place = "sla/judge.py" if where == "judging" else "planning/request_plan.py"
    assert fault.text.startswith(f"internal error (RuntimeError at {place}:")
    assert SECRET not in fault.text
    assert diary.notes(OPERATOR, poisoned) == diary.notes(CLIENT, poisoned, private=False) == []
    diary.run("Mon 11:02")
    assert len(diary.notes(OPERATOR, poisoned)) == 1
    count_promise(POISONED, f"a fault of our own while {where} it, {diary.place}")


def test_odd_texts_are_handled_like_any_other(diary: Diary, count_promise: Callable[[str, str], None]) -> None:
    issue_ids = [diary.file("Mon 09:00", subject=f"{text[:200]}.", description=text) for text in ODD_TEXTS]
    for issue_id, text in zip(issue_ids, ODD_TEXTS, strict=True):
        with diary.at("Mon 10:00", issue_id) as world:
            world.note(CLIENT, issue_id, text)
    ran = diary.run("Mon 11:01")
    assert ran.outcomes == dict.fromkeys(issue_ids, OutcomeKind.APPLIED)
    assert ran.done.is_complete
    for issue_id in issue_ids:
        said = (*diary.notes(OPERATOR, issue_id), *diary.notes(OPERATOR, issue_id, private=False))
        ours = [each for each in said if "Регламент" in each or "регламент" in each]
        assert len(ours) == 2
        assert not any(text[:20] in each for text in ODD_TEXTS for each in ours)
        count_promise(POISONED, f"odd texts: emoji, markup, control characters, 60 000 letters, {diary.place}")
        count_promise(HARMLESS, f"odd texts come into no note, {diary.place}")


def test_a_history_of_hundreds_of_entries_is_read_completely(diary: Diary) -> None:
    issue_id = diary.file("Mon 09:00")
    world = diary.world
    for number in range(120):
        world.edit(CLIENT, issue_id, description=f"{number}")
    with diary.at("Mon 10:00", issue_id):
        world.note(OPERATOR, issue_id, "Жауап")
    diary.run("Mon 11:01")
    assert diary.fields(CLIENT, issue_id)["first_response_at"] == "2026-06-08 10:00"
