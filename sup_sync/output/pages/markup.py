"""How a wiki page is written: Textile, Redmine's own, or Markdown, which its CommonMark reads as well."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence

from sup_sync.sanitize import clean

STEERING = str.maketrans(dict.fromkeys("|*_@!{}[]<>#`\\+^~", " "))
"""Signs that mean something to either markup."""


def word(text: str) -> str:
    """A word of the mappings as text that steers nothing."""
    return " ".join(clean(text).translate(STEERING).split()) or "—"


class Markup(ABC):
    """Writes the parts of a page; every text given is fit for a page already."""

    @abstractmethod
    def heading(self, level: int, text: str) -> str: ...

    @abstractmethod
    def table(self, heads: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> str:
        """A table whose first columns, so many, hold words; in the others stand figures."""

    @abstractmethod
    def image(self, name: str, alt: str) -> str: ...

    @abstractmethod
    def strong(self, text: str) -> str: ...

    @abstractmethod
    def code(self, text: str) -> str: ...


class Textile(Markup):
    def heading(self, level: int, text: str) -> str:
        return f"h{level}. {text}"

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> str:
        def line(cells: Sequence[str], sign: str) -> str:
            signs = (sign if place < words else f"{sign}>" for place in range(len(cells)))
            return "|" + "".join(
                f"{f'{each}. ' if each else ''}{cell}|" for each, cell in zip(signs, cells, strict=True)
            )

        return "\n".join([line(heads, "_"), *(line(row, "") for row in rows)])

    def image(self, name: str, alt: str) -> str:
        return f"!{name}({alt})!"

    def strong(self, text: str) -> str:
        return f"*{text}*"

    def code(self, text: str) -> str:
        return f"@{text}@"


class Markdown(Markup):
    def heading(self, level: int, text: str) -> str:
        return f"{'#' * level} {text}"

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> str:
        def line(cells: Sequence[str]) -> str:
            return f"| {' | '.join(cells)} |"

        sides = ["---" if place < words else "---:" for place in range(len(heads))]
        return "\n".join([line(heads), line(sides), *map(line, rows)])

    def image(self, name: str, alt: str) -> str:
        return f"![{alt}]({name})"

    def strong(self, text: str) -> str:
        return f"**{text}**"

    def code(self, text: str) -> str:
        return f"`{text}`"


MARKUPS: dict[str, type[Markup]] = {"textile": Textile, "markdown": Markdown}
