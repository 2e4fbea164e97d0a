"""What decides: the regulation, the calendars, the tracker's names and the texts, each from its file in mappings/."""

from __future__ import annotations

from dataclasses import dataclass

from sup_sync.clock import Calendars
from sup_sync.messages import Messages
from sup_sync.policy import Policy
from sup_sync.tracker import TrackerNames


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All that decides on a request; the days off of `estimated_years` are not final."""

    policy: Policy
    calendars: Calendars
    names: TrackerNames
    messages: Messages
    estimated_years: frozenset[int] = frozenset()
