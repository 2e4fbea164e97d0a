"""The site of the docs: built by Zensical, its links checked, and without anything that is loaded from other hosts."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).parent.parent.parent.parent

# elements whose address a browser loads without a click
LOADING = {"script": "src", "img": "src", "iframe": "src", "link": "href", "source": "src"}


class Links(HTMLParser):
    """The addresses in a page, those of them that a browser loads without a click, and the page's anchors."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.loaded: list[str] = []
        self.anchors = {""}
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.anchors |= {value for key in ("id", "name") if (value := values.get(key))}
        address = values.get(LOADING.get(tag, "href"))
        if address is None:
            return
        self.addresses.append(address)
        if tag in LOADING and values.get("rel") != "canonical":
            self.loaded.append(address)


def build(folder: Path, root: Path = ROOT) -> Path:
    """Build the docs in `folder` and return the site's folder; raise CalledProcessError on a warning."""
    shutil.copytree(root / "docs", folder / "docs")
    settings = (root / "zensical.toml").read_text(encoding="utf-8")
    (folder / "zensical.toml").write_text(_drop_missing_pages(settings, folder / "docs"), encoding="utf-8")
    command = [Path(sys.executable).with_name("zensical"), "build", "--strict"]
    subprocess.run(command, cwd=folder, check=True, stdout=sys.stderr, env={**os.environ, "NO_COLOR": "1"})
    return folder / "site"


def _drop_missing_pages(settings: str, docs: Path) -> str:
    """Drop the pages that scripts/bench and scripts/test --all have not written yet."""
    lines = settings.splitlines(keepends=True)
    pages = ((line, re.fullmatch(r'  \{ ".+" = "(.+\.md)" \},\n', line)) for line in lines)
    return "".join(line for line, page in pages if page is None or (docs / page[1]).exists())


def find_errors(site: Path) -> Iterator[str]:
    """Yield an error for each address without a target, and for each that a browser loads from another host."""
    pages = {page: Links(page) for page in sorted(site.rglob("*.html"))}
    for page, links in pages.items():
        where = page.relative_to(site)
        yield from (f"{where}: loads {address}" for address in links.loaded if urlsplit(address).netloc)
        for address in links.addresses:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            if page.name == "404.html" and parts.path.startswith("/"):
                target = site / unquote(parts.path).lstrip("/")
            target = target / "index.html" if target.is_dir() else target
            if not target.exists():
                yield f"{where}: {address} does not exist"
            elif target in pages and unquote(parts.fragment) not in pages[target].anchors:
                yield f"{where}: {address} has no such anchor"


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        site = build(Path(folder))
        errors = list(find_errors(site))
        shutil.rmtree(ROOT / "site", ignore_errors=True)
        shutil.copytree(site, ROOT / "site")
    for error in errors:
        print(f"docs: {error}", file=sys.stderr)
    print(ROOT / "site/index.html")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
