"""The report of errors: a line for each mistake, an exit code, and the traceback of an internal error."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from sup_sync import __version__
from sup_sync.cli.context import state_folder
from sup_sync.cli.exit_codes import DONE, INTERNAL_ERROR, INTERRUPTED
from sup_sync.errors import SupSyncError, frames_of, origin_of, path_in_package

COMMANDS = "cli/commands/"


def report_error(error: Exception) -> tuple[str, int]:
    """Describe an error with its exit code; the line of an internal error names the file with its traceback."""
    text, code = describe_error(error)
    if is_internal(error):
        saved = save_traceback(error)
        return (f"{text} and {saved}" if saved else text), code
    return text, code


def describe_error(error: Exception) -> tuple[str, int]:
    """Describe an error, one line for each mistake, with its exit code."""
    match error:
        case SupSyncError():
            return str(error), error.exit_code
        case click.ClickException():
            return error.format_message(), error.exit_code
        case BrokenPipeError():
            return "", DONE
        case click.Abort():
            return "interrupted; nothing is left half-written", INTERRUPTED
        case OSError():
            return f"{error.filename or 'the output'}: {error.strerror or 'cannot be written'}", INTERNAL_ERROR
    place = f"{type(error).__name__} at {origin_of(error)}"
    return f"internal error: {place}; please report it with the command you ran", INTERNAL_ERROR


def is_internal(error: Exception) -> bool:
    return not isinstance(error, SupSyncError | click.ClickException | click.Abort | OSError)


def save_traceback(error: Exception) -> Path | None:
    """Write an error's traceback to the state folder, one file per command; None if that fails."""
    from sup_sync.cli.files import write_atomically
    from sup_sync.host.state_files import ONLY_OWNER

    try:
        path = state_folder() / f"{_command(error)}.traceback"
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomically(path, traceback_text(error), mode=ONLY_OWNER)
    except Exception:  # the error itself must be reported even if its traceback cannot be saved
        return None
    return path


def traceback_text(error: BaseException) -> str:
    """Format an error and its causes by their frames only: messages and values may contain the key or client text."""
    python = ".".join(map(str, sys.version_info[:3]))
    lines = [f"sup-sync {__version__}, Python {python}, {_command(error)}"]
    for number, each in enumerate(_chain(error)):
        lines += ["", f"{'caused by ' if number else ''}{type(each).__module__}.{type(each).__qualname__}"]
        lines += _frame_lines(each)
    return "\n".join(lines) + "\n"


def _command(error: BaseException) -> str:
    """Read the command's name from the frames, since arguments may contain anything."""
    paths = (path_in_package(code) for code, _ in frames_of(error))
    return next((path[len(COMMANDS) : -len(".py")] for path in paths if path.startswith(COMMANDS)), "sup-sync")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error, then its cause, then the cause of that, and so on."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        yield cause
        seen.add(id(cause))
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def _frame_lines(error: BaseException) -> Iterator[str]:
    """Yield a line for each frame, with source only from sup-sync: a library's may be generated from data."""
    import linecache

    frame = error.__traceback__
    while frame:
        code = frame.tb_frame.f_code
        own = path_in_package(code)
        place = f"  {own or frame.tb_frame.f_globals.get('__name__', 'unknown')}:{frame.tb_lineno} {code.co_qualname}"
        yield f"{place}: {linecache.getline(code.co_filename, frame.tb_lineno).strip()}" if own else place
        frame = frame.tb_next
