"""The pages of regulation and calendar in a browser: they log nothing, load nothing, fit, and pass axe-core."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from stories.shipped import LANGUAGES

from sup_sync.cli.main import run

PHONE, DESK = 390, 1280


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("words", [("regulation",), ("calendar", "2025"), ("calendar", "2026")])
def test_page_logs_nothing_fits_and_passes_axe_core(
    browser: Browser, tmp_path: Path, words: tuple[str, ...], language: str, scheme: str, width: int
) -> None:
    path = tmp_path / "page.html"
    assert run([*words, "--html", str(path), "--language", language]) == 0
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    events: list[str] = []
    page.on("console", lambda message: events.append(message.text))
    page.on("request", lambda request: events.append(request.url) if request.url != path.as_uri() else None)
    page.goto(path.as_uri())
    assert events == []
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert page.evaluate("getComputedStyle(document.querySelector('table')).borderCollapse") == "collapse"
    assert Axe().run(page).response["violations"] == []
    page.close()
