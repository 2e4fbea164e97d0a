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

# In the order of `--help`. Each command is in the module of its name in commands/. A run imports only its own command,
# so that it starts fast.
GROUPS = {
    "Look": (
        "plan", "queue", "explain", "due", "report", "whatif", "regulation", "calendar", "clients", "check", "snapshot",
    ),
    "Write": ("apply", "undo"),
    "Set up": ("init", "provision", "schedule", "completion"),
}  # fmt: skip
COMMANDS = tuple(name for names in GROUPS.values() for name in names)
WHOLE_SENTENCE = 1_000  # longer than the first sentence of any help text


class CommandGroups(click.Group):
    """The commands of `sup-sync` in groups; each command is imported when it is needed."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"sup_sync.cli.commands.{name}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each command with the whole first sentence of its help; click itself would cut it to one line."""
        width = max(map(len, COMMANDS))
        for title, names in GROUPS.items():
            commands = [(name, self.get_command(ctx, name)) for name in names]
            with formatter.section(title):
                formatter.write_dl(
                    [(f"{name:<{width}}", each.get_short_help_str(WHOLE_SENTENCE)) for name, each in commands if each]
                )


@click.group(
    cls=CommandGroups,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="`sup-sync COMMAND --help` shows the options of a command, and examples.",
)
@click.version_option(__version__, prog_name="sup-sync")
@global_options
def cli() -> None:
    """Enforce a support SLA in Redmine: due dates in working time, escalations, reports."""


def main() -> None:
    """Run one command as a process: flush its output, then exit with its exit code."""
    pause_collection()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for plug-ins reads all installed packages
    code = run()
    try:
        sys.stdout.flush()
    except OSError as error:
        code = code or _report(error)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter's last flush fails again
    skip_collection_at_exit()
    sys.exit(code)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command, by default that of the process; report any error on stderr and return the exit code."""
    try:
        return cli.main(arguments, prog_name="sup-sync", standalone_mode=False) or DONE
    except SystemExit:  # without standalone mode, click raises it only if the reader of a pipe is gone
        return DONE
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except Exception as error:  # the last resort: Python's own traceback could contain the key
        return _report(error)


def _report(error: Exception) -> int:
    """Report an error on stderr; return its exit code."""
    lines, code = report_error(error)
    for line in lines.splitlines():
        log_line(line)
    return code
