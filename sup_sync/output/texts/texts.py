"""Texts in one language: those of a page or screen, and for words of the mappings those that the notes have."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

from sup_sync.frozen import value
from sup_sync.model.messages import Messages
from sup_sync.model.moments import MOMENT_FORMAT
from sup_sync.model.required import ItemProblem

FOLDER = Path(__file__).parent


FALLBACK = "en"
"""The language of pages and screens in a language that has no texts for them; its notes are those of messages.yaml."""


@cache
def load_texts(part: str) -> Mapping[str, Any]:
    """The texts of all languages in one of the files that lie here: `report`, `regulation`, `calendar`, `words`."""
    return tomllib.loads((FOLDER / f"{part}.toml").read_text(encoding="utf-8"))


@value
class Texts:
    """Says things in a language, by the texts of one `part`; `zone` is the support's, to show moments in."""

    part: str
    language: str
    messages: Messages
    zone: tzinfo

    def say(self, key: str, **words: object) -> str:
        """The text of `key`, with our own words filled in."""
        return Template(self._own[key]).substitute(words)

    def word(self, key: str | None) -> str:
        """A word of the regulation: as words.toml calls it, else as the notes call a level, else by its key."""
        if key is None:
            return self.say("unknown")
        noted = self.messages.texts[self.language].get(f"level_{key}")
        words = load_texts("words")
        named = words[self.language].get(key) if self.language in words else noted or words[FALLBACK].get(key)
        return str(named or noted or key.replace("_", " "))

    def metric(self, key: str) -> str:
        """What is measured: as the texts call it, otherwise as the notes do."""
        own = self._own.get(key) if self.language in load_texts(self.part) else None
        return str(own or self.messages.text(self.language, key))

    def reason(self, key: str | None) -> str:
        """Why a request was refused, put off, stopped or ended, as the notes say it."""
        if key is None:
            return self.say("no_reason_given")
        return self.messages.texts[self.language].get(f"reason_{key}") or key.replace("_", " ")

    def holiday(self, name: str) -> str:
        """A public holiday of calendar.yaml."""
        return str(self._own["name"].get(name, name))

    def finding(self, kind: str) -> str:
        return str(self._own["finding"][kind])

    def lacks(self, items: tuple[ItemProblem, ...]) -> str:
        """What a request lacks, as the notes name it."""
        keys = (f"{'malformed' if each.is_malformed else 'missing'}_{each.item}" for each in items)
        return self.say("lacks", items=", ".join(self.messages.text(self.language, key) for key in keys))

    def missing(self, item: str) -> str:
        """What a request has to carry, as the notes that ask for it name it."""
        return self.messages.text(self.language, f"missing_{item}")

    def day(self, day: date) -> str:
        """A day as the notes write it."""
        return self.messages.day(self.language, day)

    def count(self, key: str, number: int) -> str:
        """A number of something, in the form that the language has for it: one, few or many."""
        return self.say(f"{key}_{_form(self.language, number)}", number=number)

    def day_and_time(self, at: datetime) -> str:
        """A moment on the support's wall clock as the notes write it, to stand in a sentence."""
        return self.messages.moment(self.language, at.astimezone(self.zone))

    def moment(self, at: datetime) -> str:
        """A moment on the support's wall clock, to stand in a column."""
        return f"{at.astimezone(self.zone):{MOMENT_FORMAT}}"

    def time(self, length: timedelta | None) -> str:
        """A length of time in whole hours and minutes; a dash where it is not known."""
        if length is None:
            return "—"
        minutes = length // timedelta(minutes=1)
        if not minutes:
            return self.say("under_a_minute") if length else f"0 {self.say('min')}"
        hours, rest = divmod(minutes, 60)
        whole = [f"{hours} {self.say('h')}"] if hours else []
        return " ".join([*whole, *([f"{rest} {self.say('min')}"] if rest else [])])

    def percent(self, share: float | None) -> str:
        """A share as the language writes it: 77% in English, 77 % in Kazakh and Russian; a dash where there is none."""
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
    """Russian has a form for 2 to 4 that goes by the last digit; others have one for 1, and one for all the rest."""
    if language != "ru":
        return "one" if number == 1 else "many"
    if number % 100 in TEENS:
        return "many"
    return {1: "one", 2: "few", 3: "few", 4: "few"}.get(number % 10, "many")


TEENS = range(11, 15)
