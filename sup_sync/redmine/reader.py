"""The reader of a Redmine server: python-redmine over the guarded session, with no way to write."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from sup_sync.errors import AnswerError, MissingError
from sup_sync.redmine.answers import answer_of, check_issue, fits_row
from sup_sync.redmine.edit_form import EditForm, parse_edit_form
from sup_sync.redmine.form_state import FormState, parse_form_state
from sup_sync.redmine.list_reader import ListReader, checked_form
from sup_sync.to_json import Json

# Redmine cuts every limit to 100, and overflows its own cookie on lists of about 250 ids.
PAGE = 100


class Reader(ListReader):
    """A reader of one Redmine server with one account: its lists and its issues; errors are those of RedmineSession.

    All REST calls go through python-redmine, with one exception: `fetch_issue`, which says why. An issue's page is
    HTML, which python-redmine does not read.
    """

    @checked_form()
    def fetch_rows(
        self, *, status: str, updated_since: datetime | None = None, project_id: int | None = None
    ) -> list[Json]:
        """Fetch the list rows (no journals) of issues that the account sees, in order of id.

        `status` is `open`, `closed` or `*`. Without a project, the list is over all projects, and may lack some: see
        run/own_lists.py. Pages are read by id, since an offset skips rows while data changes. Each row is filtered
        again, since Redmine silently drops a filter that it does not know.
        """
        filters, since = {"status_id": status, **_only_in(project_id)}, None
        if updated_since:
            since = updated_since.astimezone(UTC).replace(microsecond=0)  # as Redmine does in filters and responses
            filters["updated_on"] = f">={since:%Y-%m-%dT%H:%M:%SZ}"
        rows: list[Json] = []
        for page in self._pages_by_id(filters):
            rows += [row for row in page if _is_since(row, since)]
        return rows

    @checked_form()
    def fetch_newest(self, project_id: int, *, status: str) -> tuple[Json | None, int]:
        """Fetch the row of a project's issue that changed last, None if it has none, and the number of its issues."""
        issues = self._redmine.issue.filter(status_id=status, sort="updated_on:desc", limit=1, **_only_in(project_id))
        rows = list(issues.values())
        return (rows[0] if rows else None), issues.total_count

    def _pages_by_id(self, filters: Json) -> Iterator[list[Json]]:
        last, left = 0, 1
        while left > 0:
            issues = self._redmine.issue.filter(sort="id", issue_id=f">={last + 1}", limit=PAGE, **filters)
            page = list(issues.values())
            ids = [last, *(row["id"] for row in page)]
            left = issues.total_count - len(page)
            if any(later <= earlier for earlier, later in pairwise(ids)) or (left and not page):
                raise AnswerError("GET /issues.json: the pages are not in order of id; try again later")
            yield page
            last = ids[-1]

    @checked_form()
    def fetch_rows_of(self, issue_ids: Collection[int]) -> list[Json]:
        """Fetch the list rows of these issues, of any status; deleted and hidden issues are left out.

        An issue that is not in the list is read by itself, as the list may lack a project (see run/own_lists.py).
        """
        wanted, rows = sorted(set(issue_ids)), []
        for start in range(0, len(wanted), PAGE):
            part = wanted[start : start + PAGE]
            ids = ",".join(map(str, part))
            issues = self._redmine.issue.filter(issue_id=ids, status_id="*", sort="id", limit=PAGE)
            rows += issues.values()
        for issue_id in set(wanted) - {row["id"] for row in rows}:
            with suppress(MissingError):
                rows.append(self.fetch_issue(issue_id))
        return rows

    @checked_form()
    def fetch_rows_by(self, author_id: int, project_ids: Container[int], closed_since: datetime) -> list[Json]:
        """Fetch the list rows of an author's newest issues in these projects that are open or changed since then."""
        issues = self._redmine.issue.filter(author_id=author_id, status_id="*", sort="id:desc", limit=PAGE)
        rows = [row for row in issues.values() if row["author"]["id"] == author_id]
        rows = [row for row in rows if row["project"]["id"] in project_ids]
        return [row for row in rows if not row["status"]["is_closed"] or _is_since(row, closed_since)]

    @checked_form()
    def count(self, filters: Json) -> int:
        """Count the issues that Redmine finds by these filters, of which it drops those that it does not know."""
        issues = self._redmine.issue.filter(**filters, limit=1)
        list(issues)  # `total_count` is known after the request
        return int(issues.total_count)

    def fetch_issue(self, issue_id: int) -> Json:
        """Fetch one issue with its history, children, relations and files, and the statuses this account may set.

        Raises AnswerError if the answer is another issue, or not whole. An entry without its user is possible but rare,
        so such an answer is read once more.
        Not through python-redmine: the cache and snapshots store the JSON exactly as Redmine sent it, and
        python-redmine's `raw()` adds an empty key for everything that an issue could include.
        """
        path, include = f"/issues/{issue_id}.json", "journals,children,relations,attachments,allowed_statuses"
        with answer_of(path):
            for _ in range(2):
                answer = self._session.get_json(path, {"include": include}, forbidden=MissingError)
                issue = check_issue(answer, issue_id)
                if all("user" in journal for journal in issue["journals"]):
                    break
            return issue

    def fetch_listed_issue(self, row: Json) -> tuple[Json, Json]:
        """Fetch the issue of a list's row as `fetch_issue` does; return it with the row whose state it has.

        If they differ, the row is fetched once more, as the issue may have changed. Raises AnswerError if that differs.
        """
        issue = self.fetch_issue(row["id"])
        if fits_row(issue, row):
            return row, issue
        for fresh in self.fetch_rows_of([row["id"]]):
            if fits_row(issue, fresh):
                return fresh, issue
        raise AnswerError(f"GET /issues/{row['id']}.json: another state than in the list; try again later")

    def fetch_edit_form(self, issue_id: int) -> EditForm:
        """Fetch from the edit form on the issue's page what no JSON contains.

        Not through python-redmine, which reads no HTML. Raises ForbiddenError if the account may not edit the issue:
        Redmine would ignore a lock_version then.
        """
        path = f"/issues/{issue_id}"
        return parse_edit_form(self._session.get_page(path, forbidden=MissingError), issue_id, f"GET {path}")

    def fetch_form_state(self, issue_id: int) -> FormState:
        """Fetch the fields of the edit form on the issue's page, to explain why a write was rejected or ignored."""
        return parse_form_state(self._session.get_page(f"/issues/{issue_id}", forbidden=MissingError))


def _only_in(project_id: int | None) -> dict[str, Any]:
    """Return the filters for the issues of one project without its subprojects; none for all projects."""
    return {} if project_id is None else {"project_id": project_id, "subproject_id": "!*"}


def _is_since(row: Json, since: datetime | None) -> bool:
    """Return whether a row shows a change since then; raises KeyError if a required key is missing."""
    _ = row["project"]["id"], row["project"]["name"], row["status"]["is_closed"]
    updated_at = datetime.fromisoformat(row["updated_on"])
    return since is None or updated_at >= since
