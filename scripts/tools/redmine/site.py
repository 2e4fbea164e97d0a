"""One Redmine site: its files, its database, and how it is created and restored."""

from __future__ import annotations

import contextlib
import http.client
import secrets
import shutil
import sqlite3
import subprocess
from pathlib import Path

from tools.redmine.debian import Debian
from tools.redmine.errors import UNAVAILABLE, RedmineError, inform
from tools.redmine.machine import PATH, check_root, read_text, run_logged

# Without a timeout SQLite does not wait for a lock, so that a second writer gets a 500.
DATABASE_YML = """\
production:
  adapter: sqlite3
  database: {database}
  encoding: utf8
  pool: 10
  timeout: 10000
"""

# Without a configuration.yml Redmine delivers no mail, so it needs no sendmail; without events it renders none.
FIRST_SETTINGS = """\
Redmine::DefaultData::Loader.load("en")
User.where(login: "admin").update_all(must_change_passwd: false)
Setting.rest_api_enabled = "1"
Setting.notified_events = []
"""


class Site:
    """One Redmine site: the paths of its parts, and the one process that serves it.

    A site in a chroot differs only in the paths that __init__ sets and in what `command` returns.
    """

    def __init__(self, name: str, debian: Debian) -> None:
        self.name = name
        self.debian = debian
        self.tag = name + debian.suffix  # identifies our process in /proc
        self.options = f"--site {name}" + (f" --version {debian.redmine}" if debian.redmine else "")
        self.etc = debian.root / "etc/redmine" / name
        self.var = debian.root / "var/lib/redmine" / name
        self.tmp = debian.root / "var/cache/redmine" / name / "tmp"
        self.log = debian.root / "var/log/redmine" / name
        self.own = self.var / "sup-sync"  # marks the site as created by this script
        self.database = self.own / "db/redmine.sqlite3"
        self.pid_file = self.own / "pid"
        self.port_file = self.own / "port"
        self.version = debian.installed_version("redmine").partition("-")[0]
        self.pristine = self.own / f"pristine-{self.version}.sqlite3"  # exists only after a complete set-up

    def command(self, *words: str) -> list[str]:
        """Return the command line that runs `words` in this site as www-data, without the caller's environment."""
        env = {
            "PATH": PATH,
            "HOME": self.debian.inside(self.tmp),
            "LANG": "C.UTF-8",
            "TZ": "UTC",  # Redmine writes times to its database in the machine's zone
            "RAILS_ENV": "production",
            "X_DEBIAN_SITEID": self.name,
            "SCHEMA": "/dev/null",  # db:migrate dumps the schema to this file
        }
        owner = ("setpriv", "--reuid=www-data", "--regid=www-data", "--init-groups")
        clean = ("env", "-i", "-C", "/usr/share/redmine", *(f"{name}={value}" for name, value in env.items()))
        return self.debian.command(*owner, *clean, *words)

    def is_ready(self) -> bool:
        return self.pristine.exists()

    def pid(self) -> int | None:
        """Return the id of our puma, or None if it is gone, even if another process has its id now."""
        pid = read_text(self.pid_file)
        words = read_text(Path("/proc", pid, "cmdline")).replace("\0", " ") if pid else ""
        # "puma 5.6.5 (tcp://…) [SITE]" when it runs, "ruby /usr/bin/puma --tag SITE …" before
        is_ours = "puma" in words and (f" [{self.tag}]" in words or f" --tag {self.tag} " in words)
        return int(pid) if is_ours else None

    def url(self) -> str:
        return f"http://127.0.0.1:{read_text(self.port_file)}"

    def is_up(self) -> bool:
        """Return whether our process runs and answers within 10 seconds."""
        if self.pid() is None:
            return False
        connection = http.client.HTTPConnection("127.0.0.1", int(read_text(self.port_file)), timeout=10)
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/users/current.json")
            # 401, or 403 if a test has disabled REST
            return connection.getresponse().status < http.client.INTERNAL_SERVER_ERROR
        return False


def check_ready(site: Site) -> None:
    check_root()
    if not site.is_ready():
        raise RedmineError(f"site {site.tag} does not exist; run scripts/redmine up {site.options}", UNAVAILABLE)


def create(site: Site) -> None:
    """Create the stopped site and its database, and keep a copy of that; an incomplete one is replaced."""
    if site.etc.exists() and not site.own.exists():
        raise RedmineError(f"{site.etc} was not created by this script; choose another --site", UNAVAILABLE)
    inform(f"creating site {site.tag} (about 20 seconds)")
    site.own.mkdir(parents=True, exist_ok=True)
    instance = site.debian.command("/usr/share/redmine/bin/redmine-instances", "create", site.name)
    subprocess.run(instance, check=True, env={"PATH": PATH})
    write_settings(site)
    log = site.log / "setup.log"
    for words in (("bin/rake", "db:migrate", "redmine:plugins:migrate"), ("bin/rails", "runner", FIRST_SETTINGS)):
        if not run_logged(log, 600, site.command("ruby", *words)):
            raise RedmineError(f"{words[0]} {words[1]} failed; see {log}")
    part = site.own / "pristine.part"
    part.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(site.database)) as base:
        base.execute("VACUUM INTO ?", (str(part),))  # a plain copy could miss what is still in the write-ahead log
    part.replace(site.pristine)


def write_settings(site: Site) -> None:
    """Make an empty folder for the database, and write the two files that Redmine reads before it."""
    shutil.rmtree(site.database.parent, ignore_errors=True)
    site.database.parent.mkdir(mode=0o750)
    shutil.chown(site.database.parent, "www-data", "www-data")
    database = DATABASE_YML.format(database=site.debian.inside(site.database))
    for name, text in {"database.yml": database, "secret_key.txt": secrets.token_hex(32)}.items():
        path = site.etc / name
        path.touch(mode=0o640)
        shutil.chown(path, "root", "www-data")
        path.write_text(text)


def restore(site: Site) -> None:
    """Restore the database of the first set-up, and delete uploads and caches; the site must be stopped."""
    for folder in (site.database.parent, site.var / "files", site.tmp):
        for entry in folder.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    shutil.copyfile(site.pristine, site.database)
    shutil.chown(site.database, "www-data", "www-data")
