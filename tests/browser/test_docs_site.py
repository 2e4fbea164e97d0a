"""The docs' site in a real browser, on a phone and on a desk: quiet, no wider than the window, pictures shown."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import docs_site  # noqa: E402 - scripts/ is no package

PAGES = sorted(path.with_suffix(".html").name for path in (ROOT / "docs").glob("*.md"))
SHOWN = "[...document.querySelectorAll('article img')].map(each => each.complete && each.naturalWidth > 0)"


class Quiet(SimpleHTTPRequestHandler):
    """Hands out files and says nothing of it."""

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site's address on this machine."""
    site = docs_site.build(tmp_path_factory.mktemp("docs"))
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_quiet_fits_and_asks_no_other_host(browser: Browser, address: str, name: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/{name}", wait_until="networkidle")
    fits = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    shown = page.evaluate(SHOWN)
    page.close()
    assert said == []
    assert [each for each in asked if not each.startswith(f"{address}/")] == []
    assert fits
    assert all(shown)
    assert len(shown) == (ROOT / "docs" / name).with_suffix(".md").read_text(encoding="utf-8").count("![")
