"""Rejected writes: each concerns its request; it is tried again last, more and more seldom, and reported once a day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from end_to_end.diary import Diary, Ran
from end_to_end.scene import BASE, CALLBACK, CLIENT, CONSULTATION, ERROR, OPERATOR, VIP, make_fake
from faults.failing_proxy import Request, failing_proxy
from hypothesis import given, settings
from hypothesis import strategies as st
from run.reading.cached_site import FORMS, PUTS, CachedSite
from stories.moments import read_moment
from stories.shipped import shipped_config
from support.fake_records import CustomField, Issue, Json, User
from support.fake_redmine import FakeRedmine, RefusalError
from support.worlds import BOT, FakeWorld

from sup_sync.planning.limits import Limits
from sup_sync.redmine.provision import BOT_ROLE
from sup_sync.redmine.session import RedmineSession
from sup_sync.run.apply import RunResult, apply
from sup_sync.run.write import OutcomeKind, WriteOutcome

APPLIED, DEFERRED, REFUSED = OutcomeKind.APPLIED, OutcomeKind.DEFERRED, OutcomeKind.REFUSED
CONTACT = "Байланыс деректері"
PLACES = ((VIP, ERROR), (VIP, CONSULTATION), (BASE, CONSULTATION))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[CachedSite]:
    with make_site(tmp_path) as site:
        yield site


@contextmanager
def make_site(folder: Path) -> Iterator[CachedSite]:
    world, config = FakeWorld(), shipped_config()
    make_fake(world)
    with world.rest.running():
        yield CachedSite(Diary(world, replace(config, server=replace(config.server, url=world.url))), world, folder)


@contextmanager
def rejecting(*issue_ids: int, status: int = 422) -> Iterator[None]:
    """Let the fake reject every change of these requests inside the `with` block, as a hook of a plug-in can."""
    update = FakeRedmine.update

    def update_or_reject(tracker: FakeRedmine, user: User, issue: Issue, sent: Json) -> None:
        if issue.id in issue_ids and user.login == BOT:
            raise RefusalError(status, ["Қате"] if status == 422 else None)
        update(tracker, user, issue, sent)

    with patch.object(FakeRedmine, "update", update_or_reject):
        yield


def contact(site: CachedSite) -> CustomField:
    return next(each for each in site.world.tracker.fields if each.name == CONTACT)


def clear_contact(site: CachedSite, issue_id: int) -> None:
    site.issue(issue_id).values[contact(site).id] = ""


def file_answered(site: CachedSite, at: str, project: str = VIP) -> int:
    """File a request that support has answered, so that no client waits for a first response."""
    issue_id = site.diary.file(at, CLIENT, project, CONSULTATION)
    with site.diary.at(at, issue_id) as world:
        world.note(OPERATOR, issue_id, "Жауап")
    return issue_id


def outcome_of(run: Ran, issue_id: int) -> WriteOutcome:
    return next(each for each in run.done.outcomes if each.issue_id == issue_id)


# --- one rejection concerns one request


@settings(max_examples=6, deadline=None)
@given(rejected=st.sets(st.integers(0, 5)), status=st.sampled_from([422, 409, 500]))
def test_others_are_written_in_the_same_run_whichever_requests_are_rejected(rejected: set[int], status: int) -> None:
    with TemporaryDirectory() as folder, make_site(Path(folder)) as site:
        site.is_compared = False
        issue_ids = [site.diary.file("Mon 09:00", OPERATOR, *PLACES[number % 3]) for number in range(6)]
        failing = {issue_ids[number] for number in rejected}
        with rejecting(*failing, status=status):
            for now in ("Mon 09:10", "Mon 09:15"):
                written = {issue_id for issue_id, kind in site.run(now).result.outcomes.items() if kind is APPLIED}
                assert written == (set(issue_ids) - failing if now == "Mon 09:10" else set())
        assert site.run("Mon 09:26").result.outcomes == dict.fromkeys(failing, APPLIED)


@settings(max_examples=6, deadline=None)
@given(failing=st.sets(st.integers(0, 5)), kind=st.sampled_from(["PUT", "page", "history"]))
def test_others_are_written_in_the_same_run_whichever_requests_break(failing: set[int], kind: str) -> None:
    """Over real sockets, connections break at the write, at the edit form or at the history of some requests."""
    world, config = FakeWorld(), shipped_config()
    make_fake(world)
    with failing_proxy(world) as proxy, make_issues(world) as issue_ids:
        broken = {issue_ids[number] for number in failing}
        commit = proxy.commit
        path = {"PUT": "PUT /issues/{}.json", "page": "GET /issues/{}", "history": "GET /issues/{}.json"}[kind]
        paths = {path.format(each) for each in broken}

        def commit_or_break(request: Request) -> tuple[int, dict[str, str], str]:
            if f"{request.method} {request.path.partition('?')[0]}" in paths:
                return 500, {"Content-Type": "text/html"}, "<html>"
            return commit(request)  # type: ignore[return-value]

        proxy.commit = commit_or_break
        config = replace(config, server=replace(config.server, url=proxy.url))
        result = run(RedmineSession(proxy.url, world.user(BOT)), config, "Mon 09:10")
        written = {each.issue_id for each in result.outcomes if each.kind is APPLIED}
        assert written == set(issue_ids) - broken
        assert result.is_complete == (not broken)


def run(session: RedmineSession, config: object, now: str) -> RunResult:
    return apply(session, config, read_moment(now), force=False, progress=lambda _done, _of: None)  # type: ignore[arg-type]


@contextmanager
def make_issues(world: FakeWorld) -> Iterator[list[int]]:
    with world.rest.running():
        diary = Diary(world, shipped_config())
        issue_ids = [diary.file("Mon 09:00", OPERATOR, *PLACES[number % 3]) for number in range(6)]
    world.tracker.now = read_moment("Mon 09:10")
    yield issue_ids


def test_rejection_names_the_required_field_and_the_next_request_is_written(site: CachedSite) -> None:
    """As after an admin made a field required: an old request has it blank, the new one is complete."""
    old, new = (site.diary.file(at, CLIENT, VIP, CALLBACK) for at in ("Mon 09:00", "Mon 09:05"))
    clear_contact(site, old)
    contact(site).is_required = True
    run = site.run("Mon 09:10").result
    assert run.outcomes == {old: REFUSED, new: APPLIED}
    assert outcome_of(run, old).text == f'Redmine rejected it: required field "{CONTACT}" is blank; fill it in'
    assert not run.done.is_complete


def test_rejection_names_the_value_that_is_not_in_its_list(site: CachedSite) -> None:
    issue_id = site.diary.file("Mon 09:00")
    language = next(each for each in site.world.tracker.fields if each.name == "Тіл")
    site.issue(issue_id).values[language.id] = "Deutsch"
    assert outcome_of(site.run("Mon 09:10").result, issue_id).text == (
        'Redmine rejected it: "Тіл" has a value that is not in its list; choose another one'
    )


def test_forbidden_write_stops_its_project_and_tracker_alone(site: CachedSite) -> None:
    first, second = (site.diary.file("Mon 09:00", OPERATOR, VIP, ERROR) for _ in range(2))
    elsewhere = site.diary.file("Mon 09:00", OPERATOR, VIP, CONSULTATION)
    with rejecting(first, second, status=403):
        run = site.run("Mon 09:10").result
    assert run.outcomes == {first: REFUSED, second: REFUSED, elsewhere: APPLIED}
    assert outcome_of(run, second).text.startswith(f"not tried, because #{first} failed: ")
    assert site.run("Mon 09:10").result.outcomes == {first: APPLIED, second: APPLIED}


def test_field_that_is_ignored_on_one_request_does_not_stop_the_others(site: CachedSite) -> None:
    """The field is on the edit form of the request, and a plug-in restores its old value."""
    first, second = (file_answered(site, "Mon 09:00") for _ in range(2))
    update = FakeRedmine.update
    level = site.world.field_id("level")

    def update_and_restore(tracker: FakeRedmine, user: User, issue: Issue, sent: Json) -> None:
        update(tracker, user, issue, sent)
        if issue.id == first:
            issue.values[level] = ""

    with patch.object(FakeRedmine, "update", update_and_restore):
        run = site.run("Mon 10:00").result
    assert run.outcomes == {first: REFUSED, second: APPLIED}
    assert outcome_of(run, first).text == "Redmine ignored level; set it by hand to see the reason"


def test_field_that_is_not_on_the_form_stops_the_place(site: CachedSite) -> None:
    first, second = (file_answered(site, "Mon 09:00") for _ in range(2))
    role = site.world.tracker.role(BOT_ROLE)
    role.read_only.add(site.world.names.fields["level"])
    run = site.run("Mon 10:00").result
    role.read_only.clear()
    assert run.outcomes == {first: REFUSED, second: REFUSED}
    assert outcome_of(run, second).text.startswith(f"not tried, because #{first} failed: Redmine ignored level")


# --- waits


def tries(site: CachedSite, start: str, minutes: int, until: timedelta) -> list[int]:
    """Run every so many minutes, and return the number of minutes at which the rejected request was tried."""
    site.is_compared = False
    found, at = [], read_moment(start)
    for minute in range(0, int(until.total_seconds()) // 60, minutes):
        now = (at + timedelta(minutes=minute)).astimezone(shipped_config().rules.zone).strftime("%Y-%m-%d %H:%M")
        found += [minute] if site.run(now).requests[PUTS] else []
    return found


def test_wait_doubles_from_one_run_to_a_day(site: CachedSite) -> None:
    issue_id = file_answered(site, "Mon 09:00")
    with rejecting(issue_id):
        assert tries(site, "Mon 09:10", 60, timedelta(days=5)) == [
            60 * each for each in (0, 1, 3, 7, 15, 31, 55, 79, 103)
        ]


def test_request_that_waits_is_not_tried_and_the_run_is_incomplete(site: CachedSite) -> None:
    issue_id = file_answered(site, "Mon 09:00")
    with rejecting(issue_id):
        for now, kind in (("Mon 10:00", REFUSED), ("Mon 10:05", REFUSED), ("Mon 10:10", DEFERRED)):
            trace = site.run(now)
            assert (trace.result.outcomes, trace.result.done.is_complete) == ({issue_id: kind}, False)
    assert trace.requests[PUTS] == 0
    assert outcome_of(trace.result, issue_id).text.endswith("; tried again after 2026-06-08 10:15")


@pytest.fixture
def waiting(site: CachedSite) -> int:
    """A request that waits from Mon 10:05 to 12:05, as its contact is blank and required."""
    issue_id = file_answered(site, "Mon 08:50", BASE)
    clear_contact(site, issue_id)
    contact(site).is_required = True
    for now in ("Mon 09:05", "Mon 10:05"):
        assert site.run(now).result.outcomes == {issue_id: REFUSED}
    assert site.run("Mon 10:10").result.outcomes == {issue_id: DEFERRED}
    return issue_id


def test_wait_ends_if_the_request_changes(site: CachedSite, waiting: int) -> None:
    with site.diary.at("Mon 10:12", waiting):
        site.world.set_fields(OPERATOR, waiting, {CONTACT: "+7 700 000 00 00"})
    assert site.run("Mon 10:15").result.outcomes == {waiting: APPLIED}


def test_wait_ends_if_the_mappings_change(site: CachedSite, waiting: int) -> None:
    config = replace(site.diary.config, digests={"tracker.yaml": "changed"})
    assert site.run("Mon 10:15", config=config).result.outcomes == {waiting: REFUSED}


def test_wait_ends_without_the_cache(site: CachedSite, waiting: int) -> None:
    site.delete_cache()
    assert site.run("Mon 10:15").result.outcomes == {waiting: REFUSED}


def test_wait_ends_if_the_edit_form_changes_also_for_the_others_of_the_tracker(site: CachedSite, waiting: int) -> None:
    others = [file_answered(site, "Mon 10:11", BASE) for _ in range(3)]
    for each in others:
        clear_contact(site, each)
    for now in ("Mon 10:15", "Mon 10:20"):
        site.run(now)
    trace = site.run("Mon 10:25")
    assert trace.result.outcomes == dict.fromkeys([waiting, *others], DEFERRED)
    assert trace.requests[FORMS] == 1
    contact(site).is_required = False
    assert site.run("Mon 10:26").result.outcomes == dict.fromkeys([waiting, *others], APPLIED)


def test_first_response_of_a_contract_is_tried_in_every_run_and_last(site: CachedSite) -> None:
    urgent = site.diary.file("Mon 09:00", CLIENT, VIP)
    with rejecting(urgent):
        for minute in range(10, 50, 5):
            other = site.diary.file(f"Mon 09:{minute - 1:02}", CLIENT, VIP, CALLBACK)
            run = site.run(f"Mon 09:{minute}").result
            assert [(each.issue_id, each.kind) for each in run.done.outcomes][-2:] == (
                [(other, APPLIED), (urgent, REFUSED)] if minute > 10 else [(urgent, REFUSED), (other, APPLIED)]
            )


def test_writes_that_wait_do_not_count_in_the_limits(site: CachedSite) -> None:
    failing = [site.diary.file("Mon 09:00", OPERATOR, BASE, CONSULTATION) for _ in range(3)]
    config = replace(site.diary.config, limits=Limits(notes=3, status_changes=3, changed_share=1.0))
    with rejecting(*failing):
        for now in ("Mon 09:10", "Mon 09:15"):
            site.run(now, config=config)
        other = site.diary.file("Mon 09:15", OPERATOR, BASE, CONSULTATION)
        assert site.run("Mon 09:20", config=config).result.outcomes == {other: APPLIED} | dict.fromkeys(
            failing, DEFERRED
        )


# --- reports


def test_rejection_is_reported_when_it_appears_when_it_changes_and_once_a_day(site: CachedSite, waiting: int) -> None:
    site.is_compared = False

    def shown(now: str) -> list[str]:
        return [each.text for each in site.run(now).result.done.only_news().outcomes]

    assert shown("Mon 10:15") == shown("Mon 12:10") == []
    with rejecting(waiting):
        with site.diary.at("Mon 12:12", waiting):
            site.world.set_fields(OPERATOR, waiting, {CONTACT: "+7 700 000 00 00"})
        assert ["rejected (422, 1 error)" in each for each in shown("Mon 12:15")] == [True]
        assert shown("Mon 12:20") == shown("Tue 12:10") == []
        assert len(shown("Tue 12:16")) == 1
        assert shown("Tue 12:20") == []
