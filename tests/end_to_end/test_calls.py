"""A person outside of the tracker is told what a note says, once that note is there, and never without it."""

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
def calling(diary: Diary, tmp_path: Path) -> Diary:
    """The diary by mappings whose last step of the ladder is to reach the head outside of the tracker."""
    folder = tmp_path / "calling"
    folder.mkdir()
    copy = Copy(folder)
    step = "message: to_head, mentions: [head], assign: head"
    copy.replace("regulation.yaml", step, f"{step}, notify: [head]")
    diary.config = replace(copy.load(), server=diary.config.server)
    return diary


def test_it_follows_its_note_and_no_other_and_comes_once(calling: Diary) -> None:
    issue_id = calling.file("Mon 09:00", subject="Құпия", description="Құпия")
    for now in ("Mon 10:31", "Mon 11:01", "Mon 13:00"):
        calling.run(now)
        assert calling.notifications == []
    calling.run("Mon 13:01")
    assert [(each.issue_id, each.person, each.text) for each in calling.notifications] == [(issue_id, "head", TEXT)]
    assert calling.notifications[0].text in calling.notes(OPERATOR, issue_id)[-1]
    calling.run("Mon 13:02")
    assert len(calling.notifications) == 1


def test_it_comes_where_the_acknowledgement_goes_in_the_same_run(calling: Diary) -> None:
    issue_id = calling.file("Mon 09:00")
    ran = calling.run("Mon 13:01")
    assert ran.done.outcomes[0].notes == {"public_note", "private_note"}
    assert [each.issue_id for each in calling.notifications] == [issue_id]


def test_an_answer_meanwhile_takes_back_the_note_and_the_call(calling: Diary) -> None:
    issue_id = calling.file("Mon 09:00")
    session = calling.session()

    def answer() -> None:
        with calling.at("Mon 13:01", issue_id) as world:
            world.note(OPERATOR, issue_id, "Жауап")

    interfere(session, answer, asked=rf"/issues/{issue_id}\.json\?.*")
    ran = calling.run("Mon 13:01", session=session)
    assert [each.issue_id for each in ran.done.plan.notifications] == [issue_id]
    assert ran.outcomes == {issue_id: OutcomeKind.APPLIED}
    assert (calling.notes(OPERATOR, issue_id), calling.notifications) == ([], [])


def test_a_note_that_went_stale_calls_nobody_until_it_is_there(calling: Diary) -> None:
    issue_id = calling.file("Mon 09:00")
    calling.run("Mon 11:01")
    session = calling.session()

    def edit() -> None:
        with calling.at("Mon 13:01", issue_id) as world:
            world.note(OPERATOR, issue_id, "Ішкі", private=True)

    interfere(session, edit, asked=rf"/issues/{issue_id}")
    assert calling.run("Mon 13:01", session=session).outcomes == {issue_id: OutcomeKind.STALE}
    assert calling.notifications == []
    calling.run("Mon 13:02")
    assert len(calling.notifications) == 1


def test_adopting_calls_nobody(calling: Diary) -> None:
    calling.file("Mon 09:00")
    assert calling.run("Mon 13:01", is_adopting=True).done.plan.notifications == ()
    calling.run("Mon 13:02")
    assert calling.notifications == []


def test_whom_nobody_reached_is_named_and_the_run_goes_on(calling: Diary) -> None:
    first, second = calling.file("Mon 09:00"), calling.file("Mon 09:01")
    calling.call_fault = "away"
    ran = calling.run("Mon 13:02")
    assert ran.outcomes == dict.fromkeys((first, second), OutcomeKind.APPLIED)
    assert ran.done.failed_notifications == tuple(f"#{each}: head was not notified: away" for each in (first, second))
    assert not ran.done.is_complete
    calling.call_fault = None
    assert calling.run("Mon 13:03").done.is_complete
    assert len(calling.notifications) == 2
