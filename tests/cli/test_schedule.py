"""`schedule` shows every file and command before it does anything, keeps what others changed, and takes itself back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.shell import CommandResult, Shell, one_line

SERVICE, TIMER, CRON = (
    "etc/systemd/system/sup-sync.service",
    "etc/systemd/system/sup-sync.timer",
    "etc/cron.d/sup-sync",
)


@pytest.fixture
def root(shell: Shell) -> Path:
    """A machine's root with systemd in it, and a program as it is installed."""
    shell.patch.setattr("sys.argv", ["/opt/sup-sync/bin/sup-sync"])
    shell.patch.setattr("sup_sync.cli.commands.schedule._is_account", lambda _name: False)
    shell.patch.setattr("sup_sync.cli.commands.schedule._closed", lambda _path: None)  # as pytest's own folder is
    shell.patch.setattr("sys.executable", "/opt/sup-sync/bin/python")
    shell.write("key", "x", 0o600)
    shell.files.replace("config.yaml", "  # key_file: /etc/sup-sync/key", "  key_file: key")
    folder = shell.folder / "root"
    (folder / "run/systemd/system").mkdir(parents=True)
    return folder


@pytest.fixture
def without_systemd(root: Path) -> Path:
    (root / "run/systemd/system").rmdir()
    return root


@pytest.fixture
def system(root: Path, shell: Shell) -> Path:
    """The same, taken for the machine's own: `ran` lists the commands that were run on it."""
    tools = shell.folder / "tools"
    tools.mkdir()
    for name in ("systemctl", "useradd", "chown"):
        shell.write(f"tools/{name}", f'#!/bin/sh\necho {name} "$@" >> {shell.folder}/ran\n', 0o755)
    shell.patch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    shell.patch.setattr("sup_sync.cli.commands.schedule._is_system", lambda _prefix: True)
    return root


def files(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def ran(shell: Shell) -> list[str]:
    path = shell.folder / "ran"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def test_without_a_yes_and_a_terminal_it_only_shows(shell: Shell, system: Path) -> None:
    said = shell("schedule", "--prefix", system)
    assert (said.code, files(system), ran(shell)) == (0, set(), [])
    assert said.err == "sup-sync: nothing was changed: --yes does it\n"
    exec_start = f"    ExecStart=/opt/sup-sync/bin/sup-sync --config {shell.folder}/config.yaml apply --quiet\n"
    for part in (exec_start, f"    LoadCredential=sup-sync-key:{shell.folder}/key\n", "    OnCalendar=*:0/5\n"):
        assert part in said.out
    assert said.out.endswith("Then these are to run:\n    systemctl daemon-reload\n"
                             "    systemctl enable --now sup-sync.timer\n\n")  # fmt: skip


@pytest.mark.parametrize(("answer", "left"), [(b"n\n", set()), (b"y\n", {CRON})])
def test_on_a_terminal_it_asks(shell: Shell, without_systemd: Path, answer: bytes, left: set[str]) -> None:
    for name in ("useradd", "systemctl", "chown"):
        shell.write(name, "#!/bin/sh\nexit 1\n", 0o755)
    shell.patch.setenv("PATH", str(shell.folder))  # whatever goes wrong, nothing is done to this machine
    ours, theirs = os.openpty()
    os.write(ours, answer)
    said = shell.process("schedule", "--prefix", without_systemd, stdin=theirs)
    os.close(ours)
    os.close(theirs)
    assert "Do this? [y/N]" in said.err
    assert said.code == 0
    assert ("nothing was changed" in said.err) is not bool(left)
    assert files(without_systemd) == left


def test_yes_does_what_was_shown_and_remove_takes_it_back(shell: Shell, system: Path) -> None:
    shown = shell("schedule", "--prefix", system).out
    said = shell("schedule", "--yes", "--prefix", system)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(shown)
    assert files(system) == {SERVICE, TIMER}
    text = (system / SERVICE).read_text(encoding="utf-8")
    assert "".join(f"    {line}\n" for line in text.splitlines()) in shown
    assert (system / SERVICE).stat().st_mode & 0o777 == 0o644
    assert ran(shell) == ["systemctl daemon-reload", "systemctl enable --now sup-sync.timer"]
    (shell.folder / "ran").unlink()
    assert shell("schedule", "--remove", "--yes", "--prefix", system).code == 0
    assert files(system) == set()
    assert ran(shell) == ["systemctl disable --now sup-sync.timer", "systemctl daemon-reload"]


def test_nothing_to_remove_runs_nothing(shell: Shell, system: Path) -> None:
    assert shell("schedule", "--remove", "--yes", "--prefix", system).code == 0
    assert ran(shell) == []


def test_a_changed_file_is_shown_and_kept(shell: Shell, system: Path) -> None:
    shell("schedule", "--yes", "--prefix", system)
    service = system / SERVICE
    changed = service.read_text(encoding="utf-8").replace("MemoryMax=512M", "MemoryMax=1G")
    service.write_text(changed, encoding="utf-8")
    said = shell("schedule", "--prefix", system)
    assert f"{service} is another one, to be replaced, and kept as {service}.old:" in said.out
    assert "    -MemoryMax=1G\n    +MemoryMax=512M\n" in said.out
    assert f"{system / TIMER} is there already." in said.out
    assert service.read_text(encoding="utf-8") == changed
    assert f"{service} kept as {service}.old" in shell("schedule", "--yes", "--prefix", system).out
    assert service.with_name("sup-sync.service.old").read_text(encoding="utf-8") == changed
    assert "MemoryMax=512M" in service.read_text(encoding="utf-8")


def test_remove_keeps_what_somebody_changed(shell: Shell, system: Path) -> None:
    shell("schedule", "--yes", "--prefix", system)
    (system / TIMER).write_text("mine", encoding="utf-8")
    said = shell("schedule", "--remove", "--yes", "--prefix", system)
    assert "is another one than sup-sync writes: it is to be kept as" in said.out
    assert files(system) == {f"{TIMER}.old"}


def test_remove_needs_no_sound_configuration(shell: Shell, system: Path) -> None:
    shell("schedule", "--yes", "--prefix", system)
    shell.files.replace("config.yaml", "projects:", "project:")
    assert shell("schedule", "--remove", "--yes", "--prefix", system).code == 0
    assert not {SERVICE, TIMER} & files(system)


def test_without_systemd_it_is_a_file_of_crons(shell: Shell, without_systemd: Path, system: Path) -> None:
    said = shell("schedule", "--yes", "--prefix", system)
    line = f"*/5 * * * *  sup-sync  /opt/sup-sync/bin/sup-sync --config {shell.folder}/config.yaml apply --quiet"
    assert (said.code, files(without_systemd)) == (0, {CRON})
    assert (system / CRON).read_text(encoding="utf-8").splitlines()[-1] == line
    made = "useradd --system --create-home --home-dir /var/lib/sup-sync sup-sync"
    assert ran(shell) == [made, f"chown sup-sync: {shell.folder}/key"]
    assert shell("schedule", "--remove", "--yes", "--prefix", system).code == 0
    assert files(system) == set()


def test_an_account_that_is_there_is_not_made_again(shell: Shell, without_systemd: Path, system: Path) -> None:
    shell.patch.setattr("sup_sync.cli.commands.schedule._is_account", lambda _name: True)
    shell.patch.setattr("sup_sync.cli.commands.schedule._owner", lambda _path: "sup-sync")
    assert shell("schedule", "--yes", "--prefix", system).code == 0
    assert (ran(shell), files(without_systemd)) == ([], {CRON})


@pytest.mark.usefixtures("without_systemd")
def test_cron_s_account_is_made_the_owner_of_key_and_channels(shell: Shell, system: Path) -> None:
    shell.patch.setattr("sup_sync.cli.commands.schedule._is_account", lambda _name: True)
    shell.files.replace("config.yaml", "language: kk ", "notify_file: channels\nlanguage: kk ", times=1)
    shell.write("channels", "x", 0o600)
    assert shell("schedule", "--yes", "--prefix", system).code == 0
    assert ran(shell) == [f"chown sup-sync: {shell.folder}/key {shell.folder}/channels"]


def test_with_a_prefix_no_command_runs(shell: Shell, root: Path) -> None:
    shell.patch.setenv("PATH", "")
    said = shell("schedule", "--yes", "--prefix", root)
    assert (said.code, files(root)) == (0, {SERVICE, TIMER})
    assert "With --prefix these are left to you:\n    systemctl daemon-reload" in said.out


def test_channels_are_handed_on_where_there_are_any(shell: Shell, root: Path) -> None:
    assert "\n    #LoadCredential=sup-sync-notify:/etc/sup-sync/notify\n" in shell("schedule", "--prefix", root).out
    shell.files.replace("config.yaml", "language: kk ", "notify_file: channels\nlanguage: kk ", times=1)
    said = shell("schedule", "--prefix", root)
    assert f"\n    LoadCredential=sup-sync-notify:{shell.folder}/channels\n" in said.out


def test_a_command_that_fails_ends_it(shell: Shell, system: Path) -> None:
    shell.write("tools/systemctl", "#!/bin/sh\nexit 5\n", 0o755)
    said = shell("schedule", "--yes", "--prefix", system)
    assert said.code == 1
    assert "`systemctl daemon-reload` failed" in said.err
    assert "enable --now sup-sync.timer done" not in said.out


@pytest.mark.parametrize("program", ["/home/admin/.local/bin/sup-sync", "/root/.local/bin/sup-sync"])
def test_what_the_service_could_not_see_is_refused(shell: Shell, root: Path, program: str) -> None:
    shell.patch.setattr("sys.argv", [program])
    one_line(
        shell("schedule", "--yes", "--prefix", root), 2, program, "cannot see home directories", "pipx install --global"
    )
    assert files(root) == set()


def test_what_keeps_the_runs_own_account_out_is_named(shell: Shell, root: Path) -> None:
    shell.patch.undo()
    config = shell.folder / "config.yaml"
    config.chmod(0o600)
    for each in (shell.folder, *shell.folder.parents[:2]):
        each.chmod(0o755)
    said = shell("schedule", "--yes", "--prefix", root, "--config", config)
    assert f"sup-sync: {config}: {config} keeps the runs' own account out" in said.err
    config.chmod(0o644)
    assert str(config) not in shell("schedule", "--yes", "--prefix", root, "--config", config).err


def test_a_path_that_would_need_quotes_is_refused(shell: Shell, root: Path) -> None:
    shell.patch.setattr("sys.argv", ["/opt/my tools/sup-sync"])
    one_line(shell("schedule", "--yes", "--prefix", root), 2, "/opt/my tools/sup-sync", "use only letters")


def test_cron_without_a_key_file_is_refused(shell: Shell, without_systemd: Path) -> None:
    shell.files.replace("config.yaml", "  key_file: key", "")
    one_line(shell("schedule", "--yes", "--prefix", without_systemd), 2, "config.yaml has no `key_file`")


def test_a_key_that_is_not_there_yet_is_named(shell: Shell, root: Path) -> None:
    (shell.folder / "key").unlink()
    said = shell("schedule", "--yes", "--prefix", root)
    assert (said.code, files(root)) == (0, {SERVICE, TIMER})
    assert said.err.startswith(f"sup-sync: {shell.folder}/key is not there yet")
    assert "with root as its owner" in said.err


def test_under_cron_the_key_that_is_not_there_yet_is_to_be_the_account_s(shell: Shell, without_systemd: Path) -> None:
    (shell.folder / "key").unlink()
    said = shell("schedule", "--yes", "--prefix", without_systemd)
    assert (said.code, files(without_systemd)) == (0, {CRON})
    assert "with sup-sync as its owner" in said.err
    assert "chown" not in said.out


def test_a_mistaken_configuration_is_not_scheduled(shell: Shell, root: Path) -> None:
    shell.files.replace("config.yaml", "projects:", "project:")
    assert shell("schedule", "--yes", "--prefix", root).code == 78
    assert files(root) == set()


def test_a_folder_that_cannot_be_written_says_so(shell: Shell, root: Path) -> None:
    (root / "etc").write_text("a file", encoding="utf-8")
    said: CommandResult = shell("schedule", "--yes", "--prefix", root)
    assert said.code == 2
    assert "does it take root?" in said.err
