"""A report as a page of a project's wiki: only what this tool made is replaced, and what was written is read back."""

from __future__ import annotations

from sup_sync.errors import (
    AccessError,
    AmbiguousError,
    MissingError,
    RedmineMismatchError,
    RefusedError,
    StaleError,
    UnpublishedError,
)
from sup_sync.frozen import value
from sup_sync.model.directory import Json
from sup_sync.redmine.preflight import role_ids
from sup_sync.redmine.reader import Reader
from sup_sync.redmine.session import RedmineSession
from sup_sync.redmine.wiki import NEW, Wiki, WikiPage
from sup_sync.views.report_page import CHART_PREFIX, PAGE_SIGNATURE, WikiContent

PERMISSIONS = ("view_wiki_pages", "edit_wiki_pages")
"""What the account's role must allow in that project."""

RENDERED = "<th"
"""What a page with a table has in its HTML, if its markup is the one that the tracker reads."""


@value
class Published:
    """How it ended: the page's address, and whether anything was written and shows as it should.

    `left` is how many charts of before are still attached, as the account may not delete them.
    """

    address: str
    is_new: bool = True
    is_readable: bool = True
    left: int = 0


class Publication:
    """One page of a wiki, which the account may write and which is nobody else's: found out before anything is made.

    Its version is read before the report is made, so that whoever changes the page meanwhile is not overwritten.
    """

    def __init__(self, session: RedmineSession, project: str, title: str) -> None:
        reader = Reader(session)
        self.title = title
        self.wiki = Wiki(session, project)
        account = reader.fetch_account()
        self.account_id: int = account["id"]
        _require_rights(reader, account, project, self.wiki.fetch_project())
        self.before = self.wiki.fetch_page(title)
        self._require_ours(self.before)

    def _require_ours(self, page: WikiPage | None) -> None:
        if page is None:
            return
        what = f"the wiki page «{self.title}» is there already"
        if PAGE_SIGNATURE not in (page.text.splitlines() or [""])[-1]:
            raise UnpublishedError(f"{what}, and is none of sup-sync's: rename or delete it; nothing was written")
        if page.author_id != self.account_id:
            text = f"{what}, and somebody has edited it since: rename or delete it, or restore the version before"
            raise UnpublishedError(f"{text}; nothing was written")

    def publish(self, draft: WikiContent) -> Published:
        """Write the page, unless it says just that; raises UnpublishedError where it is not as it should be then."""
        if self.before and _same(self.before.text, draft.text):
            return Published(self.wiki.address(self.title), is_new=False)
        ours = (
            [each for each in self.before.files if self._is_our_chart(each.name, each.author_id)] if self.before else []
        )
        there = {each.name for each in ours}
        dropped = [each.id for each in ours if each.name not in draft.charts]
        try:
            tokens = {name: self.wiki.upload(name, draft.charts[name]) for name in draft.charts if name not in there}
            self.wiki.put_page(self.title, draft.text, self.before.version if self.before else NEW, tokens, dropped)
        except (RefusedError, MissingError, AmbiguousError) as error:
            raise UnpublishedError(f"{error}{_advice(error)}") from None
        left = self._read_back(draft, set(dropped))
        is_readable = RENDERED in self.wiki.fetch_look(self.title)
        return Published(self.wiki.address(self.title), is_readable=is_readable, left=left)

    def _is_our_chart(self, name: str, author_id: int | None) -> bool:
        return name.startswith(CHART_PREFIX) and author_id == self.account_id

    def _read_back(self, draft: WikiContent, dropped: set[int]) -> int:
        """How many charts of before are there still; raises UnpublishedError unless text and charts are there."""
        page = self.wiki.fetch_page(self.title)
        if page is None or not _same(page.text, draft.text) or page.author_id != self.account_id:
            raise UnpublishedError(f"the wiki page «{self.title}» was accepted, but says something else: look at it")
        missing = draft.charts.keys() - {each.name for each in page.files}
        if missing:
            text = f"the wiki page «{self.title}» was accepted without {', '.join(sorted(missing))}: look at it"
            raise UnpublishedError(text)
        return len(dropped & {each.id for each in page.files})


def _require_rights(reader: Reader, account: Json, identifier: str, project: Json) -> None:
    """The wiki is on, and the account may read and write it there; faults name what to do."""
    if "wiki" not in project["modules"]:
        raise RedmineMismatchError(f"project {identifier} has no wiki: switch the module on in its settings")
    if account.get("admin"):
        return
    here = {**account, "memberships": [e for e in account["memberships"] if e["project"]["id"] == project["id"]]}
    granted = {each for role_id in role_ids(here) for each in reader.fetch_role(role_id)["permissions"]}
    lacking = [each for each in PERMISSIONS if each not in granted]
    if lacking:
        text = f"project {identifier}: the account lacks {', '.join(lacking)}: give that to its role, to publish there"
        raise AccessError(text)


def _same(there: str, ours: str) -> bool:
    """Whether a text that was kept is the one that was sent; ends of lines may come back otherwise."""
    return [line.rstrip() for line in there.splitlines()] == [line.rstrip() for line in ours.splitlines()]


def _advice(error: Exception) -> str:
    if isinstance(error, StaleError | AmbiguousError):
        return ""
    return "; a protected page (unlock it), or a closed project?"
