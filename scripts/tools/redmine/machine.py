"""This machine: its release, its small files, and commands that are run with a log."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from pathlib import Path

from tools.redmine.errors import UNAVAILABLE, RedmineError

PATH = "/usr/sbin:/usr/bin:/sbin:/bin"  # so that Debian's ruby is found, and not another one of this machine


def check_root() -> None:
    if os.geteuid() != 0:
        raise RedmineError(
            "root is needed to install Debian's redmine and to run it as www-data; use sudo", UNAVAILABLE
        )


def read_text(path: Path) -> str:
    """Read a small file; return an empty text if it cannot be read."""
    try:
        return path.read_text(errors="replace").strip()
    except OSError:
        return ""


def read_release() -> dict[str, str]:
    """Read this machine's ID, VERSION_ID and VERSION_CODENAME from /etc/os-release."""
    pattern = r'^(ID|VERSION_ID|VERSION_CODENAME)="?([^"\n]*)'
    return dict(re.findall(pattern, read_text(Path("/etc/os-release")), re.MULTILINE))


def make_log(name: str) -> Path:
    """Create an empty log file in the folder for temporary files."""
    handle, path = tempfile.mkstemp(prefix=f"sup-sync-{name}-", suffix=".log")
    os.close(handle)
    return Path(path)


def run_logged(log: Path, timeout_s: float, command: list[str], env: dict[str, str] | None = None) -> bool:
    """Run a command, append its output to the log, and return whether it succeeded."""
    null = subprocess.DEVNULL
    with log.open("ab") as out:
        result = subprocess.run(command, stdin=null, stdout=out, stderr=out, timeout=timeout_s, env=env, check=False)
    return result.returncode == 0


def apt_environment() -> dict[str, str]:
    """Return the environment for apt and debootstrap: only what they need, and the proxies of this one."""
    proxies = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
    return {"PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive", **proxies}
