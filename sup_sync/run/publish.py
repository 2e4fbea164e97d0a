"""Publishing of a report as a wiki page: only a page that sup-sync created is replaced, and it is read back."""

from __future__ import annotations

from typing import Self

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
from sup_sync.redmine.permissions import WIKI_PERMISSIONS
from sup_sync.redmine.preflight import role_ids
from sup_sync.redmine.reader import Reader
from sup_sync.redmine.session import RedmineSession
from sup_sync.redmine.wiki import NEW, File, Wiki, WikiPage
from sup_sync.to_json import Json
from sup_sync.views.report_page import CHART_PREFIX, PAGE_SIGNATURE, WikiContent

RENDERED = "<th"
"""In the HTML of a page with a table, if Redmine reads the markup that it is written in."""


@value
class Published:
    """The page's address, whether it was written now, and whether Redmine shows its table.

    `left` is how many earlier charts are still attached, as the account may not delete them.
    """

    address: str
    is_new: bool = True
    is_readable: bool = True
    left: int = 0


class Publication:
    """One page of a wiki, to be replaced by a report; `before` is the page as it was when the publication was opened.

    `open` checks that this account may write the page and that no one else wrote it, before the report is made. As the
    page's version is read then, a page that somebody edits meanwhile is not overwritten.
    """

    def __init__(self, wiki: Wiki, title: str, account_id: int, before: WikiPage | None) -> None:
        self.wiki = wiki
        self.title = title
        self.account_id = account_id
        self.before = before

    @classmethod
    def open(cls, session: RedmineSession, project: str, title: str) -> Self:
        """Read the account's rights and the page as it is.

        Raises RedmineMismatchError, AccessError, or UnpublishedError for a page that this account did not write.
        """
        reader, wiki = Reader(session), Wiki(session, project)
        account = reader.fetch_account()
        _require_rights(reader, account, project, wiki.fetch_project())
        before = wiki.fetch_page(title)
        _require_ours(before, title, account["id"])
        return cls(wiki, title, account["id"], before)

    def publish(self, draft: WikiContent) -> Published:
        """Write the page, unless it has this content already; raises UnpublishedError if it reads back otherwise."""
        if self.before and _same(self.before.text, draft.text):
            return Published(self.wiki.address(self.title), is_new=False)
        ours = [each for each in self.before.files if self._is_our_chart(each)] if self.before else []
        attached = {each.name for each in ours}
        dropped = [each.id for each in ours if each.name not in draft.charts]
        try:
            tokens = {
                name: self.wiki.upload(name, content) for name, content in draft.charts.items() if name not in attached
            }
            self.wiki.put_page(self.title, draft.text, self.before.version if self.before else NEW, tokens, dropped)
        except (RefusedError, MissingError, AmbiguousError) as error:
            raise UnpublishedError(f"{error}{_advice(error)}") from None
        left = self._read_back(draft, set(dropped))
        is_readable = RENDERED in self.wiki.fetch_look(self.title)
        return Published(self.wiki.address(self.title), is_readable=is_readable, left=left)

    def _is_our_chart(self, file: File) -> bool:
        return file.name.startswith(CHART_PREFIX) and file.author_id == self.account_id

    def _read_back(self, draft: WikiContent, dropped: set[int]) -> int:
        """Count the earlier charts that are still there; raises UnpublishedError unless text and charts are there."""
        page = self.wiki.fetch_page(self.title)
        if page is None or not _same(page.text, draft.text) or page.author_id != self.account_id:
            raise UnpublishedError(f"the wiki page «{self.title}» was accepted, but says something else: look at it")
        missing = draft.charts.keys() - {each.name for each in page.files}
        if missing:
            text = f"the wiki page «{self.title}» was accepted without {', '.join(sorted(missing))}: look at it"
            raise UnpublishedError(text)
        return len(dropped & {each.id for each in page.files})


def _require_ours(page: WikiPage | None, title: str, account_id: int) -> None:
    """Raise UnpublishedError for a page that sup-sync did not create, or that somebody has edited since."""
    if page is None:
        return
    what = f"the wiki page «{title}» is there already"
    if PAGE_SIGNATURE not in (page.text.splitlines() or [""])[-1]:
        raise UnpublishedError(f"{what}, and is none of sup-sync's: rename or delete it; nothing was written")
    if page.author_id != account_id:
        text = f"{what}, and somebody has edited it since: rename or delete it, or restore the version before"
        raise UnpublishedError(f"{text}; nothing was written")


def _require_rights(reader: Reader, account: Json, identifier: str, project: Json) -> None:
    """Raise RedmineMismatchError if the project has no wiki, AccessError if the account may not read or write it."""
    if "wiki" not in project["modules"]:
        raise RedmineMismatchError(f"project {identifier} has no wiki: switch the module on in its settings")
    if account.get("admin"):
        return
    here = {**account, "memberships": [e for e in account["memberships"] if e["project"]["id"] == project["id"]]}
    granted = {each for role_id in role_ids(here) for each in reader.fetch_role(role_id)["permissions"]}
    lacking = [each for each in WIKI_PERMISSIONS if each not in granted]
    if lacking:
        text = f"project {identifier}: the account lacks {', '.join(lacking)}: give that to its role, to publish there"
        raise AccessError(text)


def _same(there: str, ours: str) -> bool:
    """Return whether a stored text is the one that was sent; line ends may differ."""
    return [line.rstrip() for line in there.splitlines()] == [line.rstrip() for line in ours.splitlines()]


def _advice(error: Exception) -> str:
    if isinstance(error, StaleError | AmbiguousError):
        return ""
    return "; a protected page (unlock it), or a closed project?"
