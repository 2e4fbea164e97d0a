"""What the files must agree on among themselves: flat lists of small checks, each naming file and line."""

from sup_sync.config.checks import calendar, clients, languages, messages, regulation, tracker
from sup_sync.config.checks.files import (
    CALENDAR,
    CLIENTS,
    CONFIG,
    EXAMPLES,
    MESSAGES,
    REGULATION,
    SINGULAR,
    TRACKER,
    Check,
    Files,
    RegulationVersion,
)

__all__ = [
    "CALENDAR",
    "CHECKS",
    "CLIENTS",
    "CONFIG",
    "EXAMPLES",
    "MESSAGES",
    "REGULATION",
    "SINGULAR",
    "TRACKER",
    "Files",
    "RegulationVersion",
]

CHECKS: tuple[Check, ...] = (
    *regulation.CHECKS,
    *tracker.CHECKS,
    *clients.CHECKS,
    *calendar.CHECKS,
    *messages.CHECKS,
    *languages.CHECKS,
)
