"""The sanitizing of texts from users, without characters that control a terminal, a page or a spreadsheet."""

from __future__ import annotations

# Redmine's own limit for a subject, in characters (fact); a longer text comes from another source and is cut.
LONGEST = 255


def clean(text: str) -> str:
    """Make one printable line of a text: without control characters and without changes of direction."""
    return "".join(each if each.isprintable() else " " * each.isspace() for each in text)


def shortened(text: str, longest: int = LONGEST) -> str:
    """Clean a text, and cut it with an ellipsis if it has more than `longest` characters."""
    line = clean(text[: longest + 1])
    return line if len(text) <= longest else f"{line[: longest - 1]}…"
