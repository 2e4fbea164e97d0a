"""The scope of the cache: requests that are deleted, out of scope or of another account are not used or kept."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from end_to_end.scene import BASE, CLIENT, CONSULTATION, HEAD, OPERATOR, PROJECTS
from end_to_end.test_races import interfere
from run.reading.cached_site import ABOUT, FORMS, HISTORIES, UNFINISHED, CachedSite, RequestRecorder, once
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
def ids(site: CachedSite) -> list[int]:
    """Cached requests without pending changes: one of a VIP, two others."""
    filed = [site.diary.file("Mon 09:00")]
    filed += [site.diary.file("Mon 09:00", OPERATOR, BASE, CONSULTATION) for _ in range(2)]
    site.run_until_idle("Mon 09:05", "Mon 09:10", "Mon 09:15")
    return filed


def test_other_account_rereads_everything(site: CachedSite, ids: list[int]) -> None:
    site.add_person("second", BOT_ROLE)
    trace = site.run("Mon 09:20", session=site.diary.session("second"))
    assert (trace.requests[ABOUT] > 0, trace.histories) == (True, tuple(ids))


def test_report_for_another_account_rereads_everything(site: CachedSite, ids: list[int]) -> None:
    site.add_person("second", BOT_ROLE)
    for login, read in ((BOT, ()), ("second", tuple(ids)), ("second", ())):
        session = site.diary.session(login)
        recorder, now = RequestRecorder(session), read_moment("Mon 09:20")
        with Cache(str(site.path)) as cache:
            IncrementalReader.open(Reader(session), site.diary.config, cache, now, lambda _done, _of: None).everything()
        assert recorder.trace(UNFINISHED).histories == read


def without_base(site: CachedSite) -> Config:
    return replace(site.diary.config, projects=tuple(each for each in PROJECTS if each != BASE))


def test_cache_of_other_projects_is_not_used(site: CachedSite, ids: list[int]) -> None:
    fewer = without_base(site)
    assert site.run("Mon 11:05", config=fewer).result.outcomes == {ids[0]: OutcomeKind.APPLIED}
    assert site.cached_ids(fewer) == {ids[0]}


def test_servers_with_the_same_cache_file_name_have_separate_caches(site: CachedSite) -> None:
    """The file name contains only the letters and digits of the address."""
    config, now = site.diary.config, read_moment("Mon 09:00")
    with Cache(IN_MEMORY) as cache:
        for url, expected in (("https://a.b", None), ("https://a-b", None), ("https://a.b", "https://a.b")):
            select_scope(cache, replace(config, server=replace(config.server, url=url)), {"id": 1}, now)
            assert cache.get("since") == expected
            cache.set("since", url)


@pytest.mark.usefixtures("ids")
def test_two_configurations_that_take_turns_are_both_idle(site: CachedSite) -> None:
    fewer = without_base(site)
    for now in ("Mon 09:20", "Mon 09:30"):
        site.run(now, config=fewer)
    assert [site.run(now).is_idle for now in ("Mon 09:35", "Mon 09:45")] == [True, True]
    assert [site.run(now, config=fewer).is_idle for now in ("Mon 09:40", "Mon 09:50")] == [True, True]


def test_scope_that_is_unused_for_a_day_is_deleted(site: CachedSite, ids: list[int]) -> None:
    old = site.diary.config
    site.diary.config = without_base(site)
    site.run("Mon 23:00")
    for now, kept in (("Tue 00:01", set(ids)), ("Tue 23:59", set(ids)), ("Wed 00:04", set())):
        site.run(now)
        assert site.cached_ids(site.diary.config) == {ids[0]}
        with closing(sqlite3.connect(site.path)) as base:
            rows = base.execute("SELECT DISTINCT id FROM history")
            assert {row[0] for row in rows} == kept | {ids[0]}
    assert site.run("Wed 00:09", config=old).histories != ()


def test_closed_requests_are_read_when_closed_days_grows(site: CachedSite) -> None:
    closed = site.diary.file("last Mon 09:00")
    with site.diary.at("last Mon 12:00", closed) as world:
        world.set_status(OPERATOR, closed, CLOSED)
    site.diary.file("Mon 09:00")
    short = replace(site.diary.config, closed_days=3)
    for now in ("Mon 09:05", "Mon 09:10"):
        assert closed not in site.run(now, config=short).histories
    assert site.run("Mon 09:15").result.outcomes == {closed: OutcomeKind.APPLIED}


def test_changed_mappings_judge_everything_again_without_reading(
    site: CachedSite, ids: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    copy = Copy(tmp_path_factory.mktemp("changed"))
    copy.replace("regulation.yaml", "within: {normal: 2 h,", "within: {normal: 3 h,")
    changed = replace(unlimited(site), rules=copy.load().rules, digests=copy.load().digests)
    trace = site.run("Mon 09:20", config=changed)
    assert (trace.requests[HISTORIES], trace.requests[ABOUT], trace.requests[FORMS]) == (0, 0, 0)
    assert trace.result.outcomes == {ids[0]: OutcomeKind.APPLIED}
    assert site.diary.fields(CLIENT, ids[0])["first_response_due"] == "2026-06-08 12:00"


def test_request_moved_out_of_scope_is_removed_and_not_written(site: CachedSite, ids: list[int]) -> None:
    other = site.world.tracker.add_project("other", "Бөтен жоба", is_public=True)
    with site.diary.at("Mon 09:20", ids[0]):
        site.issue(ids[0]).project = other
    for now in ("Mon 09:25", "Mon 11:05"):
        assert site.run(now).result.outcomes == {}
    assert site.cached_ids() == set(ids[1:])


def test_request_moved_within_scope_is_judged_in_its_new_project(site: CachedSite, ids: list[int]) -> None:
    with site.diary.at("Mon 09:20", ids[1]):
        site.issue(ids[1]).project = site.issue(ids[0]).project
    site.run("Mon 09:25")
    assert site.diary.fields(OPERATOR, ids[1])["level"] == "VIP"


def test_hidden_request_is_removed_after_its_write_failed(site: CachedSite, ids: list[int]) -> None:
    """No list shows that it is hidden; the other request that is due still gets its note."""
    other = site.copy_issue(ids[0], 1)[0]
    site.delete_cache()
    site.run_until_idle("Mon 09:20", "Mon 09:25")
    with site.diary.at("Mon 09:26", ids[0]):
        site.issue(ids[0]).project = site.world.tracker.add_project("hidden", "Көрінбейтін жоба")
    site.is_compared = False  # a run without a cache sees that it is gone
    trace = site.run("Mon 11:05")
    assert trace.result.outcomes == {ids[0]: OutcomeKind.STALE, other: OutcomeKind.APPLIED}
    site.is_compared = True
    assert site.run("Mon 11:10").result.outcomes == {}
    assert site.cached_ids() == {*ids[1:], other}


def test_silent_write_to_a_deleted_request_does_not_stop_others(
    site: CachedSite, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site.diary, "_is_touched", lambda outcome: outcome.issue_id != ids[1])  # it is hidden
    with site.diary.at("Mon 09:26", *ids[1:]) as world:
        for each in ids[1:]:
            world.note(HEAD, each, "Жауап")
    delete = once(lambda: site.world.tracker.issues.remove(site.issue(ids[1])), when=1)
    trace = site.run("Mon 09:30", progress=delete)
    assert trace.result.outcomes == {ids[1]: OutcomeKind.STALE, ids[2]: OutcomeKind.APPLIED}
    site.run("Mon 09:35")
    assert site.cached_ids() == {ids[0], ids[2]}


def test_request_deleted_between_list_and_reading_is_removed(site: CachedSite, ids: list[int]) -> None:
    gone = site.issue(ids[1])
    for each in ids:
        with site.diary.at("Mon 09:20", each) as world:
            world.note(OPERATOR, each, "Ішкі", private=True)
    delete = once(lambda: site.world.tracker.issues.remove(gone), when=0)
    trace = site.run("Mon 09:25", progress=delete)
    assert trace.result.done.is_complete
    assert site.cached_ids() == {ids[0], ids[2]}


def test_resolution_and_reopening_are_seen_at_once(site: CachedSite, ids: list[int]) -> None:
    for at, now, status, state in (
        ("Mon 09:20", "Mon 09:25", CLOSED, "Орындалды"),
        ("Mon 09:30", "Mon 09:35", "Жаңа", "Мерзімінде"),
    ):
        with site.diary.at(at, ids[0]) as world:
            world.set_status(OPERATOR, ids[0], status, "Міне")
        assert set(site.run(now).result.outcomes) == {ids[0]}
        assert site.diary.fields(CLIENT, ids[0])["state"] == state


def test_request_closed_long_ago_is_not_written_until_it_is_reopened(site: CachedSite, ids: list[int]) -> None:
    with site.diary.at("Mon 09:20", ids[0]) as world:
        world.set_status(OPERATOR, ids[0], CLOSED)
    site.run("Mon 09:25")
    site.run("2026-06-25 10:00")
    site.issue(ids[0]).due_on = None
    assert site.run("2026-06-26 10:00").result.outcomes == {}
    with site.diary.at("2026-06-26 10:05", ids[0]) as world:
        world.set_status(CLIENT, ids[0], "Жаңа", "Қайта")
    assert set(site.run("2026-06-26 10:10").result.outcomes) == {ids[0]}


@pytest.mark.parametrize("behind_s", [0, 20, 50])
def test_a_change_in_the_second_of_the_reading_is_seen_by_the_next_run(
    site: CachedSite, ids: list[int], behind_s: int
) -> None:
    """Redmine cuts seconds, and its clock may be a little slow."""
    second = f"Mon 09:20:{50 - behind_s:02}"

    def write_note(login: str) -> None:
        with site.diary.at(second, ids[0]) as world:
            world.note(login, ids[0], "Хабарлама")

    write_note(CLIENT)
    session = site.diary.session()
    interfere(session, lambda: write_note(OPERATOR), asked=rf"/issues/{ids[0]}\.json\?.*")
    assert site.run("Mon 09:20:50", session=session).result.outcomes == {}
    site.run("Mon 09:25")
    assert site.diary.fields(CLIENT, ids[0])["first_response_at"] == "2026-06-08 09:20"


def test_change_after_the_newest_one_is_seen_if_redmines_clock_is_slow(site: CachedSite, ids: list[int]) -> None:
    """By Redmine's clock the response is seven minutes before the last run, but after all changes that it read."""
    with site.diary.at("Mon 09:08", ids[0]) as world:
        world.note(HEAD, ids[0], "Жауап")
    assert set(site.run("Mon 09:20").result.outcomes) == {ids[0]}
