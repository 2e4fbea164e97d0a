"""Changes without a trace in Redmine, found by a write: the next run rereads the request."""

from __future__ import annotations

from dataclasses import replace

import pytest
from end_to_end.scene import BASE, CLIENT, CONSULTATION, MURAGER, OPERATOR
from run.reading.cached_site import CachedSite
from stories.shipped import Copy
from support.worlds import ADMIN

from sup_sync.redmine.provision import BOT_ROLE
from sup_sync.run.write import OutcomeKind

AUTO_CLOSED = "Жабылды"


@pytest.fixture
def ids(site: CachedSite) -> list[int]:
    """Cached requests without pending changes: one of a VIP, two others."""
    site.is_compared = False  # a run without a cache sees changes without a trace at once
    filed = [site.diary.file("Mon 09:00")]
    filed += [site.diary.file("Mon 09:00", OPERATOR, BASE, CONSULTATION) for _ in range(2)]
    site.run_until_idle("Mon 09:05", "Mon 09:10", "Mon 09:15")
    return filed


def answer_and_ask(site: CachedSite, issue_id: int) -> None:
    """Add a response of staff on Monday at 9:10, and a question to the client at 9:30."""
    with site.diary.at("Mon 09:10", issue_id) as world:
        world.note(OPERATOR, issue_id, "Жауап")
    with site.diary.at("Mon 09:30", issue_id) as world:
        world.set_status(OPERATOR, issue_id, "Клиент жауабын күтуде", "Сұрақ?")


def empty(site: CachedSite, issue_id: int, note: str) -> None:
    """Empty a note, which leaves no trace in the request."""
    journal = next(each for each in site.world.see(ADMIN, issue_id)["journals"] if each["notes"] == note)
    site.world.edit_note(ADMIN, journal["id"], "")


def test_move_without_a_trace_delays_a_note_by_one_run(site: CachedSite, ids: list[int]) -> None:
    other = next(each for each in site.world.tracker.projects if each.identifier == "saryarka-logistic")
    other.trackers = list(site.issue(ids[0]).project.trackers)
    site.issue(ids[0]).project = other
    assert site.run("Mon 11:05").result.outcomes == {ids[0]: OutcomeKind.STALE}
    assert site.run("Mon 11:10").result.outcomes == {ids[0]: OutcomeKind.APPLIED}
    assert len(site.diary.notes(OPERATOR, ids[0])) == 1


def test_emptied_note_delays_the_closing_note_that_mentions_it_by_one_run(site: CachedSite, ids: list[int]) -> None:
    """The closing note lists what was done: without the response of Monday 9:10 its text is different."""
    answer_and_ask(site, ids[0])
    site.run_until_idle("Mon 17:00", "Mon 17:05", "Mon 17:10")
    empty(site, ids[0], "Жауап")
    assert site.run("Mon 17:31").result.outcomes == {ids[0]: OutcomeKind.STALE}
    assert site.run("Mon 17:36").result.outcomes == {ids[0]: OutcomeKind.APPLIED}
    assert site.issue(ids[0]).status.name == AUTO_CLOSED


def test_reminder_is_not_retried_after_its_question_was_emptied(site: CachedSite, ids: list[int]) -> None:
    answer_and_ask(site, ids[0])
    site.run_until_idle("Mon 12:50", "Mon 12:55", "Mon 13:00")
    empty(site, ids[0], "Сұрақ?")
    assert site.run("Mon 13:31").result.outcomes == {ids[0]: OutcomeKind.STALE}
    site.is_compared = True
    assert site.run("Mon 13:36").histories == (ids[0],)
    assert site.run("Mon 13:41").is_idle


def test_transition_that_is_now_allowed_is_made_by_the_next_run(site: CachedSite, ids: list[int]) -> None:
    role = site.world.tracker.role(BOT_ROLE)
    allowed = set(role.transitions)
    role.transitions = {each for each in allowed if each[1] != AUTO_CLOSED}
    with site.diary.at("Mon 09:30", ids[0]) as world:
        world.set_status(OPERATOR, ids[0], "Клиент жауабын күтуде", "Сұрақ?")
    for now in ("Mon 17:31", "Mon 17:36", "Mon 17:41"):
        assert (ids[0], "forbidden_transition") in site.run(now).result.findings
    role.transitions = allowed
    site.is_compared = True
    assert site.run("Mon 17:46").result.outcomes == {ids[0]: OutcomeKind.APPLIED}
    assert site.issue(ids[0]).status.name == AUTO_CLOSED


def test_request_in_a_reopened_project_is_acknowledged_at_once(site: CachedSite) -> None:
    site.is_compared = False
    site.diary.file("Mon 09:00", OPERATOR, MURAGER, CONSULTATION)
    site.world.close_project(MURAGER)
    site.run_until_idle("Mon 09:05", "Mon 09:10", "Mon 09:15")
    next(each for each in site.world.tracker.projects if each.identifier == MURAGER).is_closed = False
    new = site.diary.file("Mon 09:17", CLIENT, MURAGER, CONSULTATION)
    site.is_compared = True
    assert new in site.run("Mon 09:20").result.outcomes


def test_rejected_silent_write_delays_the_others_by_one_run(
    site: CachedSite, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Redmine rejects the write to a request in a hidden project in the same way as in a read-only project.

    On a request filed before `enforce_from`, time changes only the state, and no notes are sent.
    """
    copy = Copy(tmp_path_factory.mktemp("later"))
    copy.replace("config.yaml", "enforce_from: 2026-01-01", "enforce_from: 2026-06-09")
    site.diary.config = replace(site.diary.config, rules=copy.load().rules)
    hidden, other = (site.diary.file("Mon 09:00", OPERATOR, BASE, CONSULTATION) for _ in range(2))
    site.run_until_idle("Mon 09:05", "Mon 09:10", "Mon 09:15")
    site.issue(hidden).project = site.world.tracker.add_project("hidden", "Көрінбейтін жоба")
    site.is_compared = False  # a run without a cache sees that it is gone
    assert set(site.run("Mon 15:46").result.outcomes.values()) == {OutcomeKind.REFUSED}
    assert site.run("Mon 15:51").result.outcomes == {other: OutcomeKind.APPLIED}
