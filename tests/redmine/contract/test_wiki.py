"""The behaviour of Redmine's wiki by REST, in memory and in a real Redmine."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from support.contract_scene import Session
from support.worlds import World

from sup_sync.errors import AccessError, AmbiguousError, MissingError, RefusedError, StaleError, UnpublishedError
from sup_sync.redmine.wiki import NEW, Wiki, WikiPage

PROJECT = "library"
TEXT = "h1. Есеп\n\n|_. a|_>. b|\n|#1|>. 2|\n\nСоңғы жол"
NUMBERS = count()

Open = Callable[..., Wiki]


@pytest.fixture
def wiki(session: Session) -> Open:
    return lambda login="scribe", project=PROJECT: Wiki(session(login), project)


@pytest.fixture
def title() -> str:
    return f"Есеп_{next(NUMBERS)}"


def page_of(wiki: Wiki, title: str) -> WikiPage:
    page = wiki.fetch_page(title)
    assert page
    return page


def names(page: WikiPage) -> list[str]:
    return [each.name for each in page.files]


def test_page_and_file_are_created_in_one_put_and_read_back(wiki: Open, title: str) -> None:
    own = wiki()
    assert own.fetch_page(title) is None
    own.put_page(title, TEXT, NEW, {"a.png": own.upload("a.png", b"\x89PNG")})
    page = page_of(own, title)
    assert (page.text, page.version, names(page)) == (TEXT, NEW, ["a.png"])
    assert page.author_id == page.files[0].author_id is not None
    own.put_page(title, "екінші", page.version, {})
    assert (page_of(own, title).text, page_of(own, title).version) == ("екінші", NEW + 1)


def test_author_is_the_account_of_the_last_edit(wiki: Open, title: str) -> None:
    wiki().put_page(title, TEXT, NEW, {})
    first = page_of(wiki(), title)
    wiki("keeper").put_page(title, "түзетілді", first.version, {})
    assert page_of(wiki(), title).author_id != first.author_id


@pytest.mark.parametrize("version", [NEW, 7])
def test_other_version_is_a_conflict_and_nothing_is_written(world: World, wiki: Open, title: str, version: int) -> None:
    """This holds for a new and for a changed page; a PUT without a version overwrites both."""
    keeper = wiki("keeper")
    world.call("scribe", "PUT", f"/projects/{PROJECT}/wiki/{title}.json", json={"wiki_page": {"text": "one"}})
    keeper.put_page(title, "two", 1, {"old.png": keeper.upload("old.png", b"x")})
    (file,) = page_of(keeper, title).files
    with pytest.raises(StaleError, match="409"):
        keeper.put_page(title, "three", version, {"new.png": keeper.upload("new.png", b"x")}, [file.id])
    page = page_of(keeper, title)
    assert (page.text, page.version, names(page)) == ("two", 2, ["old.png"])
    world.call("scribe", "PUT", f"/projects/{PROJECT}/wiki/{title}.json", json={"wiki_page": {"text": "blind"}})
    assert page_of(keeper, title).text == "blind"


def test_other_version_of_the_same_text_is_not_a_conflict(wiki: Open, title: str) -> None:
    own = wiki()
    own.put_page(title, TEXT, NEW, {})
    own.put_page(title, TEXT, 7, {"late.png": own.upload("late.png", b"x")})
    page = page_of(own, title)
    assert (page.version, names(page)) == (NEW, ["late.png"])


def test_file_of_an_unknown_token_is_dropped_silently(wiki: Open, title: str) -> None:
    own = wiki()
    own.put_page(title, TEXT, NEW, {"a.png": "9.dead"})
    assert names(page_of(own, title)) == []


def test_file_is_kept_silently_if_the_account_may_not_delete_it(wiki: Open, title: str) -> None:
    own, keeper = wiki(), wiki("keeper")
    own.put_page(title, TEXT, NEW, {"a.png": own.upload("a.png", b"x")})
    (file,) = page_of(own, title).files
    own.put_page(title, "two", NEW, {}, [file.id])
    assert names(page_of(own, title)) == ["a.png"]
    keeper.put_page(title, "three", NEW + 1, {}, [file.id])
    assert names(page_of(own, title)) == []


def test_protected_page_can_be_read_but_not_written(world: World, wiki: Open, title: str) -> None:
    own = wiki()
    own.put_page(title, TEXT, NEW, {})
    world.protect_page(title)
    assert page_of(own, title).text == TEXT
    with pytest.raises(RefusedError, match="403"):
        own.put_page(title, "two", NEW, {})
    assert page_of(own, title).text == TEXT


def test_closed_project_rejects_pages(world: World, wiki: Open, title: str) -> None:
    world.close_project("closet")
    with pytest.raises(RefusedError, match="403"):
        wiki(project="closet").put_page(title, TEXT, NEW, {})


def test_project_without_the_wiki_module_has_no_pages(wiki: Open, title: str) -> None:
    assert wiki().fetch_project()["modules"] == {"issue_tracking", "wiki"}
    shelf = wiki(project="shelf")
    assert shelf.fetch_project()["modules"] == {"issue_tracking"}
    assert shelf.fetch_page(title) is None
    with pytest.raises(MissingError, match="404"):
        shelf.put_page(title, TEXT, NEW, {})


def test_pages_need_the_view_and_the_edit_permission(wiki: Open, title: str) -> None:
    wiki().put_page(title, TEXT, NEW, {})
    with pytest.raises(AccessError, match="403"):
        wiki("talker").fetch_page(title)
    onlooker = wiki("onlooker")
    assert page_of(onlooker, title).text == TEXT
    with pytest.raises(RefusedError, match="403"):
        onlooker.put_page(title, "two", NEW, {})


def test_files_can_be_uploaded_with_permission_for_notes_or_pages(wiki: Open) -> None:
    assert wiki("talker").upload("a.png", b"x")
    assert wiki("scribe").upload("a.png", b"x")


def test_put_to_the_old_title_of_a_renamed_page_overwrites_it(world: World, wiki: Open, title: str) -> None:
    own = wiki()
    own.put_page(title, TEXT, NEW, {})
    world.rename_page(title, f"{title}_renamed")
    with pytest.raises(UnpublishedError, match="was renamed"):
        own.fetch_page(title)
    own.put_page(title, "two", NEW, {})
    assert page_of(own, f"{title}_renamed").text == "two"


def test_put_to_a_deleted_page_creates_it_and_is_ambiguous(wiki: Open, title: str) -> None:
    with pytest.raises(AmbiguousError, match="answered 201"):
        wiki().put_page(title, TEXT, 3, {})


def test_blanks_and_underscores_in_a_title_are_equal(wiki: Open, title: str) -> None:
    own = wiki()
    own.put_page(title.replace("_", " "), TEXT, NEW, {})
    assert page_of(own, title).text == TEXT


def test_table_is_rendered_only_in_redmines_own_markup(world: World, wiki: Open, title: str) -> None:
    own = wiki()
    own.put_page(title, TEXT, NEW, {})
    assert "<th" in own.fetch_html(title)
    own.put_page(title, "| a | b |\n|---|---:|\n| #1 | 2 |\n", NEW, {})
    assert "<th" not in own.fetch_html(title)
    with world.text_formatting("common_mark"):
        assert "<th" in own.fetch_html(title)
