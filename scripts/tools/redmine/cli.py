"""The command line of scripts/redmine: its options, its commands, and its exit codes."""

from __future__ import annotations

import argparse
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from typing import NoReturn

from tools.redmine import commands
from tools.redmine.debian import RELEASES, Debian
from tools.redmine.errors import USAGE, RedmineError, inform
from tools.redmine.site import Site

DESCRIPTION = """\
A real Redmine for the demo and the tests: Debian's packages, a site of its own, on loopback only.

--site and --version may come before or after the command. Each site has a database, files and a secret
of its own. Debian 12 has Redmine 5.0, Debian 13 has 6.0; the one that this machine does not have runs in
a chroot below /var/cache/sup-sync-redmine, which is made once and kept.

The machine's default site, and every site that this script did not create, stay untouched. No mail is sent.
The administrator is admin, password admin. If Redmine cannot run here, the exit code is 69.
"""

COMMANDS = {
    "up": (commands.up, "install what is missing, create the site and start it; print its URL"),
    "down": (commands.down, "stop the site"),
    "reset": (commands.reset, "restore the site as the first `up` left it; print its URL"),
    "status": (commands.status, "print running, stopped or absent; exit code 0 if running, otherwise 3"),
    "url": (commands.url, "print the site's URL if it runs"),
    "db": (commands.db, "print the path of the site's SQLite database"),
    "key": (commands.key, "print a user's REST key, created if needed"),
    "runner": (commands.runner, "run a Ruby script in the site by `rails runner`; arguments for it go after --"),
}


class Parser(argparse.ArgumentParser):
    """A parser that reports an error in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, f"redmine: {message}; see {self.prog} --help\n")


def site_name(text: str) -> str:
    if text == "default" or not re.fullmatch(r"[a-z][a-z0-9-]{0,40}", text):
        raise argparse.ArgumentTypeError(f"invalid name {text!r}: use small letters, digits and hyphens, not `default`")
    return text


def redmine_version(text: str) -> str:
    if text not in RELEASES:
        raise argparse.ArgumentTypeError(f"invalid version {text!r}: Debian has Redmine {' and '.join(RELEASES)}")
    return text


def make_parser() -> Parser:
    layout = argparse.RawDescriptionHelpFormatter
    parser = Parser(prog="scripts/redmine", description=DESCRIPTION, formatter_class=layout, allow_abbrev=False)
    site, version = os.environ.get("SUP_SYNC_SITE") or "sup-sync-demo", os.environ.get("SUP_SYNC_REDMINE") or None
    add_site_options(parser, site, version)
    subparsers = parser.add_subparsers(metavar="COMMAND", dest="command", required=True)
    for name, (_, text) in COMMANDS.items():
        command = subparsers.add_parser(name, help=text, description=text, allow_abbrev=False)
        # no default of its own, which would replace a value given before the command
        add_site_options(command, argparse.SUPPRESS, argparse.SUPPRESS)
    subparsers.choices["key"].add_argument("login", metavar="LOGIN")
    runner = subparsers.choices["runner"]
    runner.usage = f"{runner.prog} [--site NAME] [--version N] FILE [-- ARG ...]"
    runner.add_argument("file", metavar="FILE", help="the script; - for stdin")
    return parser


def add_site_options(parser: argparse.ArgumentParser, site: str, version: str | None) -> None:
    parser.add_argument(
        "--site", type=site_name, default=site, metavar="NAME", help="default: $SUP_SYNC_SITE, or sup-sync-demo"
    )
    parser.add_argument(
        "--version",
        type=redmine_version,
        default=version,
        metavar="N",
        help="version of Redmine, 5 or 6; default: $SUP_SYNC_REDMINE, or this Debian's",
    )


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line; exit with 2 if any of it is unknown. What follows -- is for the Ruby script only."""
    parser = make_parser()
    end = arguments.index("--") if "--" in arguments else len(arguments)
    options, unknown = parser.parse_known_args(arguments[:end])
    options.script_arguments = list(arguments[end + 1 :])
    is_runner = options.command == "runner"
    if unknown:
        hint = " (arguments for the Ruby script go after --)" if is_runner else ""
        parser.error(f"unknown argument {unknown[0]!r}{hint}")
    if end < len(arguments) and not is_runner:
        parser.error("only `runner` takes arguments after --")
    return options


def main() -> int:
    os.umask(0o022)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that a puma that is still starting is stopped
    options = parse(sys.argv[1:])
    run, _ = COMMANDS[options.command]
    try:
        return run(Site(options.site, Debian(options.version)), options) or 0
    except RedmineError as error:
        inform(str(error))
        return error.code
    except (OSError, subprocess.SubprocessError, sqlite3.Error) as error:
        inform(f"{options.command}: {error}")
        return 1
    except KeyboardInterrupt:
        return 130
