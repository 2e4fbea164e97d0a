"""The configuration that ships with the tool, as it is and with single lines changed."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

from stories.moments import WEEK

from sup_sync.config import Config, load_config

REPOSITORY = Path(__file__).parents[2]


@cache
def shipped_config() -> Config:
    return load_config(REPOSITORY / "config.yaml", WEEK)


def copy_shipped(folder: Path) -> None:
    """Put config.yaml and mappings/ into an empty folder."""
    shutil.copy(REPOSITORY / "config.yaml", folder)
    shutil.copytree(REPOSITORY / "mappings", folder / "mappings")


def path_of(folder: Path, name: str) -> Path:
    return folder / name if name == "config.yaml" else folder / "mappings" / name


def replace_text(folder: Path, name: str, old: str, new: str) -> None:
    """Change a file of the copy, everywhere the old text stands in it; it has to be there."""
    path = path_of(folder, name)
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{name} has no {old!r} to replace"
    path.write_text(text.replace(old, new), encoding="utf-8")


def load_copy(folder: Path) -> Config:
    return load_config(folder / "config.yaml", WEEK)
