"""The command `sup-sync`: its commands, and how every fault ends in one line and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

from sup_sync import __version__
from sup_sync.cli.codes import DONE, INTERRUPTED, OUR_FAULT
from sup_sync.cli.offline import calendar, due, provision
from sup_sync.cli.options import common
from sup_sync.cli.read import explain, plan, queue, report, snapshot
from sup_sync.cli.write import apply, check
from sup_sync.errors import SupSyncError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="sup-sync")
@common
def cli() -> None:
    """Keeps a support regulation beside a Redmine tracker: targets, escalations, reports."""


for command in (check, provision, plan, apply, due, explain, queue, report, calendar, snapshot):
    cli.add_command(command)


def main() -> None:
    """The process: one command, then its exit code."""
    sys.exit(run())


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command, the process's own by default; every fault ends in one line on stderr and its exit code."""
    try:
        return cli.main(arguments, standalone_mode=False) or DONE
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        click.echo(f"sup-sync: {error.format_message()}", err=True)
        return error.exit_code
    except click.Abort:
        click.echo("sup-sync: interrupted; the next run goes on", err=True)
        return INTERRUPTED
    except SupSyncError as error:
        for line in str(error).splitlines():
            click.echo(f"sup-sync: {line}", err=True)
        return error.exit_code
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - the reader of the pipe is gone; lives to the end
        return DONE
    except Exception as error:  # the last resort: no traceback, which could hold the key
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(frame.filename).name}:{frame.lineno}"
        click.echo(
            f"sup-sync: our fault: {type(error).__name__} at {place}; please report it with the command", err=True
        )
        return OUR_FAULT
