"""The commands of scripts/redmine: each takes a site and the options, and returns its exit code if it is not 0."""

from __future__ import annotations

import argparse
import contextlib
import secrets
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tools.redmine.chroot import make_chroot
from tools.redmine.debian import check_machine, hold_lock, install
from tools.redmine.errors import NOT_RUNNING, RedmineError, inform
from tools.redmine.machine import check_root
from tools.redmine.server import start, stop
from tools.redmine.site import Site, check_ready, create, restore

PACKAGES = ("redmine", "redmine-sqlite", "puma")


def up(site: Site, _: argparse.Namespace) -> None:
    if site.is_up():
        print(site.url())
    else:
        bring_up(site, is_reset=False)


def down(site: Site, _: argparse.Namespace) -> None:
    is_stopped = False
    if site.own.exists():
        check_root()
        with hold_lock(site.debian):
            is_stopped = stop(site)
    inform(f"{site.tag} is stopped" if is_stopped else f"{site.tag} was not running")


def reset(site: Site, _: argparse.Namespace) -> None:
    bring_up(site, is_reset=True)


def status(site: Site, _: argparse.Namespace) -> int:
    pid = site.pid()
    if pid is not None:
        print(f"{site.tag}: running, Redmine {site.version}, pid {pid}, {site.url()}")
        return 0
    print(f"{site.tag}: " + (f"stopped, Redmine {site.version}" if site.is_ready() else "absent"))
    return NOT_RUNNING


def url(site: Site, _: argparse.Namespace) -> None:
    if site.pid() is None:
        raise RedmineError(f"{site.tag} is not running; run scripts/redmine up {site.options}", NOT_RUNNING)
    print(site.url())


def db(site: Site, _: argparse.Namespace) -> None:
    check_ready(site)
    print(site.database)


def key(site: Site, options: argparse.Namespace) -> None:
    """Print a user's key, created if needed, straight from the database: `rails runner` takes 5 seconds."""
    check_ready(site)
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    with contextlib.closing(sqlite3.connect(site.database, timeout=10)) as base, base:
        user = base.execute("SELECT id FROM users WHERE lower(login) = lower(?)", (options.login,)).fetchone()
        if user is None:
            raise RedmineError(f"user {options.login!r} does not exist in {site.tag}; create it first")
        token = base.execute("SELECT value FROM tokens WHERE user_id = ? AND action = 'api'", user).fetchone()
        value = token[0] if token else secrets.token_hex(20)
        if not token:
            base.execute(
                "INSERT INTO tokens (user_id, action, value, created_on, updated_on) VALUES (?, 'api', ?, ?, ?)",
                (*user, value, now, now),
            )
    print(value)


def runner(site: Site, options: argparse.Namespace) -> int:
    """Run a copy of the script, as www-data cannot read every file; its stdin is ours unless that is the script."""
    check_ready(site)
    script = sys.stdin.buffer.read() if options.file == "-" else Path(options.file).read_bytes()
    with tempfile.NamedTemporaryFile(dir=site.tmp, prefix="runner-", suffix=".rb") as copy:
        copy.write(script)
        copy.flush()
        shutil.chown(copy.name, "www-data", "www-data")
        script_inside = str(site.debian.inside(Path(copy.name)))
        rails = site.command("ruby", "bin/rails", "runner", script_inside, "--", *options.script_arguments)
        return subprocess.run(rails, check=False).returncode


def bring_up(site: Site, *, is_reset: bool) -> None:
    """Install, create and start what is missing, and print the URL."""
    check_machine(site.debian)
    with hold_lock(site.debian):
        make_chroot(site.debian)
        install(site.debian, *PACKAGES)
        site = Site(site.name, site.debian)  # now the version of the installed package is known
        if not site.is_ready():
            stop(site)
            create(site)
        if is_reset or not site.is_up():
            stop(site)
            if is_reset:
                restore(site)
            start(site)
    print(site.url())
