"""The markup of wiki pages: Textile, or Markdown that Redmine's CommonMark reads as well."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence

from sup_sync.sanitize import clean

# characters with a meaning in Textile or Markdown
MARKUP_CHARACTERS = str.maketrans(dict.fromkeys("|*_@!{}[]<>#`\\+^~", " "))


def strip_markup(text: str) -> str:
    """Replace markup characters in a text of the mappings by spaces; a dash if nothing is left."""
    return " ".join(clean(text).translate(MARKUP_CHARACTERS).split()) or "—"


class Markup(ABC):
    """A markup language; the texts passed in must be free of markup characters."""

    @abstractmethod
    def heading(self, level: int, text: str) -> str: ...

    @abstractmethod
    def table(self, heads: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> str:
        """Write a table; the first `words` columns hold text, the others numbers."""

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
            signs = (sign if column < words else f"{sign}>" for column in range(len(cells)))
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

        alignment = ["---" if column < words else "---:" for column in range(len(heads))]
        return "\n".join([line(heads), line(alignment), *map(line, rows)])

    def image(self, name: str, alt: str) -> str:
        return f"![{alt}]({name})"

    def strong(self, text: str) -> str:
        return f"**{text}**"

    def code(self, text: str) -> str:
        return f"`{text}`"


MARKUPS: dict[str, type[Markup]] = {"textile": Textile, "markdown": Markdown}
