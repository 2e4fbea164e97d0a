"""A chroot with the Debian that packages another version of Redmine, made by debootstrap."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from tools.redmine.debian import KEYRING, Debian, install
from tools.redmine.errors import UNAVAILABLE, RedmineError, inform
from tools.redmine.machine import apt_environment, make_log, read_release, read_text, run_logged


def make_chroot(debian: Debian) -> None:
    """Make the chroot, with nothing but apt in it, unless it exists or is not needed; an incomplete one is replaced."""
    if not debian.redmine or debian.root.exists():
        return
    install(Debian(None), "debootstrap")
    mirrors = find_mirrors(debian.codename)
    inform(f"making Debian {debian.number} in {debian.root} (about a minute)")
    part = debian.root.with_suffix(".part")
    if part.exists():
        shutil.rmtree(part)
    part.mkdir(parents=True)
    run_debootstrap(debian, part, mirrors[debian.codename])
    configure(part, mirrors)
    part.rename(debian.root)


def run_debootstrap(debian: Debian, folder: Path, mirror: str) -> None:
    log = make_log("debootstrap")
    # in namespaces of its own, so that all that it starts and mounts is gone when it exits
    isolated = ("unshare", "--mount-proc", "--pid", "--kill-child")
    debootstrap = ["debootstrap", "--variant=minbase", f"--keyring={KEYRING}", debian.codename, str(folder), mirror]
    if not run_logged(log, 1800, [*isolated, *debootstrap], apt_environment()):
        errors = re.findall("^E: .*", read_text(log), re.MULTILINE)
        reason = [*errors[-1:], "no reason given"][0]
        raise RedmineError(
            f"debootstrap could not make Debian {debian.number}: {reason}; fix that (log: {log})", UNAVAILABLE
        )
    log.unlink()


def configure(folder: Path, mirrors: dict[str, str]) -> None:
    """Give the chroot this machine's settings of apt and its hosts, and forbid it to start services."""
    apt = folder / "etc/apt"
    (apt / "sources.list").write_text("".join(f"deb {uri} {suite} main\n" for suite, uri in mirrors.items()))
    for path in Path("/etc/apt/apt.conf.d").iterdir():
        if not (apt / "apt.conf.d" / path.name).exists():
            shutil.copy(path, apt / "apt.conf.d")
    shutil.copy("/etc/hosts", folder / "etc/hosts")
    policy = folder / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n")  # 101: action forbidden
    policy.chmod(0o755)


def find_mirrors(codename: str) -> dict[str, str]:
    """Find the mirrors that this machine's apt uses, by the suites of another release."""
    codename_here = read_release()["VERSION_CODENAME"]
    query = ["apt-get", "indextargets", "--format", "$(CODENAME) $(REPO_URI)"]
    query += ["Created-By: Packages", "Component: main", "Origin: Debian"]
    for update in (False, True):  # apt knows only from its lists which sources are Debian's own
        if update:
            log = make_log("apt")
            run_logged(log, 600, ["apt-get", "-q", "-o", "Acquire::http::Timeout=30", "update"], apt_environment())
            log.unlink()
        lines = subprocess.run(query, capture_output=True, text=True, check=True).stdout.split("\n")
        mirrors = dict(line.split() for line in lines if line.startswith(codename_here))
        if codename_here in mirrors:
            return {suite.replace(codename_here, codename): uri for suite, uri in mirrors.items()}
    raise RedmineError(
        f"apt has no mirror of Debian {codename_here}; add one to its sources and run apt-get update", UNAVAILABLE
    )
