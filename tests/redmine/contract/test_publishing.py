"""Publishing creates a page or replaces an own page, and never overwrites other pages."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from support.contract_scene import Session
from support.worlds import World

from sup_sync.errors import AccessError, MissingError, RedmineMismatchError, SupSyncError, UnpublishedError
from sup_sync.redmine.wiki import Wiki, WikiPage
from sup_sync.run.publish import Publication
from sup_sync.views.report_page import PAGE_SIGNATURE, WikiContent

NUMBERS = count()
PROJECT = "library"

Open = Callable[..., Publication]


def content(heading: str, *charts: str, signature: str = PAGE_SIGNATURE) -> WikiContent:
    text = f"h1. Есеп\n\n|_. {heading}|_>. b|\n|#1|>. 2|\n\n@{signature} 2026-10@"
    return WikiContent(text, {f"sup-sync-{name}.png": name.encode() for name in charts})


@pytest.fixture
def title() -> str:
    return f"Айлық_{next(NUMBERS)}"


@pytest.fixture
def opened(session: Session, title: str) -> Open:
    return lambda login="scribe", project=PROJECT: Publication.open(session(login), project, title)


@pytest.fixture
def page(session: Session, title: str) -> Callable[[], WikiPage]:
    def fetch() -> WikiPage:
        page = Wiki(session("scribe"), PROJECT).fetch_page(title)
        assert page
        return page

    return fetch


def put(world: World, login: str, title: str, text: str) -> None:
    answer = world.call(login, "PUT", f"/projects/{PROJECT}/wiki/{title}.json", json={"wiki_page": {"text": text}})
    assert answer.status_code in (201, 204)


def test_published_page_has_its_text_and_charts(opened: Open, page: Callable[[], WikiPage]) -> None:
    done = opened().publish(content("a", "share", "ball"))
    assert (done.is_new, done.is_readable, done.left) == (True, True, 0)
    assert page().text == content("a").text
    assert {each.name for each in page().files} == {"sup-sync-share.png", "sup-sync-ball.png"}


def test_same_content_again_sends_nothing(
    opened: Open, session: Session, title: str, page: Callable[[], WikiPage]
) -> None:
    opened().publish(content("a", "share"))
    used = session("scribe")
    done = Publication.open(used, PROJECT, title).publish(content("a", "share"))
    assert (done.is_new, set(used.requests_made)) == (False, {"GET"})
    assert page().version == 0


def test_own_page_is_replaced_with_those_charts_that_the_account_may_delete(
    opened: Open, page: Callable[[], WikiPage]
) -> None:
    opened().publish(content("a", "share", "old"))
    done = opened().publish(content("b", "share", "new"))
    assert (page().text, done.left) == (content("b").text, 1)
    assert sorted(each.name for each in page().files) == ["sup-sync-new.png", "sup-sync-old.png", "sup-sync-share.png"]


def test_only_own_charts_are_deleted(opened: Open, world: World, page: Callable[[], WikiPage]) -> None:
    opened("keeper").publish(content("a", "old"))
    title = opened("keeper").title
    for login, name in (("keeper", "protocol.pdf"), ("scribe", "sup-sync-theirs.png")):
        uploads = [world.upload(login, name)]
        text = {"text": content("a").text, "uploads": uploads}
        world.call(login, "PUT", f"/projects/{PROJECT}/wiki/{title}.json", json={"wiki_page": text})
    done = opened("keeper").publish(content("b", "new"))
    assert done.left == 0
    assert {each.name for each in page().files} == {"protocol.pdf", "sup-sync-theirs.png", "sup-sync-new.png"}


@pytest.mark.parametrize("text", ["Кездесу хаттамасы", "x", f"{PAGE_SIGNATURE}\n\nадам жазған"])
@pytest.mark.parametrize("login", ["keeper", "scribe"])
def test_page_without_the_signature_is_not_overwritten(
    opened: Open, world: World, title: str, page: Callable[[], WikiPage], login: str, text: str
) -> None:
    put(world, login, title, text)
    with pytest.raises(UnpublishedError, match=r"was not created by sup-sync; not written\. Rename or delete the page"):
        opened()
    assert page().text == text


def test_own_page_is_not_overwritten_after_an_edit_by_another_account(
    opened: Open, world: World, title: str, page: Callable[[], WikiPage]
) -> None:
    opened().publish(content("a"))
    edited = content("a, and what I think of it").text
    put(world, "keeper", title, edited)
    with pytest.raises(UnpublishedError, match="was edited by another account"):
        opened()
    assert page().text == edited


@pytest.mark.parametrize("is_there", [False, True])
def test_edit_after_opening_is_not_overwritten(
    opened: Open, world: World, title: str, page: Callable[[], WikiPage], is_there: bool
) -> None:
    if is_there:
        opened().publish(content("a"))
    late = opened()
    put(world, "keeper", title, "Менің бетім")
    with pytest.raises(UnpublishedError, match="changed since it was read"):
        late.publish(content("b", "share"))
    assert (page().text, page().files) == ("Менің бетім", ())


def test_protected_or_renamed_page_is_not_overwritten(
    opened: Open, world: World, title: str, page: Callable[[], WikiPage]
) -> None:
    opened().publish(content("a"))
    world.protect_page(title)
    with pytest.raises(UnpublishedError, match=r"403.*the page is not protected"):
        opened().publish(content("b"))
    assert page().text == content("a").text
    world.rename_page(title, f"{title}_2")
    with pytest.raises(UnpublishedError, match="was renamed"):
        opened()


@pytest.mark.parametrize(
    ("login", "project", "error", "text"),
    [
        ("scribe", "shelf", RedmineMismatchError, "project shelf has no wiki; turn on the wiki module"),
        ("talker", PROJECT, AccessError, "lacks view_wiki_pages, edit_wiki_pages; grant it to its role"),
        ("onlooker", PROJECT, AccessError, "lacks edit_wiki_pages; grant"),
        ("scribe", "vault", AccessError, "403"),
        ("scribe", "nowhere", MissingError, "404"),
    ],
)
def test_missing_wiki_or_permission_raises_before_anything_is_sent(
    session: Session, title: str, login: str, project: str, error: type[SupSyncError], text: str
) -> None:
    used = session(login)
    with pytest.raises(error, match=text):
        Publication.open(used, project, title)
    assert set(used.requests_made) == {"GET"}


def test_page_in_another_markup_than_redmines_is_reported(opened: Open, world: World) -> None:
    assert opened().publish(content("a")).is_readable
    with world.text_formatting("common_mark"):
        assert not opened().publish(content("b")).is_readable
