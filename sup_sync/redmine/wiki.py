"""The gateway to one project's wiki: its pages, and the files attached to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from sup_sync.errors import MissingError, RedirectedError, RedmineUnavailableError, UnpublishedError
from sup_sync.frozen import value
from sup_sync.redmine.session import Json, RedmineSession

NEW = 0
"""The version to send for a page that is not there yet: one that somebody made meanwhile has another (fact: 409)."""

PNG = "image/png"


@value
class File:
    """A file attached to a page, by its id and the account that attached it."""

    id: int
    name: str
    author_id: int | None


@value
class WikiPage:
    """A page as it stands; its author is whoever wrote this version."""

    text: str
    version: int
    author_id: int | None
    files: tuple[File, ...]


class Wiki:
    """Reads and writes pages of the wiki of the project of this identifier; faults are those of TrackerSession."""

    def __init__(self, session: RedmineSession, project: str) -> None:
        self._session = session
        self._project = f"/projects/{quote(project, safe='')}"

    def address(self, title: str) -> str:
        """Where people find a page."""
        return self._session.url + self._path(title)

    def fetch_project(self) -> Json:
        """The project's `id` and the names of its `modules`."""
        path = f"{self._project}.json"
        found = self._session.get_json(path, {"include": "enabled_modules"})
        try:
            row = found["project"]
            return {"id": row["id"], "modules": {each["name"] for each in row["enabled_modules"]}}
        except (KeyError, TypeError):
            raise _no_form(path) from None

    def fetch_page(self, title: str) -> WikiPage | None:
        """A page as it stands, None where there is none.

        Raises UnpublishedError for one that was renamed: a PUT to its old title would overwrite it (fact).
        """
        path = f"{self._path(title)}.json"
        try:
            found = self._session.get_json(path, {"include": "attachments"})
        except MissingError:
            return None
        except RedirectedError:
            text = f"the wiki page «{title}» was renamed: give it that title again, or delete its redirection"
            raise UnpublishedError(text) from None
        try:
            row = found["wiki_page"]
            files = tuple(File(each["id"], each["filename"], _author_id(each)) for each in row.get("attachments", ()))
            return WikiPage(row["text"], row["version"], _author_id(row), files)
        except (KeyError, TypeError):
            raise _no_form(path) from None

    def fetch_look(self, title: str) -> str:
        """A page's HTML, as people see it."""
        return self._session.get_page(self._path(title))

    def upload(self, name: str, content: bytes) -> str:
        """Leave a file with the tracker; returns the token by which a page takes it."""
        found = self._session.post_file("/uploads.json", name, content)
        try:
            return str(found["upload"]["token"])
        except (KeyError, TypeError):
            raise _no_form("/uploads.json") from None

    def put_page(
        self, title: str, text: str, version: int, tokens: Mapping[str, str], dropped: Sequence[int] = ()
    ) -> None:
        """Replace a page of this version, `NEW` for none, in one PUT: its text, PNG files added and files taken away.

        Accepted is not yet written: Redmine leaves out a file of an unknown token, and keeps those that the account may
        not delete, without a word. So read back. StaleError where it has another version: nothing was written.
        """
        page: dict[str, Any] = {"text": text, "version": version}
        if tokens:
            page["uploads"] = [{"token": tokens[name], "filename": name, "content_type": PNG} for name in tokens]
        if dropped:
            page["deleted_attachment_ids"] = list(dropped)
        path = f"{self._path(title)}.json"
        self._session.put_json(path, {"wiki_page": page}, has_lock_version=True, may_create=version == NEW)

    def _path(self, title: str) -> str:
        return f"{self._project}/wiki/{quote(title, safe='')}"


def _author_id(row: Json) -> int | None:
    author = row.get("author")
    return author["id"] if author else None


def _no_form(path: str) -> RedmineUnavailableError:
    return RedmineUnavailableError(f"{path}: JSON came, but not of Redmine's form: is `url` the tracker's root?")
