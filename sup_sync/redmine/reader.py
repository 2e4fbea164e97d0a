"""The reader of a Redmine server: python-redmine over the guarded session, with no way to write."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from redminelib import Redmine
from redminelib.engines.base import BaseEngine
from redminelib.managers import ResourceManager

from sup_sync.errors import (
    AccessError,
    MissingError,
    RedmineUnavailableError,
    RestOffError,
    SupSyncError,
    UrlError,
)
from sup_sync.model.names import NamesInRedmine
from sup_sync.redmine.edit_form import EditForm, parse_edit_form
from sup_sync.redmine.form_state import FormState, parse_form_state
from sup_sync.redmine.lists import ACTIVE_PROJECT
from sup_sync.redmine.memberships import members_of, people_of, with_logins
from sup_sync.redmine.project_access import (
    UnreadableProjectError,
    check_is_readable,
    describe_cause,
    find_cause_of_403,
)
from sup_sync.redmine.session import RedmineSession
from sup_sync.to_json import Json

# Redmine cuts every limit to 100, and overflows its own cookie on lists of about 250 ids.
PAGE = 100


@contextmanager
def _checked_form() -> Iterator[None]:
    """Turn the errors that JSON of another form causes into RedmineUnavailableError."""
    try:
        yield
    except (KeyError, TypeError, ValueError) as error:
        raise RedmineUnavailableError(
            "the JSON does not have Redmine's form; check that `url` is Redmine's base URL"
        ) from error


class _ForbiddenError(AccessError):
    """A 403: the account lacks a permission there, or the project is archived."""


class _ReadEngine(BaseEngine):  # type: ignore[misc] # redminelib ships no types
    """An engine of python-redmine over the guarded session: only GET; `forbidden` is the error for a 403."""

    def __init__(self, session: RedmineSession, forbidden: type[SupSyncError] = AccessError) -> None:
        self._session = session
        self._forbidden = forbidden

    def request(self, _method: str, url: str, *, params: Json | None = None, **_: Any) -> Json:
        return self._session.get_json(url.removeprefix(self._session.url), params, forbidden=self._forbidden)

    def bulk_request(self, method: str, url: str, container: str, **params: Any) -> tuple[list[Json], int]:
        """Return the rows and their number; a list without a limit must contain each row exactly once."""
        with _checked_form():
            rows, total = super().bulk_request(method, url, container, **params)
            ids = {row["id"] for row in rows}
        if not params.get("limit") and len(ids) != total:
            raise RedmineUnavailableError(
                f"GET {url.removeprefix(self._session.url)}: the list changed while it was read; try again"
            )
        return rows, total

    def process_bulk_request(self, method: str, url: str, container: str, bulk_params: list[Json]) -> list[Json]:
        return [row for params in bulk_params for row in self.request(method, url, params=params)[container]]


class Reader:
    """A reader of one Redmine server with one account; errors are those of RedmineSession.

    All REST calls go through python-redmine, with one exception: `fetch_issue`, which says why. An issue's page is
    HTML, which python-redmine does not read.
    """

    def __init__(self, session: RedmineSession) -> None:
        self._session = session
        self._redmine = self._connect(_ForbiddenError)

    def _connect(self, forbidden: type[SupSyncError]) -> Redmine:
        return Redmine(self._session.url, engine=_ReadEngine, session=self._session, forbidden=forbidden)

    def fetch_account(self) -> Json:
        """Fetch the key's account with its memberships, and remove the key, which Redmine includes.

        Only this request fails with a wrong key: lists then contain what is public.
        """
        try:
            account = _one(self._connect(RestOffError).user, "current", include="memberships")
        except RestOffError:
            text = "GET /users/current.json: API key rejected (403); turn on the REST API in Redmine's settings"
            raise RestOffError(text) from None
        except MissingError:
            raise UrlError("GET /users/current.json: not found (404); check that `url` is Redmine's base URL") from None
        account.pop("api_key", None)
        return account

    def require_alive(self) -> None:
        """Ask something cheap, to see if a failed request was the only one; raises the error if this fails too."""
        self.fetch_account()

    @_checked_form()
    def fetch_lists(
        self, account: Json, projects: Sequence[str], groups: Collection[str] = (), people: Collection[str] = ()
    ) -> Json:
        """Fetch the lists that `decode_directory` reads, for projects by identifier and groups by name.

        The accounts of the `people` with these names are looked up: memberships show neither logins nor locks (fact).

        Also: {"trackers": [{id, name}], "groups": [{id, name}], "fields": [{id, name}], "roles": [{id, name}]}, and
        `trackers` and `fields` in each project; a project's tracker has its own `fields` if an issue shows them.
        {"unreadable_projects": {identifier: cause}} are the projects that were left out, with a key of `CAUSES`,
        {"missing_groups": [name]} the groups that are in no project. Raises AccessError if no project can be read.
        """
        scope, unreadable = self._fetch_projects(projects, {each["project"]["id"] for each in account["memberships"]})
        memberships = [row for project in scope for row in project.pop("memberships")]
        read_groups = self._fetch_groups(groups, memberships)
        listed = people_of(memberships, read_groups)
        statuses = self._redmine.issue_status.all().values()
        return {
            "account": {"id": account["id"], "name": f"{account['firstname']} {account['lastname']}"},
            "statuses": [{**_named(each), "is_closed": each["is_closed"]} for each in statuses],
            "priorities": _names(self._redmine.enumeration.filter(resource="issue_priorities").values()),
            "trackers": _names(self._redmine.tracker.all().values()),
            "versions": _unique_rows(version for project in scope for version in project.pop("versions")),
            "people": with_logins(listed, self._fetch_logins(each for each in listed if each["name"] in people)),
            "groups": _names(read_groups),
            "missing_groups": sorted(set(groups) - {each["name"] for each in read_groups}),
            "unmapped_groups": sorted({each["name"] for each in read_groups} - set(groups)),
            "roles": _names(self._redmine.role.all().values()),
            "fields": _unique_rows(field for project in scope for field in project["fields"]),
            "projects": scope,
            "unreadable_projects": unreadable,
        }

    @_checked_form()
    def fetch_projects(self, account: Json) -> list[Json]:
        """Fetch the open projects that the account is a member of; all open projects for an administrator."""
        joined = {each["project"]["id"] for each in account["memberships"]}
        rows = [row for row in self._redmine.project.all().values() if row["status"] == ACTIVE_PROJECT]
        return [row for row in rows if account.get("admin") or row["id"] in joined]

    @_checked_form()
    def fetch_survey(self, account: Json, projects: Sequence[Json]) -> NamesInRedmine:
        """Fetch the names used in these projects; for an administrator also fields on no request, with values."""
        scope, _ = self._fetch_projects([each["identifier"] for each in projects], {each["id"] for each in projects})
        memberships = [row for project in scope for row in project["memberships"]]
        fields = {field["name"]: () for project in scope for field in project["fields"]}
        if account.get("admin"):
            rows = [row for row in self._redmine.custom_field.all().values() if row["customized_type"] == "issue"]
            fields |= {row["name"]: [each["value"] for each in row.get("possible_values", ())] for row in rows}
        priorities = self._redmine.enumeration.filter(resource="issue_priorities").values()
        return NamesInRedmine(
            trackers=_unique_names(tracker["name"] for project in scope for tracker in project["trackers"]),
            statuses={row["name"]: row["is_closed"] for row in self._redmine.issue_status.all().values()},
            priorities=[row["name"] for row in priorities if row.get("active", True)],
            fields=fields,
            groups=_unique_names(row["group"]["name"] for row in memberships if "group" in row),
            roles=_unique_names(role["name"] for row in memberships for role in row["roles"]),
            people={each["name"]: each["roles"] for each in people_of(memberships, ())},
        )

    @_checked_form()
    def fetch_rows(self, *, status: str, updated_since: datetime | None = None) -> list[Json]:
        """Fetch the list rows (no journals) of issues that the account sees in any project, in order of id.

        `status` is `open`, `closed` or `*`. Pages are read by id, since an offset skips rows while data changes. Each
        row is filtered again, since Redmine silently drops a filter that it does not know.
        """
        filters, since = {"status_id": status}, None
        if updated_since:
            since = updated_since.astimezone(UTC).replace(microsecond=0)  # as Redmine does in filters and responses
            filters["updated_on"] = f">={since:%Y-%m-%dT%H:%M:%SZ}"
        rows: list[Json] = []
        for page in self._pages_by_id(filters):
            rows += [row for row in page if _is_since(row, since)]
        return rows

    def _pages_by_id(self, filters: Json) -> Iterator[list[Json]]:
        last, left = 0, 1
        while left > 0:
            issues = self._redmine.issue.filter(sort="id", issue_id=f">={last + 1}", limit=PAGE, **filters)
            page = list(issues.values())
            ids = [last, *(row["id"] for row in page)]
            left = issues.total_count - len(page)
            if any(later <= earlier for earlier, later in pairwise(ids)) or (left and not page):
                raise RedmineUnavailableError("GET /issues.json: the pages are not in order of id; try again later")
            yield page
            last = ids[-1]

    @_checked_form()
    def fetch_rows_of(self, issue_ids: Collection[int]) -> list[Json]:
        """Fetch the list rows of these issues, of any status; deleted and hidden issues are left out."""
        wanted, rows = sorted(set(issue_ids)), []
        for start in range(0, len(wanted), PAGE):
            part = wanted[start : start + PAGE]
            ids = ",".join(map(str, part))
            issues = self._redmine.issue.filter(issue_id=ids, status_id="*", sort="id", limit=PAGE)
            page = list(issues.values())
            if not {row["id"] for row in page} <= set(part) or len(page) < issues.total_count:
                raise RedmineUnavailableError("GET /issues.json: other issues than requested; try again later")
            rows += page
        return rows

    @_checked_form()
    def count(self, filters: Json) -> int:
        """Count the issues that Redmine finds by these filters, of which it drops those that it does not know."""
        issues = self._redmine.issue.filter(**filters, limit=1)
        list(issues)  # `total_count` is known after the request
        return int(issues.total_count)

    def fetch_issue(self, issue_id: int) -> Json:
        """Fetch one issue with its history, children and files, and the statuses that this account may set.

        Raises RedmineUnavailableError if the answer is another issue, or has no history.
        Not through python-redmine: the cache and snapshots store the JSON exactly as Redmine sent it, and
        python-redmine's `raw()` adds an empty key for everything that an issue could include.
        """
        path, params = f"/issues/{issue_id}.json", {"include": "journals,children,attachments,allowed_statuses"}
        issue = self._session.get_json(path, params, forbidden=MissingError).get("issue")
        if not isinstance(issue, dict):
            raise _no_object(path, "issue")
        if issue.get("id") != issue_id:
            raise RedmineUnavailableError(f"GET {path}: another issue than requested; try again later")
        if not isinstance(issue.get("journals"), list):  # without a history, nothing would seem to have happened
            raise RedmineUnavailableError(f"GET {path}: an issue without its history; try again later")
        return issue

    def fetch_edit_form(self, issue_id: int) -> EditForm:
        """Fetch from the edit form on the issue's page what no JSON contains.

        Not through python-redmine, which reads no HTML. Raises ForbiddenError if the account may not edit the issue:
        Redmine would ignore a lock_version then.
        """
        path = f"/issues/{issue_id}"
        return parse_edit_form(self._session.get_page(path, forbidden=MissingError), f"GET {path}")

    def fetch_form_state(self, issue_id: int) -> FormState:
        """Fetch the fields of the edit form on the issue's page, to explain why a write was rejected or ignored."""
        return parse_form_state(self._session.get_page(f"/issues/{issue_id}", forbidden=MissingError))

    def fetch_role(self, role_id: int) -> Json:
        """Fetch a role with its permissions, which every account may read."""
        return _one(self._redmine.role, role_id)

    def _fetch_projects(
        self, identifiers: Sequence[str], joined: Collection[int]
    ) -> tuple[list[dict[str, Any]], dict[str, str]]:
        """Fetch the projects that can be read, and the cause of each other one; raises AccessError if none can be."""
        projects: list[dict[str, Any]] = []
        causes: dict[str, str] = {}
        for identifier in identifiers:
            try:
                projects.append(self._fetch_project(identifier, joined))
            except UnreadableProjectError as error:
                causes[identifier] = error.cause
        if not projects:
            raise AccessError("\n".join(describe_cause(*each) for each in causes.items()))
        return projects, causes

    def _fetch_project(self, identifier: str, joined: Collection[int]) -> dict[str, Any]:
        """Fetch a project with its trackers, fields, versions and members; raises UnreadableProjectError."""
        try:
            raw = _one(self._redmine.project, identifier, include="trackers,enabled_modules")
        except _ForbiddenError:
            raise UnreadableProjectError(find_cause_of_403(self._session, identifier)) from None
        except MissingError:
            raise UnreadableProjectError("missing") from None
        check_is_readable(raw, joined)
        project = {key: raw[key] for key in ("id", "identifier", "name", "status")}
        try:
            trackers = [self._fetch_tracker(tracker, project["id"]) for tracker in raw["trackers"]]
            versions = self.fetch_versions(project["id"])
        except _ForbiddenError:  # the module is on, so the role lacks the permission
            raise UnreadableProjectError("no_view_issues") from None
        fields = [field for tracker in trackers for field in tracker.get("fields", ())]
        memberships = list(self._redmine.project_membership.filter(project_id=project["id"]).values())
        return {
            **project,
            "trackers": trackers,
            "fields": _unique_rows(fields),
            "versions": versions,
            "memberships": memberships,
            **members_of(memberships),
        }

    def _fetch_tracker(self, tracker: Json, project_id: int) -> Json:
        """Fetch a project's tracker with the fields of its newest issue; the project's own list has hidden ones too."""
        newest = {"project_id": project_id, "tracker_id": tracker["id"], "subproject_id": "!*", "status_id": "*"}
        for row in self._redmine.issue.filter(**newest, sort="id:desc", limit=1).values():
            if row["project"]["id"] == project_id and row["tracker"]["id"] == tracker["id"]:
                return {**_named(tracker), "fields": _names(row.get("custom_fields", ()))}
        return _named(tracker)

    @_checked_form()
    def fetch_versions(self, project_id: int) -> list[Json]:
        """Fetch the releases that requests of a project can be assigned to, with their dates."""
        versions = self._redmine.version.filter(project_id=project_id).values()
        return [{key: each.get(key) for key in ("id", "name", "status", "due_date")} for each in versions]

    def _fetch_logins(self, people: Iterable[Json]) -> dict[int, str | None]:
        """Fetch the logins of people; None for an account that is locked, as Redmine answers 404 (fact)."""
        logins: dict[int, str | None] = {}
        for each in people:
            try:
                row = self._session.get_json(f"/users/{each['id']}.json", forbidden=MissingError)["user"]
            except MissingError:
                logins[each["id"]] = None
            else:
                if "login" in row:
                    logins[each["id"]] = row["login"]
        return logins

    def _fetch_groups(self, names: Collection[str], memberships: Iterable[Json]) -> list[Json]:
        """Fetch groups with their users; only a group that is a member of a project in scope can be found.

        If one is missing, it may have been renamed: then all groups in the projects are fetched.
        """
        ids = {row["group"]["name"]: row["group"]["id"] for row in memberships if "group" in row}
        wanted = sorted(ids if set(names) - set(ids) else names)
        return [_one(self._redmine.group, ids[name], include="users") for name in wanted]


def _one(manager: ResourceManager, resource_id: int | str, **params: str) -> dict[str, Any]:
    """Fetch one object by python-redmine, which adds an empty key for everything that it could include."""
    try:
        return dict(manager.get(resource_id, **params).raw())
    except (KeyError, TypeError, ValueError):
        raise _no_object(manager.url.removeprefix(manager.redmine.url), manager.container) from None


def _no_object(path: str, kind: str) -> RedmineUnavailableError:
    return RedmineUnavailableError(f"GET {path}: JSON without `{kind}`; check that `url` is Redmine's base URL")


def _is_since(row: Json, since: datetime | None) -> bool:
    """Return whether a row shows a change since then; raises KeyError if a required key is missing."""
    _ = row["project"]["id"], row["project"]["name"], row["status"]["is_closed"]
    updated_at = datetime.fromisoformat(row["updated_on"])
    return since is None or updated_at >= since


def _named(row: Json) -> dict[str, Any]:
    return {"id": row["id"], "name": row["name"]}


def _names(rows: Iterable[Json]) -> list[Json]:
    return [_named(row) for row in rows]


def _unique_names(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _unique_rows(rows: Iterable[Json]) -> list[Json]:
    """Return each row once, in order of id."""
    by_id = {row["id"]: row for row in rows}
    return [by_id[key] for key in sorted(by_id)]
