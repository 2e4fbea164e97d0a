"""What it takes that the system runs `apply` every five minutes: which files where, and which commands."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sup_sync.frozen import value

PROGRAM, CONFIG, KEY = "/usr/local/bin/sup-sync", "/etc/sup-sync/config.yaml", "/etc/sup-sync/key"
"""What the files of deploy/ name; here the places of this machine stand in for them."""

CHANNELS = "LoadCredential=sup-sync-notify:"
CHANNELS_OFF = f"#{CHANNELS}/etc/sup-sync/notify"
"""The line of the service that is off where no `notify_file` is named."""

HIDDEN = ("/home/", "/root/", "/run/user/")
"""What systemd's ProtectHome keeps from the service."""

PLAIN = re.compile(r"[\w./+@-]+")
"""Paths that need no quoting in a crontab or a unit."""

UNITS = {
    "sup-sync.service": "etc/systemd/system/sup-sync.service",
    "sup-sync.timer": "etc/systemd/system/sup-sync.timer",
}
CRON = {"sup-sync.cron": "etc/cron.d/sup-sync"}
ACCOUNT = "sup-sync"
"""Whose crontab line it is; under systemd an account is made for each run."""


@value
class Places:
    """Where on this machine the program and its configuration lie, and the files it names for key and channels."""

    program: str
    config: str
    key: str | None = None
    channels: str | None = None


@value
class Schedule:
    """Files by their paths below the root, and the commands that follow on them, or go before they are removed."""

    files: Mapping[str, str]
    commands: tuple[tuple[str, ...], ...]
    before_removal: tuple[tuple[str, ...], ...] = ()
    after_removal: tuple[tuple[str, ...], ...] = ()


def systemd_timer(shipped: Mapping[str, str], places: Places) -> Schedule:
    """A service and its timer; `shipped` are the texts of deploy/ by name."""
    return Schedule(
        files={path: _placed(shipped[name], places) for name, path in UNITS.items()},
        commands=(("systemctl", "daemon-reload"), ("systemctl", "enable", "--now", "sup-sync.timer")),
        before_removal=(("systemctl", "disable", "--now", "sup-sync.timer"),),
        after_removal=(("systemctl", "daemon-reload"),),
    )


def cron_file(shipped: Mapping[str, str], places: Places, *, has_account: bool, not_its_own: Sequence[str]) -> Schedule:
    """A file of cron's; the account that runs it, where there is none yet, is made the owner of what it alone may read.

    `not_its_own` are those files that belong to somebody else by now. Cron itself looks for new files of its own.
    """
    account = ("useradd", "--system", "--create-home", "--home-dir", f"/var/lib/{ACCOUNT}", ACCOUNT)
    owner = ("chown", f"{ACCOUNT}:", *not_its_own)
    return Schedule(
        files={path: _placed(shipped[name], places) for name, path in CRON.items()},
        commands=(*(() if has_account else (account,)), *((owner,) if not_its_own else ())),
    )


def obstacles(places: Places, *, is_systemd: bool) -> list[str]:
    """Why it could not run: the hardened service sees nobody's home, and cron has no way to the key but its file."""
    told = [
        f"{path}: neither cron nor systemd takes such a path: use one of plain letters"
        for path in (places.program, places.config)
        if not PLAIN.fullmatch(path)
    ]
    if is_systemd:
        moves = ((places.program, "`pipx install --global` puts it"), (places.config, "a copy in /etc/sup-sync lies"))
        return told + [
            f"{path}: the service sees no home folders: {move} elsewhere"
            for path, move in moves
            if path.startswith(HIDDEN)
        ]
    return told if places.key else [*told, "config.yaml names no `key_file`, and cron has no other way to the key"]


def _placed(text: str, places: Places) -> str:
    for shipped, here in ((PROGRAM, places.program), (CONFIG, places.config), (KEY, places.key or KEY)):
        text = text.replace(shipped, here)
    return text.replace(CHANNELS_OFF, f"{CHANNELS}{places.channels}") if places.channels else text
