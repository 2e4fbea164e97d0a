"""The runs that can be undone, and the plan of undoing one, on the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Console

from sup_sync.output.terminal.labels import count
from sup_sync.output.terminal.layout import print_hanging, print_parts, print_summary, text
from sup_sync.output.terminal.plan import show_change

if TYPE_CHECKING:  # importing them would load the Redmine session
    from sup_sync.run.logged_runs import LoggedRun
    from sup_sync.run.undo import UndoPlan


def show_runs(console: Console, runs: Iterable[LoggedRun]) -> None:
    """Print a line for each run: its id, and how much it wrote."""
    for run in runs:
        written = f"{count(len(run.values), 'value')} on {count(len(run.by_issue()), 'request')}"
        print_parts(console, f"{run.run_id}  {run.command}: {written}, {count(run.notes, 'note')}")


def show_undo(console: Console, undo: UndoPlan) -> None:
    """Print the values to put back, the values that stay with the reason, and what cannot be undone."""
    for issue_id, changes in undo.plan.by_issue():
        print_parts(console, (f"#{issue_id}", "bold"))
        for change in changes:
            show_change(console, change)
        console.print()
    if undo.kept:
        print_parts(console, ("Not put back", "bold"))
    for (issue_id, field), reason in undo.kept.items():
        print_hanging(console, text(f"  #{issue_id}  {field}  "), text(reason))
    values, requests = len(undo.plan.changes), len({each.issue_id for each in undo.plan.changes})
    summary = f"Undo: {count(values, 'value')} to put back on {count(requests, 'request')}."
    print_summary(console, (f"{summary} Notes, statuses and assignees stay; mails cannot be taken back.", "bold"))
