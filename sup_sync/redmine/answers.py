"""Checks of Redmine's answers against the questions: a 200 may be an answer to another question.

A proxy may answer from its cache, and Redmine silently drops a filter that it does not know. The checks raise
AnswerError with the reason, or KeyError, TypeError, ValueError or AttributeError if the JSON has another form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sup_sync.errors import AnswerError
from sup_sync.redmine.values import check_id, check_text, decode_date, decode_time
from sup_sync.to_json import Json

# The paths that the reader may ask for; the ids in them come from Redmine's answers.
PATH = re.compile(r"/[a-z_]+\.json|/(users/current|enumerations/issue_priorities|[a-z]+/[\w-]+(/[a-z]+)?)\.json", re.A)

# The keys that Redmine writes for every entry of a history, and for each of its details.
JOURNAL_KEYS = ("id", "notes", "created_on", "private_notes")
DETAIL_KEYS = ("property", "name", "old_value", "new_value")

# Lists with pages, and lists with their number of rows; all others are one page without a number.
PAGED = {"issues", "memberships", "projects"}
COUNTED = {*PAGED, "versions"}

# The attributes of an issue that are also in its row of a list.
REFERENCES = ("project", "tracker", "status", "priority", "author", "assigned_to", "fixed_version", "parent")
VALUES = ("subject", "description", "start_date", "due_date", "created_on")


@contextmanager
def answer_of(path: str) -> Iterator[None]:
    """Name the path in an AnswerError, and turn the errors that JSON of another form causes into one."""
    try:
        yield
    except AnswerError as error:
        raise AnswerError(f"GET {path}: {error}; try again later") from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        reason = f"without `{error.args[0]}`" if isinstance(error, KeyError) else "of another form"
        text = f"GET {path}: JSON {reason}; try again later, and check that `url` is Redmine's base URL"
        raise AnswerError(text) from None


def check_path(path: str) -> str:
    """Return the path of a question; raises AnswerError if an id in it is none."""
    if not PATH.fullmatch(path):
        raise AnswerError("Redmine answered with an id that is not a number; try again later")
    return path


def check_object(found: dict[str, Any], kind: str, object_id: int | str) -> dict[str, Any]:
    """Return an object if it is the requested one, by its id or identifier (`current`: any)."""
    check_positive(found["id"])
    if object_id not in ("current", found["id"], str(found["id"]), found.get("identifier")):
        raise AnswerError(f"another {kind} than requested")
    return found


def check_account(account: dict[str, Any]) -> dict[str, Any]:
    """Return an account if its memberships name projects and roles."""
    for row in account["memberships"]:
        for named in (row["project"], *row["roles"]):
            check_positive(named["id"])
    return account


def check_page(answer: Json, container: str, question: Json) -> tuple[list[Json], int, bool]:
    """Return the rows of a page, the number of rows in the list, and whether the page has all of its rows.

    `question` has the parameters of the request.
    """
    rows = answer[container]
    check_rows(rows)
    total = wanted = answer["total_count"] if container in COUNTED else len(rows)
    if check_id(total) < 0:
        raise ValueError(f"{total} is not a number of rows")
    if container in PAGED:
        if (answer["offset"], answer["limit"]) != (question["offset"], question["limit"]):
            raise AnswerError("another page than requested")
        wanted = min(question["limit"], max(total - question["offset"], 0))
    for row in rows:
        check_positive(row["id"])
        ROW_CHECKS.get(container, _accept)(row, question)
    if len({row["id"] for row in rows}) < len(rows) or len(rows) > wanted:
        raise AnswerError("a page with more rows than the list has")
    return rows, total, len(rows) == wanted


def _accept(_row: Json, _question: Json) -> None:
    """Accept a row of a list without filters."""


def _check_issue_row(row: Json, question: Json) -> None:
    check_text(row["project"]["name"])
    decode_time(row["updated_on"])
    is_closed = row["status"]["is_closed"]
    if type(is_closed) is not bool:
        raise TypeError("a status is neither open nor closed")
    check_positive(row["project"]["id"])
    for name in ("project", "tracker"):
        if f"{name}_id" in question and row[name]["id"] != question[f"{name}_id"]:
            raise AnswerError(f"issues of another {name} than requested")
    if question.get("status_id") in ("open", "closed") and is_closed is (question["status_id"] == "open"):
        raise AnswerError("issues of another status than requested")
    if not _is_asked(row["id"], str(question.get("issue_id", ">=1"))):
        raise AnswerError("other issues than requested")


def check_members(rows: Iterable[Json]) -> None:
    """Check that nobody has two memberships in a project."""
    members = [row[kind]["id"] for row in rows for kind in ("user", "group") if kind in row]
    if len(set(members)) < len(members):
        raise AnswerError("somebody is a member twice")


def _is_asked(issue_id: int, ids: str) -> bool:
    """Return whether an issue fits the filter `issue_id`, which is `>=N` or a list."""
    return issue_id >= int(ids[2:]) if ids.startswith(">=") else str(issue_id) in ids.split(",")


def _check_membership(row: Json, question: Json) -> None:
    """Check a membership; it is of a user or of a group, of which Redmine has more kinds."""
    if "project" in row and row["project"]["id"] != question["project_id"]:
        raise AnswerError("members of another project than requested")
    if not any(kind == "user" or kind.startswith("group") for kind in row):
        raise ValueError("a membership of nobody")
    for named in (*row["roles"], *(row[kind] for kind in ("user", "group") if kind in row)):
        check_positive(named["id"])
        check_text(named["name"])


def _check_version(row: Json, question: Json) -> None:
    """Check a release; other projects may share theirs."""
    is_shared = row.get("sharing", "none") != "none"
    if "project" in row and row["project"]["id"] != question["project_id"] and not is_shared:
        raise AnswerError("releases of another project than requested")
    check_text(row["name"])
    decode_date(row["due_date"])


ROW_CHECKS: Mapping[str, Callable[[Json, Json], None]] = {
    "issues": _check_issue_row,
    "memberships": _check_membership,
    "versions": _check_version,
}


def check_issue(answer: Json, issue_id: int) -> dict[str, Any]:
    """Return the issue of an answer if it is the requested one, with its history and all that Redmine always writes."""
    issue = answer["issue"]
    if type(issue.get("id")) is not int or issue["id"] != issue_id:
        raise AnswerError("another issue than requested")
    if not isinstance(issue.get("journals"), list):  # without a history, nothing would seem to have happened
        raise AnswerError("an issue without its history")
    for name in ("project", "tracker", "status", "priority", "author"):
        check_id(issue[name]["id"])
        check_text(issue[name]["name"])
    for name in ("created_on", "updated_on"):
        decode_time(issue[name])
    for name in ("start_date", "due_date"):
        decode_date(issue[name])
    for name in ("attachments", "allowed_statuses"):
        check_rows(issue[name])
    check_rows(issue.get("custom_fields", []), "name", "value")
    _check_history(issue["journals"])
    _ = issue["subject"]
    return dict(issue)


def _check_history(journals: Iterable[Json]) -> None:
    """Check the entries of a history; the user is missing if the account was deleted."""
    for journal in journals:
        for key in JOURNAL_KEYS:
            _ = journal[key]
        check_id(journal["id"])
        decode_time(journal["created_on"])
        if "user" in journal:
            check_id(journal["user"]["id"])
        for detail in journal["details"]:
            for key in DETAIL_KEYS:
                _ = detail[key]


def check_rows(rows: Any, *keys: str) -> None:
    """Check that rows are a list of objects with an id and these keys."""
    if not isinstance(rows, list):
        raise TypeError("not a list")
    for row in rows:
        check_id(row["id"])
        for key in keys:
            _ = row[key]


def check_positive(value: Any) -> int:
    """Return an id of a stored object; raises TypeError or ValueError unless it is a positive integer."""
    if check_id(value) < 1:
        raise ValueError(f"{value} is not an id")
    return int(value)


def fits_row(issue: Json, row: Json) -> bool:
    """Return whether an issue is in the state that its row of a list shows.

    Both are of one request at almost the same time. If only one of them lacks a value, it is not whole.
    """
    return _state(issue) == _state(row)


def _state(issue: Json) -> tuple[Any, ...]:
    fields = {each["id"] for each in issue.get("custom_fields", ())}  # a plug-in may compute their values
    references = tuple((issue.get(name) or {}).get("id") for name in REFERENCES)
    updated_at = datetime.fromisoformat(issue["updated_on"])
    return issue["id"], updated_at, fields, references, tuple(issue.get(name) for name in VALUES)
