"""The escalation ladder: which step a clock has reached, and which one the marker says was sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sup_sync.clock import Calendars, Clock
from sup_sync.errors import CalendarError
from sup_sync.policy import Escalation

Marker = Mapping[tuple[str, int], float]
"""The share of the target whose step was sent, by the clock's name and cycle."""

MARKED_DECIMALS = 2
"""How exactly the marker says the share of a step that was sent."""

_SENT = re.compile(r"(first_response|resolution|release)#(\d{1,4})@(\d{1,3}\.\d\d)")


class MarkerError(ValueError):
    """A marker that this tool did not write."""


def read_marker(text: str) -> Marker:
    """The steps sent so far, from the marker field: `first_response#0@1.00 resolution#1@0.75`."""
    sent: dict[tuple[str, int], float] = {}
    for word in text.split():
        match = _SENT.fullmatch(word)
        if not match:
            raise MarkerError(word)
        sent[match[1], int(match[2])] = float(match[3])
    return sent


def marker_text(sent: Marker) -> str:
    """The marker field's text for the steps sent so far."""
    return " ".join(f"{name}#{cycle}@{share:.{MARKED_DECIMALS}f}" for (name, cycle), share in sorted(sent.items()))


@dataclass(frozen=True, slots=True)
class DueStep:
    """A step of the ladder that is due and not yet sent, and since when it is due (it never depends on cron)."""

    step: Escalation
    clock: Clock
    since: datetime


def due_step(
    clock: Clock, ladder: tuple[Escalation, ...], sent: Marker, calendars: Calendars, now: datetime
) -> DueStep | None:
    """The highest step that a clock has passed and the marker does not have; None once the clock stopped."""
    if clock.stopped_at is not None:
        return None
    reached = sent.get((clock.name, clock.cycle), 0.0)
    for step in sorted(ladder, key=lambda step: step.share, reverse=True):
        if round(step.share, MARKED_DECIMALS) <= reached:
            return None
        try:
            since = clock.due_at(calendars, step.share)
        except CalendarError:
            continue  # it lies after the known years, and so after now
        if since is not None and clock.read_at(now) > since:
            return DueStep(step, clock, since)
    return None
