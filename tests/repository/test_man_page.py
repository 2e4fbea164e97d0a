"""The manual page says what the commands are now, and `man` can show it."""

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


@pytest.mark.skipif(not shutil.which("groff"), reason="no groff here")
def test_groff_renders_every_command_without_warnings() -> None:
    line = ["groff", "-man", "-ww", "-K", "utf8", "-T", "utf8", "-rLL=100n", "-P", "-cbou", str(PAGE)]
    shown = subprocess.run(line, capture_output=True, text=True, check=True)
    assert shown.stderr == ""
    assert {
        " ".join(each.split()[1:]) for each in re.findall(r"^   (sup-sync [a-z ]+)$", shown.stdout, re.M)
    } == commands(cli)
