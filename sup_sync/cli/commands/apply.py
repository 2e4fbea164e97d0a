"""`sup-sync apply`: plan changes and write them to Redmine."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import click

from sup_sync.cli.context import (
    Settings,
    cache_file,
    connect,
    pass_settings,
    progress_bar,
    report_left_out,
    state_path,
)
from sup_sync.cli.examples import ExampleCommand
from sup_sync.cli.exit_codes import DONE, PARTLY_DONE
from sup_sync.cli.monitoring import METRICS_HELP, RunRecord, check_prom_path, check_url, recorded_run
from sup_sync.cli.notifications import make_notifier
from sup_sync.cli.options import global_options
from sup_sync.cli.parameters import RequestNumberType

if TYPE_CHECKING:
    from sup_sync.config.load import Config
    from sup_sync.run.selection import Selection


@click.command(
    cls=ExampleCommand,
    examples=(
        "sup-sync apply",
        "sup-sync apply --adopt",
        "sup-sync apply --only 30 --only 31",
        "sup-sync apply plan.json",
        "sup-sync --config /etc/sup-sync/config.yaml apply --quiet --ping https://monitor.example.kz/of-this-run",
    ),
)
@click.argument("plan_file", metavar="[FILE]", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--only",
    metavar="N",
    multiple=True,
    type=RequestNumberType(min=1),
    help="Write only the changes of request N; repeatable.",
)
@click.option("--force", is_flag=True, help="Write even if the plan exceeds the limits (this run only).")
@click.option(
    "--adopt",
    is_flag=True,
    help="First run on an existing Redmine: set fields, send no notes about what is already due.",
)
@click.option(
    "--ping",
    "monitor",
    metavar="URL",
    callback=check_url,
    help="Monitor to ping: URL/start, then URL/EXIT_CODE.",
)
@click.option("--metrics", type=click.Path(path_type=Path, dir_okay=False), callback=check_prom_path, help=METRICS_HELP)
@click.option("--json", "as_json", is_flag=True, help="Print a one-line JSON summary, even if the run fails.")
@global_options
@pass_settings
def apply(
    settings: Settings,
    plan_file: Path | None,
    only: tuple[int, ...],
    force: bool,
    adopt: bool,
    monitor: str | None,
    metrics: Path | None,
    as_json: bool,
) -> int:
    """Plan changes and write them to Redmine. Run it from cron.

    With FILE, a plan of `plan --out`, write its changes to each request that is still the same.
    """
    with recorded_run(settings, monitor, metrics, as_json=as_json) as run:
        run.code = _apply(settings, run, plan_file, frozenset(only), force=force, adopt=adopt)
    return run.code


def _apply(
    settings: Settings, run: RunRecord, plan_file: Path | None, only: frozenset[int], *, force: bool, adopt: bool
) -> int:
    from sup_sync.host.audit import open_audit
    from sup_sync.host.lock import hold_lock
    from sup_sync.run.apply import RunHooks
    from sup_sync.run.apply import apply as apply_plan

    config = settings.load(require_config=True)
    selection = _select(plan_file, only, config, adopt=adopt)
    session = connect(config, ends_at=monotonic() + config.run_time_s)
    run.requests = session.requests_made
    with (
        hold_lock(state_path(config, "lock")),
        open_audit(state_path(config, "audit.jsonl"), lambda: datetime.now(UTC)) as record,
        progress_bar(settings) as advance,
    ):
        done = apply_plan(
            session,
            config,
            datetime.now(UTC),
            force=force,
            progress=advance,
            is_adopting=selection.reviewed.is_adopting if selection.reviewed else adopt,
            cache=cache_file(settings, config),
            hooks=RunHooks(run.counting(record), make_notifier(config)),
            selection=selection,
        )
    run.done = done
    shown = done.only_news() if settings.quiet else done
    report_left_out(settings, done.unread_projects, shown.problems)
    for issue_id in sorted(only - {each.issue_id for each in done.outcomes} - set(done.postponed)):
        settings.info(f"#{issue_id}: nothing to write")
    for line in done.failed_notifications:
        settings.info(line, always=True)
    if not run.as_json and (shown.outcomes or shown.skipped or shown.postponed or not settings.quiet):
        from sup_sync.output.terminal.layout import make_console
        from sup_sync.output.terminal.plan import show_run_result

        show_run_result(make_console(), shown)
    return DONE if done.is_complete else PARTLY_DONE


def _select(plan_file: Path | None, only: frozenset[int], config: Config, *, adopt: bool) -> Selection:
    """Return what to write: everything, the requests of `--only`, or the plan in the file."""
    from sup_sync.run.plan_file import load_plan_file
    from sup_sync.run.selection import Selection

    if plan_file and adopt:
        raise click.UsageError("the plan in FILE already is one for adoption or not; leave out --adopt")
    reviewed = load_plan_file(plan_file, config, datetime.now(UTC)) if plan_file else None
    return Selection(only or None, reviewed)
