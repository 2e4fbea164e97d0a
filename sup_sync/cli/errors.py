"""Every fault as one line for each mistake and an exit code, for whoever has to be told of it."""

from __future__ import annotations

import click

from sup_sync.cli.exit_codes import DONE, INTERNAL_ERROR, INTERRUPTED
from sup_sync.errors import SupSyncError, origin_of


def describe_error(error: Exception) -> tuple[str, int]:
    """What to say of a fault, on one line for each mistake, and the exit code it ends in."""
    match error:
        case SupSyncError():
            return str(error), error.exit_code
        case click.ClickException():
            return error.format_message(), error.exit_code
        case BrokenPipeError():
            return "", DONE
        case click.Abort():
            return "interrupted; nothing is left half written", INTERRUPTED
        case OSError():
            return f"{error.filename or 'the output'}: {error.strerror or 'cannot be written'}", INTERNAL_ERROR
    return f"our fault: {type(error).__name__} at {origin_of(error)}; please report it with the command", INTERNAL_ERROR
