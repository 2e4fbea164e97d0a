"""The exit codes that commands end with; those of faults stand in errors.py."""

DONE = 0
INTERNAL_ERROR = 1
PARTLY_DONE = 3
CHANGES_PENDING = 5
NO_ACCESS = 77
BAD_CONFIG = 78
INTERRUPTED = 130
