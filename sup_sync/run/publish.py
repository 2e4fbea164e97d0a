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
from sup_sync.immutable import value
from sup_sync.redmine.permissions import WIKI_PERMISSIONS
from sup_sync.redmine.preflight.account import role_ids
from sup_sync.redmine.reader import Reader
from sup_sync.redmine.session import RedmineSession
from sup_sync.redmine.wiki import NEW, File, Wiki, WikiPage
from sup_sync.to_json import Json
from sup_sync.views.report_page import CHART_PREFIX, PAGE_SIGNATURE, WikiContent

RENDERED = "<th"  # in the HTML of a page with a table, if Redmine uses the markup in which it is written


@value
class Published:
    """A published page: its address, whether it was written now, and whether Redmine shows its table.

    `left` counts earlier charts that are still attached, as the account may not delete them.
    """

    address: str
    is_new: bool = True
    is_readable: bool = True
    left: int = 0


class Publication:
    """One wiki page, to be replaced by a report; `before` is the page when the publication was opened.

    Before the report is made, `open` checks that this account may write the page and wrote its current version. Later
    edits are not overwritten, since `open` also reads the version.
    """

    def __init__(self, wiki: Wiki, title: str, account_id: int, before: WikiPage | None) -> None:
        self.wiki = wiki
        self.title = title
        self.account_id = account_id
        self.before = before

    @classmethod
    def open(cls, session: RedmineSession, project: str, title: str) -> Self:
        """Read the account's rights and the page.

        Raises RedmineMismatchError, AccessError, or UnpublishedError for a page that this account did not write.
        """
        reader, wiki = Reader(session), Wiki(session, project)
        account = reader.fetch_account()
        _require_rights(reader, account, project, wiki.fetch_project())
        before = wiki.fetch_page(title)
        _require_own_page(before, title, account["id"])
        return cls(wiki, title, account["id"], before)

    def publish(self, content: WikiContent) -> Published:
        """Write the page unless it has this content, and read it back; raises UnpublishedError if they differ."""
        if self.before and _is_same(self.before.text, content.text):
            return Published(self.wiki.address(self.title), is_new=False)
        old_charts = [each for each in self.before.files if self._is_our_chart(each)] if self.before else []
        attached = {each.name for each in old_charts}
        deleted = [each.id for each in old_charts if each.name not in content.charts]
        try:
            tokens = {
                name: self.wiki.upload(name, chart) for name, chart in content.charts.items() if name not in attached
            }
            self.wiki.put_page(self.title, content.text, self.before.version if self.before else NEW, tokens, deleted)
        except (RefusedError, MissingError, AmbiguousError) as error:
            raise UnpublishedError(f"{error}{_advice(error)}") from None
        left = self._read_back(content, set(deleted))
        is_readable = RENDERED in self.wiki.fetch_html(self.title)
        return Published(self.wiki.address(self.title), is_readable=is_readable, left=left)

    def _is_our_chart(self, file: File) -> bool:
        return file.name.startswith(CHART_PREFIX) and file.author_id == self.account_id

    def _read_back(self, content: WikiContent, deleted: set[int]) -> int:
        """Count the earlier charts that are still there; raises UnpublishedError unless text and charts are there."""
        page = self.wiki.fetch_page(self.title)
        if page is None or not _is_same(page.text, content.text) or page.author_id != self.account_id:
            raise UnpublishedError(f'wiki page "{self.title}" was accepted, but has other content; open it to compare')
        missing = content.charts.keys() - {each.name for each in page.files}
        if missing:
            text = f'wiki page "{self.title}" was accepted, but lacks {", ".join(sorted(missing))}; open it to check'
            raise UnpublishedError(text)
        return len(deleted & {each.id for each in page.files})


def _require_own_page(page: WikiPage | None, title: str, account_id: int) -> None:
    """Raise UnpublishedError for a page that sup-sync did not create, or that another account has edited."""
    if page is None:
        return
    if PAGE_SIGNATURE not in (page.text.splitlines() or [""])[-1]:
        raise UnpublishedError(
            f'wiki page "{title}" exists and was not created by sup-sync; not written. Rename or delete the page'
        )
    if page.author_id != account_id:
        raise UnpublishedError(
            f'wiki page "{title}" was edited by another account; not written. Rename, delete or revert the page'
        )


def _require_rights(reader: Reader, account: Json, identifier: str, project: Json) -> None:
    """Raise RedmineMismatchError if the project has no wiki, AccessError if the account may not read or write it."""
    if "wiki" not in project["modules"]:
        raise RedmineMismatchError(f"project {identifier} has no wiki; turn on the wiki module in its settings")
    if account.get("admin"):
        return
    in_project = {**account, "memberships": [e for e in account["memberships"] if e["project"]["id"] == project["id"]]}
    granted = {each for role_id in role_ids(in_project) for each in reader.fetch_role(role_id)["permissions"]}
    lacking = [each for each in WIKI_PERMISSIONS if each not in granted]
    if lacking:
        text = f"project {identifier}: the account lacks {', '.join(lacking)}; grant it to its role"
        raise AccessError(text)


def _is_same(stored: str, sent: str) -> bool:
    """Return whether a stored text is the sent one; line ends may differ."""
    return [line.rstrip() for line in stored.splitlines()] == [line.rstrip() for line in sent.splitlines()]


def _advice(error: Exception) -> str:
    if isinstance(error, StaleError | AmbiguousError):
        return ""
    return ". Check that the page is not protected and the project is not closed"
