"""The demo's story (examples/demo.yaml) in time: what happens, who does it, and when, counted back from the present."""

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

STORY = Path(__file__).resolve().parent.parent.parent.parent / "examples" / "demo.yaml"
LONGEST_AGO = timedelta(days=90)
UNITS = {"h": "hours", "min": "minutes"}

Words = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that somebody does: the filing of a request (its number in the story), or a step of it."""

    at: datetime
    request: int
    words: Words
    is_filing: bool

    @property
    def by(self) -> str:
        return str(self.words["by"])


def load_story() -> Words:
    story: Words = yaml.safe_load(STORY.read_text(encoding="utf-8"))
    return story


def working_time(text: str) -> timedelta:
    """`1h 20min` as a length of time."""
    amounts = {}
    for word in text.split():
        unit = word.lstrip("0123456789")
        amounts[UNITS[unit]] = int(word.removesuffix(unit))
    return timedelta(**amounts)


def moment_before(calendar: Calendar, now: datetime, amount: timedelta) -> datetime:
    """The moment with `amount` of working time between it and `now`; without any, the last working one."""
    for span in reversed(list(calendar.spans(now - LONGEST_AGO, now))):
        if amount <= span.end - span.start:
            return span.end - amount
        amount -= span.end - span.start
    raise CalendarError(f"too little working time in the {LONGEST_AGO.days} days before {now:%Y-%m-%d}")


def deeds_of(story: Words, calendar: Calendar, now: datetime) -> list[Deed]:
    """All that happens, in the order of time."""

    def deeds() -> Iterator[Deed]:
        for number, request in enumerate(story["requests"]):
            for words in (request, *request.get("steps", ())):
                at = moment_before(calendar, now, working_time(words["at"]))
                yield Deed(at, number, words, is_filing=words is request)

    return sorted(deeds(), key=lambda deed: deed.at)


def summary(story: Words, deeds: Sequence[Deed], zone: tzinfo) -> str:
    """What the site now has, in a few lines."""
    first, last = (deed.at.astimezone(zone) for deed in (deeds[0], deeds[-1]))
    lines = [
        f"{len(story['projects'])} projects, {len(story['requests'])} requests, {len(deeds)} entries of history,"
        f" {first:{MOMENT_FORMAT}} to {last:{MOMENT_FORMAT}}"
    ]
    shown = [request["shows"] for request in story["requests"]]
    for metric, states in zip(("first response", "closing"), zip(*filter(None, shown), strict=True), strict=True):
        counts = sorted(Counter(states).items(), key=lambda pair: -pair[1])
        lines.append(f"{metric}: " + ", ".join(f"{count} {state}" for state, count in counts))
    lines.append(f"set aside: {shown.count(None)}")
    return "\n".join(lines)
