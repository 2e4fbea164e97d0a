"""The errors of scripts/redmine with their exit codes, and its messages on stderr."""

from __future__ import annotations

import sys

USAGE, NOT_RUNNING, UNAVAILABLE = 2, 3, 69


class RedmineError(Exception):
    """An error and its fix in one line, with the exit code."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def inform(message: str) -> None:
    print(f"redmine: {message}", file=sys.stderr, flush=True)
