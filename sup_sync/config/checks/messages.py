"""Whether every message is there in every language, and says what it must."""

from __future__ import annotations

from collections.abc import Iterator
from string import Template

from sup_sync.config.checks.files import MESSAGES, Check, Files
from sup_sync.config.yaml_file import Place
from sup_sync.errors import Mistake
from sup_sync.messages import LANGUAGES, MONTHS, REQUIRED, VARIABLES, expected_messages


def check_messages(files: Files) -> Iterator[Mistake]:
    if not files.messages:
        return
    expected = expected_messages(files.words("levels"), files.words("reasons"))
    for language in LANGUAGES:
        texts: dict[str, str] = getattr(files.messages, language)
        for key in (each for each in expected if each not in texts):
            yield files.mistake(MESSAGES, (language,), f"{key} is missing in {language}: add it")
        for key, text in texts.items():
            if key in expected:
                yield from _text_mistakes(files, (language, key), text, expected[key])
            else:
                yield files.mistake(MESSAGES, (language, key), f"{key!r} is no message of the tool: remove it")


def _text_mistakes(files: Files, place: Place, text: str, known: frozenset[str]) -> Iterator[Mistake]:
    template, key = Template(text), str(place[-1])
    if not template.is_valid():
        yield files.mistake(MESSAGES, place, "a lone $: write $$ for a dollar sign")
    used = set(template.get_identifiers())
    yield from files.undefined(MESSAGES, place, sorted(used - known), sorted(known), "variable")
    for name in sorted(REQUIRED.get(key, frozenset()) - used):
        yield files.mistake(MESSAGES, place, f"does not say ${name}: add it")
    if key == "months" and len(text.split(",")) != MONTHS:
        yield files.mistake(MESSAGES, place, f"{len(text.split(','))} months: write twelve, with commas between")


def check_languages_say_the_same(files: Files) -> Iterator[Mistake]:
    """What one language fills in, every language fills in."""
    if not files.messages:
        return
    used: dict[str, dict[str, set[str]]] = {}
    for language in LANGUAGES:
        for key, text in getattr(files.messages, language).items():
            used.setdefault(key, {})[language] = set(Template(text).get_identifiers())
    for key, by_language in used.items():
        for name in sorted(set().union(*by_language.values()) & VARIABLES.get(key, frozenset())):
            lacking = [language for language, names in by_language.items() if name not in names]
            for language in lacking if name not in REQUIRED.get(key, frozenset()) else ():
                others = ", ".join(each for each in by_language if each not in lacking)
                yield files.mistake(MESSAGES, (language, key), f"does not say ${name}, as {others} does: add it")


CHECKS: tuple[Check, ...] = (check_messages, check_languages_say_the_same)
