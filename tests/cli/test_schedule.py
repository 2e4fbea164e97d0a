"""`schedule` shows each file and command first, backs up changed files, and can be removed."""

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
    """The root folder of a machine with systemd and an installed program."""
    shell.patch.setattr("sys.argv", ["/opt/sup-sync/bin/sup-sync"])
    shell.patch.setattr("sup_sync.cli.commands.schedule._is_account", lambda _name: False)
    # Other accounts cannot read the temporary folder of pytest.
    shell.patch.setattr("sup_sync.cli.commands.schedule._find_unreadable", lambda _path: None)
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
    """The same root folder, treated as that of this machine: `ran` lists the commands that were run."""
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


def test_schedule_only_shows_changes_without_yes_and_terminal(shell: Shell, system: Path) -> None:
    result = shell("schedule", "--prefix", system)
    assert (result.code, files(system), ran(shell)) == (0, set(), [])
    assert result.err == "sup-sync: nothing changed; pass --yes to apply\n"
    exec_start = f"    ExecStart=/opt/sup-sync/bin/sup-sync --config {shell.folder}/config.yaml apply --quiet\n"
    for part in (exec_start, f"    LoadCredential=sup-sync-key:{shell.folder}/key\n", "    OnCalendar=*:0/5\n"):
        assert part in result.out
    assert result.out.endswith("Commands to run afterwards:\n    systemctl daemon-reload\n"
                             "    systemctl enable --now sup-sync.timer\n\n")  # fmt: skip


@pytest.mark.parametrize(("answer", "left"), [(b"n\n", set()), (b"y\n", {CRON})])
def test_schedule_asks_on_a_terminal(shell: Shell, without_systemd: Path, answer: bytes, left: set[str]) -> None:
    for name in ("useradd", "systemctl", "chown"):
        shell.write(name, "#!/bin/sh\nexit 1\n", 0o755)
    shell.patch.setenv("PATH", str(shell.folder))  # even if the test fails, this machine is not changed
    ours, theirs = os.openpty()
    os.write(ours, answer)
    result = shell.process("schedule", "--prefix", without_systemd, stdin=theirs)
    os.close(ours)
    os.close(theirs)
    assert "Make these changes? [y/N]" in result.err
    assert result.code == 0
    assert ("nothing changed" in result.err) is not bool(left)
    assert files(without_systemd) == left


def test_yes_installs_the_shown_files_and_remove_deletes_them(shell: Shell, system: Path) -> None:
    shown = shell("schedule", "--prefix", system).out
    result = shell("schedule", "--yes", "--prefix", system)
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(shown)
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


def test_changed_file_is_shown_and_backed_up(shell: Shell, system: Path) -> None:
    shell("schedule", "--yes", "--prefix", system)
    service = system / SERVICE
    changed = service.read_text(encoding="utf-8").replace("MemoryMax=512M", "MemoryMax=1G")
    service.write_text(changed, encoding="utf-8")
    result = shell("schedule", "--prefix", system)
    assert f"{service} differs and will be replaced (backup: {service}.old):" in result.out
    assert "    -MemoryMax=1G\n    +MemoryMax=512M\n" in result.out
    assert f"{system / TIMER} is up to date." in result.out
    assert service.read_text(encoding="utf-8") == changed
    assert f"{service} renamed to {service}.old" in shell("schedule", "--yes", "--prefix", system).out
    assert service.with_name("sup-sync.service.old").read_text(encoding="utf-8") == changed
    assert "MemoryMax=512M" in service.read_text(encoding="utf-8")


def test_remove_backs_up_changed_files(shell: Shell, system: Path) -> None:
    shell("schedule", "--yes", "--prefix", system)
    (system / TIMER).write_text("mine", encoding="utf-8")
    result = shell("schedule", "--remove", "--yes", "--prefix", system)
    assert "was changed and will be renamed to" in result.out
    assert files(system) == {f"{TIMER}.old"}


def test_remove_works_with_an_invalid_configuration(shell: Shell, system: Path) -> None:
    shell("schedule", "--yes", "--prefix", system)
    shell.files.replace("config.yaml", "projects:", "project:")
    assert shell("schedule", "--remove", "--yes", "--prefix", system).code == 0
    assert not {SERVICE, TIMER} & files(system)


def test_schedule_uses_cron_without_systemd(shell: Shell, without_systemd: Path, system: Path) -> None:
    result = shell("schedule", "--yes", "--prefix", system)
    line = f"*/5 * * * *  sup-sync  /opt/sup-sync/bin/sup-sync --config {shell.folder}/config.yaml apply --quiet"
    assert (result.code, files(without_systemd)) == (0, {CRON})
    assert (system / CRON).read_text(encoding="utf-8").splitlines()[-1] == line
    made = "useradd --system --create-home --home-dir /var/lib/sup-sync sup-sync"
    assert ran(shell) == [made, f"chown sup-sync: {shell.folder}/key"]
    assert shell("schedule", "--remove", "--yes", "--prefix", system).code == 0
    assert files(system) == set()


def test_existing_account_is_not_created(shell: Shell, without_systemd: Path, system: Path) -> None:
    shell.patch.setattr("sup_sync.cli.commands.schedule._is_account", lambda _name: True)
    shell.patch.setattr("sup_sync.cli.commands.schedule._owner", lambda _path: "sup-sync")
    assert shell("schedule", "--yes", "--prefix", system).code == 0
    assert (ran(shell), files(without_systemd)) == ([], {CRON})


@pytest.mark.usefixtures("without_systemd")
def test_cron_account_becomes_owner_of_key_and_contact_routes(shell: Shell, system: Path) -> None:
    shell.patch.setattr("sup_sync.cli.commands.schedule._is_account", lambda _name: True)
    shell.files.replace("config.yaml", "language: kk ", "notify_file: channels\nlanguage: kk ", times=1)
    shell.write("channels", "x", 0o600)
    assert shell("schedule", "--yes", "--prefix", system).code == 0
    assert ran(shell) == [f"chown sup-sync: {shell.folder}/key {shell.folder}/channels"]


def test_prefix_runs_no_commands(shell: Shell, root: Path) -> None:
    shell.patch.setenv("PATH", "")
    result = shell("schedule", "--yes", "--prefix", root)
    assert (result.code, files(root)) == (0, {SERVICE, TIMER})
    assert "Commands to run yourself, because of --prefix:\n    systemctl daemon-reload" in result.out


def test_contact_routes_are_passed_to_the_service(shell: Shell, root: Path) -> None:
    assert "\n    #LoadCredential=sup-sync-notify:/etc/sup-sync/notify\n" in shell("schedule", "--prefix", root).out
    shell.files.replace("config.yaml", "language: kk ", "notify_file: channels\nlanguage: kk ", times=1)
    result = shell("schedule", "--prefix", root)
    assert f"\n    LoadCredential=sup-sync-notify:{shell.folder}/channels\n" in result.out


def test_schedule_stops_at_a_failed_command(shell: Shell, system: Path) -> None:
    shell.write("tools/systemctl", "#!/bin/sh\nexit 5\n", 0o755)
    result = shell("schedule", "--yes", "--prefix", system)
    assert result.code == 1
    assert "`systemctl daemon-reload` failed" in result.err
    assert "enable --now sup-sync.timer done" not in result.out


@pytest.mark.parametrize("program", ["/home/admin/.local/bin/sup-sync", "/root/.local/bin/sup-sync"])
def test_program_in_a_home_folder_is_rejected(shell: Shell, root: Path, program: str) -> None:
    shell.patch.setattr("sys.argv", [program])
    one_line(
        shell("schedule", "--yes", "--prefix", root), 2, program, "cannot see home directories", "pipx install --global"
    )
    assert files(root) == set()


def test_file_that_the_service_account_cannot_read_is_reported(shell: Shell, root: Path) -> None:
    shell.patch.undo()
    config = shell.folder / "config.yaml"
    config.chmod(0o600)
    for each in (shell.folder, *shell.folder.parents[:2]):
        each.chmod(0o755)
    result = shell("schedule", "--yes", "--prefix", root, "--config", config)
    assert f"sup-sync: {config}: the service account cannot read {config}; change its mode" in result.err
    config.chmod(0o644)
    assert str(config) not in shell("schedule", "--yes", "--prefix", root, "--config", config).err


def test_path_that_needs_quotes_is_rejected(shell: Shell, root: Path) -> None:
    shell.patch.setattr("sys.argv", ["/opt/my tools/sup-sync"])
    one_line(shell("schedule", "--yes", "--prefix", root), 2, "/opt/my tools/sup-sync", "use only letters")


def test_cron_without_a_key_file_is_rejected(shell: Shell, without_systemd: Path) -> None:
    shell.files.replace("config.yaml", "  key_file: key", "")
    one_line(shell("schedule", "--yes", "--prefix", without_systemd), 2, "config.yaml has no `key_file`")


def test_missing_key_file_is_reported(shell: Shell, root: Path) -> None:
    (shell.folder / "key").unlink()
    result = shell("schedule", "--yes", "--prefix", root)
    assert (result.code, files(root)) == (0, {SERVICE, TIMER})
    assert result.err.startswith(f"sup-sync: {shell.folder}/key: file not found; ")
    assert "(owner root, mode 600)" in result.err


def test_missing_key_file_under_cron_must_belong_to_the_account(shell: Shell, without_systemd: Path) -> None:
    (shell.folder / "key").unlink()
    result = shell("schedule", "--yes", "--prefix", without_systemd)
    assert (result.code, files(without_systemd)) == (0, {CRON})
    assert "(owner sup-sync, mode 600)" in result.err
    assert "chown" not in result.out


def test_invalid_configuration_is_not_scheduled(shell: Shell, root: Path) -> None:
    shell.files.replace("config.yaml", "projects:", "project:")
    assert shell("schedule", "--yes", "--prefix", root).code == 78
    assert files(root) == set()


def test_unwritable_folder_is_reported(shell: Shell, root: Path) -> None:
    (root / "etc").write_text("a file", encoding="utf-8")
    result: CommandResult = shell("schedule", "--yes", "--prefix", root)
    assert result.code == 2
    assert "run it as root" in result.err
