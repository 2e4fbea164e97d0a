"""A Debian that has Redmine's packages: this machine or, for another version of Redmine, a chroot."""

from __future__ import annotations

import contextlib
import fcntl
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tools.redmine.errors import UNAVAILABLE, RedmineError, inform
from tools.redmine.machine import apt_environment, check_root, make_log, read_release, read_text, run_logged

RELEASES = {"5": ("12", "bookworm"), "6": ("13", "trixie")}
"""Number and code name of the Debian that packages each version of Redmine."""

CHROOTS = Path("/var/cache/sup-sync-redmine")
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


class Debian:
    """This machine if its release packages the version of Redmine asked for, otherwise a chroot."""

    def __init__(self, redmine: str | None) -> None:
        number_here = read_release().get("VERSION_ID")
        redmine_here = next((version for version, (number, _) in RELEASES.items() if number == number_here), None)
        self.redmine = None if redmine == redmine_here else redmine  # None: this machine, no chroot
        self.number, self.codename = RELEASES.get(redmine or redmine_here or "", ("", ""))
        self.root = CHROOTS / self.codename if self.redmine else Path("/")
        self.suffix = f"@{self.redmine}" if self.redmine else ""  # @ does not occur in names of sites
        self.lock = Path(f"/run/sup-sync-redmine{self.suffix}.lock")
        self.ports = range(3180, 3280) if self.redmine else range(3080, 3180)

    def inside(self, path: Path) -> Path:
        """Convert a path on this machine to the path inside the chroot."""
        return Path("/", path.relative_to(self.root))

    def command(self, *words: str) -> list[str]:
        """Return the command line that runs `words` inside; a chroot's /proc is unmounted when the process exits."""
        return ["unshare", f"--root={self.root}", "--mount-proc", "--", *words] if self.redmine else [*words]

    def installed_version(self, package: str) -> str:
        """Return the version of an installed and configured package, or an empty text."""
        admindir = f"--admindir={self.root / 'var/lib/dpkg'}"
        query = ["dpkg-query", admindir, "-W", "-f", "${db:Status-Status} ${Version}", package]
        with contextlib.suppress(FileNotFoundError):
            answer = subprocess.run(query, capture_output=True, text=True, check=False).stdout
            status, _, version = answer.partition(" ")
            return version if status == "installed" else ""
        return ""


def check_machine(debian: Debian) -> None:
    check_root()
    release = read_release()
    if release.get("ID") != "debian" or release.get("VERSION_ID") not in ("12", "13") or not shutil.which("apt-get"):
        raise RedmineError("Debian 12 or 13 with apt-get is needed; use such a machine or container", UNAVAILABLE)
    trial = ["unshare", "--mount-proc", "--root=/", "true"]
    null = subprocess.DEVNULL
    if debian.redmine and subprocess.run(trial, stdout=null, stderr=null, check=False).returncode:
        raise RedmineError(
            f"Redmine {debian.redmine} needs Debian {debian.number} in a chroot, but chroot and mounting /proc are not"
            " permitted here; use a machine, or a container with --privileged",
            UNAVAILABLE,
        )


@contextlib.contextmanager
def hold_lock(debian: Debian) -> Iterator[None]:
    """Let only one scripts/redmine change the sites of this Debian; each of its steps has a timeout."""
    with debian.lock.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            inform("waiting for another scripts/redmine to finish")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install(debian: Debian, *packages: str) -> None:
    """Install the packages unless they are installed; neither they nor their dependencies start a service."""
    if all(debian.installed_version(package) for package in packages):
        return
    inform(f"installing {', '.join(packages)} (about a minute)")
    log, env = make_log("apt"), apt_environment()
    apt = debian.command("apt-get", "-qy", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::http::Timeout=30")
    get = [*apt, "install", "--no-install-recommends", *packages]
    if not run_logged(log, 1800, get, env):
        inform("updating apt's lists, then retrying")
        if not (run_logged(log, 600, [*apt, "update"], env) and run_logged(log, 1800, get, env)):
            text = read_text(log)
            failed, errors = (re.findall(line, text, re.MULTILINE) for line in ("Failed to fetch .*", "^E: .*"))
            reason = [*failed[:1], *errors[-1:], "no reason given"][0]
            raise RedmineError(
                f"apt-get could not install {', '.join(packages)}: {reason}; fix that (log: {log})", UNAVAILABLE
            )
    log.unlink()
