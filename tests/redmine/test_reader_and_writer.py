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

from sup_sync.errors import AnswerError, RedmineUnavailableError, RefusedError, UrlError
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


def page(rows: list[Any], total: int, limit: int = 100) -> dict[str, Any]:
    return {"issues": rows, "total_count": total, "offset": 0, "limit": limit}


# --- lists that would lose or repeat rows


@pytest.mark.parametrize(
    "pages",
    [
        [page([row(1), row(2)], 3, 2), page([row(1), row(2)], 3, 2)],  # the filter by id was dropped
        [page([row(2), row(1)], 2, 2)],  # the sort order was dropped
        [page([row(1), row(1)], 2, 2)],
        [page([row(1)], 2, 2), page([row(2)], 2, 2)],  # a row is missing
        [page([row(1), row(2)], 3, 2), page([], 1, 2), page([], 1, 2)],
        [page([row(1), row(2), row(3)], 2, 2)],
        [page([row(1), row(2)], 2, 100)],  # the page of another request
        [page([row(1), row(2)], -1, 2)],
        [page([row(1) | {"status": {"id": 2, "name": "b", "is_closed": True}}], 1, 2)],  # the filter was dropped
    ],
)
def test_pages_that_lose_or_repeat_rows_raise(
    reader: Reader, pages: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sup_sync.redmine.reader.PAGE", 2)
    with responses.RequestsMock(
        registry=OrderedRegistry
    ) as mock:  # each page once, so that a mistake cannot loop for ever
        for each in pages:
            mock.get(f"{URL}/issues.json", json=each)
        with pytest.raises(AnswerError, match=r"GET /issues.json: .*; try again later") as raised:
            reader.fetch_rows(status="open")
        assert raised.value.exit_code == 3


def test_issue_may_appear_or_disappear_between_pages(
    mock: Mock, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sup_sync.redmine.reader.PAGE", 2)
    mock.get(f"{URL}/issues.json", json=page([row(1), row(2)], 3, 2))
    mock.get(f"{URL}/issues.json", json=page([row(4), row(5)], 2, 2))
    assert [each["id"] for each in reader.fetch_rows(status="*")] == [1, 2, 4, 5]


def test_page_without_all_of_its_rows_is_read_once_more(mock: Mock, reader: Reader) -> None:
    mock.get(f"{URL}/issues.json", json=page([row(1)], 2))
    mock.get(f"{URL}/issues.json", json=page([row(1), row(2)], 2))
    assert [each["id"] for each in reader.fetch_rows(status="*")] == [1, 2]


def test_rows_are_filtered_again_if_redmine_drops_the_filter(mock: Mock, reader: Reader) -> None:
    early = row(3) | {"updated_on": "2026-03-01T00:00:00Z"}
    mock.get(f"{URL}/issues.json", json=page([row(1), early], 2))
    since = datetime(2026, 3, 2, tzinfo=UTC)
    assert [each["id"] for each in reader.fetch_rows(status="*", updated_since=since)] == [1]
    assert mock.calls[0].request.params["updated_on"] == ">=2026-03-02T00:00:00Z"


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (page([row(1), row(2)], 2), "other issues than requested"),
        (page([row(2)], 2), "a page without all of its rows"),
    ],
)
def test_list_with_other_issues_than_requested_raises(mock: Mock, reader: Reader, answer: Any, text: str) -> None:
    mock.get(f"{URL}/issues.json", json=answer)
    with pytest.raises(AnswerError, match=text):
        reader.fetch_rows_of([2, 3])


def test_issue_that_is_in_no_list_is_read_by_itself(mock: Mock, reader: Reader) -> None:
    mock.get(f"{URL}/issues.json", json=page([row(2)], 1))
    mock.get(f"{URL}/issues/3.json", json={"issue": whole_issue(3)})
    mock.get(f"{URL}/issues/4.json", status=404)
    assert [each["id"] for each in reader.fetch_rows_of([2, 3, 4])] == [2, 3]


def whole_issue(number: int) -> dict[str, Any]:
    """Make an issue's JSON with all keys that Redmine always writes."""
    names = {key: {"id": 1, "name": "x"} for key in ("tracker", "priority", "author")}
    texts = {"subject": "x", "start_date": None, "due_date": None, "created_on": "2026-03-02T04:00:00Z"}
    at = "2026-03-02T04:00:00Z"
    user = {"id": 1, "name": "x"}
    journal = {"id": 1, "user": user, "notes": "", "created_on": at, "private_notes": False, "details": []}
    lists = {"custom_fields": [{"id": 3, "name": "F", "value": "a"}], "attachments": [], "allowed_statuses": []}
    return row(number) | names | texts | lists | {"journals": [journal]}


@pytest.mark.parametrize("key", sorted(whole_issue(7)))
def test_issue_without_a_key_raises(mock: Mock, reader: Reader, key: str) -> None:
    issue = whole_issue(7)
    mock.get(f"{URL}/issues/7.json", json={"issue": issue})
    mock.get(f"{URL}/issues.json", json=page([issue], 1))
    assert reader.fetch_listed_issue(issue) == (issue, issue)
    mock.replace("GET", f"{URL}/issues/7.json", json={"issue": {k: v for k, v in issue.items() if k != key}})
    with pytest.raises(AnswerError, match=f"GET /issues/7.json: .*({key}|another|its history)"):
        reader.fetch_listed_issue(issue)


@pytest.mark.parametrize("key", ["id", "notes", "created_on", "private_notes", "details"])
def test_history_without_a_key_raises(mock: Mock, reader: Reader, key: str) -> None:
    issue = whole_issue(7)
    del issue["journals"][0][key]
    mock.get(f"{URL}/issues/7.json", json={"issue": issue})
    with pytest.raises(AnswerError, match=f"GET /issues/7.json: JSON without `{key}`"):
        reader.fetch_issue(7)


def test_history_with_an_entry_without_its_user_is_read_once_more(mock: Mock, reader: Reader) -> None:
    whole, odd = whole_issue(7), whole_issue(7)
    del odd["journals"][0]["user"]
    mock.get(f"{URL}/issues/7.json", json={"issue": odd})
    mock.get(f"{URL}/issues/7.json", json={"issue": whole})
    assert reader.fetch_issue(7) == whole
    mock.replace("GET", f"{URL}/issues/7.json", json={"issue": odd})
    assert reader.fetch_issue(7) == odd


@pytest.mark.parametrize(
    "changed",
    [
        {"updated_on": "2026-03-02T03:59:00Z"},  # an older state, as of a proxy
        {"updated_on": "2026-03-02T04:01:00Z"},
        {"status": {"id": 2, "name": "x", "is_closed": False}},
        {"project": {"id": 6, "name": "x"}},
        {"custom_fields": [{"id": 4, "name": "F", "value": "a"}]},
        {"custom_fields": []},
    ],
)
def test_issue_in_another_state_than_its_row_raises_unless_the_row_changed(
    mock: Mock, reader: Reader, changed: dict[str, Any]
) -> None:
    listed, issue = whole_issue(7), whole_issue(7) | changed
    mock.get(f"{URL}/issues/7.json", json={"issue": issue})
    mock.get(f"{URL}/issues.json", json=page([issue], 1))
    assert reader.fetch_listed_issue(listed) == (issue, issue)
    mock.replace("GET", f"{URL}/issues.json", json=page([listed], 1))
    with pytest.raises(AnswerError, match="another state than in the list"):
        reader.fetch_listed_issue(listed)


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
    with pytest.raises(AnswerError, match=f"GET /issues/7.json: {text}"):
        reader.fetch_issue(7)


def serve_project(mock: Mock, *, members: int, rows: list[Any]) -> None:
    """Serve project `a` (5) with the account and the tracker 9; the members are one page."""
    people = [{"id": n, "user": {"id": n, "name": "x"}, "roles": []} for n in range(1, min(members, 100) + 1)]
    project = {"id": 5, "identifier": "a", "name": "A", "status": 1, "trackers": [{"id": 9, "name": "T"}]}
    user = {"id": 1, "firstname": "a", "lastname": "b", "memberships": [{"project": {"id": 5}, "roles": []}]}
    answers = {
        "users/current": {"user": user},
        "issue_statuses": {"issue_statuses": []},
        "enumerations/issue_priorities": {"issue_priorities": []},
        "trackers": {"trackers": [{"id": 9, "name": "T"}]},
        "roles": {"roles": []},
        "projects/a": {"project": project},
        "projects/5/versions": {"versions": [], "total_count": 0},
        "projects/5/memberships": {"memberships": people, "total_count": members, "limit": 100, "offset": 0},
        "issues": page(rows, len(rows), 1),
    }
    for path, answer in answers.items():
        mock.get(f"{URL}/{path}.json", json=answer)


def test_members_that_change_while_they_are_read_raise(mock: Mock, reader: Reader) -> None:
    serve_project(mock, members=101, rows=[])
    with pytest.raises(AnswerError, match="another page than requested"):
        reader.fetch_lists(reader.fetch_account(), ["a"])
    first = {"id": 0, "user": {"id": 1, "name": "x"}, "roles": []}
    pages = [
        {"memberships": [first | {"id": each + 1} for each in range(start, end)], "total_count": 101, "limit": 100}
        for start, end in ((0, 100), (99, 100))
    ]
    mock.replace("GET", f"{URL}/projects/5/memberships.json", json=pages[0] | {"offset": 0})
    mock.get(f"{URL}/projects/5/memberships.json", json=pages[1] | {"offset": 100})
    with pytest.raises(AnswerError, match="changed while it was read"):
        reader.fetch_lists(reader.fetch_account(), ["a"])


def test_fields_are_taken_only_from_an_issue_of_the_requested_project_and_tracker(mock: Mock, reader: Reader) -> None:
    fields = {"custom_fields": [{"id": 3, "name": "F"}]}
    serve_project(mock, members=1, rows=[])
    for project_id, tracker_id, other in ((6, 9, "project"), (5, 8, "tracker")):
        issue = row(1) | {"project": {"id": project_id, "name": "A"}, "tracker": {"id": tracker_id}} | fields
        mock.replace("GET", f"{URL}/issues.json", json=page([issue], 1, 1))
        (project,) = reader.fetch_lists(reader.fetch_account(), ["a"])["projects"]
        (tracker,) = project["trackers"]
        assert tracker["unread"].startswith(f"GET /issues.json: issues of another {other} than requested")
        assert (project["fields"], "fields" in tracker) == ([], False)
    mock.replace("GET", f"{URL}/issues.json", json=page([row(1) | {"tracker": {"id": 9}} | fields], 1, 1))
    assert [each["id"] for each in reader.fetch_lists(reader.fetch_account(), ["a"])["fields"]] == [3]


def test_lists_of_another_account_raise(mock: Mock, reader: Reader) -> None:
    serve_project(mock, members=1, rows=[])
    with pytest.raises(AnswerError, match=r"GET /projects/5/memberships.json: not the members"):
        reader.fetch_lists({**reader.fetch_account(), "id": 2}, ["a"])


@pytest.mark.parametrize("number", ["../x", "1?key=", "7", -7, 0, True, 7.0, None])
def test_id_that_is_not_a_positive_number_never_gets_into_a_path(mock: Mock, reader: Reader, number: Any) -> None:
    serve_project(mock, members=1, rows=[])
    project = {"id": number, "identifier": "a", "name": "A", "status": 1, "trackers": []}
    mock.replace("GET", f"{URL}/projects/a.json", json={"project": project})
    with pytest.raises(AnswerError, match=r"GET /projects/a.json: JSON of another form"):
        reader.fetch_lists(reader.fetch_account(), ["a"])
    group = {"id": 1, "group": {"id": number, "name": "G"}, "roles": []}
    mock.replace("GET", f"{URL}/projects/a.json", json={"project": project | {"id": 5}})
    members = {"memberships": [group], "total_count": 1, "offset": 0, "limit": 100}
    mock.replace("GET", f"{URL}/projects/5/memberships.json", json=members)
    with pytest.raises(AnswerError, match=r"GET /projects/5/memberships.json: JSON of another form"):
        reader.fetch_lists(reader.fetch_account(), ["a"], ["G"])
    membership = {"project": {"id": 5}, "roles": [{"id": number, "name": "R"}]}
    mock.replace("GET", f"{URL}/users/current.json", json={"user": ACCOUNT | {"memberships": [membership]}})
    with pytest.raises(AnswerError, match=r"GET /users/current.json: JSON of another form"):
        reader.fetch_account()
    paths = {(call.request.url or "").removeprefix(URL).partition("?")[0] for call in mock.calls}
    of_project = {"/projects/5/memberships.json", "/projects/5/versions.json"}
    assert paths == {"/users/current.json", "/projects/a.json", *of_project}


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
    form = '<form id="issue-form" action="/issues/1"><div id="all_attributes"></div>'
    mock.get(f"{URL}/issues/1", body=f"<html>{form}{inputs}</form></html>")
    with pytest.raises(AnswerError, match="not the page of an issue"):
        reader.fetch_edit_form(1)


@pytest.mark.parametrize("action", ["/issues/7", "/issues/11", "/issues/1/7", "/projects/1", ""])
def test_page_of_another_issue_raises(mock: Mock, reader: Reader, action: str) -> None:
    form = f'<form id="issue-form" action="{action}"><div id="all_attributes"></div>'
    mock.get(f"{URL}/issues/1", body=f'<html>{form}<input name="issue[lock_version]" value="1"></form></html>')
    with pytest.raises(AnswerError, match="not the page of this issue"):
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
