"""The report page in a browser: it logs nothing, loads nothing, and passes axe-core."""

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

PHONE, DESK = 390, 1280  # pixels
PAPER = 703  # pixels between margins of 12 mm on A4

Open = Callable[..., "OpenPage"]


@dataclass
class OpenPage:
    """An open page, its console messages, and its requests for anything but its own file."""

    page: Page
    messages: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def goto(self, path: Path) -> None:
        own = path.as_uri()
        self.page.on("console", lambda message: self.messages.append(message.text))
        self.page.on("pageerror", lambda error: self.messages.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url) if request.url != own else None)
        self.page.goto(own)

    @property
    def is_quiet(self) -> bool:
        return self.messages == self.requests == []

    @property
    def overflow(self) -> int:
        """The number of pixels that the page is wider than the window."""
        width: int = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        return width

    def open_all_details(self) -> None:
        for each in self.page.locator("summary").all():
            each.click()

    def violations(self) -> list[str]:
        violations = Axe().run(self.page).response["violations"]
        return [f"{each['id']}: {node['html'][:200]}" for each in violations for node in each["nodes"]]


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
    def open_page(path: Path, width: int = DESK, **options: str) -> OpenPage:
        opened = OpenPage(browser.new_page(viewport={"width": width, "height": 900}, **options))  # type: ignore[arg-type]
        opened.goto(path)
        return opened

    return open_page


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("language", LANGUAGES)
def test_page_logs_nothing_fits_and_passes_axe_core(
    pages: dict[str, Path], show: Open, language: str, width: int
) -> None:
    opened = show(pages[language], width)
    opened.open_all_details()
    assert opened.violations() == []
    assert opened.overflow <= 0
    assert opened.is_quiet


def test_dark_page_passes_axe_core(pages: dict[str, Path], show: Open) -> None:
    opened = show(pages["ru"], PHONE, color_scheme="dark")
    opened.open_all_details()
    assert opened.violations() == []


def test_policy_allows_only_the_page_s_own_style(pages: dict[str, Path], show: Open, tmp_path: Path) -> None:
    opened = show(pages["en"])
    card = opened.page.locator(".cards > div").first
    assert card.evaluate("each => getComputedStyle(each).borderTopWidth") == "1px"
    text = pages["en"].read_text(encoding="utf-8")
    foreign = tmp_path / "foreign.html"
    foreign.write_text(
        text.replace("</body>", "<style>h1 { display: none }</style><script>document.title = 1</script>")
    )
    other = show(foreign)
    assert other.page.locator("h1").is_visible()
    assert other.page.title().startswith("Support report")
    assert len(other.messages) == 2


def test_hostile_subjects_do_nothing(show: Open, tmp_path: Path) -> None:
    source = write_with_subjects(tmp_path / "hostile.jsonl", *HOSTILE)
    opened = show(write_page(tmp_path / "hostile.html", "ru", source))
    assert opened.page.title().startswith("Отчёт")
    assert opened.overflow <= 0
    assert opened.is_quiet
    assert opened.page.locator("bdi").count() > 10
    assert opened.page.locator("bdi *").count() == 0


def test_year_of_requests_fits_a_phone_and_prints_with_its_tables(show: Open, tmp_path: Path) -> None:
    source = write_many(tmp_path / "many.jsonl", months=14)
    opened = show(write_page(tmp_path / "many.html", "kk", source), PHONE)
    assert opened.overflow <= 0
    assert opened.is_quiet
    table = opened.page.locator("details table").first
    assert not table.is_visible()
    opened.page.emulate_media(media="print")
    assert table.is_visible()
    assert not opened.page.locator("nav").is_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_paper_no_table_is_wider_than_the_page(pages: dict[str, Path], show: Open, language: str) -> None:
    opened = show(pages[language], PAPER)
    opened.page.emulate_media(media="print")
    assert opened.overflow <= 0


def test_breach_links_to_its_request_in_redmine(pages: dict[str, Path], show: Open) -> None:
    opened = show(pages["en"])
    link = opened.page.locator("section[aria-labelledby=breaches] a").first
    assert link.get_attribute("href") == f"http://127.0.0.1:3000/issues/{link.inner_text().removeprefix('#')}"
    for each in opened.page.locator("nav a").all():
        assert opened.page.locator(str(each.get_attribute("href"))).count() == 1
