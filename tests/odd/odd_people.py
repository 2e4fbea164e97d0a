"""Odd people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from end_to_end.scene import BASE, CLIENT_ROLE, HEAD, HEAD_NAME, MURAGER, STAFF_GROUP, STAFF_ROLE, VIP
from odd.busy_site import SECOND_OPERATOR, BusySite, Victims
from odd.catalogue import PEOPLE, odd
from odd.odd_requests import ids, oldest_and_others
from support.fake_records import User

NEW_NAME = "Дана Серікова"


def leave(site: BusySite, user: User) -> None:
    """Take a person out of all groups and projects."""
    for group in site.tracker.groups:
        group.users = [each for each in group.users if each is not user]
    for project in site.tracker.projects:
        project.members = [each for each in project.members if each.who is not user]


@odd(PEOPLE, "the head is locked", of_head=True, is_unseen=True)
def locked_head(site: BusySite, _victims: Victims) -> Iterable[int]:
    site.user(HEAD).is_locked = True
    return ()


@odd(PEOPLE, "the head left", of_head=True, is_unseen=True)
def departed_head(site: BusySite, _victims: Victims) -> Iterable[int]:
    leave(site, site.user(HEAD))
    return ()


@odd(PEOPLE, "the head left one project", of_head=True, is_unseen=True)
def head_left_project(site: BusySite, _victims: Victims) -> Iterable[int]:
    project = site.project(MURAGER)
    project.members = [each for each in project.members if each.who is not site.user(HEAD)]
    return ()


@odd(PEOPLE, "the head was deleted", of_head=True)
def deleted_head(site: BusySite, _victims: Victims) -> Iterable[int]:
    head = site.user(HEAD)
    leave(site, head)
    site.tracker.users.remove(head)
    heard = site.where(lambda each: any(journal.user is head for journal in each.journals))
    for issue in site.tracker.issues:
        issue.assignee = None if issue.assignee is head else issue.assignee
        for journal in issue.journals:
            journal.user = site.tracker.anonymous if journal.user is head else journal.user
    return heard


@odd(PEOPLE, "the head was renamed", of_head=True, is_unseen=True)
def renamed_head(site: BusySite, _victims: Victims) -> Iterable[int]:
    site.user(HEAD).name = NEW_NAME
    return ()


@odd(PEOPLE, "the head was renamed, also in the mappings")
def renamed_head_everywhere(site: BusySite, _victims: Victims) -> Iterable[int]:
    site.user(HEAD).name = NEW_NAME
    site.rename_in_files(HEAD_NAME, NEW_NAME)
    return ()


@odd(PEOPLE, "two members of staff have the head's name", of_head=True, is_unseen=True)
def two_heads(site: BusySite, _victims: Victims) -> Iterable[int]:
    other = site.tracker.add_user("d.bekova2", HEAD_NAME)
    site.tracker.add_group(STAFF_GROUP, [other])
    for project in site.tracker.projects:
        site.tracker.join(project, other, (STAFF_ROLE,))
    return ()


@odd(PEOPLE, "a client has the head's name")
def client_named_as_head(site: BusySite, _victims: Victims) -> Iterable[int]:
    other = site.tracker.add_user("d.bekova3", HEAD_NAME)
    site.tracker.join(site.project(BASE), other, (CLIENT_ROLE,))
    return ()


@odd(PEOPLE, "staff of one project is a client in another")
def staff_and_client(site: BusySite, victims: Victims) -> Iterable[int]:
    both = site.tracker.add_user("both", "Екі Рөл")
    site.tracker.join(site.project(VIP), both, (STAFF_ROLE,))
    for project in site.tracker.projects:
        if project.identifier != VIP:
            site.tracker.join(project, both, (CLIENT_ROLE,))
    issues = oldest_and_others(victims)
    for issue in issues:
        issue.author = both
    return ids(issues)


@odd(PEOPLE, "an operator is locked")
def locked_operator(site: BusySite, _victims: Victims) -> Iterable[int]:
    site.user(SECOND_OPERATOR).is_locked = True
    return ()


@odd(PEOPLE, "a member has a role that is not mapped")
def unmapped_role(site: BusySite, victims: Victims) -> Iterable[int]:
    site.tracker.add_role("Байқаушы", ("view_issues", "add_issues", "add_issue_notes"))
    watcher = site.tracker.add_user("watcher", "Жай Байқаушы")
    for project in site.tracker.projects:
        site.tracker.join(project, watcher, ("Байқаушы",))
    issues = oldest_and_others(victims)
    for issue in issues:
        issue.author = watcher
        issue.journals = [
            replace(each, user=watcher if each.user.login == SECOND_OPERATOR else each.user) for each in issue.journals
        ]
    return ids(issues)
