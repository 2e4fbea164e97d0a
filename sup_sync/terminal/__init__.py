"""What the commands print, laid out for a terminal or a pipe; beside the command line alone knows the terminal."""

from sup_sync.terminal.explanation import show_explanation
from sup_sync.terminal.layout import duration, make_console, moment, progress
from sup_sync.terminal.offline import show_clients, show_due, show_mistakes
from sup_sync.terminal.plan import show_applied, show_findings, show_outcomes, show_plan
from sup_sync.terminal.queue import show_queue
from sup_sync.terminal.report import show_report, show_whatif

__all__ = [
    "duration",
    "make_console",
    "moment",
    "progress",
    "show_applied",
    "show_clients",
    "show_due",
    "show_explanation",
    "show_findings",
    "show_mistakes",
    "show_outcomes",
    "show_plan",
    "show_queue",
    "show_report",
    "show_whatif",
]
