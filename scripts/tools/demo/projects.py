"""The people and projects of the story, created in a provisioned Redmine."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta

from tools.demo.site import DemoError, Json, Site
from tools.demo.story import Entry

from sup_sync.model.directory import CLOSED_PROJECT
from sup_sync.model.names import RedmineNames
from sup_sync.redmine.provision import BOT_LOGIN, BOT_ROLE

LISTS = {
    "trackers": "/trackers.json",
    "issue_statuses": "/issue_statuses.json",
    "issue_priorities": "/enumerations/issue_priorities.json",
    "custom_fields": "/custom_fields.json",
    "roles": "/roles.json",
    "groups": "/groups.json",
}


class Ids(dict[str, int]):
    """Redmine's ids of one kind of thing, by name."""

    def __init__(self, kind: str, rows: Sequence[Json] = (), key: str = "name") -> None:
        super().__init__({row[key]: row["id"] for row in rows})
        self.kind = kind

    def __missing__(self, name: str) -> int:
        raise DemoError(f'{self.kind}: "{name}" not found; run `sup-sync provision --script` in this Redmine first')


class ProjectSetup:
    """The story's people and projects on one site, and Redmine's ids of all that the story names."""

    def __init__(self, site: Site, story: Entry, names: RedmineNames, today: date) -> None:
        self.site = site
        self.story = story
        self.names = names
        self.today = today
        self.admin = site.person("admin")
        self.ids: dict[str, Ids] = {}
        self.staff_group = 0

    def is_done(self) -> bool:
        """Return whether the site contains the story; raise DemoError if it contains only a part.

        `close` does the last step of the story, so a project that is still open means that a run failed before it.
        """
        with self.site.database() as base:
            statuses = dict(base.execute("SELECT identifier, status FROM projects"))
        projects = self.story["projects"]
        if not statuses.keys() & projects.keys():
            return False
        if any(entry.get("closed") and statuses.get(name) != CLOSED_PROJECT for name, entry in projects.items()):
            reset = f"scripts/redmine reset --site {self.site.name}"
            raise DemoError(f"the site contains only a part of the story; run {reset}, then retry")
        return True

    def create(self) -> None:
        self.find_ids()
        self.change_database()
        self.add_people()
        for identifier, entry in self.story["projects"].items():
            self.add_project(identifier, entry)

    def find_ids(self) -> None:
        for kind, path in LISTS.items():
            self.ids[kind] = Ids(kind, self.admin.send("GET", path)[kind])
        users = self.admin.send("GET", f"/users.json?name={BOT_LOGIN}")["users"]
        self.ids |= {
            "users": Ids("users", users, key="login"),
            "versions": Ids("versions"),
            "requests": Ids("requests"),
        }
        self.staff_group = self.ids["groups"][min(self.names.staff_groups)]

    def change_database(self) -> None:
        """Do what REST cannot: add a tracker that is not mapped, and deactivate the priorities that are not mapped."""
        first, priorities = next(iter(self.names.statuses)), json.dumps(list(self.names.priorities.values()))
        with self.site.database() as base:
            internal = base.execute(
                "INSERT INTO trackers (name, position, is_in_roadmap, fields_bits, default_status_id)"
                " SELECT ?, (SELECT MAX(position) + 1 FROM trackers), 0, 0, id FROM issue_statuses WHERE name = ?",
                (self.story["internal_tracker"], first),
            )
            self.ids["trackers"][self.story["internal_tracker"]] = internal.lastrowid or 0
            base.execute(
                "UPDATE enumerations SET active = 0"
                " WHERE type = 'IssuePriority' AND name NOT IN (SELECT value FROM json_each(?))",
                (priorities,),
            )

    def add_people(self) -> None:
        for login, name in (self.story["staff"] | self.story["clients"]).items():
            firstname, lastname = name.split()
            user = {
                "login": login,
                "firstname": firstname,
                "lastname": lastname,
                "mail": f"{login}@example.invalid",
                "password": self.story["password"],
                "language": "ru",
            }
            values = {"user": user, "pref": {"time_zone": "Almaty"}}
            self.ids["users"][login] = self.admin.send("POST", "/users.json", values)["user"]["id"]
        for login in self.story["staff"]:
            self.admin.send("POST", f"/groups/{self.staff_group}/users.json", {"user_id": self.ids["users"][login]})

    def add_project(self, identifier: str, entry: Entry) -> None:
        trackers = {request["tracker"] for request in self.story["requests"] if request["in"] == identifier}
        project = {
            "identifier": identifier,
            "name": entry["name"],
            "is_public": False,
            "enabled_module_names": ["issue_tracking"],
            "tracker_ids": [self.ids["trackers"][name] for name in sorted(trackers)],
        }
        self.admin.send("POST", "/projects.json", {"project": project})
        self.add_members(identifier, entry.get("clients", ()))
        for name, days in entry.get("versions", {}).items():
            version = {"name": name, "due_date": f"{self.today + timedelta(days=days)}"}
            answer = self.admin.send("POST", f"/projects/{identifier}/versions.json", {"version": version})
            self.ids["versions"][name] = answer["version"]["id"]

    def add_members(self, project: str, clients: Sequence[str]) -> None:
        members = {
            self.staff_group: min(self.names.staff_roles),
            self.ids["users"][BOT_LOGIN]: BOT_ROLE,
            **{self.ids["users"][login]: min(self.names.client_roles) for login in clients},
        }
        for user, role in members.items():
            membership = {"user_id": user, "role_ids": [self.ids["roles"][role]]}
            self.admin.send("POST", f"/projects/{project}/memberships.json", {"membership": membership})

    def close(self) -> None:
        """Remove those who have left from the staff group, and close the projects that the story closes."""
        for login in self.story["left"]:
            self.admin.send("DELETE", f"/groups/{self.staff_group}/users/{self.ids['users'][login]}.json")
        for identifier, entry in self.story["projects"].items():
            if entry.get("closed"):
                self.admin.send("PUT", f"/projects/{identifier}/close.json")
