"""`sup-sync undo`: put back the values that a run changed."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING

import click

from sup_sync.cli.context import Settings, connect, pass_settings, state_path
from sup_sync.cli.examples import ExampleCommand
from sup_sync.cli.exit_codes import DONE, PARTLY_DONE
from sup_sync.cli.options import global_options
from sup_sync.errors import UndoError

if TYPE_CHECKING:
    from sup_sync.config.load import Config
    from sup_sync.run.logged_runs import LoggedRun
    from sup_sync.run.undo import UndoPlan
    from sup_sync.run.write import WriteOutcome

LISTED = 20  # runs, the last ones


@click.command(
    cls=ExampleCommand,
    examples=("sup-sync undo", "sup-sync undo --run 20261120T130005123Z-4711"),
)
@click.option("--run", "run_id", metavar="ID", help="Run to undo. Without it, the last runs are listed.")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.option("--force", is_flag=True, help="Undo even if the mappings are those of the run.")
@global_options
@pass_settings
def undo(settings: Settings, run_id: str | None, yes: bool, force: bool) -> int:
    """Put back the fields and due dates that a run changed, if nobody changed them since. Shows changes first.

    Notes, statuses, assignees and the marker stay. Mails cannot be taken back.
    """
    from sup_sync.host.audit import read_audit
    from sup_sync.output.terminal.layout import make_console
    from sup_sync.output.terminal.undo import show_runs, show_undo
    from sup_sync.run.logged_runs import logged_runs
    from sup_sync.run.undo import plan_undo, require_undoable

    config = settings.load(require_config=True)
    log = state_path(config, "audit.jsonl")
    runs = logged_runs(read_audit(log))
    if run_id is None:
        show_runs(make_console(), list(runs.values())[-LISTED:])
        return DONE
    if run_id not in runs:
        raise UndoError(f"{log}: no run {run_id} with values to put back; list the runs with `sup-sync undo`")
    if not force:
        require_undoable(runs[run_id], config)
    planned = plan_undo(connect(config), config, runs[run_id])
    show_undo(make_console(), planned)
    if planned.plan.changes and not _is_confirmed(settings, yes=yes):
        return DONE
    outcomes = _write(config, runs[run_id], planned) if planned.plan.changes else ()
    return _code(planned, outcomes)


def _is_confirmed(settings: Settings, *, yes: bool) -> bool:
    if not yes and not sys.stdin.isatty():
        settings.info("nothing changed; pass --yes to apply", always=True)
        return False
    if not yes and not click.confirm("Make these changes?", err=True):
        settings.info("nothing changed", always=True)
        return False
    return True


def _write(config: Config, run: LoggedRun, planned: UndoPlan) -> tuple[WriteOutcome, ...]:
    """Write under the lock, with a record in the audit log, and print the outcomes."""
    from sup_sync.host.audit import open_audit
    from sup_sync.host.lock import hold_lock
    from sup_sync.output.terminal.layout import make_console
    from sup_sync.output.terminal.plan import show_outcomes
    from sup_sync.run.undo import write_undo

    session, now = connect(config, ends_at=monotonic() + config.run_time_s), datetime.now(UTC)
    with (
        hold_lock(state_path(config, "lock")),
        open_audit(state_path(config, "audit.jsonl"), lambda: datetime.now(UTC)) as record,
    ):
        outcomes = tuple(write_undo(session, config, run, planned, now, record))
    show_outcomes(make_console(), outcomes)
    return outcomes


def _code(planned: UndoPlan, outcomes: tuple[WriteOutcome, ...]) -> int:
    from sup_sync.run.write import OutcomeKind

    is_complete = not planned.kept and all(each.kind is OutcomeKind.APPLIED for each in outcomes)
    return DONE if is_complete else PARTLY_DONE
