"""A group that is gone concerns only the people who may be in it; the others are served."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from end_to_end.scene import (
    BASE,
    CLIENT,
    CLIENT_ROLE,
    CONSULTATION,
    DEVELOPER_ROLE,
    OPERATOR,
    STAFF_GROUP,
    STAFF_ROLE,
)
from run.reading.cached_site import CachedSite
from stories.shipped import Copy
from support.fake_records import Group

from sup_sync.run.write import OutcomeKind

GROUP = "Алтын клиенттер"
CONTRACT = "  - {{client: {group}, level: vip, group: {group}, from: 2024-01-01, until: {until}}}\n"


@pytest.fixture
def site_with_contract(site: CachedSite, tmp_path_factory: pytest.TempPathFactory) -> CachedSite:
    """A contract by group, and one that ended long ago, whose group does not exist."""
    redmine = site.world.tracker
    member = redmine.add_user("golden", "Алтын Адам")
    group = redmine.add_group(GROUP, [member])
    base = next(each for each in redmine.projects if each.identifier == BASE)
    redmine.join(base, group, [CLIENT_ROLE])
    copy = Copy(tmp_path_factory.mktemp("contract"))
    clients = copy.path("clients.yaml")
    text = CONTRACT.format(group=GROUP, until="2028-12-31") + CONTRACT.format(group="Ескі", until="2025-12-31")
    clients.write_text(clients.read_text(encoding="utf-8") + text, encoding="utf-8")
    changed = copy.load()
    site.diary.config = replace(site.diary.config, rules=changed.rules, digests=changed.digests)
    return site


def group_of(site: CachedSite, name: str = GROUP) -> Group:
    return next(each for each in site.world.tracker.groups if each.name == name)


def delete(site: CachedSite, group: Group) -> None:
    """Delete a group as Redmine does: its users lose the roles that they had only by it."""
    for project in site.world.tracker.projects:
        if any(each.who is group for each in project.members):
            for member in project.members:
                if member.who in group.users:
                    member.roles = {role: inherited for role, inherited in member.roles.items() if not inherited}
            project.members = [each for each in project.members if each.who is not group and each.roles]
    site.world.tracker.groups.remove(group)


def give_role(site: CachedSite, login: str, role: str) -> None:
    """Give a person only this role in each project."""
    for project in site.world.tracker.projects:
        for member in project.members:
            if getattr(member.who, "login", "") == login:
                member.roles = {site.world.tracker.role(role): False}


def test_group_of_an_ended_contract_is_not_needed(site_with_contract: CachedSite) -> None:
    site = site_with_contract
    issue_id = site.diary.file("Mon 09:00", "golden", BASE, CONSULTATION)
    run = site.run("Mon 09:05").result
    assert (run.outcomes, run.done.is_complete) == ({issue_id: OutcomeKind.APPLIED}, True)
    assert site.diary.fields(OPERATOR, issue_id)["level"] == "VIP"


@pytest.mark.parametrize("is_deleted", [True, False])
def test_requests_of_a_missing_group_are_held_and_the_others_served(
    site_with_contract: CachedSite, is_deleted: bool
) -> None:
    site = site_with_contract
    old, other = (site.diary.file("Mon 09:00", each, BASE, CONSULTATION) for each in ("golden", CLIENT))
    site.run_until_idle("Mon 09:05", "Mon 09:10", "Mon 09:15")
    new, others_new = (site.diary.file("Mon 09:20", each, BASE, CONSULTATION) for each in ("golden", CLIENT))
    if is_deleted:
        delete(site, group_of(site))
    else:
        group_of(site).name = "Күміс клиенттер"
    site.delete_cache()
    run = site.run("Mon 09:25").result
    assert run.outcomes == {others_new: OutcomeKind.APPLIED}
    assert {issue_id for issue_id, kind in run.findings if kind == "unmapped_name"} == {old, new}
    assert other not in run.outcomes
    (problem,) = (each for each in run.done.problems if GROUP in each)
    assert problem.startswith(f'group "{GROUP}" (contract) is in no project')
    assert not run.done.is_complete
    assert site.diary.fields(OPERATOR, old)["level"] == "VIP"


def test_direct_member_of_a_deleted_group_is_not_served_as_a_client_without_a_contract(
    site_with_contract: CachedSite,
) -> None:
    """The level of earlier requests shows who was in the group; a client without one is served as in no group."""
    site = site_with_contract
    for each in ("direct", "newcomer"):
        site.add_person(each, CLIENT_ROLE)
    redmine = site.world.tracker
    group_of(site).users += [each for each in redmine.users if each.login in ("direct", "newcomer")]
    for login in ("direct", CLIENT):
        site.diary.file("Mon 09:00", login, BASE, CONSULTATION)
    site.run_until_idle("Mon 09:05", "Mon 09:10", "Mon 09:15")
    delete(site, group_of(site))
    held, unrecorded, served = (
        site.diary.file("Mon 09:20", each, BASE, CONSULTATION) for each in ("direct", "newcomer", CLIENT)
    )
    by_project = site.diary.file("Mon 09:20")
    site.delete_cache()
    run = site.run("Mon 09:25").result
    assert run.outcomes == dict.fromkeys([unrecorded, served, by_project], OutcomeKind.APPLIED)
    texts = {each.issue_id: each.text for each in run.done.plan.findings if each.kind == "unmapped_name"}
    assert texts[held].startswith(f'level unknown: group "{GROUP}" (contract of {GROUP}) was not found in Redmine; ')
    assert texts.keys().isdisjoint([unrecorded, served])
    assert not run.done.is_complete
    levels = [site.diary.fields(OPERATOR, each)["level"] for each in (held, unrecorded, served)]
    assert levels == ["", "Базалық", "Базалық"]


def test_deleted_group_of_an_ended_contract_holds_no_request(site: CachedSite) -> None:
    """The contract ended after the request was filed."""
    client, *_ = site.diary.config.rules.policy.contracts
    ended = replace(client, project=None, group="Ескі", bin=None, last_on=date(2026, 6, 8))
    policy = replace(site.diary.config.rules.policy, contracts=(ended,))
    site.diary.config = replace(site.diary.config, rules=replace(site.diary.config.rules, policy=policy))
    issue_id = site.diary.file("Mon 09:00", CLIENT, BASE, CONSULTATION)
    run = site.run("Tue 09:05").result
    assert (run.outcomes, run.done.is_complete) == ({issue_id: OutcomeKind.APPLIED}, True)


def test_client_in_no_other_group_is_served_after_the_group_was_renamed(site_with_contract: CachedSite) -> None:
    site = site_with_contract
    group_of(site).name = "Күміс клиенттер"
    issue_id, of_group = (site.diary.file("Mon 09:00", each, BASE, CONSULTATION) for each in (CLIENT, "golden"))
    run = site.run("Mon 09:05").result
    assert (run.outcomes, run.done.skipped) == ({issue_id: OutcomeKind.APPLIED}, 1)
    assert (of_group, "unmapped_name") in run.findings


def test_requests_with_answers_of_a_missing_group_of_staff_are_held_and_the_others_served(site: CachedSite) -> None:
    """The role of the others still says that they are staff or clients."""
    issue_id, other = site.diary.file("Mon 09:00"), site.diary.file("Mon 09:00")
    give_role(site, OPERATOR, DEVELOPER_ROLE)
    group_of(site, STAFF_GROUP).name = "Қолдау"
    site.run("Mon 09:05")
    with site.diary.at("Mon 09:10", issue_id) as world:
        world.note(OPERATOR, issue_id, "Жауап")
    run = site.run("Mon 13:01").result
    assert {each for each, kind in run.findings if kind == "unmapped_name"} == {issue_id}
    assert run.outcomes == {other: OutcomeKind.APPLIED}
    assert any(each.startswith(f'group "{STAFF_GROUP}" (staff) is in no project') for each in run.done.problems)


@pytest.mark.parametrize("is_deleted", [True, False])
def test_answer_of_a_client_who_may_be_in_a_missing_group_of_staff_is_not_taken_for_the_clients_word(
    site: CachedSite, is_deleted: bool
) -> None:
    answered, by_client, filed_by_staff = (
        site.diary.file("Mon 09:00", login, BASE, CONSULTATION) for login in (CLIENT, CLIENT, OPERATOR)
    )
    site.add_person("colleague", STAFF_ROLE)
    give_role(site, OPERATOR, CLIENT_ROLE)
    if is_deleted:
        delete(site, group_of(site, STAFF_GROUP))
    else:
        group_of(site, STAFF_GROUP).name = "Қолдау"
    for issue_id, login in ((answered, OPERATOR), (by_client, CLIENT), (filed_by_staff, OPERATOR)):
        with site.diary.at("Mon 09:01", issue_id) as world:
            world.note(login, issue_id, "Жауап")
    run = site.run("Mon 09:05").result
    held = {answered} if is_deleted else {answered, filed_by_staff}
    assert {each for each, kind in run.findings if kind == "unmapped_name"} == held
    assert run.outcomes == dict.fromkeys({answered, by_client, filed_by_staff} - held, OutcomeKind.APPLIED)
    assert [site.diary.notes(CLIENT, each, private=False) for each in held] == [["Жауап"]] * len(held)
    assert any(each.startswith(f'group "{STAFF_GROUP}" (staff) is in no project') for each in run.done.problems)
    assert not run.done.is_complete
