"""The generated docs, written to their files: schemas, pages of settings and commands, pictures."""

from __future__ import annotations

from pathlib import Path

from tools.docs.commands import commands_page
from tools.docs.pictures import pictures
from tools.docs.schemas import schema_files
from tools.docs.settings import settings_page

ROOT = Path(__file__).parent.parent.parent.parent


def generate() -> dict[str, str]:
    """Generate the text of every file, by its path in the repository."""
    pages = {"docs/settings.md": settings_page(), "docs/commands.md": commands_page()}
    return {**schema_files(), **pages, **dict(pictures())}


def main() -> None:
    for name, text in generate().items():
        path = ROOT / name
        path.parent.mkdir(exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"docs: {name} updated")


if __name__ == "__main__":
    main()
