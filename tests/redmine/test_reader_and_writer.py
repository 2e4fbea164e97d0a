"""The reader with invalid responses, and the writer with invalid changes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import responses
from responses.registries import OrderedRegistry
from support.worlds import shipped_names

from sup_sync.errors import RedmineUnavailableError, RefusedError, UrlError
from sup_sync.model.change import Change
from sup_sync.model.directory import Directory
from sup_sync.redmine.reader import Reader
from sup_sync.redmine.session import RedmineSession
from sup_sync.redmine.writer import Writer

URL = "http://127.0.0.1:3999"
Mock = responses.RequestsMock


@pytest.fixture
def mock() -> Iterator[Mock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def session() -> RedmineSession:
    return RedmineSession(URL, "0" * 40)


@pytest.fixture
def reader(session: RedmineSession) -> Reader:
    return Reader(session)


def row(number: int) -> dict[str, Any]:
    project, status = {"id": 5, "name": "Алатау"}, {"id": 1, "name": "Жаңа", "is_closed": False}
    return {"id": number, "project": project, "status": status, "updated_on": "2026-03-02T04:00:00Z"}


def page(rows: list[Any], total: int) -> dict[str, Any]:
    return {"issues": rows, "total_count": total, "offset": 0, "limit": 100}


# --- lists that would lose or repeat rows


@pytest.mark.parametrize(
    "pages",
    [
        [page([row(1), row(2)], 3), page([row(1), row(2)], 3)],  # the filter by id was dropped
        [page([row(2), row(1)], 2)],  # the sort order was dropped
        [page([row(1), row(1)], 2)],
        [page([row(1)], 2), page([], 1)],  # a page is empty
    ],
)
def test_pages_out_of_order_raise(reader: Reader, pages: list[Any]) -> None:
    with responses.RequestsMock(
        registry=OrderedRegistry
    ) as mock:  # each page once, so that a mistake cannot loop for ever
        for each in pages:
            mock.get(f"{URL}/issues.json", json=each)
        with pytest.raises(RedmineUnavailableError, match="not in order of id"):
            reader.fetch_rows(status="*")


def test_issue_may_appear_or_disappear_between_pages(mock: Mock, reader: Reader) -> None:
    mock.get(f"{URL}/issues.json", json=page([row(1), row(2)], 3))
    mock.get(f"{URL}/issues.json", json=page([row(4), row(5)], 1))
    assert [each["id"] for each in reader.fetch_rows(status="*")] == [1, 2, 4, 5]


def test_rows_are_filtered_again_if_redmine_drops_the_filter(mock: Mock, reader: Reader) -> None:
    early = row(3) | {"updated_on": "2026-03-01T00:00:00Z"}
    mock.get(f"{URL}/issues.json", json=page([row(1), early], 2))
    since = datetime(2026, 3, 2, tzinfo=UTC)
    assert [each["id"] for each in reader.fetch_rows(status="*", updated_since=since)] == [1]
    assert mock.calls[0].request.params["updated_on"] == ">=2026-03-02T00:00:00Z"


@pytest.mark.parametrize("answer", [page([row(1), row(2)], 2), page([row(2)], 2)])
def test_list_with_other_issues_than_requested_raises(mock: Mock, reader: Reader, answer: Any) -> None:
    mock.get(f"{URL}/issues.json", json=answer)
    with pytest.raises(RedmineUnavailableError, match="other issues than requested"):
        reader.fetch_rows_of([2, 3])


@pytest.mark.parametrize(
    ("issue", "text"),
    [
        ({"id": 8, "journals": []}, "another issue than requested"),
        ({"journals": []}, "another issue than requested"),
        ({"id": "7", "journals": []}, "another issue than requested"),
        ({"id": 7}, "an issue without its history"),
        ({"id": 7, "journals": None}, "an issue without its history"),
        ({"id": 7, "journals": {}}, "an issue without its history"),
    ],
)
def test_answer_that_is_not_the_requested_issue_with_its_history_raises(
    mock: Mock, reader: Reader, issue: Any, text: str
) -> None:
    mock.get(f"{URL}/issues/7.json", json={"issue": issue})
    with pytest.raises(RedmineUnavailableError, match=f"GET /issues/7.json: {text}"):
        reader.fetch_issue(7)


def serve_project(mock: Mock, *, members: int, rows: list[Any]) -> None:
    """Serve project `a` (5) with the account and the tracker 9; the members are one page."""
    people = [{"id": number, "user": {"id": number, "name": "x"}, "roles": []} for number in range(min(members, 100))]
    project = {"id": 5, "identifier": "a", "name": "A", "status": 1, "trackers": [{"id": 9, "name": "T"}]}
    user = {"id": 1, "firstname": "a", "lastname": "b", "memberships": [{"project": {"id": 5}, "roles": []}]}
    answers = {
        "users/current": {"user": user},
        "issue_statuses": {"issue_statuses": []},
        "enumerations/issue_priorities": {"issue_priorities": []},
        "trackers": {"trackers": [{"id": 9, "name": "T"}]},
        "projects/a": {"project": project},
        "projects/5/versions": {"versions": [], "total_count": 0},
        "projects/5/memberships": {"memberships": people, "total_count": members, "limit": 100, "offset": 0},
        "issues": page(rows, len(rows)),
    }
    for path, answer in answers.items():
        mock.get(f"{URL}/{path}.json", json=answer)


def test_members_that_change_while_they_are_read_raise(mock: Mock, reader: Reader) -> None:
    serve_project(mock, members=101, rows=[])
    with pytest.raises(RedmineUnavailableError, match="changed while it was read"):
        reader.fetch_lists(reader.fetch_account(), ["a"])


@pytest.mark.parametrize(("project_id", "tracker_id", "fields"), [(5, 9, [3]), (6, 9, []), (5, 8, [])])
def test_fields_are_not_taken_from_an_issue_of_another_project_or_tracker(
    mock: Mock, reader: Reader, project_id: int, tracker_id: int, fields: list[int]
) -> None:
    issue = {
        "id": 1,
        "project": {"id": project_id},
        "tracker": {"id": tracker_id},
        "custom_fields": [{"id": 3, "name": "F"}],
    }
    serve_project(mock, members=1, rows=[issue])
    assert [each["id"] for each in reader.fetch_lists(reader.fetch_account(), ["a"])["fields"]] == fields


# --- JSON of another form

ACCOUNT = {"id": 1, "firstname": "a", "lastname": "b", "memberships": []}

FETCHES: list[Callable[[Reader], object]] = [
    lambda reader: reader.fetch_account(),
    lambda reader: reader.fetch_lists(ACCOUNT, ["a"]),
    lambda reader: reader.fetch_rows(status="*"),
    lambda reader: reader.fetch_rows_of([1]),
    lambda reader: reader.fetch_issue(1),
    lambda reader: reader.fetch_role(1),
]


@pytest.mark.parametrize("fetch", FETCHES)
@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"issue": None, "issues": None, "user": None, "role": None},
        {"issue": [], "issues": {}, "user": "x", "role": 1},
        {"issues": [1], "total_count": 1},
        {"issues": [{}], "total_count": 1},
        {"issues": [{"id": 1}], "total_count": "many", "offset": 0, "limit": 100},
        {"issues": [{"id": "x", "project": 5}], "total_count": 1},
    ],
)
def test_json_of_another_form_raises(
    mock: Mock, reader: Reader, fetch: Callable[[Reader], object], answer: dict[str, Any]
) -> None:
    mock.get(re.compile(f"{URL}/.*"), json=answer)
    with pytest.raises(RedmineUnavailableError, match=r"check that `url` is|other issues than requested"):
        fetch(reader)


def test_url_without_a_redmine_raises(mock: Mock, reader: Reader) -> None:
    mock.get(f"{URL}/users/current.json", status=404)
    with pytest.raises(UrlError, match="check that `url` is Redmine's base URL"):
        reader.fetch_account()


@pytest.mark.parametrize(
    "inputs",
    [
        "",
        '<input name="issue[lock_version]" value="1"><input name="issue[lock_version]" value="2">',
        '<input name="issue[lock_version]" value="">',
        '<input name="issue[lock_version]">',
        '<div name="issue[lock_version]" value="1">',
        '<input name="issue[lock_version]" value="-1">',
    ],
)
def test_page_without_exactly_one_lock_version_raises(mock: Mock, reader: Reader, inputs: str) -> None:
    mock.get(f"{URL}/issues/1", body=f'<html><div id="all_attributes"></div>{inputs}</html>')
    with pytest.raises(RedmineUnavailableError, match="not the page of an issue"):
        reader.fetch_edit_form(1)


@pytest.mark.parametrize("page", ["", '<html><div id="all_attributes">', "<p>Back soon</p>"])
def test_incomplete_page_does_not_mean_that_the_account_may_not_edit(mock: Mock, reader: Reader, page: str) -> None:
    mock.get(f"{URL}/issues/1", body=page)
    with pytest.raises(RedmineUnavailableError, match="not a complete page"):
        reader.fetch_edit_form(1)


# --- invalid changes: nothing is sent


@pytest.fixture
def writer(session: RedmineSession) -> Writer:
    return Writer(session, may_write_private_notes=True)


@pytest.mark.parametrize(
    ("field", "new", "error"),
    [
        ("status", "Жоқ", 'status "Жоқ" not found'),
        ("assignee", "head", 'person "head" not found'),
        ("level", "VIP", 'field "Қызмет көрсету деңгейі" not found'),
    ],
)
def test_name_unknown_to_redmine_is_not_sent(mock: Mock, writer: Writer, field: str, new: str, error: str) -> None:
    with pytest.raises(RefusedError, match=f"issue #7: {error}"):
        writer.update(7, [Change(7, field, "", new, "")], Directory(shipped_names()))
    assert len(mock.calls) == 0


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ([Change(8, "due_date", "", "2026-03-02", "")], "a change of issue #8 in the update of #7"),
        ([Change(7, "public_note", "", "a", ""), Change(7, "private_note", "", "b", "")], "two values for notes"),
        ([Change(7, "nonsense", "", "a", "")], "a change cannot set nonsense"),
    ],
)
def test_invalid_update_is_not_sent(mock: Mock, writer: Writer, changes: list[Change], error: str) -> None:
    with pytest.raises(ValueError, match=error):
        writer.update(7, changes, Directory(shipped_names()))
    assert len(mock.calls) == 0
