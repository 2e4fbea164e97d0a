"""The manual page: it is up to date, and groff renders it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from repository.test_docs import commands
from tools.docs import man_page

from sup_sync.cli.main import cli

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs/man/sup-sync.1"


def test_manual_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == man_page.page(), "run scripts/man"


@pytest.mark.skipif(not shutil.which("groff"), reason="groff is not installed")
def test_groff_renders_every_command_without_warnings() -> None:
    line = ["groff", "-man", "-ww", "-K", "utf8", "-T", "utf8", "-rLL=100n", "-P", "-cbou", str(PAGE)]
    result = subprocess.run(line, capture_output=True, text=True, check=True)
    assert result.stderr == ""
    assert {
        " ".join(each.split()[1:]) for each in re.findall(r"^   (sup-sync [a-z ]+)$", result.stdout, re.M)
    } == commands(cli)
