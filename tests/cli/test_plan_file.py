"""`plan --out` and `apply FILE`: reviewed changes are written only if they are still the same; and single requests."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cli.office import Office
from end_to_end.scene import BASE, CLIENT, CONSULTATION, OPERATOR, VIP
from support.shell import Shell, one_line
from support.worlds import ADMIN

Data = dict[str, Any]


@pytest.fixture
def two(office: Office) -> tuple[int, int]:
    return office.file(), office.file()


@pytest.fixture
def fresh(office: Office) -> tuple[int, int]:
    """Two requests filed a minute ago, each due for an acknowledgement."""
    filed = office.file(), office.file()
    at = datetime.now(UTC) - timedelta(minutes=1)
    with office.people() as diary:
        for issue_id in filed:
            diary.world.shift(issue_id, created_at=at, updated_at=at)
    return filed


def journals(office: Office, issue_id: int) -> list[Any]:
    with office.people() as diary:
        return list(diary.see(ADMIN, issue_id)["journals"])


def notes(office: Office, issue_id: int) -> list[str]:
    return [each["notes"] for each in journals(office, issue_id) if each["notes"]]


def edit(path: Path, change: Callable[[Data], object]) -> None:
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(json.dumps(data), encoding="utf-8")


def test_file_is_private_and_applying_it_writes_the_reviewed_notes(shell: Shell, office: Office) -> None:
    late, silent = office.file(), office.file("Mon 09:00", OPERATOR, BASE, CONSULTATION)
    path = shell.folder / "plan.json"
    os.umask(0)
    result = shell("plan", "--out", path)
    assert result.code == 0
    assert "run `sup-sync apply" in result.err
    assert path.stat().st_mode & 0o777 == 0o600
    assert journals(office, late) == []
    data = json.loads(path.read_text(encoding="utf-8"))
    assert [each["issue"] for each in data["requests"]] == [late, silent]
    assert shell("apply", path).out == "Written: 2 applied.\n"
    changes = [change for each in data["requests"] for change in each["changes"]]
    texts = [each["new"] for each in changes if each["field"].endswith("_note")]
    assert [*notes(office, late), *notes(office, silent)] == texts
    assert shell("apply", "-q").code == 0


def test_requests_changed_since_the_review_are_named_and_left(
    shell: Shell, office: Office, two: tuple[int, int]
) -> None:
    touched, untouched = two
    path = shell.folder / "plan.json"
    shell("plan", "--out", path)
    office.world.tracker.now += timedelta(seconds=5)
    with office.people() as diary:
        diary.world.note(CLIENT, touched, "Тағы бір сөз")
    result = shell("apply", path)
    assert result.code == 3
    assert f"stale    #{touched}  changed since the plan was reviewed" in result.out
    assert "Written: 1 applied, 1 stale." in result.out
    assert len(journals(office, touched)) == 1
    assert notes(office, untouched)
    assert shell("apply", path).code == 3


def test_other_decision_than_the_reviewed_is_not_written(shell: Shell, office: Office, two: tuple[int, int]) -> None:
    path = shell.folder / "plan.json"
    shell("plan", "--out", path)

    def other(data: Data) -> None:
        change = next(each for each in data["requests"][0]["changes"] if each["field"] == "level")
        change["new"] = "Базалық"

    edit(path, other)
    result = shell("apply", path)
    assert result.code == 3
    assert f"#{two[0]}  the reviewed changes are no longer those that are due" in result.out
    assert journals(office, two[0]) == []


def test_text_that_would_differ_now_is_sent_only_for_an_hour(
    shell: Shell, office: Office, two: tuple[int, int]
) -> None:
    path = shell.folder / "plan.json"
    shell("plan", "--out", path)

    def reword(data: Data) -> None:
        for change in data["requests"][0]["changes"]:
            change["new"] = "Қаралған мәтін" if change["field"] == "public_note" else change["new"]

    def age(data: Data) -> None:
        data["created_at"] = (datetime.now(UTC) - timedelta(hours=2)).isoformat()

    edit(path, reword)
    edit(path, age)
    assert f"#{two[0]}  its note would now have another text" in shell("apply", "--only", two[0], path).out
    edit(path, lambda data: data.update(created_at=datetime.now(UTC).isoformat()))
    assert shell("apply", "--only", two[0], path).code == 0
    assert "Қаралған мәтін" in notes(office, two[0])
    assert journals(office, two[1]) == []


REFUSALS = [
    (lambda data: data.update(created_at=(datetime.now(UTC) - timedelta(hours=25)).isoformat()), "24 hours ago"),
    (lambda data: data.update(created_at=(datetime.now(UTC) + timedelta(hours=1)).isoformat()), "by another clock"),
    (lambda data: data.update(version="0.0"), "made with another version"),
    (lambda data: data.update(url="https://other.example.kz"), "made with another url"),
    (lambda data: data.update(configuration="0"), "made with another configuration"),
    (lambda data: data.update(account=1), "made with another account"),
    (lambda data: data.pop("requests"), "not a file of `sup-sync plan --out`"),
    (lambda data: data["requests"][0].update(issue="../1"), "not a file of `sup-sync plan --out`"),
    (lambda data: data["requests"][0]["changes"][0].update(new=None), "not a file of `sup-sync plan --out`"),
]


@pytest.mark.parametrize(("change", "message"), REFUSALS, ids=[message for _, message in REFUSALS])
def test_unfit_file_is_refused(
    shell: Shell, office: Office, two: tuple[int, int], change: Callable[[Data], object], message: str
) -> None:
    path = shell.folder / "plan.json"
    shell("plan", "--out", path)
    edit(path, change)
    one_line(shell("apply", path), 2, message, "make a new one with `sup-sync plan --out`")
    assert journals(office, two[0]) == []


def test_file_that_others_can_access_is_refused(shell: Shell, office: Office, two: tuple[int, int]) -> None:
    path = shell.folder / "plan.json"
    shell("plan", "--out", path)
    for mode in (0o640, 0o602):
        path.chmod(mode)
        one_line(shell("apply", path), 77, "other users can access this file")
    path.chmod(0o600)
    link = shell.folder / "link.json"
    link.symlink_to(path)
    one_line(shell("apply", link), 2, "cannot be read")
    one_line(shell("apply", shell.folder / "missing.json"), 2, "cannot be read")
    assert journals(office, two[0]) == []


def test_limits_hold_for_a_reviewed_plan(shell: Shell, office: Office, fresh: tuple[int, int]) -> None:
    shell.files.replace("config.yaml", "notes: 50", "notes: 1")
    path = shell.folder / "plan.json"
    shell("plan", "--out", path)
    result = shell("apply", path)
    assert result.code == 3
    assert f"Left for the next run because of `limits`: 1 request: #{fresh[1]}." in result.out
    assert [len(notes(office, each)) for each in fresh] == [1, 0]


def test_file_needs_the_current_state(shell: Shell, snapshot: Path) -> None:
    path = shell.folder / "plan.json"
    one_line(shell("plan", "--from", snapshot, "--out", path), 2, "--out needs the current state of Redmine")
    one_line(shell("plan", "--now", "2026-11-20T18:00", "--out", path), 2, "--out needs the current state")
    assert not path.exists()


def test_only_the_named_requests_are_written(shell: Shell, office: Office) -> None:
    first, second, third = (office.file() for _ in range(3))
    assert shell("apply", "--only", first, "--only", f"#{third}").out == "Written: 2 applied.\n"
    assert journals(office, second) == []
    again = shell("apply", "--only", first)
    assert (again.out, again.err) == ("Nothing to write.\n", f"sup-sync: #{first}: nothing to write\n")
    assert shell("apply").out == "Written: 1 applied.\n"


def test_plan_of_one_request_shows_its_whole_notes(shell: Shell, office: Office) -> None:
    first, second = office.file(), office.file("Mon 09:00", CLIENT, VIP)
    result = shell("plan", first)
    assert result.code == 0
    assert f"#{first}" in result.out
    assert f"#{second}" not in result.out
    whole = shell("plan", "--notes").out
    assert f"#{second}" in whole
    shell("apply", "-q")
    for issue_id, shown in ((first, result.out), (second, whole)):
        words = [word for note in notes(office, issue_id) for word in note.split()]
        assert set(words) <= set(shown.split())
    assert shell("plan", 4711).code == 2


def test_plan_says_what_apply_would_leave(shell: Shell, fresh: tuple[int, int]) -> None:
    shell.files.replace("config.yaml", "notes: 50", "notes: 1")
    left = f"Left for the next run because of `limits`: 1 request: #{fresh[1]}."
    assert left in shell("plan").out
    assert left in shell("plan", fresh[1]).out
    assert left not in shell("plan", fresh[0]).out
    assert shell("plan", "--json").json["limits"] == {"excesses": [], "postponed": [fresh[1]]}
    assert shell("apply", "--json").json["postponed"] == [fresh[1]]


@pytest.mark.usefixtures("two")
def test_plan_says_why_apply_would_write_nothing(shell: Shell) -> None:
    shell.files.replace("config.yaml", "notes: 50", "notes: 1")
    excess = "4 notes on late or earlier requests (limit 1)"
    shown = " ".join(shell("plan").out.split())
    assert f"`apply` would write nothing: limits exceeded: {excess}. Late requests count until" in shown
    assert shell("plan", "--json").json["limits"] == {"excesses": [excess], "postponed": []}
    assert excess in shell("apply").line


def test_plan_with_more_closings_than_the_limit_says_that_apply_would_write_nothing(
    shell: Shell, office: Office
) -> None:
    shell.files.replace("config.yaml", "status_changes: 10", "status_changes: 2")
    waiting = [office.file() for _ in range(3)]
    with office.people() as diary, diary.at("Mon 10:00", *waiting) as world:
        for issue_id in waiting:
            world.set_status(OPERATOR, issue_id, "Клиент жауабын күтуде", "Сұрақ")
    path = shell.folder / "requests.jsonl"
    assert shell("snapshot", "-o", path).code == 0
    shown = " ".join(shell("plan", "--from", path, "--now", "2026-06-10T12:00").out.split())
    assert "`apply` would write nothing: limits exceeded: 3 new statuses (limit 2)." in shown
