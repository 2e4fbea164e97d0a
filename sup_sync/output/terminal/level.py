"""The label of a level on the screens, from words.toml."""

from __future__ import annotations

from sup_sync.output.terminal.labels import word
from sup_sync.output.texts.texts import load_texts


def level_label(key: str | None) -> str:
    """Return the English name of a level, or its key as a word if words.toml does not have it."""
    return str(load_texts("words")["en"].get(key or "", word(key)))
