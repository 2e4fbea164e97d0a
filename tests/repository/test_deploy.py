"""The files for systemd and cron: the commands exist, and the service is hardened."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from sup_sync.cli.main import cli
from sup_sync.host.secret_files import CREDENTIAL

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
SERVICE = (DEPLOY / "sup-sync.service").read_text(encoding="utf-8")


def commands() -> list[str]:
    cron = (DEPLOY / "sup-sync.cron").read_text(encoding="utf-8").splitlines()[-1]
    service = next(line for line in SERVICE.splitlines() if line.startswith("ExecStart="))
    return [line[line.index("/usr/local/bin/sup-sync") :] for line in (cron, service)]


@pytest.mark.parametrize("command", commands())
def test_deployed_command_exists(command: str) -> None:
    _program, _option, config, *words = shlex.split(command)
    assert config == "/etc/sup-sync/config.yaml"
    assert CliRunner().invoke(cli, [*words, "--help"]).exit_code == 0


def test_service_passes_the_key_as_the_expected_credential() -> None:
    assert f"LoadCredential={CREDENTIAL}:/etc/sup-sync/key" in SERVICE


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_rates_the_service_as_hardened() -> None:
    line = ["systemd-analyze", "security", "--offline=true", str(DEPLOY / "sup-sync.service")]
    output = subprocess.run(line, capture_output=True, text=True, check=True).stdout
    exposure = re.search(r"exposure level for sup-sync.service: ([\d.]+)", output)
    assert exposure
    assert float(exposure[1]) <= 2.0
