"""Runs that cannot or must not do all of their work."""

from __future__ import annotations

from cli.office import Office
from end_to_end.scene import BASE, CONSULTATION, OPERATOR
from support.scripted_server import half, reply
from support.shell import Shell
from support.worlds import ADMIN

from sup_sync.host.lock import hold_lock


def test_unreadable_history_exits_partly_done_and_skips_its_request(shell: Shell, office: Office) -> None:
    good = office.file()
    readable, bad = (office.file("Mon 09:00", OPERATOR, BASE, CONSULTATION) for _ in range(2))
    for response in (reply(500), reply(200, "<html>down</html>"), half):
        office.responses[rf"/issues/{bad}\.json"] = response
        for command in ("plan", "queue", "report", "snapshot"):
            result = shell(command)
            assert (command, result.code) == (command, 3)
            assert result.err.startswith(f"sup-sync: skipped: GET /issues/{bad}.json: ")
            assert len(result.err.splitlines()) == 1
            assert (f'{{"id": {bad},' in result.out, f'{{"id": {readable},' in result.out) == (
                False,
                command == "snapshot",
            )
    assert shell("plan", "--exit-code").code == 5  # changes to apply on the readable requests
    result = shell("apply", "-q")
    assert (result.code, f"#{bad}  GET /issues/{bad}.json: " in result.out) == (3, True)
    assert "Written: 2 applied.\n1 request could not be evaluated; see the findings.\n" in result.out
    assert shell("plan", "--exit-code").code == 3  # partial, without changes to apply
    with office.people() as diary:
        assert [diary.fields(OPERATOR, each)["level"] for each in (good, readable)] == ["VIP", "Базалық"]
        assert diary.see(ADMIN, bad)["journals"] == []


def test_renamed_status_is_one_line_of_all_its_requests_and_then_of_new_ones(shell: Shell, office: Office) -> None:
    ids = [office.file() for _ in range(3)]
    status = next(each for each in office.world.tracker.statuses if each.name == "Жаңа")
    status.name = "Жаңа атау"
    advice = f'status "{status.name}" is not mapped; add it to `statuses` in mappings/tracker.yaml'
    numbers = ", ".join(f"#{each}" for each in ids)
    assert f"Findings 3 requests {advice}: {numbers} Nothing" in " ".join(shell("apply", "-q").out.split())
    assert shell("apply", "-q").out == ""
    new = office.file()
    out = shell("apply", "-q").out
    assert f"  #{new}  {advice}\n" in out
    assert f"#{ids[0]}" not in out
    findings = shell("plan", "--json").json["findings"]
    assert [each["issue"] for each in findings if each["text"] == advice] == [*ids, new]


def test_plan_over_the_limits_is_written_only_with_force(shell: Shell, office: Office) -> None:
    issue_id = office.file()
    shell.files.replace("config.yaml", "notes: 50", "notes: 0")
    result = shell("apply")
    assert result.code == 4
    assert result.line.startswith(
        "sup-sync: limits exceeded: 2 notes (limit 0); nothing was written. Review `sup-sync plan`"
    )
    with office.people() as diary:
        assert diary.see(ADMIN, issue_id)["journals"] == []
    assert shell("apply", "--force").code == 0


def test_second_run_exits_if_the_lock_is_held(shell: Shell, office: Office) -> None:
    office.file()
    assert shell("apply").code == 0
    (path,) = (shell.folder / "state/sup-sync").glob("*.lock")
    with hold_lock(path):
        for result in (shell("apply"), shell.process("apply", "-q")):
            assert result.code == 75
            assert result.line == f"sup-sync: {path}: another run is in progress; exiting"
        assert shell("plan").code == 0
    assert shell("apply").code == 0


def test_lock_that_cannot_be_created_is_reported_with_its_path(shell: Shell) -> None:
    shell.write("state", "a file where a folder should be")
    result = shell("apply")
    assert result.code == 78
    assert "/state/sup-sync/" in result.line
    assert "set XDG_STATE_HOME" in result.line
