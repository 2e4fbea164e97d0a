"""The exit codes of commands; an error class of sup_sync/errors.py has its own."""

DONE = 0
INTERNAL_ERROR = 1
PARTLY_DONE = 3
CHANGES_PENDING = 5
NO_ACCESS = 77
BAD_CONFIG = 78
INTERRUPTED = 130
