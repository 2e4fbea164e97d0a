"""Other people's texts, made fit to be shown: what steers a terminal, a page or a spreadsheet is taken out."""

from __future__ import annotations

LONGEST = 255
"""Redmine's own limit for a subject, in characters (fact); what is longer came from elsewhere and is cut."""


def clean(words: str) -> str:
    """A text of somebody else's as one printable line: no control characters, none that turn its direction."""
    return "".join(each if each.isprintable() else " " * each.isspace() for each in words)


def shortened(words: str, longest: int = LONGEST) -> str:
    """A text of somebody else's, clean, and cut with an ellipsis where it is longer than that many characters."""
    line = clean(words[: longest + 1])
    return line if len(words) <= longest else f"{line[: longest - 1]}…"
