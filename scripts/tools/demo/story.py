"""The demo's story (examples/demo.yaml) as a list of actions, each at a time before the present."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import yaml

from sup_sync.errors import CalendarError
from sup_sync.model.moments import MOMENT_FORMAT
from sup_sync.model.working_time import Calendar

STORY_FILE = Path(__file__).resolve().parent.parent.parent.parent / "examples" / "demo.yaml"
LONGEST_AGO = timedelta(days=90)
UNITS = {"h": "hours", "min": "minutes"}

Entry = Mapping[str, Any]  # a part of the YAML file: the whole, a project, a request, or a step of it


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a person does to a request (its index in the story): the filing, or a step after it."""

    at: datetime
    request: int
    entry: Entry
    is_filing: bool

    @property
    def login(self) -> str:
        return str(self.entry["by"])


def load_story() -> Entry:
    story: Entry = yaml.safe_load(STORY_FILE.read_text(encoding="utf-8"))
    return story


def parse_duration(text: str) -> timedelta:
    """Parse `1h 20min`."""
    amounts = {}
    for word in text.split():
        unit = word.lstrip("0123456789")
        amounts[UNITS[unit]] = int(word.removesuffix(unit))
    return timedelta(**amounts)


def time_before(calendar: Calendar, now: datetime, amount: timedelta) -> datetime:
    """Return the time from which `amount` of working time passes until `now`; for 0, when work last stopped."""
    for span in reversed(list(calendar.spans(now - LONGEST_AGO, now))):
        if amount <= span.end - span.start:
            return span.end - amount
        amount -= span.end - span.start
    raise CalendarError(f"too little working time in the {LONGEST_AGO.days} days before {now:%Y-%m-%d}")


def list_actions(story: Entry, calendar: Calendar, now: datetime) -> list[Action]:
    """List the actions of all requests in the order of time."""

    def actions() -> Iterator[Action]:
        for number, request in enumerate(story["requests"]):
            for entry in (request, *request.get("steps", ())):
                at = time_before(calendar, now, parse_duration(entry["at"]))
                yield Action(at, number, entry, is_filing=entry is request)

    return sorted(actions(), key=lambda action: action.at)


def summarize(story: Entry, actions: Sequence[Action], zone: tzinfo) -> str:
    """Summarize in a few lines what the site contains after all actions."""
    first, last = (action.at.astimezone(zone) for action in (actions[0], actions[-1]))
    lines = [
        f"{len(story['projects'])} projects, {len(story['requests'])} requests, {len(actions)} history entries,"
        f" {first:{MOMENT_FORMAT}} to {last:{MOMENT_FORMAT}}"
    ]
    expected = [request["shows"] for request in story["requests"]]
    by_metric = zip(*filter(None, expected), strict=True)
    for metric, statuses in zip(("first response", "resolution"), by_metric, strict=True):
        counts = sorted(Counter(statuses).items(), key=lambda pair: -pair[1])
        lines.append(f"{metric}: " + ", ".join(f"{count} {status}" for status, count in counts))
    lines.append(f"skipped: {expected.count(None)}")
    return "\n".join(lines)
