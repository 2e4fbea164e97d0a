"""Whose requests are remembered, and which: what is out of scope, gone or read by another is neither used nor kept."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from end_to_end.diary import once
from end_to_end.scene import BASE, CLIENT, CONSULTATION, HEAD, OPERATOR, PROJECTS
from end_to_end.test_races import interfere
from run.reading.office import ABOUT, FORMS, HISTORIES, NOT_ENDED, Asking, Office
from run.reading.test_requests_made import unlimited
from stories.moments import read_moment
from stories.shipped import Copy
from support.worlds import BOT

from sup_sync.config.load import Config
from sup_sync.redmine.provision import BOT_ROLE
from sup_sync.redmine.reader import Reader
from sup_sync.run.cache import IN_MEMORY, Cache
from sup_sync.run.gather import IncrementalReader
from sup_sync.run.scope import select_scope
from sup_sync.run.write import OutcomeKind

CLOSED = "Жабылды"


@pytest.fixture
def ids(office: Office) -> list[int]:
    """A request of a VIP, and two of others, on which all is written and remembered."""
    filed = [office.diary.file("Mon 09:00")]
    filed += [office.diary.file("Mon 09:00", OPERATOR, BASE, CONSULTATION) for _ in range(2)]
    office.mark_idle("Mon 09:05", "Mon 09:10", "Mon 09:15")
    return filed


def test_other_account_rereads_everything(office: Office, ids: list[int]) -> None:
    office.add_person("second", BOT_ROLE)
    asked = office.run("Mon 09:20", session=office.diary.session("second"))
    assert (asked.made[ABOUT] > 0, asked.read) == (True, tuple(ids))


def test_report_for_another_account_rereads_everything(office: Office, ids: list[int]) -> None:
    office.add_person("second", BOT_ROLE)
    for login, read in ((BOT, ()), ("second", tuple(ids)), ("second", ())):
        session = office.diary.session(login)
        asking, now = Asking(session), read_moment("Mon 09:20")
        with Cache(str(office.path)) as cache:
            IncrementalReader.open(
                Reader(session), office.diary.config, cache, now, lambda _done, _of: None
            ).everything()
        assert asking.counted(NOT_ENDED).read == read


def without_base(office: Office) -> Config:
    return replace(office.diary.config, projects=tuple(each for each in PROJECTS if each != BASE))


def test_cache_of_other_projects_is_not_used(office: Office, ids: list[int]) -> None:
    fewer = without_base(office)
    assert office.run("Mon 11:05", config=fewer).ran.outcomes == {ids[0]: OutcomeKind.APPLIED}
    assert office.remembered(fewer) == {ids[0]}


def test_servers_with_the_same_cache_file_name_have_separate_caches(office: Office) -> None:
    """The file is named after the address by its letters and figures."""
    config, now = office.diary.config, read_moment("Mon 09:00")
    with Cache(IN_MEMORY) as cache:
        for url, recalled in (("https://a.b", None), ("https://a-b", None), ("https://a.b", "https://a.b")):
            select_scope(cache, replace(config, server=replace(config.server, url=url)), {"id": 1}, now)
            assert cache.get("since") == recalled
            cache.set("since", url)


@pytest.mark.usefixtures("ids")
def test_two_configurations_that_take_turns_are_both_idle(office: Office) -> None:
    fewer = without_base(office)
    for now in ("Mon 09:20", "Mon 09:30"):
        office.run(now, config=fewer)
    assert [office.run(now).is_idle for now in ("Mon 09:35", "Mon 09:45")] == [True, True]
    assert [office.run(now, config=fewer).is_idle for now in ("Mon 09:40", "Mon 09:50")] == [True, True]


def test_scope_that_is_unused_for_a_day_is_deleted(office: Office, ids: list[int]) -> None:
    old = office.diary.config
    office.diary.config = without_base(office)
    office.run("Mon 23:00")
    for now, kept in (("Tue 00:01", set(ids)), ("Tue 23:59", set(ids)), ("Wed 00:04", set())):
        office.run(now)
        assert office.remembered(office.diary.config) == {ids[0]}
        with closing(sqlite3.connect(office.path)) as base:
            found = base.execute("SELECT DISTINCT id FROM history")
            assert {row[0] for row in found} == kept | {ids[0]}
    assert office.run("Wed 00:09", config=old).read != ()


def test_closed_requests_are_read_when_closed_days_grows(office: Office) -> None:
    closed = office.diary.file("last Mon 09:00")
    with office.diary.at("last Mon 12:00", closed) as world:
        world.set_status(OPERATOR, closed, CLOSED)
    office.diary.file("Mon 09:00")
    short = replace(office.diary.config, closed_days=3)
    for now in ("Mon 09:05", "Mon 09:10"):
        assert closed not in office.run(now, config=short).read
    assert office.run("Mon 09:15").ran.outcomes == {closed: OutcomeKind.APPLIED}


def test_changed_mappings_judge_everything_again_without_reading(
    office: Office, ids: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    copy = Copy(tmp_path_factory.mktemp("changed"))
    copy.replace("regulation.yaml", "within: {normal: 2 h,", "within: {normal: 3 h,")
    changed = replace(unlimited(office), rules=copy.load().rules, digests=copy.load().digests)
    asked = office.run("Mon 09:20", config=changed)
    assert (asked.made[HISTORIES], asked.made[ABOUT], asked.made[FORMS]) == (0, 0, 0)
    assert asked.ran.outcomes == {ids[0]: OutcomeKind.APPLIED}
    assert office.diary.fields(CLIENT, ids[0])["first_response_due"] == "2026-06-08 12:00"


def test_request_moved_out_of_scope_is_removed_and_not_written(office: Office, ids: list[int]) -> None:
    beside = office.world.tracker.add_project("beside", "Бөтен жоба", is_public=True)
    with office.diary.at("Mon 09:20", ids[0]):
        office.issue(ids[0]).project = beside
    for now in ("Mon 09:25", "Mon 11:05"):
        assert office.run(now).ran.outcomes == {}
    assert office.remembered() == set(ids[1:])


def test_request_moved_within_scope_is_judged_in_its_new_project(office: Office, ids: list[int]) -> None:
    with office.diary.at("Mon 09:20", ids[1]):
        office.issue(ids[1]).project = office.issue(ids[0]).project
    office.run("Mon 09:25")
    assert office.diary.fields(OPERATOR, ids[1])["level"] == "VIP"


def test_hidden_request_is_removed_after_its_write_failed(office: Office, ids: list[int]) -> None:
    """No list tells of it; the other request that is due then gets its note all the same."""
    other = office.multiply(ids[0], 1)[0]
    office.lose()
    office.mark_idle("Mon 09:20", "Mon 09:25")
    with office.diary.at("Mon 09:26", ids[0]):
        office.issue(ids[0]).project = office.world.tracker.add_project("hidden", "Көрінбейтін жоба")
    office.is_compared = False  # a run without a cache sees that it is gone
    asked = office.run("Mon 11:05")
    assert asked.ran.outcomes == {ids[0]: OutcomeKind.STALE, other: OutcomeKind.APPLIED}
    office.is_compared = True
    assert office.run("Mon 11:10").ran.outcomes == {}
    assert office.remembered() == {*ids[1:], other}


def test_silent_write_to_a_deleted_request_does_not_stop_others(
    office: Office, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office.diary, "_is_touched", lambda outcome: outcome.issue_id != ids[1])  # nobody sees it
    with office.diary.at("Mon 09:26", *ids[1:]) as world:
        for each in ids[1:]:
            world.note(HEAD, each, "Жауап")
    delete = once(lambda: office.world.tracker.issues.remove(office.issue(ids[1])), when=1)
    asked = office.run("Mon 09:30", progress=delete)
    assert asked.ran.outcomes == {ids[1]: OutcomeKind.STALE, ids[2]: OutcomeKind.APPLIED}
    office.run("Mon 09:35")
    assert office.remembered() == {ids[0], ids[2]}


def test_request_deleted_between_list_and_reading_is_removed(office: Office, ids: list[int]) -> None:
    gone = office.issue(ids[1])
    for each in ids:
        with office.diary.at("Mon 09:20", each) as world:
            world.note(OPERATOR, each, "Ішкі", private=True)
    delete = once(lambda: office.world.tracker.issues.remove(gone), when=0)
    asked = office.run("Mon 09:25", progress=delete)
    assert asked.ran.done.is_complete
    assert office.remembered() == {ids[0], ids[2]}


def test_resolution_and_reopening_are_seen_at_once(office: Office, ids: list[int]) -> None:
    for at, now, status, state in (
        ("Mon 09:20", "Mon 09:25", CLOSED, "Орындалды"),
        ("Mon 09:30", "Mon 09:35", "Жаңа", "Мерзімінде"),
    ):
        with office.diary.at(at, ids[0]) as world:
            world.set_status(OPERATOR, ids[0], status, "Міне")
        assert set(office.run(now).ran.outcomes) == {ids[0]}
        assert office.diary.fields(CLIENT, ids[0])["state"] == state


def test_request_closed_long_ago_is_not_written_until_it_is_reopened(office: Office, ids: list[int]) -> None:
    with office.diary.at("Mon 09:20", ids[0]) as world:
        world.set_status(OPERATOR, ids[0], CLOSED)
    office.run("Mon 09:25")
    office.run("2026-06-25 10:00")
    office.issue(ids[0]).due_on = None
    assert office.run("2026-06-26 10:00").ran.outcomes == {}
    with office.diary.at("2026-06-26 10:05", ids[0]) as world:
        world.set_status(CLIENT, ids[0], "Жаңа", "Қайта")
    assert set(office.run("2026-06-26 10:10").ran.outcomes) == {ids[0]}


@pytest.mark.parametrize("behind_s", [0, 20, 50])
def test_a_change_in_the_second_of_the_reading_is_seen_by_the_next_run(
    office: Office, ids: list[int], behind_s: int
) -> None:
    """The tracker cuts seconds, and its clock may be a little behind."""
    second = f"Mon 09:20:{50 - behind_s:02}"

    def say(login: str) -> None:
        with office.diary.at(second, ids[0]) as world:
            world.note(login, ids[0], "Хабарлама")

    say(CLIENT)
    session = office.diary.session()
    interfere(session, lambda: say(OPERATOR), asked=rf"/issues/{ids[0]}\.json\?.*")
    assert office.run("Mon 09:20:50", session=session).ran.outcomes == {}
    office.run("Mon 09:25")
    assert office.diary.fields(CLIENT, ids[0])["first_response_at"] == "2026-06-08 09:20"


def test_change_after_the_newest_one_is_seen_if_redmines_clock_is_slow(
    office: Office, ids: list[int]
) -> None:
    """By its own clock it is answered seven minutes before the last run, and after all that this run had seen."""
    with office.diary.at("Mon 09:08", ids[0]) as world:
        world.note(HEAD, ids[0], "Жауап")
    assert set(office.run("Mon 09:20").ran.outcomes) == {ids[0]}
