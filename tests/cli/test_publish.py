"""`report --publish`: which month, where, and the one line for whatever stands in its way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest
from cli.office import Office
from end_to_end.scene import BASE, VIP
from support.fake_records import Wiki, WikiPage
from support.scripted_server import reply, reply_json
from support.shell import CommandResult, Shell, one_line
from support.worlds import ADMIN, BOT

from sup_sync.redmine.permissions import WIKI_PERMISSIONS

SUBJECT = "Құпия тақырып"
THIS_MONTH = f"{datetime.now(UTC) + timedelta(hours=5):%Y-%m}"


@pytest.fixture
def wiki(office: Office) -> Wiki:
    """A project's wiki, which the account may write, beside requests of this month and one of June."""
    office.world.tracker.role(BOT).permissions |= set(WIKI_PERMISSIONS)
    project = office.world.tracker.pick(office.world.tracker.projects, BASE)
    project.wiki = Wiki()
    office.file()
    with office.people():
        for _ in range(2):
            office.world.file(ADMIN, VIP, subject=SUBJECT)
    return project.wiki


def page_of(wiki: Wiki) -> WikiPage:
    (page,) = wiki.pages
    return page


def test_a_month_is_published_with_its_charts_and_no_subject(shell: Shell, wiki: Wiki) -> None:
    said = shell("report", "--publish", BASE, "--month", THIS_MONTH, "--language", "en")
    page = page_of(wiki)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("Published: http://127.0.0.1:")
    assert said.out.endswith(f"/projects/{BASE}/wiki/Support_report_{THIS_MONTH}\n")
    assert page.title == f"Support_report_{THIS_MONTH}"
    assert "|Requests|>. 2|" in page.text
    assert len(page.files) == 4
    assert SUBJECT not in page.text
    assert shell("report", "--publish", BASE, "--month", THIS_MONTH, "--language", "en").out == said.out.replace(
        "Published:", "Published already:"
    )
    assert shell("-q", "report", "--publish", BASE, "--month", "2026-06") == CommandResult(0, "", "")
    assert "|>. 1|" in wiki.pages[1].text


def test_without_a_month_it_is_the_last_whole_one_in_the_language_of_staff(shell: Shell, wiki: Wiki) -> None:
    first = datetime.fromisoformat(f"{THIS_MONTH}-01")
    assert shell("report", "--publish", BASE, "-q") == CommandResult(0, "", "")
    assert page_of(wiki).title == f"Қолдау_есебі_{first - timedelta(days=1):%Y-%m}"


def test_the_markup_is_that_of_the_configuration(shell: Shell, office: Office, wiki: Wiki) -> None:
    shell.files.replace("config.yaml", "  # wiki_markup: textile ", "  wiki_markup: markdown ")
    said = shell("report", "--publish", BASE, "-q")
    assert (said.code, said.out) == (3, "")
    assert "another markup than the tracker reads: set `wiki_markup`" in said.err
    assert "| ---: |" in page_of(wiki).text
    wiki.pages.clear()
    office.world.tracker.text_formatting = "common_mark"
    assert shell("report", "--publish", BASE, "-q") == CommandResult(0, "", "")


def test_old_charts_that_have_to_stay_are_told_and_no_fault(shell: Shell, office: Office, wiki: Wiki) -> None:
    publish = ("report", "--publish", BASE, "--month", "2026-06")
    shell(*publish)
    office.file("Mon 11:00")
    said = shell(*publish)
    assert said.code == 0
    assert "charts of an earlier version are still attached (" in said.err
    office.world.tracker.role(BOT).permissions |= {"delete_wiki_pages_attachments"}
    office.file("Mon 13:00")
    assert shell(*publish).err == ""
    assert len(page_of(wiki).files) == 4


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("--month", "2026-06"), "--month says what --publish writes"),
        (("--publish", BASE, "--month", "June"), "is no month: write 2026-10"),
        (("--publish", BASE, "--month", "2999-12"), "has not begun"),
        (("--publish", BASE, "--month", "0001-01"), "is no month"),
        (("--publish", BASE, "--now", "2026-06-08"), "--publish goes alone"),
        (("--publish", BASE, "--json"), "--publish goes alone"),
        (("--publish", BASE, "--csv", "-"), "--publish goes alone"),
        (("--publish", BASE, "--html", "a.html"), "--publish goes alone"),
        (("--publish", BASE, "--from", "config.yaml"), "--publish goes alone"),
    ],
)
def test_words_that_do_not_go_together_are_a_mistake(shell: Shell, words: tuple[str, ...], part: str) -> None:
    one_line(shell("report", *words), 2, part)


@pytest.mark.parametrize("library", ["jinja2", "matplotlib"])
def test_without_the_extra_one_line_says_what_to_install(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    found = find_spec
    monkeypatch.setattr("sup_sync.cli.pages.find_spec", lambda name: None if name == library else found(name))
    one_line(shell("report", "--publish", BASE), 2, "--publish needs", library, "pip install 'sup-sync[report]'")


def test_what_stands_in_the_way_is_one_line_before_any_request_is_read(
    shell: Shell, office: Office, wiki: Wiki
) -> None:
    office.faults[r"/issues\.json"] = reply(500)
    one_line(shell("report", "--publish", VIP), 78, "project alatau-trade has no wiki")
    one_line(shell("report", "--publish", "nowhere"), 2, "/projects/nowhere.json: not there")
    office.world.tracker.role(BOT).permissions -= {"edit_wiki_pages"}
    one_line(shell("report", "--publish", BASE), 77, "the account lacks edit_wiki_pages")
    office.world.tracker.role(BOT).permissions |= {"edit_wiki_pages"}
    theirs = WikiPage(f"Support_report_{THIS_MONTH}", "Хаттама", 1, office.world.tracker.users[0])
    wiki.pages.append(theirs)
    said = shell("report", "--publish", BASE, "--month", THIS_MONTH, "--language", "en")
    one_line(said, 3, "none of sup-sync's: rename or delete it; nothing was written")
    assert theirs.text == "Хаттама"


def test_an_account_that_is_administrator_needs_no_role(shell: Shell, office: Office, wiki: Wiki) -> None:
    office.world.tracker.role(BOT).permissions -= set(WIKI_PERMISSIONS)
    next(each for each in office.world.tracker.users if each.login == BOT).is_admin = True
    assert shell("report", "--publish", BASE).code == 0
    assert page_of(wiki).author


def test_a_report_of_a_part_says_so_and_ends_partly_done(shell: Shell, office: Office, wiki: Wiki) -> None:
    office.faults[r"/issues/\d+\.json"] = reply(500)
    said = shell("report", "--publish", BASE, "--language", "en")
    assert said.code == 3
    assert "some projects could not be read" in page_of(wiki).text


FILE = {"id": 1, "filename": "sup-sync-x.png", "author": {"id": 1}}


@pytest.mark.parametrize(
    ("path", "fault", "code", "part"),
    [
        (r"/uploads\.json", reply(500), 3, "POST /uploads.json: answered 500, so it may or may not be written"),
        (r"/uploads\.json", reply(422, '{"errors": ["big"]}'), 3, "POST /uploads.json: refused (422, errors: 1)"),
        (r"/uploads\.json", reply_json({"upload": {}}, 201), 75, "JSON came, but not of Redmine's form"),
        (r"/projects/[^/]+/wiki/.*\.json", reply_json({"wiki_page": {}}), 75, "JSON came, but not of Redmine's form"),
        (r"/projects/[^/]+\.json", reply_json({"project": {"id": 1}}), 75, "JSON came, but not of Redmine's form"),
        (
            r"/uploads\.json",
            reply_json({"upload": {"token": "9.dead"}}, 201),
            3,
            "was accepted without sup-sync-2026-06-hours-",
        ),
    ],
)
@pytest.mark.usefixtures("wiki")
def test_each_fault_on_the_way_is_one_line(
    shell: Shell, office: Office, path: str, fault: object, code: int, part: str
) -> None:
    office.faults[path] = fault  # type: ignore[assignment] # an Answer
    one_line(shell("report", "--publish", BASE, "--month", "2026-06"), code, part)


def test_a_tracker_that_is_away_is_told(shell: Shell) -> None:
    one_line(shell("report", "--publish", BASE), 75, "no connection")


@pytest.mark.usefixtures("wiki")
def test_an_accepted_page_that_says_something_else_is_told(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def set_another(page: WikiPage, user: object, _sent: object, *, is_new: bool) -> None:  # noqa: ARG001 - as called
        page.text, page.author = "x", user  # type: ignore[assignment] # the account

    monkeypatch.setattr("support.fake_wiki._set_text", set_another)
    one_line(shell("report", "--publish", BASE), 3, "was accepted, but says something else: look at it")


def test_its_folder_stays_as_it_was(shell: Shell, wiki: Wiki) -> None:
    before = {path.name for path in Path(shell.folder).iterdir()}
    assert shell("report", "--publish", BASE).code == 0
    assert {path.name for path in Path(shell.folder).iterdir()} - before <= {"state"}
    assert page_of(wiki)
