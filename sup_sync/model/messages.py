"""What clients and staff read, by language: texts by key, with our own words filled in and nobody else's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from string import Template

from sup_sync.frozen import frozen
from sup_sync.model.required import ITEMS

MONTHS = 12

_STEP = frozenset({"metric", "due", "since", "clause", "quality"})

VARIABLES: Mapping[str, frozenset[str]] = {
    "day": frozenset({"day", "month", "year"}),
    "moment": frozenset({"day", "time"}),
    "months": frozenset(),
    "no_target": frozenset({"clause"}),
    "acknowledged": frozenset({"number", "filed", "level", "help_centre", "clause"}),
    "contacted": frozenset({"contact", "filed"}),
    "asked": frozenset({"missing", "due", "wording", "clause"}),
    "reminder": frozenset({"asked", "due", "wording", "clause"}),
    "no_answer": frozenset({"wording", "asked", "actions", "clause", "quality"}),
    "refused": frozenset({"reason", "clause", "quality", "complaints"}),
    "at_risk": _STEP,
    "breached": _STEP,
    "to_head": _STEP,
    "misrouted": frozenset({"level", "channel", "clause"}),
    "incomplete": frozenset({"missing", "clause"}),
    "stopped": frozenset({"reason", "clause", "quality"}),
    "slipped": frozenset({"before", "after", "clause"}),
    "shipped": frozenset({"clause"}),
    "action": frozenset({"at", "what"}),
    "action_filed": frozenset(),
    "action_answered": frozenset(),
    "action_asked": frozenset(),
    "action_in_work": frozenset(),
    "action_development": frozenset(),
    "action_ended": frozenset(),
    "action_priority": frozenset(),
    "action_told": frozenset(),
    **{f"missing_{item}": frozenset() for item in ITEMS},
    "malformed_iin": frozenset(),
    "malformed_bin": frozenset(),
}
"""Every message the code sends, and the variables it may fill in."""

STEP_MESSAGES = tuple(key for key, variables in VARIABLES.items() if variables is _STEP)
"""Those that a step of a ladder can send."""

REQUIRED: Mapping[str, frozenset[str]] = {
    "day": VARIABLES["day"],
    "moment": VARIABLES["moment"],
    "acknowledged": frozenset({"number", "level", "help_centre"}),
    "asked": frozenset({"missing", "due"}),
    "incomplete": frozenset({"missing"}),
    "slipped": frozenset({"before", "after"}),
    "reminder": frozenset({"due"}),
    "no_answer": frozenset({"wording", "actions", "quality"}),
    "refused": frozenset({"reason", "quality"}),
    "breached": frozenset({"quality"}),
    "to_head": frozenset({"quality"}),
    "action": frozenset({"at", "what"}),
}
"""What a text must say, as a clause wants it said (10, 13, 15, 16, 25)."""


NAMES_TARGETS = "acknowledged"
"""The message that says the target of each metric that is not internal, in a variable of the metric's name."""


def expected_messages(
    levels: Iterable[str], reasons: Iterable[str], metrics: Iterable[str], promised: Iterable[str]
) -> Mapping[str, frozenset[str]]:
    """Every message and its variables, with those for the words of the regulation.

    `promised` are the metrics that are not internal.
    """
    words = [*metrics, *(f"level_{key}" for key in levels), *(f"reason_{key}" for key in reasons)]
    targets = {NAMES_TARGETS: VARIABLES[NAMES_TARGETS].union(promised)}
    return {**VARIABLES, **targets, **dict.fromkeys(words, frozenset[str]())}


@frozen
class Messages:
    """The texts of every language, the one that staff read, and the one for clients of whom none is known."""

    texts: Mapping[str, Mapping[str, str]]
    staff_language: str
    client_language: str

    def text(self, language: str, key: str, **words: str) -> str:
        """The text of `key` in a language; `words` are names and moments of ours, never a client's text."""
        return Template(self.texts[language][key]).substitute(words)

    def day(self, language: str, day: date) -> str:
        """A day as the language writes it."""
        month = self.texts[language]["months"].split(",")[day.month - 1].strip()
        return self.text(language, "day", day=str(day.day), month=month, year=str(day.year))

    def moment(self, language: str, at: datetime) -> str:
        """A local moment as the language writes it."""
        return self.text(language, "moment", day=self.day(language, at), time=f"{at:%H:%M}")
