"""What stops `apply` is said by the commands that show what it would do."""

from __future__ import annotations

import pytest
from cli.office import Office
from support.shell import Shell


@pytest.mark.parametrize("command", ["plan", "queue"])
def test_what_would_stop_apply_is_told_beside_what_it_would_do(shell: Shell, office: Office, command: str) -> None:
    office.file()
    tracker = office.world.tracker
    assert "would stop" not in shell(command).err
    shell.forget()
    tracker.statuses[:] = [each for each in tracker.statuses if each.name != "Шешілді"]
    said = shell(command, "-q")
    assert said.code == 0
    assert 'sup-sync: `apply` would stop here: status "Шешілді" not found in Redmine; correct `statuses`' in said.err
    assert shell("apply").code == 78
