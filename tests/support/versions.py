"""An earlier version of the regulation, beside the one that ships, in a copy of the files."""

from __future__ import annotations

from stories.shipped import LANGUAGES, Copy

REGULATION = "regulation.yaml"
FIRST_DAY = "2023-01-01"
"""From when the shipped regulation is in force."""


def replace_by(copy: Copy, new_from: str, *changes: tuple[str, str], name: str = "regulation-2024.yaml") -> None:
    """From a day on the shipped regulation is in force; until then, from its own first day, one with these changes."""
    text = copy.path(REGULATION).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, f"{name} has no {old!r} to replace"
        text = text.replace(old, new)
    copy.path(name).write_text(text, encoding="utf-8")
    copy.replace(REGULATION, f"in_force_from: {FIRST_DAY}", f"in_force_from: {new_from}")


def name_level(copy: Copy, key: str, name: str) -> None:
    """Give a level its name in the tracker and in the messages."""
    copy.replace("tracker.yaml", "  base: Базалық\n", f"  base: Базалық\n  {key}: {name}\n")
    for language in LANGUAGES:
        copy.replace("messages.yaml", f"\n{language}:\n", f"\n{language}:\n  level_{key}: {name}\n")
