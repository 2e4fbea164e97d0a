"""The wiki of the fake Redmine, with its pitfalls."""

from __future__ import annotations

import re

from support.fake_records import Json, Project, User, Wiki, WikiPage
from support.fake_redmine import FakeRedmine, RefusalError

# syntax of a table heading, by Redmine's setting "Text formatting"
TABLES = {"textile": r"\|_\. ", "common_mark": r"\| ?---"}


class RedirectionError(Exception):
    """A redirect from the former title of a page."""


def see_page(tracker: FakeRedmine, user: User, project: Project, title: str) -> WikiPage:
    wiki = _wiki(tracker, user, project, "view_wiki_pages")
    if title in wiki.redirects:
        raise RedirectionError(wiki.redirects[title])
    page = _find(wiki, title)
    if page is None:
        raise RefusalError(404)
    return page


def put_page(tracker: FakeRedmine, user: User, project: Project, title: str, sent: Json) -> WikiPage | None:
    """Replace a page, following redirects as Redmine does. Return the page if it is new."""
    wiki = _wiki(tracker, user, project, "edit_wiki_pages")
    old = _find(wiki, wiki.redirects.get(title, title))
    page = old or WikiPage(title.replace(" ", "_"))
    if page.is_protected and not tracker.allows(user, "protect_wiki_pages", project):
        raise RefusalError(403)
    if not sent.get("text"):
        raise RefusalError(422, ["Text cannot be blank"])
    _set_text(page, user, sent, is_new=old is None)
    if tracker.allows(user, "delete_wiki_pages_attachments", project):
        page.files = [each for each in page.files if each[0] not in sent.get("deleted_attachment_ids", ())]
    tokens = [each["token"] for each in sent.get("uploads", ())]
    page.files += [(*tracker.uploads[token], user) for token in tokens if token in tracker.uploads]
    if old is None:
        wiki.pages.append(page)
    return page if old is None else None


def _set_text(page: WikiPage, user: User, sent: Json, *, is_new: bool) -> None:
    """Set the text. The version is checked only if the text changes; a new page takes any version."""
    if page.text == sent["text"]:
        return
    if not is_new and sent.get("version", page.version) != page.version:
        raise RefusalError(409)
    page.version = sent.get("version", 1) if is_new else page.version + 1
    page.text, page.author = sent["text"], user


def look_at_page(tracker: FakeRedmine, page: WikiPage) -> str:
    return "<table><th></th></table>" if re.search(TABLES[tracker.text_formatting], page.text) else "<table></table>"


def _wiki(tracker: FakeRedmine, user: User, project: Project, permission: str) -> Wiki:
    if project.wiki is None:
        raise RefusalError(404)
    if not tracker.allows(user, permission, project):
        raise RefusalError(403)
    return project.wiki


def _find(wiki: Wiki, title: str) -> WikiPage | None:
    return next((each for each in wiki.pages if each.title.lower() == title.replace(" ", "_").lower()), None)
