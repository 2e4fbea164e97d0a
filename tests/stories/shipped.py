"""The shipped configuration, and copies of it with single lines changed."""

from __future__ import annotations

import shutil
from datetime import date
from functools import cache
from pathlib import Path

from stories.moments import WEEK

from sup_sync.config.load import Config, check_files, load_config

REPOSITORY = Path(__file__).parents[2]

# The languages of the shipped mappings.
LANGUAGES = ("kk", "ru", "en")


@cache
def shipped_config() -> Config:
    return load_config(REPOSITORY / "config.yaml", WEEK)


class Copy:
    """A copy of the shipped files that a test changes; without the examples, which hold only for the original files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copy(REPOSITORY / "config.yaml", folder)
        shutil.copytree(REPOSITORY / "mappings", folder / "mappings")
        self.path("examples.yaml").write_text("examples: []\n", encoding="utf-8")

    def path(self, name: str) -> Path:
        return self.folder / name if name == "config.yaml" else self.folder / "mappings" / name

    def replace(self, name: str, old: str, new: str, *, times: int = -1) -> None:
        """Replace a text in a file, everywhere or the first `times`; it must be in the file."""
        text = self.path(name).read_text(encoding="utf-8")
        assert old in text, f"{name} has no {old!r} to replace"
        self.path(name).write_text(text.replace(old, new, times), encoding="utf-8")

    def line(self, name: str, text: str) -> int:
        """Return the number of the first line that contains a text."""
        lines = self.path(name).read_text(encoding="utf-8").splitlines()
        return next(number for number, line in enumerate(lines, start=1) if text in line)

    def load(self) -> Config:
        return load_config(self.folder / "config.yaml", WEEK)

    def mistakes(self, today: date = WEEK) -> list[str]:
        return [str(each) for each in check_files(self.folder / "config.yaml", today)[1]]
