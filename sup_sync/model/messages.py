"""The texts of notes by language and key; their variables are filled only with values of sup-sync itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from string import Template

from sup_sync.immutable import value

MONTHS = 12


@value
class Messages:
    """The texts of each language, the language of staff, and that of clients whose own language is not known."""

    texts: Mapping[str, Mapping[str, str]]
    staff_language: str
    client_language: str

    def text(self, language: str, key: str, **variables: str) -> str:
        """Fill in the text of `key`; the variables are names and moments of sup-sync, never the text of a client."""
        return Template(self.texts[language][key]).substitute(variables)

    def day(self, language: str, day: date) -> str:
        """Format a day in a language."""
        month = self.texts[language]["months"].split(",")[day.month - 1].strip()
        return self.text(language, "day", day=str(day.day), month=month, year=str(day.year))

    def moment(self, language: str, at: datetime) -> str:
        """Format a local moment in a language."""
        return self.text(language, "moment", day=self.day(language, at), time=f"{at:%H:%M}")
