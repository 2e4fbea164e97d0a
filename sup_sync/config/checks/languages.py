"""Checks that messages.yaml defines every language that the files name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sup_sync.config.checks.files import CLIENTS, CONFIG, MESSAGES, TRACKER, Check, Files
from sup_sync.config.yaml_file import Place
from sup_sync.errors import Mistake


def check_messages_have_a_language(files: Files) -> Iterator[Mistake]:
    if files.messages and not files.messages.languages and not _has_skipped_language(files):
        yield files.mistake(MESSAGES, (), "no languages; add the texts of at least one, as in the shipped file")


def check_languages_have_messages(files: Files) -> Iterator[Mistake]:
    known = tuple(files.messages.languages) if files.messages else ()
    if not known or _has_skipped_language(files):
        return
    for file, place, language in _note_languages(files):
        if language not in known:
            yield files.mistake(file, place, f"{place[-1]}: unknown language {language!r}; write {_choices(known)}")
    for language in files.tracker.languages if files.tracker else ():
        if language not in known:
            text = f"unknown key {language!r}; choose from {_choices(known)}"
            yield files.mistake(TRACKER, ("languages", language), text)


def _has_skipped_language(files: Files) -> bool:
    """Return True if a language of messages.yaml was skipped because of a mistake."""
    known = files.messages.languages if files.messages else ()
    return any(name == MESSAGES and place and place[0] not in known for name, *place in files.pruned)


def _note_languages(files: Files) -> Iterator[tuple[str, Place, str]]:
    """Yield the languages of notes that the files name, each with its file and place."""
    if files.config:
        for key in ("language", "client_language"):
            language: str | None = getattr(files.config, key)
            if language:
                yield CONFIG, (key,), language
    for index, contract in enumerate(files.clients.contracts if files.clients else ()):
        if contract.language:
            yield CLIENTS, ("contracts", index, "language"), contract.language


def _choices(known: Sequence[str]) -> str:
    *most, last = map(repr, known)
    return f"{', '.join(most)} or {last}" if most else last


CHECKS: tuple[Check, ...] = (check_messages_have_a_language, check_languages_have_messages)
