"""The process that serves a site: one puma on a port of 127.0.0.1."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time

from tools.redmine.errors import RedmineError, inform
from tools.redmine.machine import read_text
from tools.redmine.site import Site

START_TIMEOUT_S = 120


def choose_port(site: Site) -> int:
    """Choose the site's previous port if it is free, otherwise the first free one that no other site has used."""
    taken = {read_text(path) for path in site.var.parent.glob("*/sup-sync/port") if path != site.port_file}
    ports = site.debian.ports
    candidates: list[int] = [int(read_text(site.port_file) or ports[0]), *ports]
    for port in candidates:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            if str(port) not in taken:
                return port
    raise RedmineError(f"ports {ports[0]} to {ports[-1]} on 127.0.0.1 are all in use; free one")


def start(site: Site) -> None:
    """Start puma and wait until it answers; stop it if it does not."""
    inform(f"starting {site.tag} (about 5 seconds)")
    site.port_file.write_text(f"{choose_port(site)}\n")
    bind = site.url().replace("http:", "tcp:")
    puma = site.command("puma", "--tag", site.tag, "--no-config", "-b", bind, "-t", "1:5", "-w", "0")
    log = site.log / "puma.log"
    with log.open("ab") as out:
        server = subprocess.Popen(puma, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True)
    try:
        site.pid_file.write_text(f"{server.pid}\n")
        deadline = time.monotonic() + START_TIMEOUT_S
        while not site.is_up():
            if server.poll() is not None or time.monotonic() > deadline:
                raise RedmineError(f"Redmine did not start; see {log}")
            time.sleep(0.1)
    except BaseException:
        server.kill()
        server.wait()
        site.pid_file.unlink(missing_ok=True)
        raise


def stop(site: Site) -> bool:
    """Stop the process that `start` started and wait until it exits; return whether it was running."""
    pid = site.pid()
    if pid is None:
        return False
    for number, patience_s in ((signal.SIGTERM, 10), (signal.SIGKILL, 5)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            if site.pid() is None:
                site.pid_file.unlink(missing_ok=True)
                return True
            time.sleep(0.05)
    raise RedmineError(f"process {pid} does not exit; inspect it with ps -fp {pid}")
