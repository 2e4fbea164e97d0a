"""The faults that a user can meet, each with the exit code it ends in and a message of what, where and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType


class SupSyncError(Exception):
    """A fault that one line explains; `exit_code` is what the process ends with."""

    exit_code = 1


class CalendarError(SupSyncError):
    """A calendar that cannot be used, or a moment outside the years it knows."""

    exit_code = 78


class SnapshotError(SupSyncError):
    """A line of a snapshot file that is not an issue."""

    exit_code = 2


class DecodeError(SupSyncError):
    """An issue that is not of the form of Redmine's issue JSON."""

    exit_code = 3


class RedmineUnavailableError(SupSyncError):
    """The tracker does not answer, or answers something that is no tracker's answer."""

    exit_code = 75


class RedirectedError(RedmineUnavailableError):
    """The tracker points to another address, where nobody follows."""


class OutOfTimeError(RedmineUnavailableError):
    """The run's time is over; this request was not sent, and what is left is for the next run."""


class UrlError(SupSyncError):
    """A tracker's URL or CA file that the key must not be entrusted to, or a URL where no tracker is."""

    exit_code = 78


class LockHeldError(SupSyncError):
    """Another run holds the lock."""

    exit_code = 75


class LockError(SupSyncError):
    """A lock file that cannot be made."""

    exit_code = 78


class AuditError(SupSyncError):
    """A record that can't be kept of what is written."""

    exit_code = 78


class AccessError(SupSyncError):
    """The key is wrong, or its account lacks a membership or a permission."""

    exit_code = 77


class RestOffError(AccessError):
    """The tracker takes no key at all: its REST interface is switched off."""


class RedmineMismatchError(SupSyncError):
    """A tracker that lacks what the mappings name."""

    exit_code = 78


class MissingError(SupSyncError):
    """An issue that is not there, or not for this account (deleted, moved, private)."""

    exit_code = 2


class RefusedError(SupSyncError):
    """A write that the tracker refused (403, 404, 422); nothing of it was written."""


class StaleError(RefusedError):
    """A write refused because what it changes changed after its version was read (an issue: 422 with no reasons)."""


class AmbiguousError(SupSyncError):
    """A write whose answer never came: it may or may not have been committed; the next run sees."""


class UnpublishedError(SupSyncError):
    """A wiki page that is not as it should be: somebody else's, refused, or nobody can know."""

    exit_code = 3


class UnsafePlan(SupSyncError):  # noqa: N818 - a refusal is no fault
    """A plan over the limits; nothing of it is written."""

    exit_code = 4


PACKAGE = __file__.rpartition("/")[0] + "/"


def internal_error(error: Exception) -> str:
    """Describe an error of sup-sync itself on one request, without its message, which may quote client text."""
    return f"internal error ({type(error).__name__} at {origin_of(error)}): skipped; please report it"


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
    """One mistake of the configuration: which file and line, what is wrong, what to do.

    A warning is worth a line in `check`, but stops nothing else.
    """

    file: str
    line: int
    text: str
    is_warning: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {'warning: ' if self.is_warning else ''}{self.text}"


class ConfigError(SupSyncError):
    """A configuration with mistakes: all of them, in the order of files and lines."""

    exit_code = 78

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes))
        super().__init__("\n".join(map(str, self.mistakes)))
