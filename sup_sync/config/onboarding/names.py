"""Recognition of names in Redmine by the usual names of each term, in kk, ru and en (names.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from unicodedata import normalize

FALLBACK = "en"  # the language of new names if names.toml lacks the requested one

Names = Mapping[str, Mapping[str, tuple[str, ...]]]  # by term and language: names, and patterns with a star


@cache
def load_names() -> Mapping[str, Names]:
    """Load the usual names, by section of tracker.yaml."""
    text = files("sup_sync.config.onboarding").joinpath("names.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def new_name(section: str, term: str, language: str) -> str:
    """Return the name for a new item in a language."""
    names = load_names()[section][term]
    return names.get(language, names[FALLBACK])[0]


def terms_of(section: str, name: str) -> set[str]:
    """Return the terms that a name can mean: exact matches if there are any, otherwise all whose patterns match."""
    known = load_names()[section]
    exact = {term for term, names in known.items() if any(_equals(each, name) for each in _all(names))}
    return exact or {term for term, names in known.items() if any(_matches(each, name) for each in _all(names))}


def find(section: str, term: str, candidates: Iterable[str]) -> list[str]:
    """Return the candidates that can mean a term, without duplicates."""
    return [each for each in dict.fromkeys(candidates) if term in terms_of(section, each)]


def likely_language(names: Iterable[tuple[str, str]]) -> str:
    """Return the language of most of the names, which come with their sections; kk if none is recognized."""
    counts = dict.fromkeys(_languages(), 0)
    for section, name in names:
        for language in counts:
            patterns = [each for known in load_names()[section].values() for each in known.get(language, ())]
            counts[language] += any(_equals(each, name) or _matches(each, name) for each in patterns)
    return max(counts, key=lambda each: counts[each])


def _languages() -> Iterator[str]:
    """Return the languages of names.toml, in the order of the file."""
    return iter(dict.fromkeys(each for names in load_names()["fields"].values() for each in names))


def _all(names: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    return (each for of_language in names.values() for each in of_language)


def _equals(pattern: str, name: str) -> bool:
    return "*" not in pattern and _normalized_words(pattern) == _normalized_words(name) != ()


def _matches(pattern: str, name: str) -> bool:
    """Return True if each word of a pattern with a star occurs in the name."""
    if "*" not in pattern:
        return False
    return all(any(_matches_word(part, word) for word in _normalized_words(name)) for part in pattern.split())


def _matches_word(part: str, word: str) -> bool:
    (normalized,) = _normalized_words(part)
    return word.startswith(normalized) if part.endswith("*") else word == normalized


@cache
def _normalized_words(name: str) -> tuple[str, ...]:
    """Split a name into words without case and punctuation, and with е for ё."""
    letters = normalize("NFC", name).casefold().replace("ё", "е")
    return tuple("".join(each if each.isalnum() else " " for each in letters).split())
