"""Whether every language that the files name is one of messages.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sup_sync.config.checks.files import CLIENTS, CONFIG, MESSAGES, TRACKER, Check, Files
from sup_sync.config.yaml_file import Place
from sup_sync.errors import Mistake


def check_there_is_a_language(files: Files) -> Iterator[Mistake]:
    if files.messages and not files.messages.languages and not _left_out(files):
        yield files.mistake(MESSAGES, (), "no language: write the texts of at least one, like the shipped file")


def check_languages_have_messages(files: Files) -> Iterator[Mistake]:
    known = tuple(files.messages.languages) if files.messages else ()
    if not known or _left_out(files):
        return
    for file, place, language in _named(files):
        if language not in known:
            yield files.mistake(file, place, f"{place[-1]}: write {_choices(known)}, not {language!r}")
    for language in files.tracker.languages if files.tracker else ():
        if language not in known:
            text = f"unknown key {language!r}: there are {_choices(known)}"
            yield files.mistake(TRACKER, ("languages", language), text)


def _left_out(files: Files) -> bool:
    """Whether a language of messages.yaml was left out for a mistake."""
    known = files.messages.languages if files.messages else ()
    return any(name == MESSAGES and place and place[0] not in known for name, *place in files.pruned)


def _named(files: Files) -> Iterator[tuple[str, Place, str]]:
    """The languages of notes, each with its place."""
    if files.config:
        for key in ("language", "client_language"):
            language: str | None = getattr(files.config, key)
            if language:
                yield CONFIG, (key,), language
    for number, contract in enumerate(files.clients.contracts if files.clients else ()):
        if contract.language:
            yield CLIENTS, ("contracts", number, "language"), contract.language


def _choices(known: Sequence[str]) -> str:
    *most, last = map(repr, known)
    return f"{', '.join(most)} or {last}" if most else last


CHECKS: tuple[Check, ...] = (check_there_is_a_language, check_languages_have_messages)
