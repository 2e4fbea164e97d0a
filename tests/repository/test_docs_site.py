"""The docs build without a warning, and every link of their site leads somewhere."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from tools.docs import site as docs_site

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of what the site is built from."""
    shutil.copytree(ROOT / "docs", tmp_path / "root/docs")
    shutil.copy(ROOT / "zensical.toml", tmp_path / "root")
    return tmp_path / "root"


def built(root: Path) -> Path:
    folder = root.parent / "built"
    folder.mkdir()
    return docs_site.build(folder, root)


def write(path: Path, more: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")


def test_the_docs_build_without_a_warning_and_every_link_leads_somewhere(root: Path) -> None:
    site = built(root)
    assert {path.stem for path in (ROOT / "docs").glob("*.md")} <= {path.stem for path in site.glob("*.html")}
    assert list(docs_site.faults(site)) == []


@pytest.mark.parametrize("link", ["[x](nowhere.md)", "[x](how.md#nowhere)"])
def test_a_link_to_nothing_ends_the_build(root: Path, link: str) -> None:
    write(root / "docs/index.md", f"\n{link}\n")
    with pytest.raises(subprocess.CalledProcessError):
        built(root)


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ('<script src="https://cdn.example/x.js"></script>', "index.html: asks for https://cdn.example/x.js"),
        ('<a href="nowhere.html">x</a>', "index.html: nowhere.html is not there"),
        ('<img src="pictures/nowhere.svg">', "index.html: pictures/nowhere.svg is not there"),
        ('<a href="how.html#nowhere">x</a>', "index.html: how.html#nowhere has no such anchor"),
    ],
)
def test_what_the_build_lets_pass_is_found_in_the_site(root: Path, words: str, fault: str) -> None:
    site = built(root)
    write(site / "index.html", words)
    assert list(docs_site.faults(site)) == [fault]
