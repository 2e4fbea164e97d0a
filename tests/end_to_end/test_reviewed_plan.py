"""A reviewed plan: requests that change between the review and the write are left, even in the last moment."""

from __future__ import annotations

from collections.abc import Iterable

from end_to_end.diary import Diary, interfere
from end_to_end.scene import BASE, CLIENT, CONSULTATION, OPERATOR
from stories.moments import read_moment
from support.worlds import ADMIN

from sup_sync.model.change import NOTES
from sup_sync.planning.reviewed import TOUCHED, ReviewedPlan, ReviewedRequest
from sup_sync.redmine.reader import Reader
from sup_sync.run.caseload import decode_caseload, judge_caseload, plan_caseload
from sup_sync.run.redmine_state import fetch_redmine_state
from sup_sync.run.selection import Selection
from sup_sync.run.write import OutcomeKind

NOW = "Mon 11:01"


def review(diary: Diary, issue_ids: Iterable[int]) -> ReviewedPlan:
    """Plan as `plan --out` does."""
    reader, rules, now = Reader(diary.session()), diary.config.rules, read_moment(NOW)
    state = fetch_redmine_state(reader, diary.config)
    caseload = decode_caseload(state.lists, [reader.fetch_issue(each) for each in issue_ids], rules)
    plan = plan_caseload(caseload, judge_caseload(caseload, rules, now), rules, now)
    updated_at = {each.id: each.updated_at for each in caseload.issues}
    requests = {key: ReviewedRequest(updated_at[key], changes) for key, changes in plan.by_issue()}
    return ReviewedPlan(now, state.account["id"], is_adopting=False, requests=requests)


def test_reviewed_plan_is_written_with_both_notes_of_a_request(diary: Diary) -> None:
    late, other = diary.file("Mon 09:00"), diary.file("Mon 09:00", OPERATOR, BASE, CONSULTATION)
    reviewed = review(diary, [late])
    run = diary.run(NOW, selection=Selection(reviewed=reviewed))
    assert run.outcomes == {late: OutcomeKind.APPLIED}
    assert run.done.outcomes[0].notes == NOTES
    assert diary.see(ADMIN, other)["journals"] == []
    assert diary.run(NOW).outcomes == {other: OutcomeKind.APPLIED}


def test_request_changed_in_the_last_moment_is_not_written(diary: Diary) -> None:
    late, silent = diary.file("Mon 09:00"), diary.file("Mon 10:55", OPERATOR, BASE, CONSULTATION)
    reviewed = review(diary, [late, silent])
    session = diary.session()
    for issue_id in (late, silent):
        interfere(session, lambda each=issue_id: _touch(diary, each), asked=rf"/issues/{issue_id}")
    run = diary.run(NOW, session=session, selection=Selection(reviewed=reviewed))
    assert run.outcomes == dict.fromkeys((late, silent), OutcomeKind.STALE)
    assert {each.text for each in run.done.outcomes} == {TOUCHED}
    assert run.puts == 0
    assert not run.done.is_complete
    assert set(diary.run(NOW).outcomes) == {late, silent}


def _touch(diary: Diary, issue_id: int) -> None:
    with diary.at("Mon 11:00", issue_id) as world:
        world.note(CLIENT, issue_id, "Тағы бір сөз")
