"""The records of the fake Redmine in fake_redmine.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha1
from typing import Any

Json = Mapping[str, Any]


@dataclass(eq=False)
class Named:
    """A tracker or a priority."""

    id: int
    name: str


@dataclass(eq=False)
class Status(Named):
    is_closed: bool = False


@dataclass(eq=False)
class Role(Named):
    permissions: frozenset[str] = frozenset()
    is_assignable: bool = True
    transitions: set[tuple[str | None, str]] = field(default_factory=set)
    read_only: set[str] = field(default_factory=set)  # names of custom fields and of Redmine's own


@dataclass(eq=False)
class CustomField(Named):
    trackers: set[str]
    projects: set[str] | None = None  # None: all
    seen_by: set[str] | None = None  # roles; None: all
    is_required: bool = False
    is_filter: bool = True
    values: tuple[str, ...] = ()
    pattern: str = ""


@dataclass(eq=False)
class User(Named):
    login: str = ""
    is_admin: bool = False
    is_locked: bool = False

    @property
    def key(self) -> str:
        return sha1(self.login.encode(), usedforsecurity=False).hexdigest()


@dataclass(eq=False)
class Group(Named):
    users: list[User] = field(default_factory=list)


@dataclass(eq=False)
class Member:
    id: int
    who: User | Group
    roles: dict[Role, bool] = field(default_factory=dict)  # True: inherited from a group


@dataclass(eq=False)
class WikiPage:
    title: str
    text: str = ""
    version: int = 1
    author: User | None = None
    is_protected: bool = False
    files: list[tuple[int, str, User]] = field(default_factory=list)


@dataclass(eq=False)
class Wiki:
    pages: list[WikiPage] = field(default_factory=list)
    redirects: dict[str, str] = field(default_factory=dict)  # from a former title to the current one


@dataclass(eq=False)
class Project(Named):
    identifier: str = ""
    is_public: bool = False
    is_closed: bool = False
    is_archived: bool = False
    has_issue_tracking: bool = True
    wiki: Wiki | None = None
    trackers: list[Named] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)


@dataclass(eq=False)
class Version(Named):
    project: Project
    status: str = "open"
    due_on: date | None = None


@dataclass(eq=False)
class Journal:
    id: int
    user: User
    created_at: datetime
    notes: str = ""
    is_private: bool = False
    details: list[Json] = field(default_factory=list)


@dataclass(eq=False)
class Issue:
    id: int
    project: Project
    tracker: Named
    status: Status
    priority: Named
    author: User
    created_at: datetime
    updated_at: datetime
    start_on: date | None = None
    due_on: date | None = None
    subject: str = ""
    description: str = ""
    assignee: User | None = None
    version: Version | None = None
    parent: Issue | None = None
    closed_at: datetime | None = None
    lock_version: int = 0
    values: dict[int, str] = field(default_factory=dict)
    files: list[tuple[int, str]] = field(default_factory=list)
    journals: list[Journal] = field(default_factory=list)
