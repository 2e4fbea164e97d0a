"""The site of the docs: it builds without warnings, and every link has a target."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from tools.docs import site as docs_site

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Copy the sources of the site."""
    shutil.copytree(ROOT / "docs", tmp_path / "root/docs")
    shutil.copy(ROOT / "zensical.toml", tmp_path / "root")
    return tmp_path / "root"


def build_site(root: Path) -> Path:
    folder = root.parent / "built"
    folder.mkdir()
    return docs_site.build(folder, root)


def append(path: Path, more: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")


def test_docs_build_without_warnings_or_broken_links(root: Path) -> None:
    site = build_site(root)
    assert {path.stem for path in (ROOT / "docs").glob("*.md")} <= {path.stem for path in site.glob("*.html")}
    assert list(docs_site.find_errors(site)) == []


@pytest.mark.parametrize("link", ["[x](nowhere.md)", "[x](how.md#nowhere)"])
def test_build_fails_on_a_broken_link(root: Path, link: str) -> None:
    append(root / "docs/index.md", f"\n{link}\n")
    with pytest.raises(subprocess.CalledProcessError):
        build_site(root)


@pytest.mark.parametrize(
    ("html", "error"),
    [
        ('<script src="https://cdn.example/x.js"></script>', "index.html: loads https://cdn.example/x.js"),
        ('<a href="nowhere.html">x</a>', "index.html: nowhere.html does not exist"),
        ('<img src="pictures/nowhere.svg">', "index.html: pictures/nowhere.svg does not exist"),
        ('<a href="how.html#nowhere">x</a>', "index.html: how.html#nowhere has no such anchor"),
    ],
)
def test_error_missed_by_the_build_is_found_in_the_site(root: Path, html: str, error: str) -> None:
    site = build_site(root)
    append(site / "index.html", html)
    assert list(docs_site.find_errors(site)) == [error]
