"""Turns an event log of ServiceNow (UCI 498; Amaral, Fantinato, Peres, 2018) into a snapshot and mappings of its own.

What the log lacks stays out: words, channels but how the caller got in touch, the history before a request's first
row. Its verdict pauses for nothing and runs from opening to closing, so every status before Closed is open. Who opened
a request took the call: staff, whose priority counts. A row that changes nothing known stands as a private note.
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

NOW = datetime(2017, 3, 1, tzinfo=UTC)
"""After the last row, so that every clock has stopped."""

HOURS, MODERATE_TARGET = "14:00-23:00", "62 h"
"""What reproduces the log's verdict on its priority Moderate: Monday to Friday, from opening to closing."""

STATUSES = ("New", "Active", "Awaiting User Info", "Awaiting Vendor", "Awaiting Problem", "Awaiting Evidence")
ODD_STATUSES = ("-100", "Resolved")
PRIORITIES = {"low": "4 - Low", "moderate": "3 - Moderate", "high": "2 - High", "critical": "1 - Critical"}
CONTACTS = ("Phone", "Self service", "Email", "IVR", "Direct opening")
CHANNEL_FIELD, GROUP_FIELD = {"id": 7, "name": "Арна"}, "30"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """A request of the log: its issue, and whether it was closed in time as the log says."""

    issue: Json
    priority: str
    made_sla: bool


class Ids:
    """An id for each name, in the order they come."""

    def __init__(self) -> None:
        self.by_name: dict[str, int] = {}

    def ref(self, name: str) -> Json:
        return {"id": self.of(name), "name": name}

    def of(self, name: str) -> int:
        return self.by_name.setdefault(name, len(self.by_name) + 1)

    def listed(self) -> list[Json]:
        return [{"id": number, "name": name} for name, number in self.by_name.items()]


class Translation:
    """The log on its way into Redmine's JSON."""

    def __init__(self) -> None:
        self.people, self.statuses, self.priorities = Ids(), Ids(), Ids()
        self.journal_ids = count(1)

    def cases(self, rows: Iterable[Mapping[str, str]]) -> Iterator[Case]:
        """The requests of rows that come request by request."""
        for number, (_, of_case) in enumerate(groupby(rows, key=lambda row: row["case_id"]), 1):
            events = [{**row, **json.loads(row["extra_json"])} for row in of_case]
            last = events[-1]
            yield Case(self._issue(number, events), last["priority"], last["made_sla"])

    def _issue(self, number: int, events: Sequence[Json]) -> Json:
        first, last = events[0], events[-1]
        journals = [self._journal(before, after) for before, after in pairwise(events)]
        return {
            "id": number,
            "project": {"id": 1, "name": "Incidents"},
            "tracker": {"id": 1, "name": "Incident"},
            "status": self.statuses.ref(last["status"]),
            "priority": self.priorities.ref(last["priority"]),
            "author": self.people.ref(first.get("opened_by", "Opened by nobody known")),
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
            "user": self.people.ref(after["actor"]),
            "notes": "" if details else "worked on",
            "created_on": f"{after['timestamp']}Z",
            "private_notes": not details,
            "details": details,
        }

    def _details(self, before: Json, after: Json) -> Iterator[Json]:
        known = (
            ("attr", "status_id", "status", self.statuses),
            ("attr", "priority_id", "priority", self.priorities),
            ("attr", "assigned_to_id", "assignee", self.people),
        )
        for kind, name, key, ids in known:
            old, new = before.get(key), after.get(key)
            if old != new:
                yield detail(kind, name, old and str(ids.of(old)), new and str(ids.of(new)))
        if before.get("group") != after.get("group"):
            yield detail("cf", GROUP_FIELD, before.get("group"), after.get("group"))

    def lists(self) -> Json:
        """The tracker's lists, once all cases have been through."""
        return {
            "account": {"id": 0, "name": "sup sync"},
            "statuses": self.statuses.listed(),
            "priorities": self.priorities.listed(),
            "projects": [{"id": 1, "identifier": "incidents", "name": "Incidents"}],
            "people": [{**each, "groups": ["Support"]} for each in self.people.listed()],
        }


def detail(kind: str, name: str, old: str | None, new: str | None) -> Json:
    return {"property": kind, "name": name, "old_value": old, "new_value": new}


def read_log(log: Path = LOG) -> Iterator[Mapping[str, str]]:
    with gzip.open(log, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def write_snapshot(path: Path, lists: Json, issues: Iterable[Json]) -> None:
    """JSON lines as `sup-sync snapshot` writes them."""
    lines = ({"tracker": lists}, *issues)
    path.write_text("".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in lines), encoding="utf-8")


def copies(issues: Sequence[Json], times: int) -> Iterator[Json]:
    """The requests so many times over, each with an id of its own."""
    for number, issue in enumerate((issue for _ in range(times) for issue in issues), 1):
        yield {**issue, "id": number}


def write_mappings(folder: Path) -> Path:
    """The shipped files with the log's words in them; returns config.yaml."""
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
UNUSED = "Waiting"
"""The mappings want a status that waits for the client, and the log's verdict knows none."""

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
        "statuses": {**dict.fromkeys((*STATUSES, *ODD_STATUSES), OPEN), "Closed": CLOSED, UNUSED: WAITING},
        "priorities": PRIORITIES,
        "channels": {contact.lower().replace(" ", "_"): contact for contact in CONTACTS},
        "sets": {"no_answer": "Closed", "asked": UNUSED},
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
