"""Earlier versions of the regulation in a copy of the shipped files."""

from __future__ import annotations

from stories.shipped import LANGUAGES, Copy

REGULATION = "regulation.yaml"
FIRST_DAY = "2023-01-01"  # `in_force_from` of the shipped regulation


def add_earlier_version(
    copy: Copy, new_from: str, *changes: tuple[str, str], name: str = "regulation-2024.yaml"
) -> None:
    """Let the shipped regulation start on `new_from`, and write a changed copy of it as the version before."""
    text = copy.path(REGULATION).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, f"{name} has no {old!r} to replace"
        text = text.replace(old, new)
    copy.path(name).write_text(text, encoding="utf-8")
    copy.replace(REGULATION, f"in_force_from: {FIRST_DAY}", f"in_force_from: {new_from}")


def name_level(copy: Copy, key: str, name: str) -> None:
    """Give a level its name in tracker.yaml and messages.yaml."""
    copy.replace("tracker.yaml", "  base: Базалық\n", f"  base: Базалық\n  {key}: {name}\n")
    for language in LANGUAGES:
        copy.replace("messages.yaml", f"\n{language}:\n", f"\n{language}:\n  level_{key}: {name}\n")
