"""Completion by the tab key in real shells at a terminal."""

from __future__ import annotations

import os
import shutil

import pexpect
import pytest
from support.shell import PROGRAM, Shell

SHELLS = {
    "bash": ("--norc -i", 'eval "$(sup-sync completion bash)"'),
    "zsh": ("-f -i", 'autoload -U compinit; compinit -u; eval "$(sup-sync completion zsh)"'),
    "fish": ("--no-config -i", "sup-sync completion fish | source"),
}
"""How each is started without anybody's own settings, and what makes it complete."""

FORGET_THE_LINE = "\x15"


@pytest.mark.parametrize("name", SHELLS)
def test_the_tab_key_completes_commands_and_the_regulation_s_words(shell: Shell, name: str) -> None:
    if not shutil.which(name) and os.environ.get("SUP_SYNC_REAL_REDMINE") != "1":
        pytest.skip(f"needs {name}: scripts/debian installs it")
    options, setup = SHELLS[name]
    path = f"{PROGRAM.parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "TERM": "xterm", "HOME": str(shell.folder)}
    typed = pexpect.spawn(f"{name} {options}", cwd=shell.folder, env=environment, dimensions=(24, 200), timeout=30)
    typed.sendline(f"{setup}; echo re'ad'y")
    typed.expect("ready")
    for line, words in (
        ("sup-sync re", "regulation.*report"),
        ("sup-sync due --level ", "vip.*base|base.*vip"),
        ("sup-sync due --priority im", "immediate"),
        ("sup-sync report --lan", "--language"),
    ):
        typed.send(f"{FORGET_THE_LINE}{line}\t\t")
        typed.expect(words)
    typed.close(force=True)
