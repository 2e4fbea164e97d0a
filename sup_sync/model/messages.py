"""What clients and staff read, by language: texts by key, with our own words filled in and nobody else's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from string import Template

from sup_sync.frozen import value

MONTHS = 12


@value
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
