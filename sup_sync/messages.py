"""What clients and staff read, in kk, ru and en: texts by key, with our own words filled in and nobody else's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Template

LANGUAGES = ("kk", "ru", "en")

VARIABLES: Mapping[str, frozenset[str]] = {
    "first_response": frozenset(),
    "resolution": frozenset(),
    "at_risk": frozenset({"metric", "due", "since", "clause"}),
    "breached": frozenset({"metric", "due", "since", "clause"}),
    "to_head": frozenset({"metric", "due", "since", "clause"}),
}
"""Every message the code sends, and the variables it fills in."""


@dataclass(frozen=True, slots=True)
class Messages:
    """The texts of every language, and the language that staff read."""

    texts: Mapping[str, Mapping[str, str]]
    staff_language: str

    def for_staff(self, key: str, **words: str) -> str:
        """The text of `key` in the staff's language; `words` are names and moments of ours, never a client's text."""
        return Template(self.texts[self.staff_language][key]).substitute(words)
