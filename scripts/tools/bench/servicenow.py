"""A conversion of an event log of ServiceNow (UCI 498; Amaral, Fantinato, Peres, 2018) to a snapshot and its mappings.

The log contains no texts, no history before a request's first row, and no channels except the way of contact. Its
verdict covers the time from opening to closing without pauses, so every status before Closed is open. The person who
opened a request is staff, so the priority is confirmed. A row without a known change becomes a private note.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count, groupby, pairwise
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent.parent
LOG = ROOT.parent / "shared" / "data" / "uci_servicenow.events.csv.gz"

NOW = datetime(2017, 3, 1, tzinfo=UTC)  # after the last row, so that every clock has stopped

# these reproduce the log's verdict on its priority Moderate: Monday to Friday, from opening to closing
HOURS, MODERATE_TARGET = "14:00-23:00", "62 h"

STATUSES = ("New", "Active", "Awaiting User Info", "Awaiting Vendor", "Awaiting Problem", "Awaiting Evidence")
OTHER_STATUSES = ("-100", "Resolved")
PRIORITIES = {"low": "4 - Low", "moderate": "3 - Moderate", "high": "2 - High", "critical": "1 - Critical"}
CONTACTS = ("Phone", "Self service", "Email", "IVR", "Direct opening")
CHANNEL_FIELD, GROUP_FIELD = {"id": 7, "name": "Арна"}, "30"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """A request of the log: its issue, its priority, and the log's verdict on it."""

    issue: Json
    priority: str
    made_sla: bool


class Ids:
    """Ids of names, counted in the order of their first use."""

    def __init__(self) -> None:
        self.by_name: dict[str, int] = {}

    def reference(self, name: str) -> Json:
        return {"id": self.id_of(name), "name": name}

    def id_of(self, name: str) -> int:
        return self.by_name.setdefault(name, len(self.by_name) + 1)

    def as_list(self) -> list[Json]:
        return [{"id": number, "name": name} for name, number in self.by_name.items()]


class Conversion:
    """A conversion of the log to Redmine's JSON."""

    def __init__(self) -> None:
        self.people, self.statuses, self.priorities = Ids(), Ids(), Ids()
        self.journal_ids = count(1)

    def cases(self, rows: Iterable[Mapping[str, str]]) -> Iterator[Case]:
        """Yield the requests; the rows must be grouped by request."""
        for number, (_, case_rows) in enumerate(groupby(rows, key=lambda row: row["case_id"]), 1):
            events = [{**row, **json.loads(row["extra_json"])} for row in case_rows]
            last = events[-1]
            yield Case(self._issue(number, events), last["priority"], last["made_sla"])

    def _issue(self, number: int, events: Sequence[Json]) -> Json:
        first, last = events[0], events[-1]
        journals = [self._journal(before, after) for before, after in pairwise(events)]
        return {
            "id": number,
            "project": {"id": 1, "name": "Incidents"},
            "tracker": {"id": 1, "name": "Incident"},
            "status": self.statuses.reference(last["status"]),
            "priority": self.priorities.reference(last["priority"]),
            "author": self.people.reference(first.get("opened_by", "Opened by an unknown person")),
            "subject": first["case_id"],
            "created_on": f"{first['opened_at']}Z",
            "updated_on": f"{last['timestamp']}Z",
            "custom_fields": [{**CHANNEL_FIELD, "value": first["contact"]}],
            "journals": journals,
        }

    def _journal(self, before: Json, after: Json) -> Json:
        details = list(self._details(before, after))
        return {
            "id": next(self.journal_ids),
            "user": self.people.reference(after["actor"]),
            "notes": "" if details else "work done",
            "created_on": f"{after['timestamp']}Z",
            "private_notes": not details,
            "details": details,
        }

    def _details(self, before: Json, after: Json) -> Iterator[Json]:
        attributes = (
            ("attr", "status_id", "status", self.statuses),
            ("attr", "priority_id", "priority", self.priorities),
            ("attr", "assigned_to_id", "assignee", self.people),
        )
        for kind, name, key, ids in attributes:
            old, new = before.get(key), after.get(key)
            if old != new:
                yield detail(kind, name, old and str(ids.id_of(old)), new and str(ids.id_of(new)))
        if before.get("group") != after.get("group"):
            yield detail("cf", GROUP_FIELD, before.get("group"), after.get("group"))

    def lists(self) -> Json:
        """Return Redmine's lists; call it after all requests are converted."""
        return {
            "account": {"id": 0, "name": "sup sync"},
            "statuses": self.statuses.as_list(),
            "priorities": self.priorities.as_list(),
            "projects": [{"id": 1, "identifier": "incidents", "name": "Incidents"}],
            "people": [{**person, "groups": ["Support"]} for person in self.people.as_list()],
        }


def detail(kind: str, name: str, old: str | None, new: str | None) -> Json:
    return {"property": kind, "name": name, "old_value": old, "new_value": new}


def read_log(log: Path = LOG) -> Iterator[Mapping[str, str]]:
    with gzip.open(log, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def write_snapshot(path: Path, lists: Json, issues: Iterable[Json]) -> None:
    """Write JSON lines in the format of `sup-sync snapshot`."""
    lines = ({"tracker": lists}, *issues)
    path.write_text("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines), encoding="utf-8")


def copies(issues: Sequence[Json], times: int) -> Iterator[Json]:
    """Yield the requests `times` times, each with an id of its own."""
    for number, issue in enumerate((issue for _ in range(times) for issue in issues), 1):
        yield {**issue, "id": number}


def write_mappings(folder: Path) -> Path:
    """Write the shipped files with the names of the log, and return the path of config.yaml."""
    (folder / "mappings").mkdir(parents=True)
    for name, changes in {"config.yaml": {"projects": ["incidents"]}, **MAPPINGS}.items():
        shipped = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))
        text = yaml.safe_dump({**shipped, **changes}, allow_unicode=True, sort_keys=False)
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "config.yaml"


NO_TARGET = {"within": "none", "clause": "log"}
CLOSED_IN_TIME = {"within": {**dict.fromkeys(PRIORITIES, "none"), "moderate": MODERATE_TARGET}, "clause": "made_sla"}
AGREEMENT = {"first_response": NO_TARGET, "resolution": CLOSED_IN_TIME, "ladder": "standard"}
OPEN, WAITING, CLOSED = {"phase": "open"}, {"phase": "waiting"}, {"phase": "closed"}
UNUSED = "Waiting"  # the mappings need a status that waits for the client; the log's verdict does not pause

MAPPINGS: dict[str, Json] = {
    "mappings/regulation.yaml": {
        "in_force_from": date(2016, 1, 1),
        "channels": {contact.lower().replace(" ", "_"): {"clause": "log"} for contact in CONTACTS},
        "categories": {"incident": {"clause": "log"}},
        "priorities": list(PRIORITIES),
        "agreements": {"incidents": AGREEMENT},
        "requirements": {},
    },
    "mappings/tracker.yaml": {
        "trackers": {"Incident": {"category": "incident"}},
        "statuses": {**dict.fromkeys((*STATUSES, *OTHER_STATUSES), OPEN), "Closed": CLOSED, UNUSED: WAITING},
        "priorities": PRIORITIES,
        "channels": {contact.lower().replace(" ", "_"): contact for contact in CONTACTS},
        "tool_statuses": {"no_answer": "Closed", "asked": UNUSED},
        "default_channels": {},
        "staff": {"groups": ["Support"]},
    },
    "mappings/calendar.yaml": {
        "zone": "UTC",
        "hours": {"mon-fri": [HOURS]},
        "years": {2016: "final", 2017: "final"},
        "holidays": [],
        "changes": [],
    },
    "mappings/clients.yaml": {"contracts": []},
    "mappings/messages.yaml": {},
    "mappings/examples.yaml": {"examples": []},
}
