"""The errors that a user can meet, each with its exit code; a message says what is wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType


class SupSyncError(Exception):
    """An error that one line explains; the process exits with `exit_code`."""

    exit_code = 1


class CalendarError(SupSyncError):
    """An unusable calendar, or a moment outside its known years."""

    exit_code = 78


class SnapshotError(SupSyncError):
    """A line of a snapshot file that is not an issue."""

    exit_code = 2


class DecodeError(SupSyncError):
    """An issue that does not have the form of Redmine's issue JSON."""

    exit_code = 3


class RedmineUnavailableError(SupSyncError):
    """A Redmine that does not answer, or an answer that does not come from Redmine."""

    exit_code = 75


class RedirectedError(RedmineUnavailableError):
    """A redirect to another address; redirects are never followed."""


class OutOfTimeError(RedmineUnavailableError):
    """The end of the time for a run: this request was not sent, and the next run does the rest."""


class UrlError(SupSyncError):
    """A URL or CA file that is not safe for the key, or a URL without a Redmine."""

    exit_code = 78


class LockHeldError(SupSyncError):
    """A lock that another run holds."""

    exit_code = 75


class LockError(SupSyncError):
    """A lock file that cannot be created."""

    exit_code = 78


class AuditError(SupSyncError):
    """An audit file that cannot be written."""

    exit_code = 78


class AccessError(SupSyncError):
    """A wrong key, or an account without a membership or permission that it needs."""

    exit_code = 77


class RestOffError(AccessError):
    """A Redmine that accepts no key because its REST API is off."""


class RedmineMismatchError(SupSyncError):
    """A Redmine that lacks something that the mappings name."""

    exit_code = 78


class MissingError(SupSyncError):
    """An issue that does not exist or that the account may not see (deleted, moved, private)."""

    exit_code = 2


class RefusedError(SupSyncError):
    """A write that Redmine rejected (403, 404, 422); nothing was saved."""


class ForbiddenError(RefusedError):
    """A write that the account may not do (403), also on other issues of the same project and tracker."""


class RejectedError(RefusedError):
    """A write of values that Redmine does not accept (422), with its messages in the account's language.

    The messages may quote client text: compare them, but never show them.
    """

    def __init__(self, text: str, messages: tuple[str, ...] = ()) -> None:
        super().__init__(text)
        self.messages = messages


class StaleError(RefusedError):
    """A write that was rejected because its object changed after it was read (an issue: 422 without errors)."""


class AmbiguousError(SupSyncError):
    """A write without an answer: it may or may not have been saved; the next run checks."""


class UnpublishedError(SupSyncError):
    """A wiki page that was not published: it belongs to another author, was rejected, or its state is unknown."""

    exit_code = 3


class UnsafePlan(SupSyncError):  # noqa: N818 - a refusal is not an error
    """A plan that exceeds the limits; nothing is written."""

    exit_code = 4


PACKAGE = __file__.rpartition("/")[0] + "/"


def internal_error(error: Exception) -> str:
    """Describe an error of sup-sync itself on one request, without its message, which may quote client text."""
    return f"internal error: {type(error).__name__} at {origin_of(error)}; request skipped; please report it"


def origin_of(error: BaseException) -> str:
    """Find the last line of sup-sync itself on the way to an error: `run/write.py:120`."""
    own = [f"{path}:{line}" for code, line in frames_of(error) if (path := path_in_package(code))]
    return own[-1] if own else "an unknown place"


def frames_of(error: BaseException) -> Iterator[tuple[CodeType, int]]:
    """Yield the code and line of each frame from the handler of an error to its origin."""
    frame = error.__traceback__
    while frame:
        yield frame.tb_frame.f_code, frame.tb_lineno
        frame = frame.tb_next


def path_in_package(code: CodeType) -> str:
    """Return the path of a file of sup-sync within the package, or an empty string for all other code."""
    return code.co_filename.removeprefix(PACKAGE) if code.co_filename.startswith(PACKAGE) else ""


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """A mistake in the configuration: its file and line, the problem, and what to do.

    `check` shows a warning, but no command stops because of it.
    """

    file: str
    line: int
    text: str
    is_warning: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {'warning: ' if self.is_warning else ''}{self.text}"


class ConfigError(SupSyncError):
    """A configuration with mistakes, all of them in the order of files and lines."""

    exit_code = 78

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes))
        super().__init__("\n".join(map(str, self.mistakes)))
