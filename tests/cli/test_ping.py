"""`apply --ping`: the monitor gets the start and the exit code of each run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cli.office import CLOSED_PORT, Office
from support.scripted_server import ScriptedServer, reply, reset, serve
from support.shell import Shell


@pytest.fixture
def monitor() -> Iterator[ScriptedServer]:
    with serve(reply(200)) as server:
        yield server


def asked(monitor: ScriptedServer) -> list[str]:
    assert not any("X-Redmine-API-Key" in each.headers for each in monitor.asked)
    return [each.path for each in monitor.asked]


def test_completed_run_pings_zero(shell: Shell, office: Office, monitor: ScriptedServer) -> None:
    office.file()
    assert shell("apply", "-q", "--ping", f"{monitor.url}/abc/").code == 0
    assert asked(monitor) == ["/abc/start", "/abc/0"]


def test_run_pings_75_if_redmine_is_unreachable(shell: Shell, monitor: ScriptedServer) -> None:
    assert CLOSED_PORT in shell.files.path("config.yaml").read_text(encoding="utf-8")
    assert shell("apply", "--ping", monitor.url).code == 75
    assert asked(monitor) == ["/start", "/75"]


def test_run_pings_78_if_the_configuration_has_mistakes(shell: Shell, monitor: ScriptedServer) -> None:
    shell.files.replace("config.yaml", "projects:", "project:")
    assert shell("apply", "--ping", monitor.url).code == 78
    assert asked(monitor) == ["/start", "/78"]


def test_run_pings_1_after_an_internal_error(
    shell: Shell, office: Office, monitor: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("sup_sync.run.apply.apply", broken)
    assert shell("apply", "--ping", monitor.url).code == 1
    assert asked(monitor) == ["/start", "/1"]
    assert office.responses == {}


@pytest.mark.parametrize("answer", [reply(500), reset, reply(302, location="http://127.0.0.1:9/")])
def test_unreachable_monitor_does_not_affect_the_run(shell: Shell, office: Office, answer) -> None:
    office.file()
    with serve(answer) as away:
        result = shell("apply", "--ping", away.url)
    assert result.code == 0
    assert result.err.count("--ping: the monitor did not receive `") == 2
    assert "Written: 1 applied." in result.out
