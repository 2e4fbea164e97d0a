"""The engine of python-redmine for reading: only GET, over the guarded session, with each answer checked."""

from __future__ import annotations

from typing import Any

from redminelib.engines.base import BaseEngine

from sup_sync.errors import AccessError, AnswerError, SupSyncError
from sup_sync.redmine.answers import answer_of, check_page, check_path
from sup_sync.redmine.session import RedmineSession
from sup_sync.to_json import Json


class ReadEngine(BaseEngine):  # type: ignore[misc] # redminelib ships no types
    """An engine that only reads; `forbidden` is the error for a 403.

    A page that lacks rows is read once more, as the list may have changed while Redmine made it.
    """

    def __init__(self, session: RedmineSession, forbidden: type[SupSyncError] = AccessError) -> None:
        self._session = session
        self._forbidden = forbidden

    def request(self, _method: str, url: str, *, params: Json | None = None, **_: Any) -> Json:
        path = check_path(url.removeprefix(self._session.url))
        return self._session.get_json(path, params, forbidden=self._forbidden)

    def bulk_request(self, _method: str, url: str, container: str, **params: Any) -> tuple[list[Json], int]:
        """Return the rows and their number; a list without a limit must contain each row exactly once."""
        wanted, limit = params.get("limit") or 0, params.get("limit") or self.chunk
        rows, total = self._page(url, container, {**params, "limit": limit, "offset": 0})
        while not wanted and len(rows) < total:
            page, total = self._page(url, container, {**params, "limit": limit, "offset": len(rows)})
            if not page:
                break
            rows += page
        if not wanted and len({row["id"] for row in rows}) != total:
            path = url.removeprefix(self._session.url)
            raise AnswerError(f"GET {path}: the list changed while it was read; try again later")
        return rows, total

    def _page(self, url: str, container: str, question: Json) -> tuple[list[Json], int]:
        with answer_of(url.removeprefix(self._session.url)):
            for _ in range(2):
                answer = self.request("get", url, params=question)
                rows, total, is_whole = check_page(answer, container, question)
                if is_whole:
                    return rows, total
            raise AnswerError("a page without all of its rows")
