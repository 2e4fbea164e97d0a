"""A fake Redmine 5 in memory, with its rules and pitfalls. fake_rest.py is its REST API.

tests/redmine/contract compares it with a real Redmine. Features that are not modelled raise an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha1
from itertools import count
from typing import Any

from support.fake_records import (
    CustomField,
    Group,
    Issue,
    Journal,
    Json,
    Member,
    Named,
    Project,
    Role,
    Status,
    User,
    Version,
    Wiki,
)

# attributes that an editor of an issue may set: Redmine's name, and that of the record's field
ATTRIBUTES = {
    "status_id": "status",
    "priority_id": "priority",
    "assigned_to_id": "assignee",
    "fixed_version_id": "version",
    "subject": "subject",
    "description": "description",
    "start_date": "start_on",
    "due_date": "due_on",
}


class RefusalError(Exception):
    """A response other than success. `errors` are the messages of a 422."""

    def __init__(self, status: int, errors: list[str] | None = None) -> None:
        super().__init__(status, errors)
        self.status, self.errors = status, errors


class FakeRedmine:
    """The state and rules of the fake Redmine. `now` is its clock, which tests set."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
        self._ids = count(1)  # shared by all kinds, so an id of the wrong kind matches nothing
        self.statuses: list[Status] = []
        self.trackers: list[Named] = []
        self.priorities: list[Named] = []
        self.roles: list[Role] = []
        self.fields: list[CustomField] = []
        self.groups: list[Group] = []
        self.projects: list[Project] = []
        self.versions: list[Version] = []
        self.issues: list[Issue] = []
        self.uploads: dict[str, tuple[int, str]] = {}
        self.anonymous = User(0, "Anonymous")
        self.is_rest_on = True
        self.text_formatting = "textile"
        self.hides_trackers = False  # without `view_issues`, as from 6.1 on
        self.users = [User(self._new(), "Redmine Admin", login="admin", is_admin=True)]
        self.non_member_role = Role(0, "Non member", frozenset({"view_issues"}))

    def _new(self) -> int:
        return next(self._ids)

    # --- setup

    def provision(self, wanted: Json) -> None:
        """Do what the script of `sup-sync provision --script` does with its JSON."""
        first = wanted["first_status"]
        ordered = sorted(wanted["statuses"], key=lambda each: each["name"] != first)  # a tracker's default comes first
        self.statuses = [Status(self._new(), each["name"], each["is_closed"]) for each in ordered]
        self.trackers = [Named(self._new(), name) for name in wanted["trackers"]]
        self.priorities = [Named(self._new(), name) for name in wanted["priorities"]]
        for each in wanted["roles"]:
            given = each["attributes"]
            self.add_role(each["name"], given["permissions"], is_assignable=given["assignable"])
            self.role(each["name"]).transitions = {(old, new) for old, new in each["transitions"]}
            self.role(each["name"]).read_only = {*each["read_only"], *each["read_only_core"]}
        for each in wanted["fields"]:
            self.add_field(each)
        self.groups = [Group(self._new(), name) for name in wanted["groups"]]
        account = wanted["account"]
        self.add_user(account["login"], f"{account['firstname']} {account['lastname']}")

    def add_role(self, name: str, permissions: Iterable[str], *, is_assignable: bool = False) -> Role:
        self.roles.append(Role(self._new(), name, frozenset(permissions), is_assignable))
        return self.roles[-1]

    def add_field(self, given: Json) -> None:
        values = ("0", "1") if given.get("format") == "bool" else tuple(given.get("values", ()))
        self.fields.append(
            CustomField(
                self._new(),
                given["name"],
                trackers=set(given.get("trackers") or (each.name for each in self.trackers)),
                projects=set(given["projects"]) if given.get("projects") else None,
                seen_by=set(given["seen_by"]) if given.get("seen_by") else None,
                is_required=given.get("is_required", False),
                is_filter=given.get("is_filter", True),
                values=values,
                pattern=given.get("regexp", ""),
            )
        )

    def add_user(self, login: str, name: str, *, is_admin: bool = False, is_locked: bool = False) -> User:
        self.users.append(User(self._new(), name, login=login, is_admin=is_admin, is_locked=is_locked))
        return self.users[-1]

    def delete_user(self, user: User) -> None:
        """Delete a user; the anonymous user gets their journals and requests, and nobody is assigned instead."""
        self.users.remove(user)
        for project in self.projects:
            project.members = [each for each in project.members if each.who is not user]
        for group in self.groups:
            group.users = [each for each in group.users if each is not user]
        for issue in self.issues:
            issue.author = self.anonymous if issue.author is user else issue.author
            issue.assignee = None if issue.assignee is user else issue.assignee
            for journal in issue.journals:
                journal.user = self.anonymous if journal.user is user else journal.user

    def add_group(self, name: str, users: Iterable[User]) -> Group:
        group = next((each for each in self.groups if each.name == name), None)
        if group is None:
            group = Group(self._new(), name)
            self.groups.append(group)
        group.users += users
        return group

    def add_project(self, identifier: str, name: str, *, is_public: bool = False, has_wiki: bool = False) -> Project:
        project = Project(self._new(), name, identifier, is_public, trackers=list(self.trackers))
        project.wiki = Wiki() if has_wiki else None
        self.projects.append(project)
        return project

    def add_version(self, project: Project, name: str, due_on: str | None) -> Version:
        self.versions.append(Version(self._new(), name, project, due_on=date.fromisoformat(due_on) if due_on else None))
        return self.versions[-1]

    def join(self, project: Project, who: User | Group, roles: Iterable[str]) -> None:
        """Make a user, or a group and thereby its users, a member."""
        for name in roles:
            self._member(project, who).roles[self.role(name)] = False
            for user in who.users if isinstance(who, Group) else ():
                self._member(project, user).roles.setdefault(self.role(name), True)

    def _member(self, project: Project, who: User | Group) -> Member:
        member = next((each for each in project.members if each.who is who), None)
        if member is None:
            member = Member(self._new(), who)
            project.members.append(member)
        return member

    def role(self, name: str) -> Role:
        return next(each for each in self.roles if each.name == name)

    # --- permissions

    def user_of(self, key: str | None) -> User:
        """Return the owner of a key; silently anonymous for a wrong key, a locked account, or REST off."""
        users = (each for each in self.users if each.key == key and not each.is_locked and self.is_rest_on)
        return next(users, self.anonymous)

    def roles_of(self, user: User, project: Project) -> list[Role]:
        for member in project.members:
            if member.who is user:
                return list(member.roles)
        return [self.non_member_role] if project.is_public else []

    def allows(self, user: User, permission: str, project: Project) -> bool:
        if project.is_archived or (project.is_closed and not permission.startswith("view_")):
            return False
        if "issue" in permission and not project.has_issue_tracking:
            return False
        return user.is_admin or any(permission in role.permissions for role in self.roles_of(user, project))

    def may_edit(self, user: User, issue: Issue) -> bool:
        is_own = issue.author is user and self.allows(user, "edit_own_issues", issue.project)
        return is_own or self.allows(user, "edit_issues", issue.project)

    def may_note(self, user: User, issue: Issue) -> bool:
        return self.allows(user, "add_issue_notes", issue.project)

    def visible_issues(self, user: User) -> list[Issue]:
        return [each for each in self.issues if self.allows(user, "view_issues", each.project)]

    def visible_journals(self, user: User, issue: Issue) -> list[Journal]:
        """Return the visible journals by time. Private notes and changes of only hidden fields are silently omitted."""
        sees_private = self.allows(user, "view_private_notes", issue.project)
        journals = [each for each in issue.journals if sees_private or not each.is_private or each.user is user]
        journals = [each for each in journals if each.notes or self.visible_details(user, issue, each)]
        return sorted(journals, key=lambda each: (each.created_at, each.id))

    def visible_details(self, user: User, issue: Issue, journal: Journal) -> list[Json]:
        seen = {str(each.id) for each in self.fields if self._sees(user, each, issue.project)}
        return [each for each in journal.details if each["property"] != "cf" or each["name"] in seen]

    def seen_fields(self, user: User, project: Project, tracker: Named) -> list[CustomField]:
        return [
            each
            for each in self.fields
            if tracker.name in each.trackers
            and (each.projects is None or project.identifier in each.projects)
            and self._sees(user, each, project)
        ]

    def _sees(self, user: User, custom: CustomField, project: Project) -> bool:
        if custom.seen_by is None or user.is_admin:
            return True
        return any(role.name in custom.seen_by for role in self.roles_of(user, project))

    def _read_only(self, user: User, project: Project) -> set[str]:
        """Return the fields that the workflow makes read-only in every role of the user."""
        roles = self.roles if user.is_admin else self.roles_of(user, project)
        return set.intersection(*(role.read_only for role in roles)) if roles else set()

    def writable_fields(self, user: User, issue: Issue) -> list[CustomField]:
        read_only = self._read_only(user, issue.project)
        return [each for each in self.seen_fields(user, issue.project, issue.tracker) if each.name not in read_only]

    def writable_ids(self, user: User, issue: Issue) -> set[int]:
        return {each.id for each in self.writable_fields(user, issue)}

    def children(self, issue: Issue) -> list[Issue]:
        return [each for each in self.issues if each.parent is issue]

    def allowed_statuses(self, user: User, issue: Issue, old: str | None) -> list[Status]:
        """Return the statuses the user may set, with the current one. A parent of open children cannot be closed."""
        roles = self.roles if user.is_admin else self.roles_of(user, issue.project)
        names = {new for role in roles for before, new in role.transitions if before == old}
        names |= {old} if names and old else set()
        is_blocked = any(not child.status.is_closed for child in self.children(issue))
        return [each for each in self.statuses if each.name in names and not (is_blocked and each.is_closed)]

    # --- changes of issues

    def file(self, user: User, sent: Json) -> Issue:
        """File an issue, with the requested status if the workflow allows it, otherwise the first allowed status."""
        project = self.pick(self.projects, sent["project_id"])
        if not self.allows(user, "add_issues", project):
            raise RefusalError(403)
        tracker = self.pick(project.trackers, sent.get("tracker_id", project.trackers[0].id))
        today, first = self.now.date(), self.statuses[0]
        issue = Issue(
            self._new(), project, tracker, first, self.priorities[0], user, self.now, self.now, start_on=today
        )
        allowed = self.allowed_statuses(user, issue, None) or [first]
        issue.status = first if first in allowed else allowed[0]
        self._assign(user, issue, sent, set(ATTRIBUTES), allowed)
        if "parent_issue_id" in sent and self.allows(user, "manage_subtasks", project):
            issue.parent = self.pick(self.issues, sent["parent_issue_id"])
        self._check(user, issue, None)
        self._attach(issue, sent.get("uploads", ()))  # files sent with the new issue leave no journal
        self.issues.append(issue)
        if issue.parent:
            detail = {"property": "attr", "name": "child_id", "old_value": None, "new_value": str(issue.id)}
            issue.parent.journals.append(Journal(self._new(), user, self.now, details=[detail]))
            self._recalculate(issue.parent)
        return issue

    def update(self, user: User, issue: Issue, sent: Json) -> None:
        """Do what a PUT does: apply the permitted changes and silently ignore the rest."""
        may_edit, may_note = self.may_edit(user, issue), self.may_note(user, issue)
        if not may_edit and not may_note:
            raise RefusalError(403)
        draft = replace(issue, values=dict(issue.values))
        if may_edit:
            allowed = self.allowed_statuses(user, issue, issue.status.name)
            self._assign(user, draft, sent, self.writable_attributes(user, issue), allowed)
        self._check(user, draft, issue)
        if may_edit and int(sent.get("lock_version", issue.lock_version)) != issue.lock_version:
            raise RefusalError(422, [])
        details = [*_differences(issue, draft), *self._attach(issue, sent.get("uploads", ()))]
        for name in (*ATTRIBUTES.values(), "values"):
            setattr(issue, name, getattr(draft, name))
        note = sent.get("notes", "").strip() if may_note else ""
        is_private = bool(sent.get("private_notes")) and self.allows(user, "set_notes_private", issue.project)
        issue.journals += self._journals(user, note, is_private and bool(note), details)
        self._touch(issue)
        if issue.parent:
            self._recalculate(issue.parent)

    def _journals(self, user: User, note: str, is_private: bool, details: list[Json]) -> list[Journal]:
        """Make one journal, or two if the PUT has a private note and other changes."""
        if is_private and details:
            return [
                Journal(self._new(), user, self.now, details=details),
                Journal(self._new(), user, self.now, note, is_private),
            ]
        return [Journal(self._new(), user, self.now, note, is_private, details)] if note or details else []

    def _touch(self, issue: Issue) -> None:
        issue.updated_at = self.now
        issue.lock_version += 1
        if issue.status.is_closed:
            issue.closed_at = issue.closed_at or self.now

    def _recalculate(self, parent: Issue) -> None:
        """Derive the dates and priority of a parent from its children."""
        children = self.children(parent)
        parent.start_on = min((each.start_on for each in children if each.start_on), default=None)
        parent.due_on = max((each.due_on for each in children if each.due_on), default=None)
        priorities = [self.priorities.index(each.priority) for each in children if not each.status.is_closed]
        parent.priority = self.priorities[max(priorities, default=0)]
        self._touch(parent)

    def writable_attributes(self, user: User, issue: Issue) -> set[str]:
        derived = {"start_date", "due_date", "priority_id"} if self.children(issue) else set()
        return set(ATTRIBUTES) - derived - self._read_only(user, issue.project)

    def _assign(self, user: User, issue: Issue, sent: Json, writable: set[str], allowed: list[Status]) -> None:
        for name in writable & sent.keys():
            value = sent[name]
            if name == "status_id":
                issue.status = next((each for each in allowed if each.id == int(value)), issue.status)
            else:
                setattr(issue, ATTRIBUTES[name], self._value(name, value))
        writable_fields = self.writable_ids(user, issue)
        for each in sent.get("custom_fields", ()):
            if int(each["id"]) in writable_fields:
                issue.values[int(each["id"])] = each["value"] or ""

    def _value(self, name: str, value: Any) -> Any:
        if name in ("start_date", "due_date"):
            return date.fromisoformat(value) if value else None
        kinds: dict[str, Iterable[Any]] = {
            "priority_id": self.priorities,
            "assigned_to_id": self.users,
            "fixed_version_id": self.versions,
        }
        if name in kinds:
            return next((each for each in kinds[name] if str(each.id) == str(value)), None)
        return value

    def _check(self, user: User, issue: Issue, before: Issue | None) -> None:
        """Reject invalid issues. Custom fields are validated only if one of them changes."""
        errors = []
        are_dates_new = before is None or (issue.start_on, issue.due_on) != (before.start_on, before.due_on)
        if are_dates_new and issue.start_on and issue.due_on and issue.due_on < issue.start_on:
            errors.append("Due date must be greater than start date")
        if issue.assignee and (before is None or issue.assignee is not before.assignee):
            errors += [] if issue.assignee in self.assignable(before or issue) else ["Assignee is invalid"]
        if not issue.subject:
            errors.append("Subject cannot be blank")
        if before is None or issue.values != before.values:
            writable = self.writable_fields(user, issue)
            errors += [f"{each.name} is invalid" for each in writable if _is_invalid(each, issue)]
        if errors:
            raise RefusalError(422, errors)

    def assignable(self, issue: Issue) -> list[User]:
        """Return the users who may be assigned; the current assignee stays so after they are locked or removed."""
        users = [each for each in self.users if each is issue.author or self._is_assignable(each, issue.project)]
        active = [each for each in users if not each.is_locked]
        return active + [each for each in self.users if each is issue.assignee and each not in active]

    def _is_assignable(self, user: User, project: Project) -> bool:
        return any(role.is_assignable for role in self.roles_of(user, project))

    def upload(self, filename: str) -> str:
        number = self._new()
        token = f"{number}.{sha1(filename.encode(), usedforsecurity=False).hexdigest()}"
        self.uploads[token] = (number, filename)
        return token

    def _attach(self, issue: Issue, uploads: Iterable[Json]) -> list[Json]:
        files = [self.uploads[each["token"]] for each in uploads if each["token"] in self.uploads]
        issue.files += files
        return [
            {"property": "attachment", "name": str(number), "old_value": None, "new_value": filename}
            for number, filename in files
        ]

    @staticmethod
    def pick(kind: Iterable[Any], key: Any) -> Any:
        """Return the item with an id or identifier; raise the refusal 404 if it is missing."""
        for each in kind:
            if str(key) in (str(each.id), getattr(each, "identifier", None)):
                return each
        raise RefusalError(404)


def _is_invalid(custom: CustomField, issue: Issue) -> bool:
    value = issue.values.get(custom.id, "")
    if not value:
        return custom.is_required
    return (custom.values and value not in custom.values) or not re.search(custom.pattern, value)


def _differences(before: Issue, after: Issue) -> list[Json]:
    """Return the details of a journal: values as text, or the ids of records."""
    details: list[Json] = []
    for name, field in ATTRIBUTES.items():
        old, new = (_text(getattr(each, field)) for each in (before, after))
        if (old or "") != (new or ""):
            details.append({"property": "attr", "name": name, "old_value": old, "new_value": new})
    for key in sorted(before.values.keys() | after.values.keys()):
        old, new = (each.values.get(key, "") for each in (before, after))
        if old != new:
            details.append({"property": "cf", "name": str(key), "old_value": old, "new_value": new})
    return details


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return value.isoformat() if isinstance(value, date) else str(value.id)
