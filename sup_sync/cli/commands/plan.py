"""`sup-sync plan`: show what `apply` would change."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sup_sync.cli.context import (
    Settings,
    pass_settings,
    print_json,
)
from sup_sync.cli.examples import ExampleCommand
from sup_sync.cli.exit_codes import CHANGES_PENDING, DONE
from sup_sync.cli.loading import issue_source, load_judgements
from sup_sync.cli.options import from_option, global_options, json_option, now_option

if TYPE_CHECKING:
    from sup_sync.planning.plan import Plan
    from sup_sync.sla.judgement import Judgement


@click.command(
    cls=ExampleCommand,
    examples=("sup-sync plan", "sup-sync plan --from requests.jsonl --now 2026-11-20T18:00 --json"),
)
@from_option
@now_option
@json_option
@click.option("--exit-code", is_flag=True, help="Exit with 5 if changes are pending.")
@click.option("--adopt", is_flag=True, help="Show what `apply --adopt` would change.")
@global_options
@pass_settings
def plan(
    settings: Settings, source: Path | None, now: datetime | None, as_json: bool, exit_code: bool, adopt: bool
) -> int:
    """Show what `apply` would change, with reasons and clauses. Writes nothing."""
    from sup_sync.run.caseload import plan_caseload
    from sup_sync.run.linked import LinkedRequests

    config = settings.load(require_config=source is None)
    time, caseload, judgements, code = load_judgements(settings, config, source, now)
    sources = [] if source else [issue_source(config)]
    linked = LinkedRequests(caseload.directory, config.rules, time, *sources)
    planned = plan_caseload(caseload, judgements, config.rules, time, linked=linked, is_adopting=adopt)
    _show_plan(settings, planned, judgements, time, as_json=as_json)
    return CHANGES_PENDING if exit_code and planned.changes and code == DONE else code


def _show_plan(
    settings: Settings, plan: Plan, judgements: tuple[Judgement, ...], now: datetime, *, as_json: bool
) -> None:
    from sup_sync.views.plan_summary import plan_json

    if as_json:
        print_json(plan_json(plan, now))
    elif plan.changes or plan.findings or not settings.quiet:
        from sup_sync.output.terminal.layout import make_console
        from sup_sync.output.terminal.plan import show_plan

        show_plan(make_console(), plan, judgements)
