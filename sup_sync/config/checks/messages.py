"""Checks of messages.yaml: completeness in every language, and the variables of each text."""

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
    are_terms_known = files.is_complete("levels") and files.is_complete("reasons")
    are_metrics_known = files.is_complete("metrics")
    for language, texts in files.messages.languages.items():
        for key in (each for each in expected if each not in texts):
            if (MESSAGES, language, key) not in files.pruned:
                text = f"missing text {key} in {language}{_needed_by(files, key)}; add it"
                yield files.mistake(MESSAGES, (language,), text)
        for key, text in texts.items():
            if key in expected:
                yield from _text_mistakes(files, (language, key), text, expected[key])
            elif (are_metrics_known or _is_misspelt(key, expected)) and (
                are_terms_known or not key.startswith(("level_", "reason_"))
            ):
                yield files.mistake(MESSAGES, (language, key), f"unknown text {key!r}; remove it")


def _needed_by(files: Files, message: str) -> str:
    """Name the earlier version that needs a message; empty if regulation.yaml or sup-sync itself needs it."""
    section, _, term = message.partition("_")
    version = files.terms(f"{section}s").get(term) if section in ("level", "reason") else None
    version = version or files.terms("metrics").get(message)
    return f", for a term{version.in_file}" if version and version.in_file else ""


def _text_mistakes(files: Files, place: Place, text: str, expected: Text) -> Iterator[Mistake]:
    template, (language, key) = Template(text), place
    subject, used, known = f"{key} in {language}", set(template.get_identifiers()), expected.variables
    if expected.names_targets and not files.is_complete("metrics"):
        known |= used
    if not template.is_valid():
        yield files.mistake(MESSAGES, place, f"{subject} has a $ without a variable; write $$ for a dollar sign")
    yield from files.undefined(MESSAGES, place, sorted(used - known), sorted(known), f"{subject}: variable")
    for name in sorted(expected.required - used):
        if not _is_misspelt(name, used - known):
            yield files.mistake(MESSAGES, place, f"{subject} does not contain ${name}; add it")
    months = [each.strip() for each in text.split(",")]
    if key == "months" and (len(months) != MONTHS or not all(months)):
        text = f"{subject} has {len([*filter(None, months)])} names; write twelve, separated by commas"
        yield files.mistake(MESSAGES, place, text)


def _expected(files: Files) -> Mapping[str, Text]:
    """Return the texts that the mappings need, by key."""
    levels, reasons, metrics = (files.terms(section) for section in ("levels", "reasons", "metrics"))
    return expected_messages(levels, reasons, metrics, _public_metrics(files))


def _public_metrics(files: Files) -> frozenset[str]:
    """Return the metrics, of any version, that clients may see."""
    metrics = (each.metrics.items() for each in files.versions)
    return frozenset(key for version in metrics for key, metric in version if not metric.internal)


def _is_misspelt(name: str, unknown: Iterable[str]) -> bool:
    """Return True if a similar unknown name exists. That one is reported, so the missing name is not."""
    return bool(get_close_matches(name, list(unknown)))


def check_languages_use_the_same_variables(files: Files) -> Iterator[Mistake]:
    """Report a variable that a text contains in one language but not in another."""
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
            without = [language for language, names in by_language.items() if name not in names]
            for language in without if name not in known.required else ():
                others = " and ".join(each for each in by_language if each not in without)
                if not _is_misspelt(name, by_language[language] - known.variables):
                    text = (
                        f"{key} in {language} does not contain ${name}, unlike {others}; add it here or remove it there"
                    )
                    yield files.mistake(MESSAGES, (language, key), text)


CHECKS: tuple[Check, ...] = (check_messages, check_languages_use_the_same_variables)
