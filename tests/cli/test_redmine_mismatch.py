"""Problems that stop `apply`, as `plan` and `queue` report them."""

from __future__ import annotations

import pytest
from cli.office import Office
from support.shell import Shell


@pytest.mark.parametrize("command", ["plan", "queue"])
def test_plan_and_queue_report_problems_that_would_stop_apply(shell: Shell, office: Office, command: str) -> None:
    office.file()
    tracker = office.world.tracker
    assert "would refuse to run" not in shell(command).err
    shell.forget()
    tracker.statuses[:] = [each for each in tracker.statuses if each.name != "Жабылды"]
    result = shell(command, "-q")
    assert result.code == 0
    assert (
        'sup-sync: `apply` would refuse to run: status "Жабылды" not found in Redmine; correct `statuses`' in result.err
    )
    assert shell("apply").code == 78
