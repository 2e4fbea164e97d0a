"""What trackers call our words, in kk, ru and en (names.toml), and which of our words a name is."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from unicodedata import normalize

FALLBACK = "en"
"""The language of new names in a language that has none here."""

Names = Mapping[str, Mapping[str, tuple[str, ...]]]
"""By our word and language: names, and patterns of words with a star."""


@cache
def load_names() -> Mapping[str, Names]:
    """The names of all sections of tracker.yaml, as they lie in the package."""
    text = files("sup_sync.config.onboarding").joinpath("names.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def new_name(section: str, word: str, language: str) -> str:
    """What a new one is called in a language."""
    names = load_names()[section][word]
    return names.get(language, names[FALLBACK])[0]


def words_of(section: str, name: str) -> set[str]:
    """Our words that a name can mean: those that it is exactly, else all whose patterns are found in it."""
    known = load_names()[section]
    exact = {word for word, names in known.items() if any(_is(each, name) for each in _all(names))}
    return exact or {word for word, names in known.items() if any(_is_in(each, name) for each in _all(names))}


def find(section: str, word: str, candidates: Iterable[str]) -> list[str]:
    """The candidates that are called like our word."""
    return [each for each in dict.fromkeys(candidates) if word in words_of(section, each)]


def likely_language(names: Iterable[tuple[str, str]]) -> str:
    """The language that most of the names, each with its section, are known in; kk where none is."""
    counts = dict.fromkeys(_languages(), 0)
    for section, name in names:
        for language in counts:
            patterns = [each for known in load_names()[section].values() for each in known.get(language, ())]
            counts[language] += any(_is(each, name) or _is_in(each, name) for each in patterns)
    return max(counts, key=lambda each: counts[each])


def _languages() -> Iterator[str]:
    """The languages of the names, in the order of the file."""
    return iter(dict.fromkeys(each for names in load_names()["fields"].values() for each in names))


def _all(names: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    return (each for of_language in names.values() for each in of_language)


def _is(pattern: str, name: str) -> bool:
    return "*" not in pattern and _plain(pattern) == _plain(name) != ()


def _is_in(pattern: str, name: str) -> bool:
    """Whether each word of a starred pattern is found among the name's."""
    if "*" not in pattern:
        return False
    return all(any(_fits(part, word) for word in _plain(name)) for part in pattern.split())


def _fits(part: str, word: str) -> bool:
    (plain,) = _plain(part)
    return word.startswith(plain) if part.endswith("*") else word == plain


@cache
def _plain(name: str) -> tuple[str, ...]:
    """A name's words, whatever its case, signs and way to write ё."""
    letters = normalize("NFC", name).casefold().replace("ё", "е")
    return tuple("".join(each if each.isalnum() else " " for each in letters).split())
