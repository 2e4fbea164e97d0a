"""The REST API of the fake Redmine, served by `responses`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from html import escape
from operator import attrgetter
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import responses
from requests import PreparedRequest
from support.fake_form import form_fields
from support.fake_records import Group, Issue, Journal, Json, Member, Named, Project, Role, User, Version, WikiPage
from support.fake_redmine import FakeRedmine, RefusalError
from support.fake_relations import copy_issue, relate, relations_of
from support.fake_wiki import RedirectionError, look_at_page, put_page, see_page

Answer = tuple[int, dict[str, str], str]

# filters of Redmine that the fake lacks; unlike unknown filters, which Redmine ignores, they raise an error
UNMODELLED = {"assigned_to_id", "priority_id", "fixed_version_id", "created_on", "closed_on", "due_date"}


class FakeRest:
    """A server of requests to `url`. `requests` lists those made, as (method, path)."""

    def __init__(self, tracker: FakeRedmine, url: str) -> None:
        self.tracker, self.url = tracker, url
        self.requests: list[tuple[str, str]] = []

    @contextmanager
    def running(self) -> Iterator[responses.RequestsMock]:
        with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
            for method in ("GET", "PUT", "POST"):
                mock.add_callback(method, re.compile(re.escape(self.url) + "/.*"), callback=self.answer)
            yield mock

    def answer(self, request: PreparedRequest) -> Answer:
        parts = urlsplit(request.url or "")
        path = parts.path
        self.requests.append((request.method or "", path))
        user = self.tracker.user_of(request.headers.get("X-Redmine-API-Key"))
        params = dict(parse_qsl(parts.query))
        try:
            for method, pattern, write in ROUTES:
                match = re.fullmatch(pattern, path)
                if method == request.method and match:
                    sent = params if method == "GET" or path == "/uploads.json" else json.loads(request.body or b"{}")
                    return write(self, user, sent, *match.groups())
            raise RefusalError(404)
        except RedirectionError as redirection:
            return 302, {"Location": str(redirection)}, ""
        except RefusalError as refusal:
            return _refused(refusal, is_anonymous=user is self.tracker.anonymous, is_page=not path.endswith(".json"))

    # --- single resources

    def account(self, user: User, sent: Json) -> Answer:
        if user is self.tracker.anonymous:
            raise RefusalError(403)
        first, _, last = user.name.partition(" ")
        seen = {"id": user.id, "login": user.login, "firstname": first, "lastname": last, "api_key": user.key}
        if sent.get("include") == "memberships":
            seen["memberships"] = [
                {"id": member.id, "project": _named(project), "roles": _roles(member)}
                for project in self.tracker.projects
                for member in project.members
                if member.who is user and not project.is_archived
            ]
        return _json({"user": seen | {"admin": user.is_admin}})

    def project(self, user: User, sent: Json, key: str) -> Answer:
        project = self._project(user, key)
        include = sent.get("include", "").split(",")
        seen = {**_named(project), "identifier": project.identifier, "status": 5 if project.is_closed else 1}
        if "trackers" in include and not (self.tracker.hides_trackers and not self._sees_issues(user, project)):
            seen["trackers"] = [_named(each) for each in project.trackers]
        if "enabled_modules" in include:
            names = [*(["issue_tracking"] if project.has_issue_tracking else []), *(["wiki"] if project.wiki else [])]
            seen["enabled_modules"] = [{"id": number, "name": name} for number, name in enumerate(names)]
        if "issue_custom_fields" in include:  # as in 5.0: without the fields for all projects
            fields = [each for each in self.tracker.fields if project.identifier in (each.projects or ())]
            seen["issue_custom_fields"] = [_named(each) for each in fields]
        return _json({"project": seen})

    def project_page(self, user: User, _sent: Json, key: str) -> Answer:
        """Return the page that explains a 403, which differs for an archived project."""
        project = self.tracker.pick(self.tracker.projects, key)
        text = "The project has been archived." if project.is_archived else "You are not authorized."
        if project in self._projects_of(user):
            raise NotImplementedError("the page of a visible project")
        return 403, {"Content-Type": "text/html; charset=utf-8"}, f'<p id="errorExplanation">{text}</p>'

    def fields_page(self, user: User, _sent: Json) -> Answer:
        if user.is_admin:
            raise NotImplementedError("the page of custom fields")
        page = '<p id="errorExplanation">You are not authorized.</p>'
        return 403, {"Content-Type": "text/html; charset=utf-8"}, page

    def _sees_issues(self, user: User, project: Project) -> bool:
        return self.tracker.allows(user, "view_issues", project)

    def projects(self, user: User, sent: Json) -> Answer:
        """List the account's projects and the public ones, without archived ones."""
        seen = [each for each in self.tracker.projects if each.is_public or each in self._projects_of(user)]
        seen = [each for each in seen if not each.is_archived]
        rows = [
            {**_named(each), "identifier": each.identifier, "status": 5 if each.is_closed else 1}
            for each in sorted(seen, key=attrgetter("name"))
        ]
        return _page_of("projects", rows, sent)

    def group(self, user: User, sent: Json, key: str) -> Answer:
        seen = [each.who for project in self._projects_of(user) for each in project.members]
        group = next((each for each in seen if isinstance(each, Group) and each.id == int(key)), None)
        if group is None:
            raise RefusalError(404)
        users = {"users": [_named(each) for each in group.users]} if sent.get("include") == "users" else {}
        return _json({"group": {**_named(group), **users}})

    def roles(self, _user: User, _sent: Json) -> Answer:
        return _json({"roles": [_named(each) for each in self.tracker.roles]})

    def user(self, _user: User, _sent: Json, key: str) -> Answer:
        """Return an active user, with the login as Redmine 5 shows it; locked and deleted users are not found."""
        user = next((each for each in self.tracker.users if str(each.id) == key and not each.is_locked), None)
        if user is None:
            raise RefusalError(404)
        first, _, last = user.name.partition(" ")
        return _json({"user": {"id": user.id, "login": user.login, "firstname": first, "lastname": last}})

    def role(self, _user: User, _sent: Json, key: str) -> Answer:
        role: Role = self.tracker.pick(self.tracker.roles, key)
        return _json({"role": {**_named(role), "permissions": sorted(role.permissions)}})

    def issue(self, user: User, sent: Json, key: str) -> Answer:
        issue = self._issue(user, key)
        include = sent.get("include", "").split(",")
        seen = self._seen(user, issue)
        children = [{"id": each.id, "tracker": _named(each.tracker)} for each in self.tracker.children(issue)]
        if "children" in include and children:
            seen["children"] = children
        relations = relations_of(self.tracker, user, issue)
        if "relations" in include and relations:
            seen["relations"] = relations
        if "attachments" in include:
            seen["attachments"] = [{"id": number, "filename": name} for number, name in issue.files]
        if "journals" in include:
            seen["journals"] = [
                _journal(each, self.tracker.visible_details(user, issue, each))
                for each in self.tracker.visible_journals(user, issue)
            ]
        if "allowed_statuses" in include:
            allowed = self.tracker.allowed_statuses(user, issue, issue.status.name)
            seen["allowed_statuses"] = [{**_named(each), "is_closed": each.is_closed} for each in allowed]
        return _json({"issue": seen})

    def page(self, user: User, _sent: Json, key: str) -> Answer:
        """Return the HTML page of an issue, with the edit form for the account. Client text is escaped."""
        issue = self._issue(user, key)
        parts = [f"<!DOCTYPE html><html><h3>{escape(issue.subject)}</h3><div>{escape(issue.description)}</div>"]
        if self.tracker.may_edit(user, issue):
            parts.append(form_fields(self.tracker, user, issue))
        if self.tracker.may_edit(user, issue) or self.tracker.may_note(user, issue):
            parts.append(f'<input type="hidden" value="{issue.lock_version}" name="issue[lock_version]" />')
        if self.tracker.may_note(user, issue):
            parts.append('<textarea name="issue[notes]"></textarea>')
        if self.tracker.allows(user, "set_notes_private", issue.project):
            parts.append('<input type="checkbox" value="1" name="issue[private_notes]" />')
        return 200, {"Content-Type": "text/html; charset=utf-8"}, "".join([*parts, "</form></html>"])

    # --- lists

    def statuses(self, _user: User, _sent: Json) -> Answer:
        statuses = self.tracker.statuses
        return _json({"issue_statuses": [{**_named(each), "is_closed": each.is_closed} for each in statuses]})

    def priorities(self, _user: User, _sent: Json) -> Answer:
        return _json({"issue_priorities": [_named(each) for each in self.tracker.priorities]})

    def trackers(self, _user: User, _sent: Json) -> Answer:
        return _json({"trackers": [_named(each) for each in self.tracker.trackers]})

    def fields(self, user: User, _sent: Json) -> Answer:
        if not user.is_admin:
            raise RefusalError(403)
        kind = {"customized_type": "issue"}
        lists = {each.id: [{"value": value, "label": value} for value in each.values] for each in self.tracker.fields}
        values = {key: {"possible_values": options} if options else {} for key, options in lists.items()}
        return _json({"custom_fields": [{**_named(each), **kind, **values[each.id]} for each in self.tracker.fields]})

    def versions(self, user: User, _sent: Json, key: str) -> Answer:
        project = self._project(user, key)
        if not self._sees_issues(user, project):
            raise RefusalError(403)
        versions = [_version(each) for each in self.tracker.versions if each.project is project]
        return _json({"versions": versions, "total_count": len(versions)})

    def memberships(self, user: User, sent: Json, key: str) -> Answer:
        members = self._project(user, key).members
        kinds = [type(each.who).__name__.lower() for each in members]
        rows = [
            {"id": each.id, kind: _named(each.who), "roles": _roles(each)}
            for kind, each in zip(kinds, members, strict=True)
        ]
        return _page_of("memberships", rows, sent)

    def issues(self, user: User, sent: Json) -> Answer:
        issues = list(self._filtered(user, sent))
        order, _, direction = sent.get("sort", "id:desc").partition(":")
        issues.sort(key=attrgetter({"id": "id", "updated_on": "updated_at"}[order]), reverse=direction == "desc")
        offset, limit = _window(sent)
        rows = [self._seen(user, each) for each in issues[offset : offset + limit]]
        return _json({"issues": rows, "total_count": len(issues), "offset": offset, "limit": limit})

    def _filtered(self, user: User, sent: Json) -> Iterator[Issue]:
        """Yield the visible issues that pass the known filters. Unknown filters are silently ignored."""
        unmodelled = UNMODELLED & sent.keys()
        if unmodelled:
            raise NotImplementedError(f"filters not modelled by the fake Redmine: {unmodelled}")
        tests = [_status_filter(sent.get("status_id", "open"))]
        if "project_id" in sent:
            project = self._project(user, sent["project_id"])
            if not self._sees_issues(user, project):
                raise RefusalError(403)
            tests.append(lambda each: each.project is project)
        else:
            tests.append(lambda each: each.project.identifier not in self.tracker.unlisted)
        if "tracker_id" in sent:
            tests.append(lambda each: str(each.tracker.id) in sent["tracker_id"].split("|"))
        if "author_id" in sent:
            tests.append(lambda each: str(each.author.id) == sent["author_id"])
        if "issue_id" in sent:
            tests.append(_id_filter(sent["issue_id"]))
        if "updated_on" in sent:
            since = datetime.fromisoformat(sent["updated_on"].removeprefix(">=")) - timedelta(seconds=1)
            tests.append(lambda each: each.updated_at > since)  # as Redmine does
        tests += [
            _field_filter(each.id, sent[f"cf_{each.id}"])
            for each in self.tracker.fields
            if each.is_filter and f"cf_{each.id}" in sent
        ]
        return (each for each in self.tracker.visible_issues(user) if all(test(each) for test in tests))

    # --- writes

    def file(self, user: User, sent: Json) -> Answer:
        if "copy_from" in sent:
            original, is_linked = self._issue(user, str(sent["copy_from"])), sent.get("link_copy") == "1"
            issue = copy_issue(self.tracker, user, original, sent["issue"], is_linked=is_linked)
        else:
            issue = self.tracker.file(user, sent["issue"])
        return _json({"issue": self._seen(user, issue)}, 201)

    def update(self, user: User, sent: Json, key: str) -> Answer:
        self.tracker.update(user, self._issue(user, key), sent["issue"])
        return 204, {}, ""

    def relate(self, user: User, sent: Json, key: str) -> Answer:
        given = sent["relation"]
        issue, to = self._issue(user, key), self._issue(user, str(given["issue_to_id"]))
        return _json({"relation": relate(self.tracker, user, issue, to, given["relation_type"]).json()}, 201)

    def edit_note(self, user: User, sent: Json, key: str) -> Answer:
        """Edit an existing note. As in Redmine, `updated_on` of the issue does not change."""
        journal: Journal = self.tracker.pick((each for issue in self.tracker.issues for each in issue.journals), key)
        if not user.is_admin:
            raise RefusalError(403)
        journal.notes = sent["journal"]["notes"]
        return 204, {}, ""

    def upload(self, _user: User, sent: Json) -> Answer:
        return _json({"upload": {"token": self.tracker.upload(sent["filename"])}}, 201)

    def wiki_page(self, user: User, _sent: Json, key: str, title: str) -> Answer:
        return _json({"wiki_page": _wiki_page(see_page(self.tracker, user, self._project(user, key), unquote(title)))})

    def wiki_look(self, user: User, _sent: Json, key: str, title: str) -> Answer:
        page = see_page(self.tracker, user, self._project(user, key), unquote(title))
        return 200, {"Content-Type": "text/html; charset=utf-8"}, look_at_page(self.tracker, page)

    def put_wiki_page(self, user: User, sent: Json, key: str, title: str) -> Answer:
        page = put_page(self.tracker, user, self._project(user, key), unquote(title), sent["wiki_page"])
        return _json({"wiki_page": _wiki_page(page)}, 201) if page else (204, {}, "")

    def close(self, user: User, _sent: Json, key: str) -> Answer:
        if not user.is_admin:
            raise RefusalError(403)
        self._project(user, key).is_closed = True
        return 204, {}, ""

    def make_version(self, user: User, sent: Json, key: str) -> Answer:
        given = sent["version"]
        version = self.tracker.add_version(self._project(user, key), given["name"], given.get("due_date"))
        return _json({"version": _version(version)}, 201)

    def change_version(self, user: User, sent: Json, key: str) -> Answer:
        if not user.is_admin:
            raise RefusalError(403)
        version, given = self.tracker.pick(self.tracker.versions, key), sent["version"]
        version.due_on = date.fromisoformat(given["due_date"]) if "due_date" in given else version.due_on
        version.status = given.get("status", version.status)
        return 204, {}, ""

    # --- visibility

    def _issue(self, user: User, key: str) -> Issue:
        issue = next((each for each in self.tracker.issues if each.id == int(key)), None)
        if issue is None:
            raise RefusalError(404)
        if not self.tracker.allows(user, "view_issues", issue.project):
            raise RefusalError(403)
        return issue

    def _projects_of(self, user: User) -> list[Project]:
        open_ones = (each for each in self.tracker.projects if not each.is_archived)
        return [each for each in open_ones if user.is_admin or self.tracker.roles_of(user, each)]

    def _project(self, user: User, key: str) -> Project:
        project: Project = self.tracker.pick(self.tracker.projects, key)
        if project not in self._projects_of(user):
            raise RefusalError(403)
        return project

    def _seen(self, user: User, issue: Issue) -> dict[str, Any]:
        named = {"assigned_to": issue.assignee, "fixed_version": issue.version}
        seen = self.tracker.seen_fields(user, issue.project, issue.tracker)
        return {
            "id": issue.id,
            "project": _named(issue.project),
            "tracker": _named(issue.tracker),
            "status": {**_named(issue.status), "is_closed": issue.status.is_closed},
            "priority": _named(issue.priority),
            "author": _named(issue.author),
            **{name: _named(each) for name, each in named.items() if each},
            **({"parent": {"id": issue.parent.id}} if issue.parent else {}),
            "subject": issue.subject,
            "description": issue.description,
            "start_date": issue.start_on and issue.start_on.isoformat(),
            "due_date": issue.due_on and issue.due_on.isoformat(),
            "custom_fields": [{**_named(each), "value": issue.values.get(each.id, "")} for each in seen],
            "created_on": _moment(issue.created_at),
            "updated_on": _moment(issue.updated_at),
            "closed_on": issue.closed_at and _moment(issue.closed_at),
        }


ROUTES: tuple[tuple[str, str, Callable[..., Answer]], ...] = (
    ("GET", "/users/current.json", FakeRest.account),
    ("GET", "/issues.json", FakeRest.issues),
    ("GET", r"/issues/(\d+)\.json", FakeRest.issue),
    ("GET", r"/issues/(\d+)", FakeRest.page),
    ("GET", "/issue_statuses.json", FakeRest.statuses),
    ("GET", "/enumerations/issue_priorities.json", FakeRest.priorities),
    ("GET", "/trackers.json", FakeRest.trackers),
    ("GET", "/custom_fields.json", FakeRest.fields),
    ("GET", "/roles.json", FakeRest.roles),
    ("GET", r"/roles/(\d+)\.json", FakeRest.role),
    ("GET", "/custom_fields", FakeRest.fields_page),
    ("GET", r"/users/(\d+)\.json", FakeRest.user),
    ("GET", r"/groups/(\d+)\.json", FakeRest.group),
    ("GET", "/projects.json", FakeRest.projects),
    ("GET", r"/projects/([^/]+)\.json", FakeRest.project),
    ("GET", r"/projects/([^/.]+)", FakeRest.project_page),
    ("GET", r"/projects/([^/]+)/versions\.json", FakeRest.versions),
    ("GET", r"/projects/([^/]+)/memberships\.json", FakeRest.memberships),
    ("POST", "/issues.json", FakeRest.file),
    ("PUT", r"/issues/(\d+)\.json", FakeRest.update),
    ("POST", r"/issues/(\d+)/relations\.json", FakeRest.relate),
    ("PUT", r"/journals/(\d+)\.json", FakeRest.edit_note),
    ("POST", "/uploads.json", FakeRest.upload),
    ("GET", r"/projects/([^/]+)/wiki/([^/]+)\.json", FakeRest.wiki_page),
    ("GET", r"/projects/([^/]+)/wiki/([^/]+)", FakeRest.wiki_look),
    ("PUT", r"/projects/([^/]+)/wiki/([^/]+)\.json", FakeRest.put_wiki_page),
    ("PUT", r"/projects/([^/]+)/close\.json", FakeRest.close),
    ("POST", r"/projects/([^/]+)/versions\.json", FakeRest.make_version),
    ("PUT", r"/versions/(\d+)\.json", FakeRest.change_version),
)


def _refused(refusal: RefusalError, *, is_anonymous: bool, is_page: bool) -> Answer:
    """Make the response for a refusal. An anonymous user is asked to log in."""
    if refusal.errors is not None:
        return _json({"errors": refusal.errors}, refusal.status)
    if refusal.status == 403 and is_anonymous:
        return (302, {"Location": "/login"}, "") if is_page else (401, {}, "")
    return refusal.status, {}, ""


def _json(value: Json, status: int = 200) -> Answer:
    return status, {"Content-Type": "application/json; charset=utf-8"}, _json_text(value)


def _page_of(kind: str, rows: Sequence[Json], sent: Json) -> Answer:
    offset, limit = _window(sent)
    page = rows[offset : offset + limit]
    return _json({kind: page, "total_count": len(rows), "offset": offset, "limit": limit})


def _window(sent: Json) -> tuple[int, int]:
    """Return offset and limit. A limit over 100 is silently reduced."""
    return int(sent.get("offset", 0)), min(int(sent.get("limit", 0)) or 25, 100)


def _status_filter(wanted: str) -> Callable[[Issue], bool]:
    if wanted in ("open", "o", "closed"):
        return lambda each: each.status.is_closed == (wanted == "closed")
    return lambda each: wanted == "*" or str(each.status.id) in wanted.split("|")


def _field_filter(key: int, wanted: str) -> Callable[[Issue], bool]:
    return lambda each: each.values.get(key, "") == wanted


def _id_filter(wanted: str) -> Callable[[Issue], bool]:
    if wanted.startswith(">="):
        return lambda each: each.id >= int(wanted.removeprefix(">="))
    ids = {int(each) for each in wanted.split(",")}
    if len(ids) > 250:
        raise RefusalError(500)  # the filter is stored in the session cookie, which overflows
    return lambda each: each.id in ids


def _named(each: Named) -> dict[str, Any]:
    return {"id": each.id, "name": each.name}


def _roles(member: Member) -> list[Json]:
    return [{**_named(role), **({"inherited": True} if inherited else {})} for role, inherited in member.roles.items()]


def _version(each: Version) -> Json:
    due = each.due_on and each.due_on.isoformat()
    return {**_named(each), "project": _named(each.project), "status": each.status, "due_date": due}


def _journal(each: Journal, details: Iterable[Json]) -> Json:
    return {
        "id": each.id,
        "user": _named(each.user),
        "notes": each.notes,
        "created_on": _moment(each.created_at),
        "private_notes": each.is_private,
        "details": list(details),
    }


def _wiki_page(page: WikiPage) -> Json:
    files = [{"id": number, "filename": name, "author": _named(user)} for number, name, user in page.files]
    author = _named(page.author) if page.author else None
    return {"title": page.title, "text": page.text, "version": page.version, "author": author, "attachments": files}


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _json_text(value: Any) -> str:
    """Write JSON as Redmine does: only what UTF-8 does not have (a lone surrogate) is escaped."""
    return json.dumps(value, ensure_ascii=False).encode(errors="backslashreplace").decode()
