#!/usr/bin/env python3
"""Acts out the demo's story (examples/demo.yaml) on a provisioned Redmine site of scripts/redmine.

People file, answer and close by REST, each with their own key. As REST can't set dates, what happened is then moved in
the site's database to its moment: so much working time before the present. A site that has the story is left alone.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import requests
from tools.demo.story import STORY, Deed, Words, deeds_of, load_story, moment_before, summary, working_time

from sup_sync.config import load_config
from sup_sync.errors import SupSyncError
from sup_sync.model.directory import CLOSED_PROJECT
from sup_sync.model.moments import MOMENT_FORMAT
from sup_sync.model.names import TrackerNames
from sup_sync.model.policy import ClockKind
from sup_sync.model.working_time import Calendar
from sup_sync.redmine.provision import BOT_LOGIN, BOT_ROLE

ROOT = Path(__file__).resolve().parent.parent.parent.parent
TIMEOUT_S = 30

ATTRIBUTES = {
    "tracker": ("tracker_id", "trackers"),
    "status": ("status_id", "issue_statuses"),
    "priority": ("priority_id", "issue_priorities"),
    "assignee": ("assigned_to_id", "users"),
    "version": ("fixed_version_id", "versions"),
    "parent": ("parent_issue_id", "requests"),
}
LISTS = {
    "trackers": "/trackers.json",
    "issue_statuses": "/issue_statuses.json",
    "issue_priorities": "/enumerations/issue_priorities.json",
    "custom_fields": "/custom_fields.json",
    "roles": "/roles.json",
    "groups": "/groups.json",
}
TEXTS = {"subject": "subject", "text": "description", "note": "notes", "private": "notes"}

WHAT_FOLLOWS = (
    "UPDATE issues SET updated_on ="
    " COALESCE((SELECT MAX(created_on) FROM journals WHERE journalized_id = issues.id), created_on)",
    "UPDATE issues SET closed_on ="
    " (SELECT MAX(j.created_on) FROM journals j JOIN journal_details d ON d.journal_id = j.id"
    " JOIN issue_statuses s ON s.id = CAST(d.value AS INTEGER) AND s.is_closed"
    " WHERE j.journalized_id = issues.id AND d.prop_key = 'status_id') WHERE closed_on IS NOT NULL",
    "UPDATE issues SET start_date = (SELECT MIN(start_date) FROM issues child WHERE child.parent_id = issues.id)"
    " WHERE id IN (SELECT parent_id FROM issues)",
)
"""The dates of an issue that its history, or its children, give."""

Json = dict[str, Any]


class DemoError(Exception):
    """What went wrong and what to do about it, in one line."""


class Ids(dict[str, int]):
    """The tracker's ids of one kind of thing, by name."""

    def __init__(self, kind: str, rows: Sequence[Json] = (), key: str = "name") -> None:
        super().__init__({row[key]: row["id"] for row in rows})
        self.kind = kind

    def __missing__(self, name: str) -> int:
        raise DemoError(f"{self.kind} has no «{name}»: provision the tracker by `sup-sync provision --script` first")


@dataclass(frozen=True, slots=True)
class Site:
    """A site of scripts/redmine."""

    name: str

    def ask(self, command: str, *words: str) -> str:
        done = subprocess.run(
            [ROOT / "scripts" / "redmine", command, "--site", self.name, *words],
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise DemoError(done.stderr.strip())
        return done.stdout.strip()

    def person(self, login: str) -> Person:
        return Person(self.ask("url"), self.ask("key", login))

    @contextlib.contextmanager
    def database(self) -> Iterator[sqlite3.Connection]:
        with contextlib.closing(sqlite3.connect(self.ask("db"), timeout=10)) as base, base:
            yield base


class Person:
    """Somebody who uses the tracker by REST with a key of their own."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["X-Redmine-API-Key"] = key

    def send(self, method: str, path: str, values: Json | bytes | None = None) -> Json:
        """What the tracker answers; DemoError where it refuses."""
        body: Json = {"data": values} if isinstance(values, bytes) else {"json": values}
        headers = {"Content-Type": "application/octet-stream"} if isinstance(values, bytes) else {}
        answer = self.session.request(method, self.url + path, headers=headers, timeout=TIMEOUT_S, **body)
        if not answer.ok:
            raise DemoError(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
        return answer.json() if answer.content.strip() else {}

    def upload(self, name: str, content: str) -> Json:
        answer = self.send("POST", f"/uploads.json?filename={name}", content.encode())
        return {"token": answer["upload"]["token"], "filename": name, "content_type": "text/plain"}


@dataclass(frozen=True, slots=True)
class Trace:
    """What a deed left in the database: the journals and attachments up to these ids, and after those of the last."""

    deed: Deed
    issue_id: int
    last_journal: int
    last_attachment: int


# --- who and where


class World:
    """The people and projects of the story on one site, and the tracker's ids of all that it names."""

    def __init__(self, site: Site, story: Words, names: TrackerNames, today: date) -> None:
        self.site = site
        self.story = story
        self.names = names
        self.today = today
        self.admin = site.person("admin")
        self.ids: dict[str, Ids] = {}

    def is_there(self) -> bool:
        """Whether the site has the whole story; DemoError where it broke off before its last act, closing a project."""
        with self.site.database() as base:
            status = dict(base.execute("SELECT identifier, status FROM projects"))
        projects = self.story["projects"]
        if not status.keys() & projects.keys():
            return False
        if any(words.get("closed") and status.get(name) != CLOSED_PROJECT for name, words in projects.items()):
            raise DemoError(
                f"half of the story is there: scripts/redmine reset --site {self.site.name}, and begin anew"
            )
        return True

    def make(self) -> None:
        self.find_names()
        self.prepare_database()
        self.add_people()
        for identifier, words in self.story["projects"].items():
            self.add_project(identifier, words)

    def prepare_database(self) -> None:
        """What REST can't do: make a tracker that no mapping covers, and hide the priorities that nobody here uses."""
        first, ours = next(iter(self.names.statuses)), json.dumps(list(self.names.priorities.values()))
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
                (ours,),
            )

    def find_names(self) -> None:
        for kind, path in LISTS.items():
            self.ids[kind] = Ids(kind, self.admin.send("GET", path)[kind])
        users = self.admin.send("GET", f"/users.json?name={BOT_LOGIN}")["users"]
        self.ids |= {
            "users": Ids("users", users, key="login"),
            "versions": Ids("versions"),
            "requests": Ids("requests"),
        }
        self.staff_group = self.ids["groups"][min(self.names.staff_groups)]

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

    def add_project(self, identifier: str, words: Words) -> None:
        trackers = {request["tracker"] for request in self.story["requests"] if request["in"] == identifier}
        project = {
            "identifier": identifier,
            "name": words["name"],
            "is_public": False,
            "enabled_module_names": ["issue_tracking"],
            "tracker_ids": [self.ids["trackers"][name] for name in sorted(trackers)],
        }
        self.admin.send("POST", "/projects.json", {"project": project})
        self.add_members(identifier, words.get("clients", ()))
        for name, days in words.get("versions", {}).items():
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

    def end(self) -> None:
        """Who has left is in the group no more, and a closed project is closed."""
        for login in self.story["left"]:
            self.admin.send("DELETE", f"/groups/{self.staff_group}/users/{self.ids['users'][login]}.json")
        for identifier, words in self.story["projects"].items():
            if words.get("closed"):
                self.admin.send("PUT", f"/projects/{identifier}/close.json")


# --- what happens


class Play:
    """The deeds done by their people."""

    def __init__(self, world: World, calendar: Calendar, now: datetime) -> None:
        self.world = world
        self.calendar = calendar
        self.now = now
        self.issue_ids: dict[int, int] = {}

    def act(self, deeds: Sequence[Deed]) -> list[Trace]:
        people = {login: self.world.site.person(login) for login in {deed.by for deed in deeds}}
        traces = []
        with self.world.site.database() as base:
            for deed in deeds:
                self.do(deed, people[deed.by])
                last = base.execute(
                    "SELECT (SELECT MAX(id) FROM journals), (SELECT MAX(id) FROM attachments)"
                ).fetchone()
                traces.append(Trace(deed, self.issue_ids[deed.request], last[0] or 0, last[1] or 0))
        return traces

    def do(self, deed: Deed, person: Person) -> None:
        issue = self.attributes(deed.words, person)
        if not deed.is_filing:
            person.send("PUT", f"/issues/{self.issue_ids[deed.request]}.json", {"issue": issue})
            return
        answer = person.send("POST", "/issues.json", {"issue": {"project_id": deed.words["in"], **issue}})
        self.issue_ids[deed.request] = answer["issue"]["id"]
        if "key" in deed.words:
            self.world.ids["requests"][deed.words["key"]] = answer["issue"]["id"]

    def attributes(self, words: Words, person: Person) -> Json:
        """A deed's words as Redmine's attributes of an issue."""
        ids = self.world.ids
        values: Json = {TEXTS[word]: text for word, text in words.items() if word in TEXTS}
        values |= {ATTRIBUTES[word][0]: ids[ATTRIBUTES[word][1]][words[word]] for word in ATTRIBUTES if word in words}
        if "private" in words:
            values["private_notes"] = True
        if "start_in_days" in words:
            values["start_date"] = f"{self.world.today + timedelta(days=words['start_in_days'])}"
        if "file" in words:
            values["uploads"] = [person.upload(words["file"], words["content"])]
        values["custom_fields"] = [
            {"id": ids["custom_fields"][self.world.names.fields[key]], "value": value}
            for key, value in self.fields(words)
        ]
        return values

    def fields(self, words: Words) -> Iterator[tuple[str, str]]:
        """The custom fields that a deed sets, by our keys."""
        for key in ("channel", "bin", "organisation", "reason"):
            if key in words:
                yield key, words[key]
        if "in" in words:
            yield from self.carried(words)
        if "contact" in words:
            contact_at = moment_before(self.calendar, self.now, working_time(words["contact"]))
            yield "contact_at", contact_at.astimezone(self.calendar.zone).strftime(MOMENT_FORMAT)
        if words.get("confirm"):
            yield "priority_confirmed", "1"

    def carried(self, words: Words) -> Iterator[tuple[str, str]]:
        """What a request carries, by our keys: who asks, what support needs, and the language of the answers."""
        story = self.world.story
        yield from ((key, value) for key, value in story["carried"].items() if key not in words.get("lacks", ()))
        if words["by"] in story["languages"]:
            yield "language", story["languages"][words["by"]]

    def check(self) -> None:
        """Redmine drops without a word what somebody may not set: the statuses tell."""
        rows = self.world.admin.send("GET", "/issues.json?status_id=*&limit=100")["issues"]
        shown = {row["id"]: row["status"]["name"] for row in rows}
        first = next(iter(self.world.names.statuses))
        for number, request in enumerate(self.world.story["requests"]):
            wanted = [step["status"] for step in request.get("steps", ()) if "status" in step]
            if shown[self.issue_ids[number]] != (wanted or [first])[-1]:
                raise DemoError(
                    f"#{self.issue_ids[number]} did not get the status of request {number + 1} in {STORY.name}"
                )


# --- to its moment


def move(base: sqlite3.Connection, traces: Sequence[Trace], zone: tzinfo) -> None:
    """Give everything the moment of its deed, and the issues the dates that follow from their history."""
    later = {trace.issue_id for trace in traces if "start_in_days" in trace.deed.words}
    journal = attachment = 0
    for trace in traces:
        at, issue = f"{trace.deed.at:%Y-%m-%d %H:%M:%S}.000000", trace.issue_id
        journals = (at, journal, trace.last_journal)
        base.execute("UPDATE journals SET created_on = ? WHERE id > ? AND id <= ?", journals)
        files = (at, attachment, trace.last_attachment)
        base.execute("UPDATE attachments SET created_on = ? WHERE id > ? AND id <= ?", files)
        journal, attachment = trace.last_journal, trace.last_attachment
        if trace.deed.is_filing:
            base.execute("UPDATE issues SET created_on = ? WHERE id = ?", (at, issue))
        if trace.deed.is_filing and issue not in later:
            day = f"{trace.deed.at.astimezone(zone).date()}"
            base.execute("UPDATE issues SET start_date = ? WHERE id = ?", (day, issue))
    for statement in WHAT_FOLLOWS:
        base.execute(statement)
    if any(column[1] == "updated_on" for column in base.execute("PRAGMA table_info(journals)")):  # from Redmine 5.1 on
        base.execute("UPDATE journals SET updated_on = created_on")


# --- the command


def seed(site: Site, config: Path, now: datetime) -> str:
    """Act out the story at `now`, unless the site has it; returns what to say about it."""
    rules = load_config(config, now.date()).rules
    calendar = rules.calendars[ClockKind.WORKING]
    story = load_story()
    world = World(site, story, rules.names, now.astimezone(calendar.zone).date())
    if world.is_there():
        return f"{site.name} has the story already: nothing done"
    deeds = deeds_of(story, calendar, now)
    world.make()
    play = Play(world, calendar, now)
    traces = play.act(deeds)
    play.check()
    with site.database() as base:
        move(base, traces, calendar.zone)
    world.end()
    return summary(story, deeds, calendar.zone)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    site, config = os.environ.get("SUP_SYNC_SITE") or "sup-sync-demo", ROOT / "config.yaml"
    parser.add_argument("--site", default=site, help="site of scripts/redmine, provisioned, else as after a reset")
    parser.add_argument("--config", default=config, type=Path, help="config.yaml that names the site's mappings")
    parser.add_argument("--now", type=datetime.fromisoformat, default=datetime.now(UTC), help="the present (ISO 8601)")
    options = parser.parse_args()
    try:
        said = seed(Site(options.site), options.config, options.now.replace(microsecond=0))
    except (DemoError, SupSyncError, requests.RequestException, sqlite3.Error) as fault:
        sys.stderr.write(f"demo_world: {fault}\n")
        return 1
    sys.stdout.write(f"{said}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
