"""Failed writes: ignored fields, lost answers and broken connections; no write is repeated in the same run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from end_to_end.diary import Diary
from end_to_end.scene import CLIENT, CONSULTATION, ERROR, OPERATOR, VIP
from requests.adapters import HTTPAdapter
from support.worlds import FakeWorld, RealWorld, World

from sup_sync.redmine.provision import BOT_ROLE
from sup_sync.run.write import OutcomeKind


@contextmanager
def read_only(world: World, key: str, tracker: str) -> Iterator[None]:
    """Make a field of this tracker read-only for sup-sync inside the `with` block."""
    if isinstance(world, FakeWorld):
        role = world.tracker.role(BOT_ROLE)
        role.read_only.add(world.names.fields[key])
        yield
        role.read_only.clear()
    elif isinstance(world, RealWorld):
        with world.database() as base:
            base.execute(
                "INSERT INTO workflows (tracker_id, old_status_id, role_id, type, field_name, rule)"
                " SELECT t.id, s.id, r.id, 'WorkflowPermission', ?, 'readonly'"
                " FROM trackers t, issue_statuses s, roles r WHERE t.name = ? AND r.name = ?",
                (str(world.field_id(key)), tracker, BOT_ROLE),
            )
        yield
        with world.database() as base:
            base.execute(
                "DELETE FROM workflows WHERE type = 'WorkflowPermission' AND role_id IN"
                " (SELECT id FROM roles WHERE name = ?)",
                (BOT_ROLE,),
            )


def test_a_silently_ignored_field_is_reported_and_not_tried_on_other_requests(diary: Diary) -> None:
    first, second = (diary.file("Mon 09:00", CLIENT, VIP, CONSULTATION) for _ in range(2))
    with read_only(diary.world, "state", CONSULTATION):
        run = diary.run("Mon 09:10")
    assert run.outcomes == dict.fromkeys([first, second], OutcomeKind.REFUSED)
    assert (run.puts, run.done.is_complete) == (1, False)
    texts = [each.text for each in run.done.outcomes]
    assert texts[0] == "Redmine ignored state; run `sup-sync check`"
    assert texts[1].startswith(f"not tried, because #{first} failed: Redmine ignored state")
    assert diary.see(OPERATOR, second)["journals"] == []
    assert diary.run("Mon 09:11").outcomes == dict.fromkeys([first, second], OutcomeKind.APPLIED)


def test_no_note_is_sent_while_the_marker_cannot_be_written(diary: Diary) -> None:
    first, second = (diary.file("Mon 09:00", CLIENT, VIP, CONSULTATION) for _ in range(2))
    with read_only(diary.world, "marker", CONSULTATION):
        for now in ("Mon 11:01", "Mon 11:06"):
            run = diary.run(now)
            assert run.outcomes == dict.fromkeys([first, second], OutcomeKind.REFUSED)
            assert (run.puts, run.done.is_complete) == (0, False)
        assert 'the account may not set "sup-sync"' in run.done.outcomes[0].text
    assert diary.notes(CLIENT, first, private=False) == diary.notes(OPERATOR, first) == []
    diary.run("Mon 11:10")
    assert [len(diary.notes(OPERATOR, first, private=each)) for each in (True, False)] == [1, 1]


def test_a_write_whose_answer_is_lost_is_not_repeated_and_no_note_is_lost_or_doubled(diary: Diary) -> None:
    answer_lost, cut_off, other = (diary.file(at, CLIENT, VIP, ERROR) for at in ("Mon 09:00", "Mon 09:01", "Mon 09:02"))
    session = diary.session()
    session._http.mount(f"{diary.world.url}/issues/{answer_lost}.json", AnswerLost())
    session._http.mount(f"{diary.world.url}/issues/{cut_off}.json", CutOff())
    run = diary.run("Mon 11:05", session=session)
    late = (answer_lost, cut_off, other)
    assert run.outcomes == dict.fromkeys([answer_lost, cut_off], OutcomeKind.FAILED) | {other: OutcomeKind.APPLIED}
    assert (run.puts, run.done.is_complete) == (4, False)
    assert [len(diary.notes(OPERATOR, each)) for each in late] == [0, 0, 1]
    assert [len(diary.notes(OPERATOR, each, private=False)) for each in late] == [1, 0, 1]
    again = diary.run("Mon 11:06")
    assert again.outcomes == dict.fromkeys([answer_lost, cut_off], OutcomeKind.APPLIED)
    assert [len(diary.notes(OPERATOR, each)) for each in late] == [1, 1, 1]
    assert [len(diary.notes(OPERATOR, each, private=False)) for each in late] == [1, 1, 1]


def test_writing_stops_if_redmine_does_not_respond(diary: Diary) -> None:
    late = [diary.file("Mon 09:00", CLIENT, VIP, ERROR) for _ in range(5)]
    session = diary.session()
    down = UnreachablePages(with_account=True)
    session._http.mount(f"{diary.world.url}/", down)
    run = diary.run("Mon 11:05", session=session)
    assert run.outcomes == dict.fromkeys(late, OutcomeKind.FAILED)
    not_tried = [
        each.issue_id for each in run.done.outcomes if each.text.startswith("not tried, as Redmine does not respond")
    ]
    assert (run.puts, not_tried, down.pages) == (0, late[1:], 1)
    assert diary.run("Mon 11:06").outcomes == dict.fromkeys(late, OutcomeKind.APPLIED)


def test_each_page_that_cannot_be_read_concerns_its_request_while_redmine_responds(diary: Diary) -> None:
    late = [diary.file("Mon 09:00", CLIENT, VIP, ERROR) for _ in range(5)]
    session = diary.session()
    down = UnreachablePages(late[0], late[1], late[2], late[4])
    session._http.mount(f"{diary.world.url}/", down)
    run = diary.run("Mon 11:05", session=session)
    assert run.outcomes == dict.fromkeys(late, OutcomeKind.FAILED) | {late[3]: OutcomeKind.APPLIED}
    assert down.pages == 4
    assert diary.run("Mon 11:06").outcomes == dict.fromkeys([*late[:3], late[4]], OutcomeKind.APPLIED)


class UnreachablePages(HTTPAdapter):
    """An adapter without a connection for the HTML pages of these issues (default: all), which it counts.

    The first request of every guarded write is one. `with_account`: from then on, nor for the account.
    """

    def __init__(self, *issue_ids: int, with_account: bool = False) -> None:
        super().__init__()
        self.paths = [f"/issues/{each}" for each in issue_ids] or ["/issues/"]
        self.pages, self.with_account = 0, with_account

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        url = str(request.url)
        is_page = ".json" not in url and any(each in url for each in self.paths)
        self.pages += is_page
        if is_page or (self.with_account and self.pages and "/users/current" in url):
            raise requests.ConnectTimeout
        return super().send(request, *args, **kwargs)


class AnswerLost(HTTPAdapter):
    """An adapter that loses the answers to writes, after Redmine has committed them."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        answer = super().send(request, *args, **kwargs)
        if request.method == "PUT":
            raise requests.ConnectionError
        return answer


class CutOff(HTTPAdapter):
    """An adapter whose connection breaks before Redmine commits a write."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        if request.method == "PUT":
            raise requests.ConnectionError
        return super().send(request, *args, **kwargs)
