"""The files and commands with which systemd or cron runs `apply` every five minutes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sup_sync.immutable import value

# Paths in the files of deploy/, to be replaced by those of this machine.
PROGRAM, CONFIG, KEY = "/usr/local/bin/sup-sync", "/etc/sup-sync/config.yaml", "/etc/sup-sync/key"

# The start of the line in the service that passes the `notify_file`; the line is commented out without one.
NOTIFY_LINE = "LoadCredential=sup-sync-notify:"
COMMENTED_NOTIFY = f"#{NOTIFY_LINE}/etc/sup-sync/notify"

HIDDEN = ("/home/", "/root/", "/run/user/")  # from the service, by systemd's ProtectHome
UNQUOTED_PATH = re.compile(r"[\w./+@-]+")  # needs no quotes in a crontab or a unit

UNITS = {
    "sup-sync.service": "etc/systemd/system/sup-sync.service",
    "sup-sync.timer": "etc/systemd/system/sup-sync.timer",
}
CRON = {"sup-sync.cron": "etc/cron.d/sup-sync"}
ACCOUNT = "sup-sync"  # of the crontab line; systemd creates an account for each run


@value
class Places:
    """Paths on this machine: the program, its configuration, the key file and the notify file."""

    program: str
    config: str
    key: str | None = None
    notify_file: str | None = None


@value
class Schedule:
    """Files by their paths below the root, and the commands to run after writing, before removal and after removal."""

    files: Mapping[str, str]
    commands: tuple[tuple[str, ...], ...]
    before_removal: tuple[tuple[str, ...], ...] = ()
    after_removal: tuple[tuple[str, ...], ...] = ()


def systemd_timer(shipped: Mapping[str, str], places: Places) -> Schedule:
    """Make the schedule of a service and its timer; `shipped` are the texts of deploy/ by file name."""
    return Schedule(
        files={path: _with_paths(shipped[name], places) for name, path in UNITS.items()},
        commands=(("systemctl", "daemon-reload"), ("systemctl", "enable", "--now", "sup-sync.timer")),
        before_removal=(("systemctl", "disable", "--now", "sup-sync.timer"),),
        after_removal=(("systemctl", "daemon-reload"),),
    )


def cron_file(
    shipped: Mapping[str, str], places: Places, *, has_account: bool, foreign_files: Sequence[str]
) -> Schedule:
    """Make the schedule of a cron file; the account that runs it is created if it is missing.

    `foreign_files` are files with secrets that this account must own, but does not own yet. Cron finds new files
    itself.
    """
    account = ("useradd", "--system", "--create-home", "--home-dir", f"/var/lib/{ACCOUNT}", ACCOUNT)
    owner = ("chown", f"{ACCOUNT}:", *foreign_files)
    return Schedule(
        files={path: _with_paths(shipped[name], places) for name, path in CRON.items()},
        commands=(*(() if has_account else (account,)), *((owner,) if foreign_files else ())),
    )


def obstacles(places: Places, *, is_systemd: bool) -> list[str]:
    """Return why it could not run: the service cannot see home directories, and cron needs a key file."""
    problems = [
        f"{path}: cron and systemd do not accept this path; use only letters, digits and . / + @ - _"
        for path in (places.program, places.config)
        if not UNQUOTED_PATH.fullmatch(path)
    ]
    if is_systemd:
        fixes = (
            (places.program, "install with `pipx install --global`"),
            (places.config, "copy the configuration to /etc/sup-sync"),
        )
        return problems + [
            f"{path}: the service cannot see home directories; {fix}" for path, fix in fixes if path.startswith(HIDDEN)
        ]
    return (
        problems
        if places.key
        else [*problems, "config.yaml has no `key_file`, which cron needs to read the key; add it"]
    )


def _with_paths(text: str, places: Places) -> str:
    for shipped, local in ((PROGRAM, places.program), (CONFIG, places.config), (KEY, places.key or KEY)):
        text = text.replace(shipped, local)
    return text.replace(COMMENTED_NOTIFY, f"{NOTIFY_LINE}{places.notify_file}") if places.notify_file else text
