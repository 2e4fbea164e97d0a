"""Environments for tests: a fake Redmine in memory and a real one, with the same methods.

People act through the REST API with their own keys. Each world has its own way for everything that REST cannot do.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import requests
from support.fake_records import Journal, Wiki, WikiPage
from support.fake_redmine import FakeRedmine
from support.fake_rest import FakeRest

from sup_sync.config.load import load_config
from sup_sync.model.names import RedmineNames
from sup_sync.redmine.provision import make_script

ROOT = Path(__file__).parent.parent.parent
ADMIN = "admin"
BOT = "sup-sync"
SITE = os.environ.get("SUP_SYNC_SITE") or "sup-sync-test"

USES_SITE = pytest.mark.real_redmine

Json = Mapping[str, Any]


@dataclass(frozen=True)
class RoleOf:
    """A role that sup-sync does not provision. It may set the statuses that `workflow_of` may."""

    name: str
    permissions: tuple[str, ...]
    workflow_of: str | None = None
    is_assignable: bool = False


@dataclass(frozen=True)
class FieldOf:
    """A text field that sup-sync does not provision. None means all."""

    name: str
    trackers: tuple[str, ...] | None = None
    projects: tuple[str, ...] | None = None
    seen_by: tuple[str, ...] | None = None
    is_required: bool = False
    is_filter: bool = True


@dataclass(frozen=True)
class UserOf:
    login: str
    name: str
    is_admin: bool = False
    is_locked: bool = False


@dataclass(frozen=True)
class ProjectOf:
    """A project with its members: roles by login or by group."""

    identifier: str
    name: str
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_public: bool = False
    has_wiki: bool = False


@dataclass(frozen=True)
class Scene:
    """The accounts, projects and other data that sup-sync does not provision.

    `groups` map names to logins, `read_only` roles to fields, `issues` projects to a number of issues.
    """

    projects: tuple[ProjectOf, ...]
    users: tuple[UserOf, ...]
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    roles: tuple[RoleOf, ...] = ()
    fields: tuple[FieldOf, ...] = ()
    read_only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    issues: Mapping[str, int] = field(default_factory=dict)


class World(ABC):
    """A Redmine with people. `url` is its base URL; `names` are those of mappings/tracker.yaml."""

    url: str

    def __init__(self) -> None:
        self.names = shipped_names()
        self._http = requests.Session()
        self._http.trust_env = False
        self._ids: dict[str, dict[str, int]] = {}

    @abstractmethod
    def reset(self, scene: Scene) -> None:
        """Replace all data by a freshly provisioned Redmine with the scene."""

    @abstractmethod
    def user(self, login: str) -> str:
        """Return a user's API key."""

    @abstractmethod
    def shift(
        self,
        issue_id: int,
        *,
        created_at: datetime | None = None,
        updated_at: datetime | None = None,
        journals: Sequence[datetime] = (),
    ) -> None:
        """Move an issue in time: its filing (with its start date), its last change, its journals by id."""

    def call(self, login: str, method: str, path: str, **content: Any) -> requests.Response:
        """Send a request with a user's key and return the response."""
        headers = {"X-Redmine-API-Key": self.user(login), **content.pop("headers", {})}
        return self._http.request(
            method, self.url + path, headers=headers, timeout=60, allow_redirects=False, **content
        )

    def get(self, login: str, path: str, **params: Any) -> Any:
        answer = self.call(login, "GET", path, params=params)
        assert answer.status_code == requests.codes.ok, (path, answer.status_code)
        return answer.json()

    def id_of(self, kind: str, name: str) -> int:
        """Return the id of a name in `issue_statuses`, `trackers`, `issue_priorities` or `custom_fields`."""
        if kind not in self._ids:
            path = "/enumerations/issue_priorities.json" if kind == "issue_priorities" else f"/{kind}.json"
            self._ids[kind] = {each["name"]: each["id"] for each in self.get(ADMIN, path)[kind]}
        return self._ids[kind][name]

    def field_id(self, key: str) -> int:
        """Return the id of a custom field by its key in mappings/tracker.yaml."""
        return self.id_of("custom_fields", self.names.fields[key])

    def values(self, fields: Mapping[str, str]) -> list[Json]:
        """Convert values of custom fields, by name in Redmine, to REST's form."""
        return [{"id": self.id_of("custom_fields", name), "value": value} for name, value in fields.items()]

    def file(
        self,
        login: str,
        project: str,
        tracker: str = "Кеңес",
        *,
        subject: str = "Өтініш",
        priority: str | None = None,
        fields: Mapping[str, str] | None = None,
        **attributes: Any,
    ) -> int:
        """File a request as a user; return its id."""
        issue = {"project_id": project, "tracker_id": self.id_of("trackers", tracker), "subject": subject, **attributes}
        if priority:
            issue["priority_id"] = self.id_of("issue_priorities", priority)
        issue["custom_fields"] = self.values(fields or {})
        answer = self.call(login, "POST", "/issues.json", json={"issue": issue})
        assert answer.status_code == requests.codes.created, (answer.status_code, answer.text)
        number: int = answer.json()["issue"]["id"]
        return number

    def copy(self, login: str, issue_id: int, *, is_linked: bool = True, **attributes: Any) -> int:
        """File a copy of a request, as the copy form does; return its id."""
        issue = {"project_id": self.see(login, issue_id)["project"]["id"], **attributes}
        copy = {"copy_from": issue_id, "link_copy": "1" if is_linked else "0", "project_id": issue["project_id"]}
        answer = self.call(login, "POST", "/issues.json", json={**copy, "issue": issue})
        assert answer.status_code == requests.codes.created, (answer.status_code, answer.text)
        number: int = answer.json()["issue"]["id"]
        return number

    def relate(self, login: str, issue_id: int, kind: str, other_id: int) -> None:
        """Add a relation: an issue duplicates or blocks another one."""
        relation = {"issue_to_id": other_id, "relation_type": kind}
        answer = self.call(login, "POST", f"/issues/{issue_id}/relations.json", json={"relation": relation})
        assert answer.status_code == requests.codes.created, (answer.status_code, answer.text)

    def edit(self, login: str, issue_id: int, **attributes: Any) -> None:
        """Change an issue as a user, by Redmine's names of the attributes."""
        answer = self.call(login, "PUT", f"/issues/{issue_id}.json", json={"issue": attributes})
        assert answer.status_code == requests.codes.no_content, (answer.status_code, answer.text)

    def note(self, login: str, issue_id: int, text: str, *, private: bool = False) -> None:
        self.edit(login, issue_id, notes=text, private_notes=private)

    def edit_note(self, login: str, journal_id: int, text: str) -> None:
        """Change an existing note."""
        answer = self.call(login, "PUT", f"/journals/{journal_id}.json", json={"journal": {"notes": text}})
        assert answer.status_code == requests.codes.no_content, answer.status_code

    def set_status(self, login: str, issue_id: int, status: str, note: str = "") -> None:
        self.edit(login, issue_id, status_id=self.id_of("issue_statuses", status), notes=note)

    def set_fields(self, login: str, issue_id: int, fields: Mapping[str, str]) -> None:
        self.edit(login, issue_id, custom_fields=self.values(fields))

    def attach(self, login: str, issue_id: int, filename: str, note: str = "") -> None:
        self.edit(login, issue_id, notes=note, uploads=[self.upload(login, filename)])

    def upload(self, login: str, filename: str) -> Json:
        """Upload a file; return its entry for `uploads` of a request."""
        answer = self.call(
            login,
            "POST",
            "/uploads.json",
            params={"filename": filename},
            data=b"x",
            headers={"Content-Type": "application/octet-stream"},
        )
        assert answer.status_code == requests.codes.created, answer.status_code
        return {"token": answer.json()["upload"]["token"], "filename": filename}

    def see(self, login: str, issue_id: int) -> Json:
        """Return an issue with its history as a user sees it."""
        issue: Json = self.get(
            login, f"/issues/{issue_id}.json", include="journals,children,relations,allowed_statuses"
        )["issue"]
        return issue

    def close_project(self, identifier: str) -> None:
        answer = self.call(ADMIN, "PUT", f"/projects/{identifier}/close.json")
        assert answer.status_code == requests.codes.no_content, answer.status_code

    def add_version(self, project: str, name: str, due_on: date | None = None) -> int:
        version = {"name": name, "due_date": due_on and due_on.isoformat()}
        answer = self.call(ADMIN, "POST", f"/projects/{project}/versions.json", json={"version": version})
        assert answer.status_code == requests.codes.created, (answer.status_code, answer.text)
        number: int = answer.json()["version"]["id"]
        return number

    def change_version(self, version_id: int, **attributes: str) -> None:
        """Change a version, by Redmine's names of the attributes."""
        answer = self.call(ADMIN, "PUT", f"/versions/{version_id}.json", json={"version": attributes})
        assert answer.status_code == requests.codes.no_content, (answer.status_code, answer.text)

    @abstractmethod
    @contextmanager
    def archived(self, identifier: str) -> Iterator[None]:
        """Archive a project inside the block."""
        yield

    @abstractmethod
    @contextmanager
    def locked(self, login: str) -> Iterator[None]:
        """Lock an account inside the block."""
        yield

    @abstractmethod
    def delete_account(self, login: str) -> None:
        """Delete an account, as an admin does: Redmine's anonymous user gets its journals and requests."""

    @abstractmethod
    def delete_status(self, name: str) -> None:
        """Delete a status that no request has."""

    @abstractmethod
    def protect_page(self, title: str) -> None:
        """Protect a wiki page, as its menu does."""

    @abstractmethod
    def rename_page(self, title: str, new: str) -> None:
        """Rename a wiki page, with a redirect from its old title, as its menu does."""

    @abstractmethod
    @contextmanager
    def text_formatting(self, markup: str) -> Iterator[None]:
        """Set Redmine's text formatting inside the block: textile or common_mark."""
        yield

    @abstractmethod
    def insert_note(self, login: str, issue_id: int, text: str, at: datetime, *, is_versioned: bool = True) -> None:
        """Insert a user's note into the database; increment lock_version, as Redmine does, if `is_versioned`."""

    @abstractmethod
    @contextmanager
    def rest_off(self) -> Iterator[None]:
        """Switch Redmine's REST API off inside the block; no key is accepted."""
        yield


class FakeWorld(World):
    """A fake Redmine in memory. It answers while `running`; its clock is `tracker.now`."""

    url = "http://127.0.0.1:3999"

    @contextmanager
    def running(self, scene: Scene) -> Iterator[FakeWorld]:
        self.reset(scene)
        with self.rest.running():
            yield self

    def reset(self, scene: Scene) -> None:
        self._ids.clear()
        self.tracker = tracker = FakeRedmine()
        self.rest = FakeRest(tracker, self.url)
        tracker.provision(_wanted())
        for role in scene.roles:
            added = tracker.add_role(role.name, role.permissions, is_assignable=role.is_assignable)
            if role.workflow_of:
                added.transitions = set(tracker.role(role.workflow_of).transitions)
                added.read_only = set(tracker.role(role.workflow_of).read_only)
        for each in scene.users:
            tracker.add_user(**asdict(each))
        who: dict[str, Any] = {each.login: each for each in tracker.users}
        who |= {name: tracker.add_group(name, [who[each] for each in logins]) for name, logins in scene.groups.items()}
        for project in scene.projects:
            added_project = tracker.add_project(
                project.identifier, project.name, is_public=project.is_public, has_wiki=project.has_wiki
            )
            for name, roles in project.members.items():
                tracker.join(added_project, who[name], roles)
        for custom in scene.fields:
            tracker.add_field(asdict(custom))
        for name, fields in scene.read_only.items():
            tracker.role(name).read_only |= set(fields)
        for identifier, count in scene.issues.items():
            for number in range(count):
                tracker.file(who[ADMIN], {"project_id": identifier, "subject": f"Өтініш {number}"})

    def user(self, login: str) -> str:
        return next(each.key for each in self.tracker.users if each.login == login)

    def shift(
        self,
        issue_id: int,
        *,
        created_at: datetime | None = None,
        updated_at: datetime | None = None,
        journals: Sequence[datetime] = (),
    ) -> None:
        issue = next(each for each in self.tracker.issues if each.id == issue_id)
        if created_at:
            issue.created_at, issue.start_on = created_at, created_at.date()
        issue.updated_at = updated_at or issue.updated_at
        for journal, at in zip(issue.journals, journals, strict=False):
            journal.created_at = at

    def insert_note(self, login: str, issue_id: int, text: str, at: datetime, *, is_versioned: bool = True) -> None:
        issue = self.tracker.pick(self.tracker.issues, issue_id)
        who = next(each for each in self.tracker.users if each.login == login)
        last = max((each.id for each in issue.journals), default=0)
        issue.journals.append(Journal(last + 1, who, at, text))
        issue.lock_version += is_versioned

    @contextmanager
    def archived(self, identifier: str) -> Iterator[None]:
        project = self.tracker.pick(self.tracker.projects, identifier)
        project.is_archived = True
        try:
            yield
        finally:
            project.is_archived = False

    @contextmanager
    def locked(self, login: str) -> Iterator[None]:
        user = next(each for each in self.tracker.users if each.login == login)
        user.is_locked = True
        try:
            yield
        finally:
            user.is_locked = False

    def delete_account(self, login: str) -> None:
        self.tracker.delete_user(next(each for each in self.tracker.users if each.login == login))

    def delete_status(self, name: str) -> None:
        self._ids.clear()
        self.tracker.statuses = [each for each in self.tracker.statuses if each.name != name]

    def _page(self, title: str) -> tuple[Wiki, WikiPage]:
        wikis = [each.wiki for each in self.tracker.projects if each.wiki]
        return next((wiki, page) for wiki in wikis for page in wiki.pages if page.title == title)

    def protect_page(self, title: str) -> None:
        self._page(title)[1].is_protected = True

    def rename_page(self, title: str, new: str) -> None:
        wiki, page = self._page(title)
        wiki.redirects[title], page.title = new, new

    @contextmanager
    def text_formatting(self, markup: str) -> Iterator[None]:
        self.tracker.text_formatting = markup
        try:
            yield
        finally:
            self.tracker.text_formatting = "textile"

    @contextmanager
    def rest_off(self) -> Iterator[None]:
        self.tracker.is_rest_on = False
        try:
            yield
        finally:
            self.tracker.is_rest_on = True


class RealWorld(World):
    """A real Redmine, managed by scripts/redmine, on a site used only by tests. SUP_SYNC_REDMINE sets the version."""

    def __init__(self, site: str = SITE) -> None:
        super().__init__()
        self._site = site
        self._keys: dict[str, str] = {}

    def reset(self, scene: Scene) -> None:
        self._keys.clear()
        self._ids.clear()
        self.url = self._redmine("reset")
        scene_script = (ROOT / "tests/support/scene.rb").read_text(encoding="utf-8")
        text = json.dumps(asdict(scene), ensure_ascii=False, indent=2)
        with tempfile.NamedTemporaryFile("w", suffix=".rb", encoding="utf-8") as script:
            script.write(make_script(self.names) + "\n" + scene_script.replace("@SCENE@", text))
            script.flush()
            self._redmine("runner", script.name)
        self._database = self._redmine("db")
        self._set("text_formatting", "textile")  # the default of Redmine 5, but not of 6

    def is_running(self) -> bool:
        return subprocess.run([ROOT / "scripts/redmine", "status", "--site", self._site], check=False).returncode == 0

    def user(self, login: str) -> str:
        if login not in self._keys:
            self._keys[login] = self._redmine("key", login)
        return self._keys[login]

    def shift(
        self,
        issue_id: int,
        *,
        created_at: datetime | None = None,
        updated_at: datetime | None = None,
        journals: Sequence[datetime] = (),
    ) -> None:
        with self.database() as base:
            if created_at:
                start_on = created_at.astimezone(UTC).date().isoformat()
                values = (_stored(created_at), start_on, issue_id)
                base.execute("UPDATE issues SET created_on = ?, start_date = ? WHERE id = ?", values)
            if updated_at:
                base.execute("UPDATE issues SET updated_on = ? WHERE id = ?", (_stored(updated_at), issue_id))
            ids = base.execute("SELECT id FROM journals WHERE journalized_id = ? ORDER BY id", (issue_id,)).fetchall()
            columns = {row[1] for row in base.execute("PRAGMA table_info(journals)")}
            placed = [each for each in ("created_on", "updated_on") if each in columns]  # the latter from 5.1 on
            for ((key,), at), column in product(zip(ids, journals, strict=False), placed):
                base.execute(f"UPDATE journals SET {column} = ? WHERE id = ?", (_stored(at), key))  # noqa: S608 - ours

    def insert_note(self, login: str, issue_id: int, text: str, at: datetime, *, is_versioned: bool = True) -> None:
        with self.database() as base:
            columns = {row[1] for row in base.execute("PRAGMA table_info(journals)")}
            placed = [each for each in ("created_on", "updated_on") if each in columns]
            known = "journalized_id, journalized_type, user_id, notes, private_notes"
            base.execute(
                f"INSERT INTO journals ({', '.join([known, *placed])})"  # noqa: S608 - ours
                f" SELECT ?, 'Issue', id, ?, 0{', ?' * len(placed)} FROM users WHERE login = ?",
                (issue_id, text, *[_stored(at)] * len(placed), login),
            )
            if is_versioned:
                base.execute("UPDATE issues SET lock_version = lock_version + 1 WHERE id = ?", (issue_id,))

    @contextmanager
    def archived(self, identifier: str) -> Iterator[None]:
        with self.database() as base:
            base.execute("UPDATE projects SET status = 9 WHERE identifier = ?", (identifier,))
        try:
            yield
        finally:
            with self.database() as base:
                base.execute("UPDATE projects SET status = 1 WHERE identifier = ?", (identifier,))

    @contextmanager
    def locked(self, login: str) -> Iterator[None]:
        with self.database() as base:
            base.execute("UPDATE users SET status = 3 WHERE login = ?", (login,))
        try:
            yield
        finally:
            with self.database() as base:
                base.execute("UPDATE users SET status = 1 WHERE login = ?", (login,))

    def delete_account(self, login: str) -> None:
        self._run(f"User.find_by_login('{login}').destroy")
        self._forget_scene()

    def delete_status(self, name: str) -> None:
        self._ids.clear()
        self._run(f"IssueStatus.find_by_name('{name}').destroy or abort")
        self._forget_scene()

    def _forget_scene(self) -> None:
        """Make the next test create its scene again (see end_to_end/scene.py), as this one lacks something now."""
        with self.database() as base:
            base.execute("UPDATE projects SET description = ''")

    def _run(self, ruby: str) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".rb", encoding="utf-8") as script:
            script.write(ruby)
            script.flush()
            self._redmine("runner", script.name)

    def protect_page(self, title: str) -> None:
        with self.database() as base:
            base.execute("UPDATE wiki_pages SET protected = 1 WHERE title = ?", (title,))

    def rename_page(self, title: str, new: str) -> None:
        with self.database() as base:
            base.execute(
                "INSERT INTO wiki_redirects (wiki_id, title, redirects_to, created_on, redirects_to_wiki_id)"
                " SELECT wiki_id, title, ?, ?, wiki_id FROM wiki_pages WHERE title = ?",
                (new, _stored(datetime.now(UTC)), title),
            )
            base.execute("UPDATE wiki_pages SET title = ? WHERE title = ?", (new, title))

    @contextmanager
    def text_formatting(self, markup: str) -> Iterator[None]:
        self._set("text_formatting", markup)
        try:
            yield
        finally:
            self._set("text_formatting", "textile")

    @contextmanager
    def rest_off(self) -> Iterator[None]:
        self._set("rest_api_enabled", "0")
        try:
            yield
        finally:
            self._set("rest_api_enabled", "1")

    def _set(self, setting: str, value: str) -> None:
        """Change a setting with a current time, since Redmine rereads its settings only if one is newer."""
        with self.database() as base:
            base.execute("DELETE FROM settings WHERE name = ?", (setting,))
            row = (setting, value, _stored(datetime.now(UTC)))
            base.execute("INSERT INTO settings (name, value, updated_on) VALUES (?, ?, ?)", row)

    @contextmanager
    def database(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._database, timeout=30)) as base, base:
            yield base

    def run_ruby(self, path: str) -> None:
        """Run a script by `bin/rails runner`."""
        self._redmine("runner", path)

    def _redmine(self, command: str, *words: str) -> str:
        line = [str(ROOT / "scripts/redmine"), command, "--site", self._site, *words]
        result = subprocess.run(line, capture_output=True, text=True, check=False)
        assert result.returncode == 0, (
            f"{' '.join(line)} failed with {result.returncode}:\n{result.stdout}\n{result.stderr}"
        )
        return result.stdout.strip()


@cache
def shipped_names() -> RedmineNames:
    """Return the names in the shipped mappings/tracker.yaml."""
    return load_config(ROOT / "config.yaml", date(2026, 1, 1)).rules.names


def _wanted() -> Json:
    """Return the items that sup-sync needs in Redmine, as the provisioning script contains them."""
    _, _, rest = make_script(shipped_names()).partition("<<'WANTED')\n")
    wanted: Json = json.loads(rest.partition("\nWANTED\n")[0])
    return wanted


def _stored(at: datetime) -> str:
    """Format a time as Rails writes it to SQLite."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
