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
from sup_sync.redmine.edit_form import EditForm, edit_form_of
from sup_sync.redmine.lists import ACTIVE_PROJECT
from sup_sync.redmine.session import RedmineSession
from sup_sync.to_json import Json

PAGE = 100
"""Redmine cuts every limit to this, and overflows its own cookie on lists of about 250 ids."""


@contextmanager
def _of_redmines_form() -> Iterator[None]:
    """JSON that is not of Redmine's form is no tracker's answer."""
    try:
        yield
    except (KeyError, TypeError, ValueError) as error:
        raise RedmineUnavailableError("JSON came, but not of Redmine's form: is `url` the tracker's root?") from error


NO_MEMBER = "the account is no member there: make sup-sync's own account one, with the role sup-sync"


class _ForbiddenError(AccessError):
    """A project that shows nothing to the account."""


class _ReadEngine(BaseEngine):  # type: ignore[misc] # redminelib ships no types
    """python-redmine's engine over the guarded session: only GET; `forbidden` is the error for a 403."""

    def __init__(self, session: RedmineSession, forbidden: type[SupSyncError] = AccessError) -> None:
        self._session = session
        self._forbidden = forbidden

    def request(self, _method: str, url: str, *, params: Json | None = None, **_: Any) -> Json:
        return self._session.get_json(url.removeprefix(self._session.url), params, forbidden=self._forbidden)

    def bulk_request(self, method: str, url: str, container: str, **params: Any) -> tuple[list[Json], int]:
        """Return the rows and their number; of a list without a limit each row must have come exactly once."""
        with _of_redmines_form():
            rows, total = super().bulk_request(method, url, container, **params)
            ids = {row["id"] for row in rows}
        if not params.get("limit") and len(ids) != total:
            raise RedmineUnavailableError(
                f"GET {url.removeprefix(self._session.url)}: changed while it was read; try again"
            )
        return rows, total

    def process_bulk_request(self, method: str, url: str, container: str, bulk_params: list[Json]) -> list[Json]:
        return [row for params in bulk_params for row in self.request(method, url, params=params)[container]]


class Reader:
    """Reads one Redmine server with one account; errors are those of RedmineSession.

    Two requests go to the session itself: an issue (see `fetch_issue`), and its page, which is not REST.
    """

    def __init__(self, session: RedmineSession) -> None:
        self._session = session
        self._redmine = self._connect(AccessError)

    def _connect(self, forbidden: type[SupSyncError]) -> Redmine:
        return Redmine(self._session.url, engine=_ReadEngine, session=self._session, forbidden=forbidden)

    def fetch_account(self) -> Json:
        """The key's account with its memberships, without the key, which Redmine sends along.

        This alone tells a wrong key: lists answer that with what is public.
        """
        try:
            account = _one(self._connect(RestOffError).user, "current", include="memberships")
        except RestOffError:
            text = "GET /users/current.json: the key is not accepted (403): is the REST API on in Redmine's settings?"
            raise RestOffError(text) from None
        except MissingError:
            raise UrlError("GET /users/current.json: not there (404): is `url` the tracker's root?") from None
        account.pop("api_key", None)
        return account

    @_of_redmines_form()
    def fetch_lists(self, account: Json, projects: Sequence[str], groups: Collection[str] = ()) -> Json:
        """The lists that `decode_directory` reads, for projects by identifier and groups by name.

        Beyond those: {"trackers": [{id, name}], "groups": [{id, name}], "fields": [{id, name}]}, and in each project
        `trackers` and `fields`; a project's tracker has `fields` of its own once an issue shows them.
        Raises AccessError naming the projects that the account is no member of, or the groups it can't see.
        """
        scope = self._fetch_projects(projects, {each["project"]["id"] for each in account["memberships"]})
        memberships = [row for project in scope for row in project.pop("memberships")]
        found = self._fetch_groups(groups, memberships)
        statuses = self._redmine.issue_status.all().values()
        return {
            "account": {"id": account["id"], "name": f"{account['firstname']} {account['lastname']}"},
            "statuses": [{**_named(each), "is_closed": each["is_closed"]} for each in statuses],
            "priorities": _names(self._redmine.enumeration.filter(resource="issue_priorities").values()),
            "trackers": _names(self._redmine.tracker.all().values()),
            "versions": _once(version for project in scope for version in project.pop("versions")),
            "people": _people(memberships, found),
            "groups": _names(found),
            "fields": _once(field for project in scope for field in project["fields"]),
            "projects": scope,
        }

    @_of_redmines_form()
    def fetch_projects(self, account: Json) -> list[Json]:
        """The open projects that the account is a member of; for an administrator all."""
        joined = {each["project"]["id"] for each in account["memberships"]}
        rows = [row for row in self._redmine.project.all().values() if row["status"] == ACTIVE_PROJECT]
        return [row for row in rows if account.get("admin") or row["id"] in joined]

    @_of_redmines_form()
    def fetch_survey(self, account: Json, projects: Sequence[Json]) -> NamesInRedmine:
        """The names in use in these projects; to an administrator also fields that no request shows, with values."""
        scope = [self._fetch_project(each["identifier"], {each["id"]}) for each in projects]
        memberships = [row for project in scope for row in project["memberships"]]
        fields = {field["name"]: () for project in scope for field in project["fields"]}
        if account.get("admin"):
            rows = [row for row in self._redmine.custom_field.all().values() if row["customized_type"] == "issue"]
            fields |= {row["name"]: [each["value"] for each in row.get("possible_values", ())] for row in rows}
        priorities = self._redmine.enumeration.filter(resource="issue_priorities").values()
        return NamesInRedmine(
            trackers=_each_once(tracker["name"] for project in scope for tracker in project["trackers"]),
            statuses={row["name"]: row["is_closed"] for row in self._redmine.issue_status.all().values()},
            priorities=[row["name"] for row in priorities if row.get("active", True)],
            fields=fields,
            groups=_each_once(row["group"]["name"] for row in memberships if "group" in row),
            roles=_each_once(role["name"] for row in memberships for role in row["roles"]),
            people={each["name"]: each["roles"] for each in _people(memberships, ())},
        )

    @_of_redmines_form()
    def fetch_rows(self, *, status: str, updated_since: datetime | None = None) -> list[Json]:
        """The issues that the account sees, in whatever project, as lists have them (no journals), in order of id.

        `status` is `open`, `closed` or `*`. Pages go by id, as an offset skips rows while data changes; and each row
        is checked again, as Redmine drops a filter it doesn't know without a word.
        """
        filters, since = {"status_id": status}, None
        if updated_since:
            since = updated_since.astimezone(UTC).replace(microsecond=0)  # Redmine's filter and its answers cut seconds
            filters["updated_on"] = f">={since:%Y-%m-%dT%H:%M:%SZ}"
        rows: list[Json] = []
        for page in self._pages_by_id(filters):
            rows += [row for row in page if _is_since(row, since)]
        return rows

    def _pages_by_id(self, filters: Json) -> Iterator[list[Json]]:
        last, left = 0, 1
        while left > 0:
            found = self._redmine.issue.filter(sort="id", issue_id=f">={last + 1}", limit=PAGE, **filters)
            page = list(found.values())
            ids = [last, *(row["id"] for row in page)]
            left = found.total_count - len(page)
            if any(later <= earlier for earlier, later in pairwise(ids)) or (left and not page):
                raise RedmineUnavailableError(
                    "GET /issues.json: the pages don't follow each other by id; try again later"
                )
            yield page
            last = ids[-1]

    @_of_redmines_form()
    def fetch_rows_of(self, issue_ids: Collection[int]) -> list[Json]:
        """These issues as lists have them, whatever their status; one that is gone or hidden is missing."""
        wanted, rows = sorted(set(issue_ids)), []
        for start in range(0, len(wanted), PAGE):
            part = wanted[start : start + PAGE]
            ids = ",".join(map(str, part))
            found = self._redmine.issue.filter(issue_id=ids, status_id="*", sort="id", limit=PAGE)
            page = list(found.values())
            if not {row["id"] for row in page} <= set(part) or len(page) < found.total_count:
                raise RedmineUnavailableError(
                    "GET /issues.json: not the issues that were asked for came; try again later"
                )
            rows += page
        return rows

    @_of_redmines_form()
    def count(self, filters: Json) -> int:
        """How many issues the tracker finds by these filters, of which it drops those it doesn't know."""
        found = self._redmine.issue.filter(**filters, limit=1)
        list(found)
        return int(found.total_count)

    def fetch_issue(self, issue_id: int) -> Json:
        """Fetch one issue with its history, children and files, and the statuses that this account may set.

        By the session, as the cache and snapshots keep the JSON just as Redmine sent it: python-redmine's `raw()` adds
        a key without a value for all that an issue could include.
        """
        path, params = f"/issues/{issue_id}.json", {"include": "journals,children,attachments,allowed_statuses"}
        issue = self._session.get_json(path, params, forbidden=MissingError).get("issue")
        if not isinstance(issue, dict):
            raise _no_object(path, "issue")
        return issue

    def fetch_edit_form(self, issue_id: int) -> EditForm:
        """What only the edit form of the issue's page tells, and no JSON.

        Raises RefusedError where the account may not edit the issue: Redmine would ignore a lock_version then.
        """
        path = f"/issues/{issue_id}"
        return edit_form_of(self._session.get_page(path, forbidden=MissingError), f"GET {path}")

    def fetch_role(self, role_id: int) -> Json:
        """A role with its permissions, which every account may read."""
        return _one(self._redmine.role, role_id)

    def _fetch_projects(self, identifiers: Sequence[str], joined: Collection[int]) -> list[dict[str, Any]]:
        found, refused = [], []
        for identifier in identifiers:
            try:
                found.append(self._fetch_project(identifier, joined))
            except AccessError as error:
                refused.append(f"project {identifier}: {error}")
        if refused:
            raise AccessError("\n".join(refused))
        return found

    def _fetch_project(self, identifier: str, joined: Collection[int]) -> dict[str, Any]:
        try:
            raw = _one(self._connect(_ForbiddenError).project, identifier, include="trackers")
        except _ForbiddenError:
            raise AccessError(NO_MEMBER) from None
        except MissingError:
            raise AccessError("there is none of this name (404): correct `projects` of config.yaml") from None
        if raw["id"] not in joined:
            raise AccessError(NO_MEMBER)
        project = {key: raw[key] for key in ("id", "identifier", "name", "status")}
        trackers = [self._fetch_tracker(tracker, project["id"]) for tracker in raw["trackers"]]
        seen = [field for tracker in trackers for field in tracker.get("fields", ())]
        memberships = list(self._redmine.project_membership.filter(project_id=project["id"]).values())
        return {
            **project,
            "trackers": trackers,
            "fields": _once(seen),
            "versions": self.fetch_versions(project["id"]),
            "memberships": memberships,
            "members": sorted({row["user"]["id"] for row in memberships if "user" in row}),
        }

    def _fetch_tracker(self, tracker: Json, project_id: int) -> Json:
        """A project's tracker with the fields its newest issue shows, as the project's own list has hidden ones too."""
        newest = {"project_id": project_id, "tracker_id": tracker["id"], "subproject_id": "!*", "status_id": "*"}
        for row in self._redmine.issue.filter(**newest, sort="id:desc", limit=1).values():
            if row["project"]["id"] == project_id and row["tracker"]["id"] == tracker["id"]:
                return {**_named(tracker), "fields": _names(row.get("custom_fields", ()))}
        return _named(tracker)

    @_of_redmines_form()
    def fetch_versions(self, project_id: int) -> list[Json]:
        """The releases that requests of a project can be answered by, with their days."""
        versions = self._redmine.version.filter(project_id=project_id).values()
        return [{key: each.get(key) for key in ("id", "name", "status", "due_date")} for each in versions]

    def _fetch_groups(self, names: Collection[str], memberships: Iterable[Json]) -> list[Json]:
        """The named groups with their users; only a group that is a member of a project in scope can be found."""
        ids = {row["group"]["name"]: row["group"]["id"] for row in memberships if "group" in row}
        missing = sorted(set(names) - set(ids))
        if missing:
            raise AccessError(f"groups {', '.join(missing)}: no members of a project in scope: add them, with any role")
        return [_one(self._redmine.group, ids[name], include="users") for name in sorted(set(names))]


def _one(manager: ResourceManager, resource_id: int | str, **params: str) -> dict[str, Any]:
    """Fetch one object by python-redmine, which adds a key without a value for all that it could include."""
    try:
        return dict(manager.get(resource_id, **params).raw())
    except (KeyError, TypeError, ValueError):
        raise _no_object(manager.url.removeprefix(manager.redmine.url), manager.container) from None


def _no_object(path: str, kind: str) -> RedmineUnavailableError:
    return RedmineUnavailableError(f"GET {path}: JSON without `{kind}`: is `url` the tracker's root?")


def _is_since(row: Json, since: datetime | None) -> bool:
    """Whether a row, which has to have all that is asked of one, tells of a change since then."""
    _ = row["project"]["id"], row["project"]["name"], row["status"]["is_closed"]
    updated_at = datetime.fromisoformat(row["updated_on"])
    return since is None or updated_at >= since


def _named(row: Json) -> dict[str, Any]:
    return {"id": row["id"], "name": row["name"]}


def _names(rows: Iterable[Json]) -> list[Json]:
    return [_named(row) for row in rows]


def _each_once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _once(rows: Iterable[Json]) -> list[Json]:
    """Each row once, in order of id."""
    by_id = {row["id"]: row for row in rows}
    return [by_id[key] for key in sorted(by_id)]


def _people(memberships: Iterable[Json], groups: Iterable[Json]) -> list[Json]:
    """Everybody in the projects, with the names of their roles (inherited ones too) and of the groups given."""
    names: dict[int, str] = {}
    roles: dict[int, set[str]] = {}
    member_of: dict[int, set[str]] = {}
    for row in memberships:
        if "user" in row:
            names[row["user"]["id"]] = row["user"]["name"]
            roles.setdefault(row["user"]["id"], set()).update(role["name"] for role in row["roles"])
    for group in groups:
        for user in group["users"]:
            names[user["id"]] = user["name"]
            member_of.setdefault(user["id"], set()).add(group["name"])
    return [
        {"id": key, "name": names[key], "groups": sorted(member_of.get(key, ())), "roles": sorted(roles.get(key, ()))}
        for key in sorted(names)
    ]
