"""The label of a level on the screens, from labels.toml."""

from __future__ import annotations

from sup_sync.output.terminal.labels import label
from sup_sync.output.texts.texts import load_texts


def level_label(key: str | None) -> str:
    """Return the English name of a level, or its key as a word if labels.toml does not have it."""
    return str(load_texts("labels")["en"].get(key or "", label(key)))
