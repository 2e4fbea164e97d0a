"""Names are looked up by id: after a rename, the run decides with the cache as without it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from end_to_end.scene import (
    CALLBACK,
    CLIENT,
    CONSULTATION,
    ERROR,
    HEAD,
    HEAD_NAME,
    OPERATOR,
    STAFF_GROUP,
    STAFF_ROLE,
    UNMAPPED_TRACKER,
    VIP,
)
from run.reading.cached_site import CachedSite
from stories.shipped import Copy
from support.fake_redmine import FakeRedmine

from sup_sync.config.load import Config
from sup_sync.run.write import OutcomeKind

NEW = "Жаңа атау"
WAITING = "Клиент жауабын күтуде"


@dataclass(frozen=True)
class Rename:
    """A list of records in Redmine, and the old name, which is in tracker.yaml."""

    records: Callable[[FakeRedmine], Sequence[Any]]
    name: str

    def in_redmine(self, site: CachedSite, new: str = NEW) -> None:
        record = next(each for each in self.records(site.world.tracker) if each.name == self.name)
        record.name = new
        for field in site.world.tracker.fields:
            field.trackers = {new if each == self.name else each for each in field.trackers}
            is_role = record in site.world.tracker.roles
            if is_role and field.seen_by:
                field.seen_by = {new if each == self.name else each for each in field.seen_by}
        for role in site.world.tracker.roles:
            role.transitions = {
                (new if old == self.name else old, new if other == self.name else other)
                for old, other in role.transitions
            }
            role.read_only = {new if each == self.name else each for each in role.read_only}


RENAMES = {
    "tracker": Rename(lambda redmine: redmine.trackers, ERROR),
    "status": Rename(lambda redmine: redmine.statuses, WAITING),
    "first status": Rename(lambda redmine: redmine.statuses, "Жаңа"),
    "priority": Rename(lambda redmine: redmine.priorities, "Жедел"),
    "marker": Rename(lambda redmine: redmine.fields, "sup-sync"),
    "level": Rename(lambda redmine: redmine.fields, "Қызмет көрсету деңгейі"),
    "channel": Rename(lambda redmine: redmine.fields, "Арна"),
    "iin": Rename(lambda redmine: redmine.fields, "ЖСН"),
    "person": Rename(lambda redmine: redmine.users, HEAD_NAME),
    "group": Rename(lambda redmine: redmine.groups, STAFF_GROUP),
    "role": Rename(lambda redmine: redmine.roles, STAFF_ROLE),
}


@pytest.fixture
def ids(site: CachedSite) -> list[int]:
    """Two cached requests without pending changes; one has changed its status, and its response was given."""
    filed = [site.diary.file("Mon 09:00", priority="Жедел"), site.diary.file("Mon 09:00")]
    with site.diary.at("Mon 09:02", filed[0]) as world:
        world.set_status(OPERATOR, filed[0], WAITING, "Қай есеп?")
    site.run_until_idle("Mon 09:05", "Mon 09:10", "Mon 09:15")
    return filed


@pytest.fixture
def renamed(site: CachedSite, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Config]:
    """Return a function that makes the configuration with a new name instead of the old one."""

    def change(old: str) -> Config:
        copy = Copy(tmp_path_factory.mktemp("renamed"))
        path = copy.folder / "mappings/tracker.yaml"
        path.write_text(
            path.read_text(encoding="utf-8").replace(f" {old}", f" {NEW}").replace(f"[{old}", f"[{NEW}"),
            encoding="utf-8",
        )
        changed = copy.load()
        return replace(site.diary.config, rules=changed.rules, digests=changed.digests)

    return change


@pytest.mark.parametrize("rename", RENAMES.values(), ids=RENAMES)
def test_run_after_a_rename_in_redmine_and_the_mappings_is_idle(
    site: CachedSite, ids: list[int], renamed: Callable[[str], Config], rename: Rename
) -> None:
    rename.in_redmine(site)
    site.diary.config = renamed(rename.name)
    run = site.run("Mon 09:20").result
    assert (run.outcomes, run.done.is_complete) == ({}, True)
    assert run.findings <= {(ids[0], "unconfirmed_priority")}
    with site.diary.at("Mon 09:22", *ids) as world:
        for each in ids:
            world.note(OPERATOR, each, "Жауап")
    assert site.run("Mon 09:25").result.outcomes[ids[1]] == OutcomeKind.APPLIED
    assert site.run("Tue 18:00").result.done.is_complete  # escalated, and equal to a run without a cache


@pytest.mark.parametrize("name", ["tracker", "status", "priority"])
def test_rename_in_redmine_alone_is_reported_with_both_names_and_concerns_only_requests_with_it(
    site: CachedSite, ids: list[int], name: str
) -> None:
    other = site.diary.file("Mon 09:16", tracker=CONSULTATION)
    rename = RENAMES[name]
    rename.in_redmine(site)
    with site.diary.at("Mon 09:17", ids[0]) as world:
        world.note(CLIENT, ids[0], "Алло")
    done = site.run("Mon 09:20").result.done
    (problem,) = done.problems
    assert problem.startswith(f'{name} "{rename.name}" not found in Redmine')
    assert f'"{NEW}"' in problem
    assert (done.skipped > 0, done.is_complete) == (True, False)
    assert {each.issue_id: each.kind for each in done.outcomes} == {other: OutcomeKind.APPLIED}
    rename_back = replace(rename, name=NEW)
    rename_back.in_redmine(site, rename.name)
    assert site.run("Mon 09:25").result.done.is_complete


def test_note_is_not_sent_by_names_that_changed_since_the_lists_were_read(site: CachedSite, ids: list[int]) -> None:
    """No request shows the new name until the note is due."""
    RENAMES["first status"].in_redmine(site)
    site.is_compared = False  # a run without a cache sees the new name at once
    run = site.run("Mon 11:05").result
    assert run.outcomes == {ids[1]: OutcomeKind.STALE}
    site.is_compared = True
    assert site.run("Mon 11:10").result.done.skipped > 0


def test_former_list_value_counts_as_its_key_and_is_not_rewritten(
    site: CachedSite, tmp_path_factory: pytest.TempPathFactory
) -> None:
    names = site.world.names.fields
    issue_id = site.diary.file("Mon 09:00", OPERATOR, VIP, CALLBACK, {names["channel"]: "Ресми хат"})
    site.run_until_idle("Mon 09:05", "Mon 09:10", "Mon 09:15")
    before = site.diary.fields(OPERATOR, issue_id)
    copy = Copy(tmp_path_factory.mktemp("former"))
    copy.replace("tracker.yaml", "official_letter: Ресми хат", "official_letter: Қағаз хат")
    copy.replace("tracker.yaml", "vip: VIP", "vip: Алтын")
    site.diary.config = replace(site.diary.config, rules=copy.load().rules, digests=copy.load().digests)
    findings = site.run("Mon 09:20").result.findings
    assert findings == {(issue_id, "unmapped_name")}
    both = "former_values: {channels: {Ресми хат: official_letter}, levels: {VIP: vip}}"
    copy.replace("tracker.yaml", "former_values: {}", both)
    site.diary.config = replace(site.diary.config, rules=copy.load().rules, digests=copy.load().digests)
    assert site.run("Mon 09:25").result.outcomes == {}
    assert site.diary.fields(OPERATOR, issue_id) == before


def test_requests_in_an_ignored_tracker_are_not_counted_or_reported(
    site: CachedSite, ids: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    internal = next(each for each in site.world.tracker.trackers if each.name == UNMAPPED_TRACKER)
    with site.diary.at("Mon 09:16", ids[0]):
        site.issue(ids[0]).tracker = internal
        site.issue(ids[0]).project.trackers.append(internal)
    done = site.run("Mon 09:20").result.done
    assert (done.skipped, done.plan.judged, done.is_complete) == (1, 2, False)
    copy = Copy(tmp_path_factory.mktemp("ignored"))
    copy.replace("tracker.yaml", "\n\nstatuses:", f"\n  {UNMAPPED_TRACKER}: ignore\n\nstatuses:")
    old, site.diary.config = (
        site.diary.config,
        replace(site.diary.config, rules=copy.load().rules, digests=copy.load().digests),
    )
    done = site.run("Mon 09:25").result.done
    assert (done.skipped, done.plan.judged, done.plan.findings, done.is_complete) == (0, 1, (), True)
    site.diary.config = old
    assert site.run("Mon 09:30").result.done.skipped == 1


def test_head_of_staff_is_named_by_the_current_name(site: CachedSite, ids: list[int]) -> None:
    with site.diary.at("Mon 09:20", ids[1]) as world:
        world.note(HEAD, ids[1], "Жауап")
    assert site.run("Mon 09:25").result.done.is_complete
