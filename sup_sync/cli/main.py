"""The command `sup-sync`: its commands, and the report of any error as one line and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from sup_sync import __version__
from sup_sync.cli.context import log_line
from sup_sync.cli.errors import report_error
from sup_sync.cli.exit_codes import DONE
from sup_sync.cli.garbage import pause_collection, skip_collection_at_exit
from sup_sync.cli.options import global_options

COMMANDS = (
    "init", "check", "provision", "plan", "apply", "due", "explain", "queue", "report", "whatif", "regulation",
    "calendar", "clients", "snapshot", "schedule", "completion",
)  # fmt: skip
"""Each command is in the module of its name in commands/; the others are not imported, so that each starts fast."""


class Commands(click.Group):
    """The commands, each imported when it is asked for."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"sup_sync.cli.commands.{name}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each command with the whole first sentence of its help, which click itself would cut to one line."""
        named = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl([(name, each.get_short_help_str(WHOLE)) for name, each in named if each])


WHOLE = 1_000
"""More letters than any first sentence has."""


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="sup-sync")
@global_options
def cli() -> None:
    """Keeps a support regulation beside a Redmine tracker: targets, escalations, reports."""


def main() -> None:
    """The process: one command, what it printed sent off, then its exit code."""
    pause_collection()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # to look for some it reads every package installed
    code = run()
    try:
        sys.stdout.flush()
    except OSError as error:
        code = code or _report(error)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter's last flush fails again
    skip_collection_at_exit()
    sys.exit(code)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command, the process's own by default; any error becomes one line on stderr and its exit code."""
    try:
        return cli.main(arguments, prog_name="sup-sync", standalone_mode=False) or DONE
    except SystemExit:  # click's way out, outside of standalone mode, only when the reader of a pipe is gone
        return DONE
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except Exception as error:  # the last resort: Python's own traceback could hold the key
        return _report(error)


def _report(error: Exception) -> int:
    """Report an error on stderr; return its exit code."""
    lines, code = report_error(error)
    for line in lines.splitlines():
        log_line(line)
    return code
