"""The reader of a Redmine server's lists: accounts, projects, members, groups, releases, names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from redminelib import Redmine
from redminelib.managers import ResourceManager

from sup_sync.errors import (
    AccessError,
    AnswerError,
    MissingError,
    OutOfTimeError,
    RedmineUnavailableError,
    RestOffError,
    SupSyncError,
    UrlError,
)
from sup_sync.model.names import NamesInRedmine
from sup_sync.redmine.answers import answer_of, check_account, check_members, check_object
from sup_sync.redmine.lists import ACTIVE_PROJECT, group_label
from sup_sync.redmine.memberships import members_of, people_of, with_logins
from sup_sync.redmine.project_access import (
    CAUSES,
    UnreadableProjectError,
    check_is_readable,
    describe_cause,
    find_cause_of_403,
)
from sup_sync.redmine.read_engine import ReadEngine
from sup_sync.redmine.session import RedmineSession
from sup_sync.to_json import Json


@contextmanager
def checked_form() -> Iterator[None]:
    """Turn the errors that JSON of another form causes into RedmineUnavailableError."""
    try:
        yield
    except (KeyError, TypeError, ValueError) as error:
        raise RedmineUnavailableError(
            "the JSON does not have Redmine's form; check that `url` is Redmine's base URL"
        ) from error


class _ForbiddenError(AccessError):
    """A 403: the account lacks a permission there, or the project is archived."""


class ListReader:
    """A reader of one Redmine server's lists with one account, by python-redmine; errors are those of RedmineSession.

    An error that concerns only one project, tracker, group or person is part of what is returned.
    """

    def __init__(self, session: RedmineSession) -> None:
        self._session = session
        self._redmine = self._connect(_ForbiddenError)

    def _connect(self, forbidden: type[SupSyncError]) -> Redmine:
        return Redmine(self._session.url, engine=ReadEngine, session=self._session, forbidden=forbidden)

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
        with answer_of("/users/current.json"):
            return check_account(account)

    def require_alive(self) -> None:
        """Ask something cheap, to see if a failed request was the only one; raises the error if this fails too."""
        self.fetch_account()

    def cause_of(self, error: SupSyncError) -> str:
        """Return the text of an error that concerns only what was asked for; raise one that concerns all requests."""
        is_forbidden_there = isinstance(error, _ForbiddenError)
        if isinstance(error, OutOfTimeError) or (isinstance(error, AccessError) and not is_forbidden_there):
            raise error
        self.require_alive()
        return str(error)

    @checked_form()
    def fetch_lists(
        self, account: Json, projects: Sequence[str], groups: Collection[str] = (), people: Collection[str] = ()
    ) -> Json:
        """Fetch the lists that `decode_directory` reads, for projects by identifier and groups by name.

        The accounts of the `people` with these names are looked up: memberships show neither logins nor locks (fact).

        Also: {"trackers": [{id, name}], "groups": [{id, name}], "fields": [{id, name}], "roles": [{id, name}]}, and
        `trackers` and `fields` in each project; a project's tracker has its own `fields` if an issue shows them.
        {"unreadable_projects": {identifier: cause}} are the projects that were left out, with a key of `CAUSES` or an
        error, {"missing_groups": [name]} the groups that are in no project or not read, {"unread": {what: error}} the
        groups and accounts that could not be read. A tracker whose fields could not be read has the error in `unread`.
        Raises AccessError, or the error of reading, if no project can be read.
        """
        unread: dict[str, str] = {}
        scope, unreadable = self._fetch_projects(
            projects, {each["project"]["id"] for each in account["memberships"]}, account["id"]
        )
        memberships = [row for project in scope for row in project.pop("memberships")]
        read_groups = self._fetch_groups(groups, memberships, unread)
        listed = people_of(memberships, read_groups)
        statuses = self._redmine.issue_status.all().values()
        return {
            "account": {"id": account["id"], "name": f"{account['firstname']} {account['lastname']}"},
            "statuses": [{**_named(each), "is_closed": each["is_closed"]} for each in statuses],
            "priorities": _names(self._redmine.enumeration.filter(resource="issue_priorities").values()),
            "trackers": _names(self._redmine.tracker.all().values()),
            "versions": _unique_rows(version for project in scope for version in project.pop("versions")),
            "people": with_logins(listed, self._fetch_logins(listed, people, unread)),
            "groups": _names(read_groups),
            "missing_groups": sorted(set(groups) - {each["name"] for each in read_groups}),
            "unmapped_groups": sorted({each["name"] for each in read_groups} - set(groups)),
            "roles": _names(self._redmine.role.all().values()),
            "fields": _unique_rows(field for project in scope for field in project["fields"]),
            "projects": scope,
            "unreadable_projects": unreadable,
            "unread": unread,
        }

    @checked_form()
    def fetch_projects(self, account: Json) -> list[Json]:
        """Fetch the open projects that the account is a member of; all open projects for an administrator."""
        joined = {each["project"]["id"] for each in account["memberships"]}
        rows = [row for row in self._redmine.project.all().values() if row["status"] == ACTIVE_PROJECT]
        return [row for row in rows if account.get("admin") or row["id"] in joined]

    @checked_form()
    def fetch_survey(self, account: Json, projects: Sequence[Json]) -> NamesInRedmine:
        """Fetch the names used in these projects; for an administrator also fields on no request, with values."""
        scope, causes = self._fetch_projects(
            [each["identifier"] for each in projects], {each["id"] for each in projects}
        )
        for cause in set(causes.values()) - CAUSES.keys():
            raise RedmineUnavailableError(cause)
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

    def fetch_role(self, role_id: int) -> Json:
        """Fetch a role with its permissions, which every account may read."""
        return _one(self._redmine.role, role_id)

    def _fetch_projects(
        self, identifiers: Sequence[str], joined: Collection[int], member_id: int | None = None
    ) -> tuple[list[dict[str, Any]], dict[str, str]]:
        """Fetch the projects that can be read, and the cause of each other one.

        All must have this member. Raises AccessError, or the error of reading, if no project can be read.
        """
        projects: list[dict[str, Any]] = []
        causes: dict[str, str] = {}
        failure: SupSyncError | None = None
        for identifier in identifiers:
            try:
                project = self._fetch_project(identifier, joined)
                _check_member(project, member_id)
                projects.append(project)
            except UnreadableProjectError as error:
                causes[identifier] = error.cause
            except SupSyncError as error:
                causes[identifier], failure = self.cause_of(error), error
        if not projects:
            raise failure or AccessError("\n".join(describe_cause(*each) for each in causes.items()))
        return projects, causes

    @checked_form()
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
        with answer_of(f"/projects/{project['id']}/memberships.json"):
            check_members(memberships)
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
        try:
            rows = list(self._redmine.issue.filter(**newest, sort="id:desc", limit=1).values())
        except RedmineUnavailableError as error:
            return {**_named(tracker), "unread": self.cause_of(error)}
        for row in rows:
            if row["project"]["id"] == project_id and row["tracker"]["id"] == tracker["id"]:
                return {**_named(tracker), "fields": _names(row.get("custom_fields", ()))}
        return _named(tracker)

    @checked_form()
    def fetch_versions(self, project_id: int) -> list[Json]:
        """Fetch the releases that requests of a project can be assigned to, with their dates."""
        versions = self._redmine.version.filter(project_id=project_id).values()
        return [{key: each.get(key) for key in ("id", "name", "status", "due_date")} for each in versions]

    def _fetch_logins(
        self, people: Iterable[Json], names: Collection[str], unread: dict[str, str]
    ) -> dict[int, str | None]:
        """Fetch the logins of people with these names; None if an account is locked, as Redmine answers 404 (fact).

        One that cannot be read is added to `unread`, and only its name tells who it is.
        """
        logins: dict[int, str | None] = {}
        for each in (each for each in people if each["name"] in names):
            try:
                path = f"/users/{each['id']}.json"
                with answer_of(path):
                    row = self._session.get_json(path, forbidden=MissingError)["user"]
            except MissingError:
                logins[each["id"]] = None
            except RedmineUnavailableError as error:
                unread[f'account "{each["name"]}"'] = self.cause_of(error)
            else:
                if "login" in row:
                    logins[each["id"]] = row["login"]
        return logins

    def _fetch_groups(self, names: Collection[str], memberships: Iterable[Json], unread: dict[str, str]) -> list[Json]:
        """Fetch groups with their users; only a group that is a member of a project in scope can be found.

        If one is missing, it may have been renamed: then all groups in the projects are fetched. One that cannot be
        read is added to `unread`.
        """
        ids = {row["group"]["name"]: row["group"]["id"] for row in memberships if "group" in row}
        groups: list[Json] = []
        for name in sorted(ids if set(names) - set(ids) else names):
            try:
                groups.append(_one(self._redmine.group, ids[name], include="users"))
            except (RedmineUnavailableError, _ForbiddenError, MissingError) as error:
                unread[group_label(name)] = self.cause_of(error)
        return groups


def _one(manager: ResourceManager, resource_id: int | str, **params: str) -> dict[str, Any]:
    """Fetch one object by python-redmine, which adds an empty key for everything that it could include."""
    try:
        found = dict(manager.get(resource_id, **params).raw())
    except (KeyError, TypeError, ValueError):
        raise _no_object(manager.url.removeprefix(manager.redmine.url), manager.container) from None
    with answer_of(manager.url.removeprefix(manager.redmine.url)):
        return check_object(found, manager.container, resource_id)


def _no_object(path: str, kind: str) -> RedmineUnavailableError:
    return RedmineUnavailableError(f"GET {path}: JSON without `{kind}`; check that `url` is Redmine's base URL")


def _check_member(project: Json, account_id: int | None) -> None:
    """Check that a project that the account joined has it as a member: the answers are those of one account."""
    if account_id is not None and account_id not in project["members"]:
        path = f"/projects/{project['id']}/memberships.json"
        raise AnswerError(f"GET {path}: not the members for this account; try again later")


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
