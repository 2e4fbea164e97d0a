"""The texts of a page or screen in one language; some labels come from messages.yaml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

from sup_sync.immutable import value
from sup_sync.model.messages import Messages
from sup_sync.model.moments import MOMENT_FORMAT
from sup_sync.model.required import ItemProblem
from sup_sync.output.durations import format_duration

FOLDER = Path(__file__).parent

FALLBACK = "en"  # for a language that only messages.yaml has


@cache
def load_texts(part: str) -> Mapping[str, Any]:
    """Load the texts of all languages from a file of this folder: `report`, `regulation`, `calendar` or `labels`."""
    return tomllib.loads((FOLDER / f"{part}.toml").read_text(encoding="utf-8"))


@value
class Texts:
    """The texts of one `part` in a language; times are shown in `zone`, the support's."""

    part: str
    language: str
    messages: Messages
    zone: tzinfo

    def text(self, key: str, **values: object) -> str:
        """Return the text of `key` with the values filled in."""
        return Template(self._own[key]).substitute(values)

    def has(self, key: str) -> bool:
        return key in self._own

    def label(self, key: str | None) -> str:
        """Return the label of a key: from labels.toml, otherwise a level's name from messages.yaml, or the key."""
        if key is None:
            return self.text("unknown")
        noted = self.messages.texts[self.language].get(f"level_{key}")
        words = load_texts("labels")
        named = words[self.language].get(key) if self.language in words else noted or words[FALLBACK].get(key)
        return str(named or noted or key.replace("_", " "))

    def metric(self, key: str) -> str:
        """Return the name of a metric, from the texts or otherwise from messages.yaml."""
        own = self._own.get(key) if self.language in load_texts(self.part) else None
        return str(own or self.messages.text(self.language, key))

    def reason(self, key: str | None) -> str:
        """Return the text of a reason from messages.yaml, or its key."""
        if key is None:
            return self.text("no_reason_given")
        return self.messages.texts[self.language].get(f"reason_{key}") or key.replace("_", " ")

    def holiday(self, name: str) -> str:
        """Return the name of a public holiday of calendar.yaml."""
        return str(self._own["name"].get(name, name))

    def finding(self, kind: str) -> str:
        return str(self._own["finding"][kind])

    def item_problems(self, items: tuple[ItemProblem, ...]) -> str:
        """List missing and malformed items, with the names of messages.yaml."""
        keys = (f"{'malformed' if each.is_malformed else 'missing'}_{each.item}" for each in items)
        return self.text("missing", items=", ".join(self.messages.text(self.language, key) for key in keys))

    def item(self, item: str) -> str:
        """Return the name of a required item, from messages.yaml."""
        return self.messages.text(self.language, f"missing_{item}")

    def day(self, day: date) -> str:
        """Format a day as notes do."""
        return self.messages.day(self.language, day)

    def count(self, key: str, number: int) -> str:
        """Return a number with its noun in the plural form of the language: one, few or many."""
        return self.text(f"{key}_{_form(self.language, number)}", number=number)

    def day_and_time(self, at: datetime) -> str:
        """Format a time for a sentence, as notes do."""
        return self.messages.moment(self.language, at.astimezone(self.zone))

    def moment(self, at: datetime) -> str:
        """Format a time for a column."""
        return f"{at.astimezone(self.zone):{MOMENT_FORMAT}}"

    def time(self, length: timedelta | None) -> str:
        """Format a length of time in hours and minutes, under a minute in seconds; a dash for None."""
        if length is None:
            return "—"
        return format_duration(length, hour=self.text("h"), minute=self.text("min"), second=self.text("s"))

    def percent(self, share: float | None) -> str:
        """Format a share: 77% in English, 77 % in other languages; a dash for None."""
        if share is None:
            return "—"
        whole = f"{share:.0%}"
        return whole if self.language == "en" else whole.replace("%", "\N{NO-BREAK SPACE}%")

    @property
    def _own(self) -> Mapping[str, Any]:
        texts = load_texts(self.part)
        own: Mapping[str, Any] = texts.get(self.language) or texts[FALLBACK]
        return own


def _form(language: str, number: int) -> str:
    """Return the plural form: Russian depends on the last digit, the others only distinguish 1."""
    if language != "ru":
        return "one" if number == 1 else "many"
    if number % 100 in TEENS:
        return "many"
    return {1: "one", 2: "few", 3: "few", 4: "few"}.get(number % 10, "many")


TEENS = range(11, 15)  # Russian uses the form "many" for them too
