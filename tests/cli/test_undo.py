"""`undo`: fields and due dates get their old values back if nobody changed them since; notes and people's work stay."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cli.office import Office
from end_to_end.scene import OPERATOR
from support.shell import Shell, one_line
from support.worlds import ADMIN, BOT


@pytest.fixture
def written(shell: Shell, office: Office) -> list[int]:
    """Three requests that a run wrote to, after which the mappings were changed."""
    issue_ids = [office.file() for _ in range(3)]
    assert shell("apply", "-q").code == 0
    shell.files.replace("clients.yaml", "contracts:\n", "# corrected\ncontracts:\n")
    return issue_ids


def run_ids(shell: Shell) -> list[str]:
    return [line.split()[0] for line in shell("undo").out.splitlines()]


def see(office: Office, issue_id: int) -> dict[str, Any]:
    with office.people() as diary:
        return dict(diary.see(ADMIN, issue_id))


def fields(office: Office, issue_id: int) -> dict[str, str]:
    with office.people() as diary:
        return diary.fields(ADMIN, issue_id)


def put(office: Office, issue_id: int, **values: Any) -> None:
    with office.people() as diary:
        assert diary.world.call(OPERATOR, "PUT", f"/issues/{issue_id}.json", json={"issue": values}).ok


def test_values_are_put_back_and_notes_status_and_marker_stay(shell: Shell, office: Office, written: list[int]) -> None:
    issue_id = written[0]
    before = see(office, issue_id)
    marker = fields(office, issue_id)["marker"]
    (run_id,) = run_ids(shell)
    result = shell("undo", "--run", run_id, "--yes")
    assert result.code == 0, result.out
    assert "Written: 3 applied." in result.out
    assert "mails cannot be taken back" in " ".join(result.out.split())
    after = fields(office, issue_id)
    assert {key for key in ("level", "state", "resolution_due", "first_response_due") if after[key]} == set()
    assert see(office, issue_id)["due_date"] is None
    assert after["marker"] == marker != ""
    assert see(office, issue_id)["status"] == before["status"]
    assert [each["notes"] for each in see(office, issue_id)["journals"] if each["notes"]] == [
        each["notes"] for each in before["journals"] if each["notes"]
    ]


def test_undo_asks_first_and_shows_the_values(shell: Shell, office: Office, written: list[int]) -> None:
    (run_id,) = run_ids(shell)
    result = shell("undo", "--run", run_id)
    assert result.code == 0
    assert "pass --yes to apply" in result.err
    assert f"#{written[0]}" in result.out
    assert f"as before run {run_id}" in result.out
    assert "marker" not in result.out
    assert fields(office, written[0])["level"] == "VIP"


def test_values_that_somebody_changed_since_stay(shell: Shell, office: Office, written: list[int]) -> None:
    other, back, untouched = written
    level = {"id": office.world.field_id("level")}
    put(office, other, due_date="2030-01-01")
    put(office, back, custom_fields=[{**level, "value": "Базалық"}])
    put(office, back, custom_fields=[{**level, "value": "VIP"}])
    (run_id,) = run_ids(shell)
    result = shell("undo", "--run", run_id, "--yes")
    assert result.code == 3
    assert f"#{other}  due_date  changed since the run" in result.out
    assert f"#{back}  level  changed since the run" in result.out
    assert see(office, other)["due_date"] == "2030-01-01"
    assert fields(office, other)["level"] == ""
    assert fields(office, back)["level"] == "VIP"
    assert fields(office, untouched)["level"] == ""


def test_run_with_the_current_mappings_is_undone_only_with_force(shell: Shell, office: Office) -> None:
    issue_id = office.file()
    shell("apply", "-q")
    (run_id,) = run_ids(shell)
    one_line(shell("undo", "--run", run_id, "--yes"), 2, "the mappings are those of this run", "or pass --force")
    assert fields(office, issue_id)["level"] == "VIP"
    assert shell("undo", "--run", run_id, "--yes", "--force").code == 0
    assert fields(office, issue_id)["level"] == ""


def test_undo_is_logged_and_is_not_repeated(shell: Shell, office: Office, written: list[int]) -> None:
    (run_id,) = run_ids(shell)
    assert shell("undo", "--run", run_id, "--yes").code == 0
    assert shell("undo").out.splitlines()[1].split(":")[0].endswith(f"undo {run_id}")
    result = shell("undo", "--run", run_id, "--yes")
    assert result.code == 3
    assert "written again by a later run" in result.out
    (log,) = (shell.folder / "state/sup-sync").glob("*.audit.jsonl")
    events = [json.loads(line)["event"] for line in log.read_text(encoding="utf-8").splitlines()]
    assert events.count("run") == 2
    assert fields(office, written[0])["level"] == ""


def test_unknown_run_is_refused(shell: Shell, office: Office) -> None:
    assert office.file()
    one_line(shell("undo", "--run", "20260101T000000Z-1", "--yes"), 2, "list the runs with `sup-sync undo`")
    assert shell("undo").out == ""


def test_undo_of_a_deleted_request_goes_on_with_the_others(shell: Shell, office: Office, written: list[int]) -> None:
    tracker = office.world.tracker
    tracker.issues.remove(tracker.pick(tracker.issues, written[0]))
    (run_id,) = run_ids(shell)
    result = shell("undo", "--run", run_id, "--yes")
    assert result.code == 3
    assert "Written: 2 applied." in result.out
    assert fields(office, written[1])["level"] == ""


def test_undo_writes_as_the_account_of_the_runs(shell: Shell, office: Office, written: list[int]) -> None:
    (run_id,) = run_ids(shell)
    shell("undo", "--run", run_id, "--yes")
    with office.people() as diary:
        last = diary.see(ADMIN, written[0])["journals"][-1]
    assert last["user"]["id"] == office.world.tracker.user_of(office.world.user(BOT)).id
    assert not last["notes"]
