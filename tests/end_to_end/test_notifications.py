"""Notifications outside Redmine: each repeats a note, and is sent only after that note is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from end_to_end.diary import Diary, interfere
from end_to_end.scene import OPERATOR
from stories.shipped import Copy

from sup_sync.run.write import OutcomeKind

TEXT = (
    "Бірінші жауап, мақсатты мерзімі: 2026 жылғы 8 маусым, 11:00;"
    " екі есе асқан уақыт: 2026 жылғы 8 маусым, 13:00. Басшының назарына. Регламент тармағы: SLA VIP.2."
    " Клиент QA@mitwork.net мекенжайына жаза алады."
)


@pytest.fixture
def diary(diary: Diary, tmp_path: Path) -> Diary:
    """Return the diary with mappings whose last escalation step notifies the head of support outside Redmine."""
    folder = tmp_path / "notifying"
    folder.mkdir()
    copy = Copy(folder)
    step = "message: to_head, mentions: [head], assign: head"
    copy.replace("regulation.yaml", step, f"{step}, notify: [head]")
    diary.config = replace(copy.load(), server=diary.config.server)
    return diary


def test_notification_is_sent_once_and_only_with_its_note(diary: Diary) -> None:
    issue_id = diary.file("Mon 09:00", subject="Құпия", description="Құпия")
    for now in ("Mon 10:31", "Mon 11:01", "Mon 13:00"):
        diary.run(now)
        assert diary.notifications == []
    diary.run("Mon 13:01")
    assert [(each.issue_id, each.person, each.text) for each in diary.notifications] == [(issue_id, "head", TEXT)]
    assert diary.notifications[0].text in diary.notes(OPERATOR, issue_id)[-1]
    diary.run("Mon 13:02")
    assert len(diary.notifications) == 1


def test_notification_is_sent_if_the_acknowledgement_goes_in_the_same_run(diary: Diary) -> None:
    issue_id = diary.file("Mon 09:00")
    run = diary.run("Mon 13:01")
    assert run.done.outcomes[0].notes == {"public_note", "private_note"}
    assert [each.issue_id for each in diary.notifications] == [issue_id]


def test_an_answer_meanwhile_cancels_the_note_and_the_notification(diary: Diary) -> None:
    issue_id = diary.file("Mon 09:00")
    session = diary.session()

    def answer() -> None:
        with diary.at("Mon 13:01", issue_id) as world:
            world.note(OPERATOR, issue_id, "Жауап")

    interfere(session, answer, asked=rf"/issues/{issue_id}\.json\?.*")
    run = diary.run("Mon 13:01", session=session)
    assert [each.issue_id for each in run.done.plan.notifications] == [issue_id]
    assert run.outcomes == {issue_id: OutcomeKind.APPLIED}
    assert (diary.notes(OPERATOR, issue_id), diary.notifications) == ([], [])


def test_notification_waits_until_a_stale_note_is_written(diary: Diary) -> None:
    issue_id = diary.file("Mon 09:00")
    diary.run("Mon 11:01")
    session = diary.session()

    def edit() -> None:
        with diary.at("Mon 13:01", issue_id) as world:
            world.note(OPERATOR, issue_id, "Ішкі", private=True)

    interfere(session, edit, asked=rf"/issues/{issue_id}")
    assert diary.run("Mon 13:01", session=session).outcomes == {issue_id: OutcomeKind.STALE}
    assert diary.notifications == []
    diary.run("Mon 13:02")
    assert len(diary.notifications) == 1


def test_adoption_sends_no_notifications(diary: Diary) -> None:
    diary.file("Mon 09:00")
    assert diary.run("Mon 13:01", is_adopting=True).done.plan.notifications == ()
    diary.run("Mon 13:02")
    assert diary.notifications == []


def test_failed_notification_is_reported_and_the_run_continues(diary: Diary) -> None:
    first, second = diary.file("Mon 09:00"), diary.file("Mon 09:01")
    diary.notify_error = "away"
    run = diary.run("Mon 13:02")
    assert run.outcomes == dict.fromkeys((first, second), OutcomeKind.APPLIED)
    assert run.done.failed_notifications == tuple(f"#{each}: head was not notified: away" for each in (first, second))
    assert not run.done.is_complete
    diary.notify_error = None
    assert diary.run("Mon 13:03").done.is_complete
    assert len(diary.notifications) == 2


def test_unexpected_error_of_a_notification_is_reported_and_the_run_continues(
    diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_notification: object) -> None:
        raise ValueError("client text")

    first, second = diary.file("Mon 09:00"), diary.file("Mon 09:00")
    monkeypatch.setattr(diary, "_notify", fail)
    run = diary.run("Mon 13:01")
    assert run.outcomes == {first: OutcomeKind.APPLIED, second: OutcomeKind.APPLIED}
    assert len(run.done.failed_notifications) == 2
    assert "internal error: ValueError" in run.done.failed_notifications[0]
    assert "client text" not in run.done.failed_notifications[0]
