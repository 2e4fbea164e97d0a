"""The wiki of one project: its pages, and the files attached to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any
from urllib.parse import quote

from redminelib import Redmine
from redminelib.engines.base import BaseEngine

from sup_sync.errors import MissingError, RedirectedError, RedmineUnavailableError, UnpublishedError
from sup_sync.frozen import value
from sup_sync.redmine.session import RedmineSession
from sup_sync.to_json import Json

NEW = 0
"""The version to send for a page that does not exist yet; if somebody created it meanwhile, Redmine answers 409."""

PNG = "image/png"


@value
class File:
    """A file attached to a page, by its id and the account that attached it."""

    id: int
    name: str
    author_id: int | None


@value
class WikiPage:
    """A page as it is; its author wrote this version."""

    text: str
    version: int
    author_id: int | None
    files: tuple[File, ...]


class _WikiEngine(BaseEngine):  # type: ignore[misc] # redminelib ships no types
    """python-redmine's engine over the guarded session: reads, a PUT of a page, and uploads."""

    def __init__(self, session: RedmineSession) -> None:
        self._session = session

    def request(
        self, method: str, url: str, *, params: Json | None = None, data: Any = None, **_: Any
    ) -> dict[str, Any] | None:
        path = url.removeprefix(self._session.url)
        match method:
            case "get":
                # python-redmine repeats in the query what is in the path
                query = {key: value for key, value in (params or {}).items() if key != "project_id"}
                return self._session.get_json(path, query)
            case "put":
                may_create = data["wiki_page"]["version"] == NEW
                self._session.put_json(path, data, has_lock_version=True, may_create=may_create)
                return None
            case "post":
                return self._session.post_file(path, (params or {})["filename"], data.read())
        raise ValueError(f"{method} {path} is nothing that a wiki needs")


class Wiki:
    """Reads and writes pages of the wiki of the project of this identifier; errors are those of RedmineSession."""

    def __init__(self, session: RedmineSession, project: str) -> None:
        self._session = session
        self._redmine = Redmine(session.url, engine=_WikiEngine, session=session)
        self._project = project

    def address(self, title: str) -> str:
        """Return the address of a page, for people."""
        return self._session.url + self._path(title)

    def fetch_project(self) -> Json:
        """Fetch the project's `id` and the names of its `modules`."""
        try:
            row = self._redmine.project.get(self._project, include="enabled_modules").raw()
            return {"id": row["id"], "modules": {each["name"] for each in row["enabled_modules"]}}
        except (KeyError, TypeError, ValueError):
            raise _no_form(f"project {self._project}") from None

    def fetch_page(self, title: str) -> WikiPage | None:
        """Fetch a page as it is; None if there is none.

        Raises UnpublishedError for one that was renamed: a PUT to its old title would overwrite it (fact).
        """
        try:
            row = self._redmine.wiki_page.get(title, project_id=self._project, include="attachments").raw()
            files = tuple(File(each["id"], each["filename"], _author_id(each)) for each in row["attachments"] or ())
            return WikiPage(row["text"], row["version"], _author_id(row), files)
        except MissingError:
            return None
        except RedirectedError:
            text = f"the wiki page «{title}» was renamed: give it that title again, or delete its redirection"
            raise UnpublishedError(text) from None
        except (KeyError, TypeError, ValueError):
            raise _no_form(f"wiki page «{title}»") from None

    def fetch_look(self, title: str) -> str:
        """Fetch a page's HTML, as people see it; by the session, as this is not REST."""
        return self._session.get_page(self._path(title))

    def upload(self, name: str, content: bytes) -> str:
        """Upload a file; returns the token by which a page attaches it."""
        try:
            return str(self._redmine.upload(BytesIO(content), filename=name)["token"])
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
        self._redmine.wiki_page.update(title, project_id=self._project, **page)

    def _path(self, title: str) -> str:
        return f"/projects/{quote(self._project, safe='')}/wiki/{quote(title, safe='')}"


def _author_id(row: Json) -> int | None:
    author = row.get("author")
    return author["id"] if author else None


def _no_form(what: str) -> RedmineUnavailableError:
    return RedmineUnavailableError(f"{what}: JSON came, but not of Redmine's form: is `url` the tracker's root?")
