"""The docs site in a browser at phone and desktop width: no errors, no overflow, complete, accessible."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from tools.docs import site as docs_site

ROOT = Path(__file__).parent.parent.parent.parent

PAGES = sorted(path.with_suffix(".html").name for path in (ROOT / "docs").glob("*.md"))
IMAGES_LOADED = "[...document.querySelectorAll('article img')].map(each => each.complete && each.naturalWidth > 0)"


# rules that the theme breaks by itself, with the element and the cause
THEME_VIOLATIONS = {
    "landmark-unique": ("md-code__nav", "each block of code has a <nav> for its copy button, and none has a name"),
    "scrollable-region-focusable": ("md-typeset__scrollwrap", "a wide table's wrapper scrolls and takes no focus"),
}


class QuietHandler(SimpleHTTPRequestHandler):
    """A file server that logs nothing."""

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the built site on this machine."""
    site = docs_site.build(tmp_path_factory.mktemp("docs"))
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(site))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_page_logs_nothing_fits_and_loads_from_no_other_host(
    browser: Browser, address: str, name: str, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    messages: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(f"{address}/{name}", wait_until="networkidle")
    fits = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    loaded = page.evaluate(IMAGES_LOADED)
    page.close()
    assert messages == []
    assert [each for each in requests if not each.startswith(f"{address}/")] == []
    assert fits
    assert all(loaded)
    assert len(loaded) == (ROOT / "docs" / name).with_suffix(".md").read_text(encoding="utf-8").count("![")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", [*PAGES, "404.html"])
def test_page_loads_completely_and_passes_axe_core_except_for_the_theme(
    browser: Browser, address: str, name: str, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    failed: list[str] = []
    requests: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    page.on("response", lambda answer: failed.append(answer.url) if answer.status >= HTTPStatus.BAD_REQUEST else None)
    page.on("request", lambda request: requests.append(request.url))
    page.goto(f"{address}/{name}", wait_until="networkidle")
    violations = Axe().run(page).response["violations"]
    page.close()
    assert failed == []
    assert len(requests) > 1
    assert [each for each in requests if not each.startswith(f"{address}/")] == []
    assert [
        f"{each['id']}: {node['html'][:200]}"
        for each in violations
        for node in each["nodes"]
        if each["id"] not in THEME_VIOLATIONS or THEME_VIOLATIONS[each["id"]][0] not in node["html"]
    ] == []


def test_the_search_finds_a_setting_and_leads_to_it(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{address}/index.html", wait_until="networkidle")
    page.locator(".md-search__button").click()
    page.get_by_role("searchbox").or_(page.get_by_placeholder("Search")).first.fill("enforce_from")
    page.locator("a[href*='settings.html?h=enforce_from']").first.click()
    page.wait_for_url(f"{address}/settings.html*")
    page.close()
