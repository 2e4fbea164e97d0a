"""The wiki of one project: its pages, and the files attached to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any
from urllib.parse import quote

from redminelib import Redmine
from redminelib.engines.base import BaseEngine

from sup_sync.errors import MissingError, RedirectedError, RedmineUnavailableError, UnpublishedError
from sup_sync.immutable import value
from sup_sync.redmine.session import RedmineSession
from sup_sync.to_json import Json

# The version to send for a page that does not exist yet; if it was created meanwhile, Redmine answers 409.
NEW = 0

PNG = "image/png"


@value
class File:
    """A file attached to a page: its id, name, and the account that attached it."""

    id: int
    name: str
    author_id: int | None


@value
class WikiPage:
    """The current version of a page; `author_id` is the author of this version."""

    text: str
    version: int
    author_id: int | None
    files: tuple[File, ...]


class _WikiEngine(BaseEngine):  # type: ignore[misc] # redminelib ships no types
    """An engine of python-redmine over the guarded session: reads, a PUT of a page, and uploads."""

    def __init__(self, session: RedmineSession) -> None:
        self._session = session

    def request(
        self, method: str, url: str, *, params: Json | None = None, data: Any = None, **_: Any
    ) -> dict[str, Any] | None:
        path = url.removeprefix(self._session.url)
        match method:
            case "get":
                # python-redmine repeats the project of the path in the query
                query = {key: value for key, value in (params or {}).items() if key != "project_id"}
                return self._session.get_json(path, query)
            case "put":
                may_create = data["wiki_page"]["version"] == NEW
                self._session.put_json(path, data, has_lock_version=True, may_create=may_create)
                return None
            case "post":
                return self._session.post_file(path, (params or {})["filename"], data.read())
        raise ValueError(f"{method} {path}: not a request of a wiki")


class Wiki:
    """The wiki of the project of this identifier, to read and write; errors are those of RedmineSession."""

    def __init__(self, session: RedmineSession, project: str) -> None:
        self._session = session
        self._redmine = Redmine(session.url, engine=_WikiEngine, session=session)
        self._project = project

    def address(self, title: str) -> str:
        """Return the address of a page in a browser."""
        return self._session.url + self._path(title)

    def fetch_project(self) -> Json:
        """Fetch the project's `id` and the names of its `modules`."""
        try:
            row = self._redmine.project.get(self._project, include="enabled_modules").raw()
            return {"id": row["id"], "modules": {each["name"] for each in row["enabled_modules"]}}
        except (KeyError, TypeError, ValueError):
            raise _form_error(f"project {self._project}") from None

    def fetch_page(self, title: str) -> WikiPage | None:
        """Fetch a page; None if there is none.

        Raises UnpublishedError for one that was renamed: a PUT to its old title would overwrite it (fact).
        """
        try:
            row = self._redmine.wiki_page.get(title, project_id=self._project, include="attachments").raw()
            files = tuple(File(each["id"], each["filename"], _author_id(each)) for each in row["attachments"] or ())
            return WikiPage(row["text"], row["version"], _author_id(row), files)
        except MissingError:
            return None
        except RedirectedError:
            text = f'wiki page "{title}" was renamed; restore its title, or delete its redirect'
            raise UnpublishedError(text) from None
        except (KeyError, TypeError, ValueError):
            raise _form_error(f'wiki page "{title}"') from None

    def fetch_html(self, title: str) -> str:
        """Fetch a page's HTML, as people see it; not through python-redmine, which reads no HTML."""
        return self._session.get_page(self._path(title))

    def upload(self, name: str, content: bytes) -> str:
        """Upload a file; returns the token by which a page attaches it."""
        try:
            return str(self._redmine.upload(BytesIO(content), filename=name)["token"])
        except (KeyError, TypeError):
            raise _form_error("/uploads.json") from None

    def put_page(
        self, title: str, text: str, version: int, tokens: Mapping[str, str], deleted: Sequence[int] = ()
    ) -> None:
        """Replace a page of this version (`NEW` creates it) in one PUT: its text, PNG files to add, files to delete.

        The caller reads the page back: Redmine silently drops a file of an unknown token, and silently keeps files
        that the account may not delete. Raises StaleError if the page has another version; then nothing was written.
        """
        page: dict[str, Any] = {"text": text, "version": version}
        if tokens:
            page["uploads"] = [{"token": tokens[name], "filename": name, "content_type": PNG} for name in tokens]
        if deleted:
            page["deleted_attachment_ids"] = list(deleted)
        self._redmine.wiki_page.update(title, project_id=self._project, **page)

    def _path(self, title: str) -> str:
        return f"/projects/{quote(self._project, safe='')}/wiki/{quote(title, safe='')}"


def _author_id(row: Json) -> int | None:
    author = row.get("author")
    return author["id"] if author else None


def _form_error(subject: str) -> RedmineUnavailableError:
    return RedmineUnavailableError(
        f"{subject}: the JSON does not have Redmine's form; check that `url` is Redmine's base URL"
    )
