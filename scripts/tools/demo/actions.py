"""The story's actions: sent to Redmine by the people who do them, then dated back in its database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from tools.demo.projects import ProjectSetup
from tools.demo.site import DemoError, Json, Person
from tools.demo.story import STORY_FILE, Action, Entry, parse_duration, time_before

from sup_sync.model.moments import MOMENT_FORMAT
from sup_sync.model.working_time import Calendar

ATTRIBUTES = {
    "tracker": ("tracker_id", "trackers"),
    "status": ("status_id", "issue_statuses"),
    "priority": ("priority_id", "issue_priorities"),
    "assignee": ("assigned_to_id", "users"),
    "version": ("fixed_version_id", "versions"),
    "parent": ("parent_issue_id", "requests"),
}
TEXTS = {"subject": "subject", "text": "description", "note": "notes", "private": "notes"}

# the dates of an issue that follow from its history or from its subtasks
DERIVED_DATES = (
    "UPDATE issues SET updated_on ="
    " COALESCE((SELECT MAX(created_on) FROM journals WHERE journalized_id = issues.id), created_on)",
    "UPDATE issues SET closed_on ="
    " (SELECT MAX(j.created_on) FROM journals j JOIN journal_details d ON d.journal_id = j.id"
    " JOIN issue_statuses s ON s.id = CAST(d.value AS INTEGER) AND s.is_closed"
    " WHERE j.journalized_id = issues.id AND d.prop_key = 'status_id') WHERE closed_on IS NOT NULL",
    "UPDATE issues SET start_date = (SELECT MIN(start_date) FROM issues child WHERE child.parent_id = issues.id)"
    " WHERE id IN (SELECT parent_id FROM issues)",
)


@dataclass(frozen=True, slots=True)
class DoneAction:
    """An action with its issue, and the highest ids of journals and attachments right after it."""

    action: Action
    issue_id: int
    last_journal: int
    last_attachment: int


class ActionSender:
    """The sender of actions to Redmine, each with the key of the person who does it."""

    def __init__(self, setup: ProjectSetup, calendar: Calendar, now: datetime) -> None:
        self.setup = setup
        self.calendar = calendar
        self.now = now
        self.issue_ids: dict[int, int] = {}

    def send_all(self, actions: Sequence[Action]) -> list[DoneAction]:
        people = {login: self.setup.site.person(login) for login in {action.login for action in actions}}
        done = []
        with self.setup.site.database() as base:
            for action in actions:
                self.send(action, people[action.login])
                last = base.execute(
                    "SELECT (SELECT MAX(id) FROM journals), (SELECT MAX(id) FROM attachments)"
                ).fetchone()
                done.append(DoneAction(action, self.issue_ids[action.request], last[0] or 0, last[1] or 0))
        return done

    def send(self, action: Action, person: Person) -> None:
        issue = self.attributes(action.entry, person)
        if not action.is_filing:
            person.send("PUT", f"/issues/{self.issue_ids[action.request]}.json", {"issue": issue})
            return
        answer = person.send("POST", "/issues.json", {"issue": {"project_id": action.entry["in"], **issue}})
        self.issue_ids[action.request] = answer["issue"]["id"]
        if "key" in action.entry:
            self.setup.ids["requests"][action.entry["key"]] = answer["issue"]["id"]

    def attributes(self, entry: Entry, person: Person) -> Json:
        """Convert an entry to Redmine's attributes of an issue; its file is uploaded."""
        ids = self.setup.ids
        values: Json = {TEXTS[key]: text for key, text in entry.items() if key in TEXTS}
        values |= {name: ids[kind][entry[key]] for key, (name, kind) in ATTRIBUTES.items() if key in entry}
        if "private" in entry:
            values["private_notes"] = True
        if "start_in_days" in entry:
            values["start_date"] = f"{self.setup.today + timedelta(days=entry['start_in_days'])}"
        if "file" in entry:
            values["uploads"] = [person.upload(entry["file"], entry["content"])]
        values["custom_fields"] = [
            {"id": ids["custom_fields"][self.setup.names.fields[key]], "value": value}
            for key, value in self.fields(entry)
        ]
        return values

    def fields(self, entry: Entry) -> Iterator[tuple[str, str]]:
        """Yield the custom fields that an entry sets, by the keys of mappings/tracker.yaml."""
        for key in ("channel", "bin", "organisation", "reason"):
            if key in entry:
                yield key, entry[key]
        if "in" in entry:
            yield from self.filing_fields(entry)
        if "contact" in entry:
            contact_at = time_before(self.calendar, self.now, parse_duration(entry["contact"]))
            yield "contact_at", contact_at.astimezone(self.calendar.zone).strftime(MOMENT_FORMAT)
        if entry.get("confirm"):
            yield "priority_confirmed", "1"

    def filing_fields(self, entry: Entry) -> Iterator[tuple[str, str]]:
        """Yield the fields of a new request: the client's data, what support needs, and the language of answers."""
        story = self.setup.story
        yield from ((key, value) for key, value in story["carried"].items() if key not in entry.get("lacks", ()))
        if entry["by"] in story["languages"]:
            yield "language", story["languages"][entry["by"]]

    def check(self) -> None:
        """Check every status: Redmine silently ignores a value that the person may not set."""
        rows = self.setup.admin.send("GET", "/issues.json?status_id=*&limit=100")["issues"]
        statuses = {row["id"]: row["status"]["name"] for row in rows}
        first = next(iter(self.setup.names.statuses))
        for number, request in enumerate(self.setup.story["requests"]):
            set_statuses = [step["status"] for step in request.get("steps", ()) if "status" in step]
            expected = (set_statuses or [first])[-1]
            issue_id = self.issue_ids[number]
            if statuses[issue_id] != expected:
                raise DemoError(
                    f'#{issue_id} has status "{statuses[issue_id]}" instead of "{expected}";'
                    f" correct request {number + 1} in {STORY_FILE.name}"
                )


def backdate(base: sqlite3.Connection, done: Sequence[DoneAction], zone: tzinfo) -> None:
    """Set the time of every issue, journal and attachment to that of its action, and the dates that follow."""
    starting_later = {each.issue_id for each in done if "start_in_days" in each.action.entry}
    journal = attachment = 0
    for each in done:
        at, issue = f"{each.action.at:%Y-%m-%d %H:%M:%S}.000000", each.issue_id
        journals = (at, journal, each.last_journal)
        base.execute("UPDATE journals SET created_on = ? WHERE id > ? AND id <= ?", journals)
        attachments = (at, attachment, each.last_attachment)
        base.execute("UPDATE attachments SET created_on = ? WHERE id > ? AND id <= ?", attachments)
        journal, attachment = each.last_journal, each.last_attachment
        if each.action.is_filing:
            base.execute("UPDATE issues SET created_on = ? WHERE id = ?", (at, issue))
        if each.action.is_filing and issue not in starting_later:
            day = f"{each.action.at.astimezone(zone).date()}"
            base.execute("UPDATE issues SET start_date = ? WHERE id = ?", (day, issue))
    for statement in DERIVED_DATES:
        base.execute(statement)
    if any(column[1] == "updated_on" for column in base.execute("PRAGMA table_info(journals)")):  # from Redmine 5.1 on
        base.execute("UPDATE journals SET updated_on = created_on")
