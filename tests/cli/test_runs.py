"""What a run ends with that could not do all of its work, or must not."""

from __future__ import annotations

from cli.office import Office
from end_to_end.scene import BASE, CONSULTATION, OPERATOR
from support.scripted_server import half, reply
from support.shell import Shell
from support.worlds import ADMIN

from sup_sync.host.lock import hold_lock


def test_a_history_that_fails_ends_partly_done_and_names_its_project(shell: Shell, office: Office) -> None:
    good = office.file()
    beside, bad = (office.file("Mon 09:00", OPERATOR, BASE, CONSULTATION) for _ in range(2))
    for fault in (reply(500), reply(200, "<html>down</html>"), half):
        office.faults[rf"/issues/{bad}\.json"] = fault
        for command in ("plan", "queue", "report", "snapshot"):
            said = shell(command)
            assert (command, said.code) == (command, 3)
            assert said.err.startswith(
                "sup-sync: project Портал тұтынушылары could not be read whole, so nothing of it"
            )
            assert len(said.err.splitlines()) == 1
            assert f"#{beside}" not in said.out
            assert f'{{"id": {beside},' not in said.out
    assert shell("plan", "--exit-code").code == 3
    said = shell("apply", "-q")
    assert (said.code, said.out) == (3, "Written: 1 applied.\n")
    with office.people() as diary:
        assert diary.fields(OPERATOR, good)["level"] == "VIP"
        assert diary.see(ADMIN, beside)["journals"] == diary.see(ADMIN, bad)["journals"] == []


def test_over_the_limits_nothing_is_written_but_by_force(shell: Shell, office: Office) -> None:
    issue_id = office.file()
    shell.files.replace("config.yaml", "notes: 50", "notes: 0")
    said = shell("apply")
    assert said.code == 4
    assert said.line.startswith(
        "sup-sync: over the limits: 2 notes (limit 0); nothing is written. Look at `sup-sync plan`"
    )
    with office.people() as diary:
        assert diary.see(ADMIN, issue_id)["journals"] == []
    assert shell("apply", "--force").code == 0


def test_a_lock_that_is_held_ends_the_second_run(shell: Shell, office: Office) -> None:
    office.file()
    assert shell("apply").code == 0
    (path,) = (shell.folder / "state/sup-sync").glob("*.lock")
    with hold_lock(path):
        for said in (shell("apply"), shell.process("apply", "-q")):
            assert said.code == 75
            assert said.line == f"sup-sync: {path}: another run is in progress; exiting"
        assert shell("plan").code == 0
    assert shell("apply").code == 0


def test_a_lock_that_cannot_be_made_says_where(shell: Shell) -> None:
    shell.write("state", "a file where a folder should be")
    said = shell("apply")
    assert said.code == 78
    assert "/state/sup-sync/" in said.line
    assert "set XDG_STATE_HOME" in said.line
