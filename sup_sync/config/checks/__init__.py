"""Checks of the files and of their consistency: flat lists of small functions that report file and line."""

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
    not_defined,
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
    "not_defined",
]

CHECKS: tuple[Check, ...] = (
    *regulation.CHECKS,
    *tracker.CHECKS,
    *clients.CHECKS,
    *calendar.CHECKS,
    *messages.CHECKS,
    *languages.CHECKS,
)
