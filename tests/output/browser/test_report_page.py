"""The report's page in a real browser: it says nothing, asks for nothing, and axe-core finds nothing to mend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from stories.shipped import LANGUAGES
from support.hostile import HOSTILE
from support.many_requests import EXAMPLES, NOW, write_many, write_with_subjects

from sup_sync.cli.main import run

PHONE, DESK = 390, 1280

PAPER = 703
"""The pixels between the margins of A4, of 12 mm each."""

Open = Callable[..., "Opened"]


@dataclass
class Opened:
    """A page, what it wrote to the console, and what it asked for beyond its own file."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def goto(self, path: Path) -> None:
        own = path.as_uri()
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url) if request.url != own else None)
        self.page.goto(own)

    @property
    def is_quiet(self) -> bool:
        return self.said == self.asked == []

    @property
    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        width: int = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        return width

    def open_all_details(self) -> None:
        for each in self.page.locator("summary").all():
            each.click()

    def violations(self) -> list[str]:
        found = Axe().run(self.page).response["violations"]
        return [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]


def write_page(path: Path, language: str, source: Path = EXAMPLES) -> Path:
    words = ("report", "--from", source, "--now", NOW, "--html", path, "--language", language)
    assert run([*map(str, words), "-q"]) in (0, 3)
    return path


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    return {language: write_page(folder / f"{language}.html", language) for language in LANGUAGES}


@pytest.fixture
def show(browser: Browser) -> Open:
    def opened(path: Path, width: int = DESK, **options: str) -> Opened:
        shown = Opened(browser.new_page(viewport={"width": width, "height": 900}, **options))  # type: ignore[arg-type]
        shown.goto(path)
        return shown

    return opened


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_quiet_fits_and_axe_core_finds_nothing(
    pages: dict[str, Path], show: Open, language: str, width: int
) -> None:
    shown = show(pages[language], width)
    shown.open_all_details()
    assert shown.violations() == []
    assert shown.overflow <= 0
    assert shown.is_quiet


def test_nor_does_it_in_the_dark(pages: dict[str, Path], show: Open) -> None:
    shown = show(pages["ru"], PHONE, color_scheme="dark")
    shown.open_all_details()
    assert shown.violations() == []


def test_its_policy_lets_in_its_own_style_and_no_other(pages: dict[str, Path], show: Open, tmp_path: Path) -> None:
    shown = show(pages["en"])
    card = shown.page.locator(".cards > div").first
    assert card.evaluate("each => getComputedStyle(each).borderTopWidth") == "1px"
    text = pages["en"].read_text(encoding="utf-8")
    foreign = tmp_path / "foreign.html"
    foreign.write_text(
        text.replace("</body>", "<style>h1 { display: none }</style><script>document.title = 1</script>")
    )
    other = show(foreign)
    assert other.page.locator("h1").is_visible()
    assert other.page.title().startswith("Support report")
    assert len(other.said) == 2


def test_hostile_subjects_do_nothing(show: Open, tmp_path: Path) -> None:
    source = write_with_subjects(tmp_path / "hostile.jsonl", *HOSTILE)
    shown = show(write_page(tmp_path / "hostile.html", "ru", source))
    assert shown.page.title().startswith("Отчёт")
    assert shown.overflow <= 0
    assert shown.is_quiet
    assert shown.page.locator("bdi").count() > 10
    assert shown.page.locator("bdi *").count() == 0


def test_a_year_of_requests_fits_a_phone_and_prints_with_its_tables(show: Open, tmp_path: Path) -> None:
    source = write_many(tmp_path / "many.jsonl", months=14)
    shown = show(write_page(tmp_path / "many.html", "kk", source), PHONE)
    assert shown.overflow <= 0
    assert shown.is_quiet
    table = shown.page.locator("details table").first
    assert not table.is_visible()
    shown.page.emulate_media(media="print")
    assert table.is_visible()
    assert not shown.page.locator("nav").is_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_paper_no_table_is_wider_than_the_page(pages: dict[str, Path], show: Open, language: str) -> None:
    shown = show(pages[language], PAPER)
    shown.page.emulate_media(media="print")
    assert shown.overflow <= 0


def test_a_breach_links_to_its_request_in_the_tracker(pages: dict[str, Path], show: Open) -> None:
    shown = show(pages["en"])
    link = shown.page.locator("section[aria-labelledby=breaches] a").first
    assert link.get_attribute("href") == f"http://127.0.0.1:3000/issues/{link.inner_text().removeprefix('#')}"
    for each in shown.page.locator("nav a").all():
        assert shown.page.locator(str(each.get_attribute("href"))).count() == 1
