"""`report --publish`: the month, the wiki page, and one line for each obstacle."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest
from cli.office import Office
from end_to_end.scene import BASE, CLIENT, VIP
from support.fake_records import Wiki, WikiPage
from support.scripted_server import reply, reply_json
from support.shell import CommandResult, Shell, one_line
from support.worlds import BOT

from sup_sync.redmine.permissions import WIKI_PERMISSIONS

SUBJECT = "Құпия тақырып"
THIS_MONTH = f"{datetime.now(UTC) + timedelta(hours=5):%Y-%m}"


@pytest.fixture
def wiki(office: Office) -> Wiki:
    """A project's wiki, which the account may write, and requests of this month and of June."""
    office.world.tracker.role(BOT).permissions |= set(WIKI_PERMISSIONS)
    project = office.world.tracker.pick(office.world.tracker.projects, BASE)
    project.wiki = Wiki()
    office.file()
    with office.people():
        for _ in range(2):
            office.world.file(CLIENT, VIP, subject=SUBJECT)
    return project.wiki


def page_of(wiki: Wiki) -> WikiPage:
    (page,) = wiki.pages
    return page


def test_month_is_published_with_charts_and_without_subjects(shell: Shell, wiki: Wiki) -> None:
    result = shell("report", "--publish", BASE, "--month", THIS_MONTH, "--language", "en")
    page = page_of(wiki)
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("Published: http://127.0.0.1:")
    assert result.out.endswith(f"/projects/{BASE}/wiki/Support_report_{THIS_MONTH}\n")
    assert page.title == f"Support_report_{THIS_MONTH}"
    assert "|Requests|>. 2|" in page.text
    assert len(page.files) == 4
    assert SUBJECT not in page.text
    assert shell("report", "--publish", BASE, "--month", THIS_MONTH, "--language", "en").out == result.out.replace(
        "Published:", "Already published:"
    )
    assert shell("-q", "report", "--publish", BASE, "--month", "2026-06") == CommandResult(0, "", "")
    assert "|>. 1|" in wiki.pages[1].text


def test_default_is_the_last_complete_month_in_the_language_of_staff(shell: Shell, wiki: Wiki) -> None:
    first = datetime.fromisoformat(f"{THIS_MONTH}-01")
    assert shell("report", "--publish", BASE, "-q") == CommandResult(0, "", "")
    assert page_of(wiki).title == f"Қолдау_есебі_{first - timedelta(days=1):%Y-%m}"


def test_markup_is_that_of_the_configuration(shell: Shell, office: Office, wiki: Wiki) -> None:
    shell.files.replace("config.yaml", "  # wiki_markup: textile ", "  wiki_markup: markdown ")
    result = shell("report", "--publish", BASE, "-q")
    assert (result.code, result.out) == (3, "")
    assert "the page's markup is not the one that Redmine uses; set `wiki_markup`" in result.err
    assert "| ---: |" in page_of(wiki).text
    wiki.pages.clear()
    office.world.tracker.text_formatting = "common_mark"
    assert shell("report", "--publish", BASE, "-q") == CommandResult(0, "", "")


def test_old_charts_that_cannot_be_deleted_are_reported(shell: Shell, office: Office, wiki: Wiki) -> None:
    publish = ("report", "--publish", BASE, "--month", "2026-06")
    shell(*publish)
    office.file("Mon 11:00")
    result = shell(*publish)
    assert result.code == 0
    assert "charts of an earlier version are still attached (" in result.err
    office.world.tracker.role(BOT).permissions |= {"delete_wiki_pages_attachments"}
    office.file("Mon 13:00")
    assert shell(*publish).err == ""
    assert len(page_of(wiki).files) == 4


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("--month", "2026-06"), "--month needs --publish"),
        (("--publish", BASE, "--month", "June"), "invalid month 'June'; write 2026-10"),
        (("--publish", BASE, "--month", "2999-12"), "has not begun; choose an earlier month"),
        (("--publish", BASE, "--month", "0001-01"), "invalid month"),
        (("--publish", BASE, "--now", "2026-06-08"), "--publish can be combined only with --month and --language"),
        (("--publish", BASE, "--json"), "--publish can be combined only with --month and --language"),
        (("--publish", BASE, "--csv", "-"), "--publish can be combined only with --month and --language"),
        (("--publish", BASE, "--html", "a.html"), "--publish can be combined only with --month and --language"),
        (("--publish", BASE, "--from", "config.yaml"), "--publish can be combined only with --month and --language"),
    ],
)
def test_incompatible_options_are_a_mistake(shell: Shell, words: tuple[str, ...], part: str) -> None:
    one_line(shell("report", *words), 2, part)


@pytest.mark.parametrize("library", ["jinja2", "matplotlib"])
def test_missing_library_is_reported_with_its_extra(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    real_find_spec = find_spec
    monkeypatch.setattr("sup_sync.cli.pages.find_spec", lambda name: None if name == library else real_find_spec(name))
    one_line(shell("report", "--publish", BASE), 2, "--publish needs", library, "pip install 'sup-sync[report]'")


def test_obstacles_are_reported_before_requests_are_read(shell: Shell, office: Office, wiki: Wiki) -> None:
    office.responses[r"/issues\.json"] = reply(500)
    one_line(shell("report", "--publish", VIP), 78, "project alatau-trade has no wiki")
    one_line(shell("report", "--publish", "nowhere"), 2, "/projects/nowhere.json: not found")
    office.world.tracker.role(BOT).permissions -= {"edit_wiki_pages"}
    one_line(shell("report", "--publish", BASE), 77, "the account lacks edit_wiki_pages")
    office.world.tracker.role(BOT).permissions |= {"edit_wiki_pages"}
    theirs = WikiPage(f"Support_report_{THIS_MONTH}", "Хаттама", 1, office.world.tracker.users[0])
    wiki.pages.append(theirs)
    result = shell("report", "--publish", BASE, "--month", THIS_MONTH, "--language", "en")
    one_line(result, 3, "was not created by sup-sync; not written. Rename or delete the page")
    assert theirs.text == "Хаттама"


def test_administrator_needs_no_role(shell: Shell, office: Office, wiki: Wiki) -> None:
    office.world.tracker.role(BOT).permissions -= set(WIKI_PERMISSIONS)
    next(each for each in office.world.tracker.users if each.login == BOT).is_admin = True
    assert shell("report", "--publish", BASE).code == 0
    assert page_of(wiki).author


def test_incomplete_report_is_marked_and_exits_partly_done(shell: Shell, office: Office, wiki: Wiki) -> None:
    office.responses[r"/issues/\d+\.json"] = reply(500)
    result = shell("report", "--publish", BASE, "--language", "en")
    assert result.code == 3
    assert "some projects could not be read" in page_of(wiki).text


FILE = {"id": 1, "filename": "sup-sync-x.png", "author": {"id": 1}}


@pytest.mark.parametrize(
    ("path", "response", "code", "part"),
    [
        (r"/uploads\.json", reply(500), 3, "POST /uploads.json: answered 500; the change may or may not be saved"),
        (r"/uploads\.json", reply(422, '{"errors": ["big"]}'), 3, "POST /uploads.json: rejected (422, 1 error)"),
        (r"/uploads\.json", reply_json({"upload": {}}, 201), 75, "the JSON does not have Redmine's form"),
        (r"/projects/[^/]+/wiki/.*\.json", reply_json({"wiki_page": {}}), 75, "the JSON does not have Redmine's form"),
        (r"/projects/[^/]+\.json", reply_json({"project": {"id": 1}}), 75, "the JSON does not have Redmine's form"),
        (
            r"/uploads\.json",
            reply_json({"upload": {"token": "9.dead"}}, 201),
            3,
            "was accepted, but lacks sup-sync-2026-06-hours-",
        ),
    ],
)
@pytest.mark.usefixtures("wiki")
def test_each_error_of_redmine_is_one_line(
    shell: Shell, office: Office, path: str, response: object, code: int, part: str
) -> None:
    office.responses[path] = response  # type: ignore[assignment] # an Answer
    one_line(shell("report", "--publish", BASE, "--month", "2026-06"), code, part)


def test_unreachable_redmine_is_reported(shell: Shell) -> None:
    one_line(shell("report", "--publish", BASE), 75, "connection failed")


@pytest.mark.usefixtures("wiki")
def test_accepted_page_with_other_text_is_reported(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def set_another(page: WikiPage, user: object, _sent: object, *, is_new: bool) -> None:  # noqa: ARG001 - as called
        page.text, page.author = "x", user  # type: ignore[assignment] # the account

    monkeypatch.setattr("support.fake_wiki._set_text", set_another)
    one_line(shell("report", "--publish", BASE), 3, "was accepted, but has other content; open it to compare")


def test_publishing_writes_no_local_files(shell: Shell, wiki: Wiki) -> None:
    before = {path.name for path in Path(shell.folder).iterdir()}
    assert shell("report", "--publish", BASE).code == 0
    assert {path.name for path in Path(shell.folder).iterdir()} - before <= {"state"}
    assert page_of(wiki)
