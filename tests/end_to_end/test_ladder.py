"""Escalation steps: one private note each, never twice; the last step assigns the head of support."""

from __future__ import annotations

from end_to_end.diary import Diary
from end_to_end.scene import CLIENT, HEAD_NAME, OPERATOR

AT_RISK = (
    "Бірінші жауап, мақсатты мерзімі: 2026 жылғы 8 маусым, 11:00; көп бөлігі өткен уақыт: 2026 жылғы 8 маусым, 10:30."
    " Регламент тармағы: SLA VIP.2."
)
BREACHED = (
    "Бірінші жауап, мақсатты мерзімі өтті: 2026 жылғы 8 маусым, {}. Регламент тармағы: SLA VIP.2."
    " Клиент QA@mitwork.net мекенжайына жаза алады."
)
TO_HEAD = (
    "@d.bekova\n\nБірінші жауап, мақсатты мерзімі: 2026 жылғы 8 маусым, 11:00;"
    " екі есе асқан уақыт: 2026 жылғы 8 маусым, 13:00."
    " Басшының назарына. Регламент тармағы: SLA VIP.2. Клиент QA@mitwork.net мекенжайына жаза алады."
)


def assignee(diary: Diary, issue_id: int) -> str | None:
    name: str | None = diary.see(OPERATOR, issue_id).get("assigned_to", {}).get("name")
    return name


def test_each_step_is_one_private_note_and_the_last_assigns_the_head(diary: Diary) -> None:
    issue_id = diary.file("Mon 09:00")
    steps = [
        ("Mon 10:30", [], "", None),
        ("Mon 10:31", [AT_RISK], " first_response#0@0.75", None),
        ("Mon 11:01", [AT_RISK, BREACHED.format("11:00")], " first_response#0@1.00", None),
        ("Mon 13:01", [AT_RISK, BREACHED.format("11:00"), TO_HEAD], " first_response#0@2.00", HEAD_NAME),
    ]
    for now, notes, marker, head in steps:
        diary.run(now)
        assert diary.notes(OPERATOR, issue_id) == notes
        assert diary.fields(OPERATOR, issue_id)["marker"] == f"acknowledged#0@1.00{marker}"
        assert assignee(diary, issue_id) == head
    assert len(diary.notes(OPERATOR, issue_id, private=False)) == 1
    assert diary.notes(CLIENT, issue_id) == []


def test_a_late_run_sends_each_request_one_note_with_the_highest_step_of_each_clock(diary: Diary) -> None:
    at_breach, at_head, at_both = (diary.file(at) for at in ("Mon 11:00", "Mon 09:00", "last Fri 16:50"))
    before_enforcement = diary.file("2025-12-30 09:00")
    run = diary.run("Mon 14:40")
    assert run.done.plan.notes == 6  # each has its acknowledgement too
    assert list(run.outcomes) == [at_both, at_head, at_breach, before_enforcement]  # notes first, oldest breach first
    assert diary.notes(OPERATOR, at_breach) == [BREACHED.format("13:00")]
    assert diary.notes(OPERATOR, at_head) == [TO_HEAD]
    (of_both,) = diary.notes(OPERATOR, at_both)
    mention, first_response, resolution = of_both.split("\n\n")
    assert mention == "@d.bekova"
    assert "8 маусым, 09:50; екі есе асқан уақыт: 2026 жылғы 8 маусым, 11:50" in first_response
    assert "8 маусым, 16:50; көп бөлігі өткен уақыт: 2026 жылғы 8 маусым, 14:35" in resolution
    marker = "acknowledged#0@1.00 first_response#0@2.00 resolution#0@0.75"
    assert diary.fields(OPERATOR, at_both)["marker"] == marker
    assert diary.notes(OPERATOR, before_enforcement) == []
    assert diary.fields(OPERATOR, before_enforcement)["state"] == "Мерзімі өтті"
