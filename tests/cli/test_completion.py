"""`sup-sync completion`: its scripts, what bash completes with them, and the tab key in real shells."""

from __future__ import annotations

import os
import shutil
import subprocess

import pexpect
import pytest
from support.shell import PROGRAM, CommandResult, Shell

# For each shell: the options that ignore settings of the user, and the setup of completion.
SHELLS = {
    "bash": ("--norc -i", 'eval "$(sup-sync completion bash)"'),
    "zsh": ("-f -i", 'autoload -U compinit; compinit -u; eval "$(sup-sync completion zsh)"'),
    "fish": ("--no-config -i", "sup-sync completion fish | source"),
}
CLEAR_LINE = "\x15"


@pytest.mark.parametrize("name", SHELLS)
def test_tab_completes_commands_and_regulation_keys(shell: Shell, name: str) -> None:
    if not shutil.which(name) and os.environ.get("SUP_SYNC_REAL_REDMINE") != "1":
        pytest.skip(f"needs {name}: scripts/debian installs it")
    options, setup = SHELLS[name]
    path = f"{PROGRAM.parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "TERM": "xterm", "HOME": str(shell.folder)}
    typed = pexpect.spawn(f"{name} {options}", cwd=shell.folder, env=environment, dimensions=(24, 200), timeout=30)
    typed.sendline(f"{setup}; echo re'ad'y")
    typed.expect("ready")
    for line, words in (
        ("sup-sync re", "report.*regulation|regulation.*report"),
        ("sup-sync due --level ", "vip.*base|base.*vip"),
        ("sup-sync due --priority im", "immediate"),
        ("sup-sync report --lan", "--language"),
    ):
        typed.send(f"{CLEAR_LINE}{line}\t\t")
        typed.expect(words)
    typed.close(force=True)


@pytest.mark.parametrize(("name", "part"), [("bash", "complete -o nosort"), ("zsh", "#compdef"), ("fish", "complete ")])
def test_completion_prints_a_script_for_each_shell(shell: Shell, name: str, part: str) -> None:
    result = shell("completion", name)
    assert (result.code, result.err) == (0, "")
    assert part in result.out
    assert f"_SUP_SYNC_COMPLETE={name}_complete" in result.out


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("sup-sync cal", ["calendar"]),
        ("sup-sync calendar r", ["refresh"]),
        ("sup-sync regulation --language k", ["kk"]),
        ("sup-sync due --level ", ["vip", "base"]),
        ("sup-sync due --channel o", ["online_assistant", "official_letter"]),
        ("sup-sync due --priority i", ["immediate"]),
        ("sup-sync completion ", ["bash", "zsh", "fish"]),
    ],
)
def test_bash_completes_commands_and_regulation_keys(shell: Shell, line: str, words: list[str]) -> None:
    script = shell.write("completion.bash", shell("completion", "bash").out)
    program = f"""
source {script}
COMP_LINE="$1"; read -ra COMP_WORDS <<< "$1"; [[ "$1" == *" " ]] && COMP_WORDS+=("")
COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
_sup_sync_completion {PROGRAM}
echo "${{COMPREPLY[*]}}"
"""
    done = subprocess.run(["bash", "-c", program, "bash", line], capture_output=True, text=True, check=True)
    assert (done.stdout.split(), done.stderr) == (words, "")


def test_completion_prints_nothing_if_the_configuration_has_mistakes(shell: Shell) -> None:
    shell.files.replace("regulation.yaml", "levels:", "levls:", times=1)
    shell.patch.setenv("_SUP_SYNC_COMPLETE", "bash_complete")
    shell.patch.setenv("COMP_WORDS", "sup-sync due --level ")
    shell.patch.setenv("COMP_CWORD", "3")
    assert shell.process() == CommandResult(0, "\n", "")
