"""Whether every message is there in every language, and says what it must."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from string import Template

from sup_sync.config.checks.files import MESSAGES, Check, Files
from sup_sync.config.yaml_file import Place
from sup_sync.errors import Mistake
from sup_sync.model.messages import MONTHS
from sup_sync.planning.message_keys import expected_messages
from sup_sync.planning.notice import Text


def check_messages(files: Files) -> Iterator[Mistake]:
    if not files.messages:
        return
    expected = _expected(files)
    is_complete = files.is_complete("levels") and files.is_complete("reasons")
    knows_metrics = files.is_complete("metrics")
    for language, texts in files.messages.languages.items():
        for key in (each for each in expected if each not in texts):
            if (MESSAGES, language, key) not in files.pruned:
                text = f"{key} is missing in {language}{_needed_by(files, key)}: add it"
                yield files.mistake(MESSAGES, (language,), text)
        for key, text in texts.items():
            if key in expected:
                yield from _text_mistakes(files, (language, key), text, expected[key])
            elif (knows_metrics or _is_misspelt(key, expected)) and (
                is_complete or not key.startswith(("level_", "reason_"))
            ):
                yield files.mistake(MESSAGES, (language, key), f"{key!r} is no message of the tool: remove it")


def _needed_by(files: Files, message: str) -> str:
    """The earlier version whose word a message is for; empty where it is none's alone."""
    section, _, word = message.partition("_")
    version = files.words(f"{section}s").get(word) if section in ("level", "reason") else None
    version = version or files.words("metrics").get(message)
    return f", for a word{version.of_file}" if version and version.of_file else ""


def _text_mistakes(files: Files, place: Place, text: str, expected: Text) -> Iterator[Mistake]:
    template, (language, key) = Template(text), place
    what, used, known = f"{key} in {language}", set(template.get_identifiers()), expected.variables
    if expected.names_targets and not files.is_complete("metrics"):
        known |= used
    if not template.is_valid():
        yield files.mistake(MESSAGES, place, f"{what} has a lone $: write $$ for a dollar sign")
    yield from files.undefined(MESSAGES, place, sorted(used - known), sorted(known), f"{what}: variable")
    for name in sorted(expected.required - used):
        if not _is_misspelt(name, used - known):
            yield files.mistake(MESSAGES, place, f"{what} does not say ${name}: add it")
    months = [each.strip() for each in text.split(",")]
    if key == "months" and (len(months) != MONTHS or not all(months)):
        yield files.mistake(
            MESSAGES, place, f"{what} has {len([*filter(None, months)])} names: write twelve, with commas between"
        )


def _expected(files: Files) -> Mapping[str, Text]:
    """Return the texts that the mappings need, by key."""
    return expected_messages(files.words("levels"), files.words("reasons"), files.words("metrics"), _promised(files))


def _promised(files: Files) -> frozenset[str]:
    """The metrics of any version whose targets clients read."""
    metrics = (each.metrics.items() for each in files.versions)
    return frozenset(key for version in metrics for key, metric in version if not metric.internal)


def _is_misspelt(name: str, unknown: Iterable[str]) -> bool:
    """Whether a variable that is missing stands there under a name like it, which is told as an unknown one."""
    return bool(get_close_matches(name, list(unknown)))


def check_languages_say_the_same(files: Files) -> Iterator[Mistake]:
    """What one language fills in, every language fills in."""
    if not files.messages:
        return
    expected = _expected(files)
    used: dict[str, dict[str, set[str]]] = {}
    for language, texts in files.messages.languages.items():
        for key, text in texts.items():
            used.setdefault(key, {})[language] = set(Template(text).get_identifiers())
    for key, by_language in used.items():
        known = expected.get(key, Text(key))
        for name in sorted(set().union(*by_language.values()) & known.variables):
            lacking = [language for language, names in by_language.items() if name not in names]
            for language in lacking if name not in known.required else ():
                others = " and ".join(each for each in by_language if each not in lacking)
                if not _is_misspelt(name, by_language[language] - known.variables):
                    text = f"{key} in {language} lacks ${name}, unlike {others}: add it, or take it out there"
                    yield files.mistake(MESSAGES, (language, key), text)


CHECKS: tuple[Check, ...] = (check_messages, check_languages_say_the_same)
