#!/usr/bin/env python3
"""A real Redmine for the demo and the tests: Debian's packages, a site of our own, on loopback only.

  up             install what is missing, make the site, start it; prints its URL
  down           stop it
  reset          back to how the first `up` left it; prints its URL
  status         running, stopped or absent; exit code 0 when running, else 3
  url            its URL, when it runs
  db             path of its SQLite database
  key LOGIN      that user's REST key, made when there is none
  runner FILE [ARG...]   run a Ruby file (- is stdin) by `rails runner` inside the site

Another site, with a database, files and secret of its own: --site NAME after the command, or SUP_SYNC_SITE.
Another Redmine than this Debian's own (5.0 of Debian 12, 6.0 of Debian 13): --version 5 or 6, or SUP_SYNC_REDMINE.
It comes with its Debian in a chroot below /var/cache/sup-sync-redmine, made once and kept; nothing of it stays mounted.
The machine's default site, and any that this script did not make, is left alone. Nobody is mailed.
The administrator is admin, password admin. Where it can't work it says so and exits 69.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import http.client
import os
import re
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

PACKAGES = ("redmine", "redmine-sqlite", "puma")
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"  # Debian's ruby, not another one of the machine
DEBIANS = {"5": ("12", "bookworm"), "6": ("13", "trixie")}  # by the Redmine that they have
CHROOTS = Path("/var/cache/sup-sync-redmine")
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
NOT_RUNNING, UNAVAILABLE = 3, 69

# Without a timeout SQLite does not wait for a lock at all: a second writer would be a 500.
DATABASE_YML = """\
production:
  adapter: sqlite3
  database: {database}
  encoding: utf8
  pool: 10
  timeout: 10000
"""

# Without a configuration.yml Redmine delivers no mail (so needs no sendmail); without events it renders none.
FIRST_SETTINGS = """\
Redmine::DefaultData::Loader.load("en")
User.where(login: "admin").update_all(must_change_passwd: false)
Setting.rest_api_enabled = "1"
Setting.notified_events = []
"""


class RedmineError(Exception):
    """What went wrong and what to do about it, in one line, with the exit code."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


class Debian:
    """A Debian that has Redmine's packages: this machine, or a chroot of ours with the one of another Redmine."""

    def __init__(self, redmine: str | None) -> None:
        system = release()
        own = next((each for each, (number, _) in DEBIANS.items() if number == system.get("VERSION_ID")), None)
        self.redmine = None if redmine == own else redmine  # None: this machine's own
        self.number, self.codename = DEBIANS.get(redmine or own or "", ("", ""))
        self.root = CHROOTS / self.codename if self.redmine else Path("/")
        self.suffix = f"@{self.redmine}" if self.redmine else ""  # no site's name has such a sign
        self.lock = Path(f"/run/sup-sync-redmine{self.suffix}.lock")
        self.ports = range(3180, 3280) if self.redmine else range(3080, 3180)

    def inside(self, path: Path) -> Path:
        """A path of this machine as it is called inside."""
        return Path("/", path.relative_to(self.root))

    def command(self, *words: str) -> list[str]:
        """The command line that runs `words` inside; a chroot's /proc lives as long as that process."""
        return ["unshare", f"--root={self.root}", "--mount-proc", "--", *words] if self.redmine else [*words]

    def installed_version(self, package: str) -> str:
        """The version of a package that is installed and configured, else nothing."""
        admindir = f"--admindir={self.root / 'var/lib/dpkg'}"
        query = ["dpkg-query", admindir, "-W", "-f", "${db:Status-Status} ${Version}", package]
        with contextlib.suppress(FileNotFoundError):
            told = subprocess.run(query, capture_output=True, text=True, check=False).stdout
            status, _, version = told.partition(" ")
            return version if status == "installed" else ""
        return ""


class Site:
    """One Redmine site: where its Debian keeps its parts, and the one process that serves it.

    All paths stand in __init__ and all commands go through `command`: a Redmine in a chroot differs in these two.
    """

    def __init__(self, name: str, debian: Debian) -> None:
        self.name = name
        self.debian = debian
        self.tag = name + debian.suffix  # how our process is known
        self.options = f"--site {name}" + (f" --version {debian.redmine}" if debian.redmine else "")
        self.etc = debian.root / "etc/redmine" / name
        self.var = debian.root / "var/lib/redmine" / name
        self.tmp = debian.root / "var/cache/redmine" / name / "tmp"
        self.log = debian.root / "var/log/redmine" / name
        self.mine = self.var / "sup-sync"  # marks the site as made by this script
        self.database = self.mine / "db/redmine.sqlite3"
        self.pid_file = self.mine / "pid"
        self.port_file = self.mine / "port"
        self.version = debian.installed_version("redmine").partition("-")[0]
        self.pristine = self.mine / f"pristine-{self.version}.sqlite3"  # there once the set-up has ended well

    def command(self, *words: str) -> list[str]:
        """The command line that runs `words` in this site as www-data, with nothing of the caller's environment."""
        env = {
            "PATH": PATH,
            "HOME": self.debian.inside(self.tmp),
            "LANG": "C.UTF-8",
            "TZ": "UTC",  # Redmine writes moments to its database in the machine's zone
            "RAILS_ENV": "production",
            "X_DEBIAN_SITEID": self.name,
            "SCHEMA": "/dev/null",  # where db:migrate would dump it
        }
        owner = ("setpriv", "--reuid=www-data", "--regid=www-data", "--init-groups")
        clean = ("env", "-i", "-C", "/usr/share/redmine", *(f"{k}={v}" for k, v in env.items()))
        return self.debian.command(*owner, *clean, *words)

    def is_ready(self) -> bool:
        return self.pristine.exists()

    def pid(self) -> int | None:
        """The process we started, if it still is that puma and not another one that got its number."""
        pid = read(self.pid_file)
        words = read(Path("/proc", pid, "cmdline")).replace("\0", " ") if pid else ""
        # "puma 5.6.5 (tcp://…) [SITE]" once it runs, "ruby /usr/bin/puma --tag SITE …" before
        ours = "puma" in words and (f" [{self.tag}]" in words or f" --tag {self.tag} " in words)
        return int(pid) if ours else None

    def url(self) -> str:
        return f"http://127.0.0.1:{read(self.port_file)}"

    def is_up(self) -> bool:
        """Whether our process is there and answers; bounded by 10 seconds."""
        if self.pid() is None:
            return False
        link = http.client.HTTPConnection("127.0.0.1", int(read(self.port_file)), timeout=10)
        with contextlib.closing(link), contextlib.suppress(OSError, http.client.HTTPException):
            link.request("GET", "/users/current.json")
            # 401, or 403 when a test has switched REST off
            return link.getresponse().status < http.client.INTERNAL_SERVER_ERROR
        return False


def say(message: str) -> None:
    print(f"redmine: {message}", file=sys.stderr, flush=True)


def read(path: Path) -> str:
    """A small file's text, or nothing where there is no such file."""
    try:
        return path.read_text(errors="replace").strip()
    except OSError:
        return ""


def run(log: Path, limit: float, words: list[str], env: dict[str, str] | None = None) -> bool:
    """Whether the command ended well, within `limit` seconds; its output goes to the end of the log."""
    null = subprocess.DEVNULL
    with log.open("ab") as out:
        done = subprocess.run(words, stdin=null, stdout=out, stderr=out, timeout=limit, env=env, check=False)
    return done.returncode == 0


def release() -> dict[str, str]:
    """This machine's ID, VERSION_ID and VERSION_CODENAME."""
    words = r'^(ID|VERSION_ID|VERSION_CODENAME)="?([^"\n]*)'
    return dict(re.findall(words, read(Path("/etc/os-release")), re.MULTILINE))


# --- what has to hold


def check_root() -> None:
    if os.geteuid() != 0:
        raise RedmineError("needs root, to install Debian's redmine and to run it as www-data: use sudo", UNAVAILABLE)


def check_machine(debian: Debian) -> None:
    check_root()
    system = release()
    if system.get("ID") != "debian" or system.get("VERSION_ID") not in ("12", "13") or not shutil.which("apt-get"):
        raise RedmineError("needs Debian 12 or 13 with apt-get: use such a machine or container", UNAVAILABLE)
    words = ["unshare", "--mount-proc", "--root=/", "true"]
    null = subprocess.DEVNULL
    if debian.redmine and subprocess.run(words, stdout=null, stderr=null, check=False).returncode:
        mend = "use a machine, or a container that may (--privileged)"
        what = f"Redmine {debian.redmine} needs Debian {debian.number} in a chroot"
        raise RedmineError(f"{what}, and here we may not chroot and mount /proc: {mend}", UNAVAILABLE)


def check_ready(site: Site) -> None:
    check_root()
    if not site.is_ready():
        raise RedmineError(f"there is no site {site.tag}: scripts/redmine up {site.options}", UNAVAILABLE)


@contextlib.contextmanager
def one_at_a_time(debian: Debian) -> Iterator[None]:
    """Only one of us changes sites of this Debian; each step of the other is bounded, and so is this wait."""
    with debian.lock.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another scripts/redmine to end")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# --- making


def new_log(name: str) -> Path:
    handle, path = tempfile.mkstemp(prefix=f"sup-sync-{name}-", suffix=".log")
    os.close(handle)
    return Path(path)


def apt_env() -> dict[str, str]:
    proxies = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
    return {"PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive", **proxies}


def install(debian: Debian, *packages: str) -> None:
    """Install what is missing; none of the packages, or of what they need, brings a service that would start."""
    if all(debian.installed_version(package) for package in packages):
        return
    say(f"installing {', '.join(packages)} (about a minute)")
    log, env = new_log("apt"), apt_env()
    apt = debian.command("apt-get", "-qy", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::http::Timeout=30")
    get = [*apt, "install", "--no-install-recommends", *packages]
    if not run(log, 1800, get, env):
        say("fetching apt's lists, and once more")
        if not (run(log, 600, [*apt, "update"], env) and run(log, 1800, get, env)):
            fetching, others = (re.findall(what, read(log), re.MULTILINE) for what in ("Failed to fetch .*", "^E: .*"))
            why = [*fetching[:1], *others[-1:], "it gave no reason"][0]
            raise RedmineError(
                f"apt-get could not install {', '.join(packages)}: {why}; mend that, log {log}", UNAVAILABLE
            )
    log.unlink()


def make_chroot(debian: Debian) -> None:
    """Make the chroot, with nothing but apt in it; one that broke off begins anew."""
    if not debian.redmine or debian.root.exists():
        return
    install(Debian(None), "debootstrap")
    mirrors = find_mirrors(debian.codename)
    say(f"making Debian {debian.number} in {debian.root} (about a minute)")
    part = debian.root.with_suffix(".part")
    if part.exists():
        shutil.rmtree(part)
    part.mkdir(parents=True)
    log = new_log("debootstrap")
    # in namespaces of its own, so that whatever it starts and mounts ends with it
    alone = ("unshare", "--mount-proc", "--pid", "--kill-child")
    words = ["debootstrap", "--variant=minbase", f"--keyring={KEYRING}", debian.codename, str(part)]
    if not run(log, 1800, [*alone, *words, mirrors[debian.codename]], apt_env()):
        found = re.findall("^E: .*", read(log), re.MULTILINE)
        why = [*found[-1:], "it gave no reason"][0]
        raise RedmineError(
            f"debootstrap could not make Debian {debian.number}: {why}; mend that, log {log}", UNAVAILABLE
        )
    apt = part / "etc/apt"
    (apt / "sources.list").write_text("".join(f"deb {uri} {suite} main\n" for suite, uri in mirrors.items()))
    for path in Path("/etc/apt/apt.conf.d").iterdir():
        if not (apt / "apt.conf.d" / path.name).exists():
            shutil.copy(path, apt / "apt.conf.d")
    shutil.copy("/etc/hosts", part / "etc/hosts")
    policy = part / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n")  # no service starts
    policy.chmod(0o755)
    part.rename(debian.root)
    log.unlink()


def find_mirrors(codename: str) -> dict[str, str]:
    """Where this machine's apt gets Debian from, by the suites of another release."""
    own = release()["VERSION_CODENAME"]
    ask = ["apt-get", "indextargets", "--format", "$(CODENAME) $(REPO_URI)"]
    ask += ["Created-By: Packages", "Component: main", "Origin: Debian"]
    for update in (False, True):  # what is Debian's own apt knows from its lists alone
        if update:
            log = new_log("apt")
            run(log, 600, ["apt-get", "-q", "-o", "Acquire::http::Timeout=30", "update"], apt_env())
            log.unlink()
        lines = subprocess.run(ask, capture_output=True, text=True, check=True).stdout.split("\n")
        found = dict(line.split() for line in lines if line.startswith(own))
        if own in found:
            return {suite.replace(own, codename): uri for suite, uri in found.items()}
    raise RedmineError(
        f"apt knows no mirror of Debian {own}: see that its sources have one, and apt-get update", UNAVAILABLE
    )


def make(site: Site) -> None:
    """Make the site and its database, and keep a copy of that; a set-up that broke off begins anew."""
    if site.is_ready():
        return
    if site.etc.exists() and not site.mine.exists():
        raise RedmineError(f"{site.etc} is a site that this script did not make: choose another --site", UNAVAILABLE)
    say(f"making the site {site.tag} (about 20 seconds)")
    stop(site)
    site.mine.mkdir(parents=True, exist_ok=True)
    create = site.debian.command("/usr/share/redmine/bin/redmine-instances", "create", site.name)
    subprocess.run(create, check=True, env={"PATH": PATH})
    shutil.rmtree(site.database.parent, ignore_errors=True)
    site.database.parent.mkdir(mode=0o750)
    shutil.chown(site.database.parent, "www-data", "www-data")
    database = DATABASE_YML.format(database=site.debian.inside(site.database))
    texts = {"database.yml": database, "secret_key.txt": secrets.token_hex(32)}
    for name, text in texts.items():
        secret = site.etc / name
        secret.touch(mode=0o640)
        shutil.chown(secret, "root", "www-data")
        secret.write_text(text)
    log = site.log / "setup.log"
    for words in (("bin/rake", "db:migrate", "redmine:plugins:migrate"), ("bin/rails", "runner", FIRST_SETTINGS)):
        if not run(log, 600, site.command("ruby", *words)):
            raise RedmineError(f"{words[0]} {words[1]} failed: see {log}")
    part = site.mine / "pristine.part"
    part.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(site.database)) as base:
        base.execute("VACUUM INTO ?", (str(part),))  # a plain copy could miss what is in the write-ahead log still
    part.replace(site.pristine)


def restore(site: Site) -> None:
    """Put back the database of the first set-up, and take away uploads and caches; the site has to be stopped."""
    for folder in (site.database.parent, site.var / "files", site.tmp):
        for entry in folder.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    shutil.copyfile(site.pristine, site.database)
    shutil.chown(site.database, "www-data", "www-data")


# --- running


def choose_port(site: Site) -> int:
    """The site's port as before if it is free, else the first free one that no other site remembers."""
    taken = {read(path) for path in site.var.parent.glob("*/sup-sync/port") if path != site.port_file}
    ports = site.debian.ports
    wanted: list[int] = [int(read(site.port_file) or ports[0]), *ports]
    for port in wanted:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            if str(port) not in taken:
                return port
    raise RedmineError(f"no free port from {ports[0]} to {ports[-1]} on 127.0.0.1: free one")


def start(site: Site) -> None:
    """Start one puma on loopback and wait until it answers; when it does not, nothing is left running."""
    say(f"starting {site.tag} (about 5 seconds)")
    site.port_file.write_text(f"{choose_port(site)}\n")
    bind = site.url().replace("http:", "tcp:")
    puma = site.command("puma", "--tag", site.tag, "--no-config", "-b", bind, "-t", "1:5", "-w", "0")
    log = site.log / "puma.log"
    with log.open("ab") as out:
        server = subprocess.Popen(puma, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True)
    try:
        site.pid_file.write_text(f"{server.pid}\n")
        patience = time.monotonic() + 120
        while not site.is_up():
            if server.poll() is not None or time.monotonic() > patience:
                raise RedmineError(f"Redmine did not start: see {log}")
            time.sleep(0.1)
    except BaseException:
        server.kill()
        server.wait()
        site.pid_file.unlink(missing_ok=True)
        raise


def stop(site: Site) -> bool:
    """Stop exactly the process we started, and wait for its end; returns whether there was one."""
    pid = site.pid()
    if pid is None:
        return False
    for sign, patience in ((signal.SIGTERM, 10), (signal.SIGKILL, 5)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, sign)
        until = time.monotonic() + patience
        while time.monotonic() < until:
            if site.pid() is None:
                site.pid_file.unlink(missing_ok=True)
                return True
            time.sleep(0.05)
    raise RedmineError(f"process {pid} does not end: look at it by ps -fp {pid}")


def bring_up(site: Site, *, afresh: bool) -> None:
    check_machine(site.debian)
    with one_at_a_time(site.debian):
        make_chroot(site.debian)
        install(site.debian, *PACKAGES)
        site = Site(site.name, site.debian)  # knows the version only now
        make(site)
        if afresh or not site.is_up():
            stop(site)
            if afresh:
                restore(site)
            start(site)
    print(site.url())


# --- the commands


def up(site: Site, _: argparse.Namespace) -> None:
    if site.is_up():
        print(site.url())
    else:
        bring_up(site, afresh=False)


def down(site: Site, _: argparse.Namespace) -> None:
    stopped = False
    if site.mine.exists():
        check_root()
        with one_at_a_time(site.debian):
            stopped = stop(site)
    say(f"{site.tag} is stopped" if stopped else f"{site.tag} was not running")


def reset(site: Site, _: argparse.Namespace) -> None:
    bring_up(site, afresh=True)


def status(site: Site, _: argparse.Namespace) -> int:
    pid = site.pid()
    if pid is not None:
        print(f"{site.tag}: running, Redmine {site.version}, pid {pid}, {site.url()}")
        return 0
    print(f"{site.tag}: " + (f"stopped, Redmine {site.version}" if site.is_ready() else "absent"))
    return NOT_RUNNING


def url(site: Site, _: argparse.Namespace) -> None:
    if site.pid() is None:
        raise RedmineError(f"{site.tag} is not running: scripts/redmine up {site.options}", NOT_RUNNING)
    print(site.url())


def db(site: Site, _: argparse.Namespace) -> None:
    check_ready(site)
    print(site.database)


def key(site: Site, options: argparse.Namespace) -> None:
    """Straight from the database, as `rails runner` takes 5 seconds."""
    check_ready(site)
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    with contextlib.closing(sqlite3.connect(site.database, timeout=10)) as base, base:
        user = base.execute("SELECT id FROM users WHERE lower(login) = lower(?)", (options.login,)).fetchone()
        if user is None:
            raise RedmineError(f"no user {options.login!r} in {site.tag}: make it first")
        found = base.execute("SELECT value FROM tokens WHERE user_id = ? AND action = 'api'", user).fetchone()
        value = found[0] if found else secrets.token_hex(20)
        if not found:
            base.execute(
                "INSERT INTO tokens (user_id, action, value, created_on, updated_on) VALUES (?, 'api', ?, ?, ?)",
                (*user, value, now, now),
            )
    print(value)


def runner(site: Site, options: argparse.Namespace) -> int:
    """By a copy, as www-data can't read every file; stdin stays the script's own unless it *is* the script."""
    check_ready(site)
    script = sys.stdin.buffer.read() if options.file == "-" else Path(options.file).read_bytes()
    with tempfile.NamedTemporaryFile(dir=site.tmp, prefix="runner-", suffix=".rb") as copy:
        copy.write(script)
        copy.flush()
        shutil.chown(copy.name, "www-data", "www-data")
        script_inside = str(site.debian.inside(Path(copy.name)))
        words = site.command("ruby", "bin/rails", "runner", script_inside, "--", *options.args)
        return subprocess.run(words, check=False).returncode


def site_name(text: str) -> str:
    if text == "default" or not re.fullmatch(r"[a-z][a-z0-9-]{0,40}", text):
        raise argparse.ArgumentTypeError(f"{text!r}: small letters, digits and hyphens make a name, and not default")
    return text


def redmine_version(text: str) -> str:
    if text not in DEBIANS:
        raise argparse.ArgumentTypeError(f"{text!r}: Debian has Redmine {' and '.join(DEBIANS)}")
    return text


def parse() -> argparse.Namespace:
    site = argparse.ArgumentParser(add_help=False)
    site.add_argument("--site", type=site_name, default=os.environ.get("SUP_SYNC_SITE") or "sup-sync-demo")
    site.add_argument("--version", type=redmine_version, default=os.environ.get("SUP_SYNC_REDMINE") or None)
    layout = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="scripts/redmine", description=__doc__, formatter_class=layout)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for act in (up, down, reset, status, url, db, key, runner):
        commands.add_parser(act.__name__, parents=[site]).set_defaults(act=act)
    commands.choices["key"].add_argument("login")
    commands.choices["runner"].add_argument("file")
    commands.choices["runner"].add_argument("args", nargs=argparse.REMAINDER)
    return parser.parse_args()


def main() -> int:
    os.umask(0o022)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that a half-started puma is ended
    options = parse()
    try:
        code: int | None = options.act(Site(options.site, Debian(options.version)), options)
        return code or 0
    except RedmineError as error:
        say(str(error))
        return error.code
    except (OSError, subprocess.SubprocessError, sqlite3.Error) as fault:
        say(f"{options.act.__name__}: {fault}")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
