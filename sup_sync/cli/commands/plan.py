"""`sup-sync plan`: show what `apply` would change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sup_sync.cli.context import (
    Settings,
    cache_file,
    pass_settings,
    print_json,
)
from sup_sync.cli.examples import ExampleCommand
from sup_sync.cli.exit_codes import CHANGES_PENDING
from sup_sync.cli.loading import issue_source, load_judgements
from sup_sync.cli.options import from_option, global_options, json_option, now_option
from sup_sync.cli.parameters import RequestNumberType
from sup_sync.errors import MissingError

if TYPE_CHECKING:
    from sup_sync.config.load import Config
    from sup_sync.planning.mistakes import Background
    from sup_sync.planning.plan import Plan
    from sup_sync.run.cache import Cache
    from sup_sync.run.caseload import Caseload


@click.command(
    cls=ExampleCommand,
    examples=(
        "sup-sync plan",
        "sup-sync plan 30",
        "sup-sync plan --out plan.json",
        "sup-sync plan --from requests.jsonl --now 2026-11-20T18:00 --json",
    ),
)
@click.argument("issue_id", metavar="[N]", required=False, type=RequestNumberType(min=1))
@from_option
@now_option
@json_option
@click.option("--notes", "whole_notes", is_flag=True, help="Show whole notes, as for a single request N.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the plan to FILE too: `apply FILE` writes it within 24 hours, if nothing changed.",
    metavar="FILE",
)
@click.option(
    "--exit-code", is_flag=True, help="Exit with 5 if changes are pending, even if a request could not be evaluated."
)
@click.option("--adopt", is_flag=True, help="Show what `apply --adopt` would change.")
@global_options
@pass_settings
def plan(
    settings: Settings,
    issue_id: int | None,
    source: Path | None,
    now: datetime | None,
    as_json: bool,
    whole_notes: bool,
    out: Path | None,
    exit_code: bool,
    adopt: bool,
) -> int:
    """Show what `apply` would change, with reasons and clauses. Writes nothing to Redmine."""
    from sup_sync.planning.forecast import make_forecast
    from sup_sync.run.caseload import plan_caseload
    from sup_sync.run.linked import LinkedRequests

    if out and (source or now):
        raise click.UsageError("--out needs the current state of Redmine; leave out --from and --now")
    config = settings.load(require_config=source is None)
    time, caseload, judgements, code = load_judgements(settings, config, source, now)
    sources = [] if source else [issue_source(config)]
    linked = LinkedRequests(caseload.directory, config.rules, time, *sources)
    planned = plan_caseload(caseload, judgements, config.rules, time, linked=linked, is_adopting=adopt)
    is_live = source is None and now is None
    forecast = make_forecast(planned, config.limits, _background(settings, config, caseload, time, is_live=is_live))
    if issue_id is not None:
        if issue_id not in {each.issue.id for each in judgements}:
            text = "is not open or recently closed in the projects of config.yaml, or its tracker is ignored"
            raise MissingError(f"request #{issue_id} {text}")
        planned = _only(planned, issue_id)
        forecast = replace(forecast, postponed=tuple(each for each in forecast.postponed if each == issue_id))
    if out:
        _write_file(settings, out, planned, caseload, config, is_adopting=adopt)
    if as_json:
        from sup_sync.views.plan_summary import plan_json

        print_json(plan_json(planned, time, forecast))
    elif planned.changes or planned.findings or not settings.quiet:
        from sup_sync.output.terminal.layout import make_console
        from sup_sync.output.terminal.plan import show_plan

        show_plan(make_console(), planned, judgements, forecast, whole_notes=whole_notes or issue_id is not None)
    return CHANGES_PENDING if exit_code and planned.changes else code


def _only(plan: Plan, issue_id: int) -> Plan:
    """Return the part of a plan for one request."""
    return replace(
        plan,
        changes=tuple(each for each in plan.changes if each.issue_id == issue_id),
        findings=tuple(each for each in plan.findings if each.issue_id == issue_id),
        judged=1,
    )


def _background(settings: Settings, config: Config, caseload: Caseload, time: datetime, *, is_live: bool) -> Background:
    """Return what `apply` would know of the last completed run; nothing for a snapshot or another time."""
    from sup_sync.planning.mistakes import Background
    from sup_sync.run.last_run import read_background
    from sup_sync.run.scope import select_scope

    account = {"id": caseload.directory.account_id}

    def read(cache: Cache) -> Background:
        select_scope(cache, config, account, time)
        return read_background(cache, config, time)

    return cache_file(settings, config).use(read) if is_live else Background(time)


def _write_file(
    settings: Settings, path: Path, planned: Plan, caseload: Caseload, config: Config, *, is_adopting: bool
) -> None:
    """Write the plan to a file that only its owner can read, since notes contain the client's level and dates."""
    from sup_sync.cli.files import write_atomically
    from sup_sync.host.state_files import ONLY_OWNER
    from sup_sync.run.plan_file import plan_file_text

    account_id, now = caseload.directory.account_id or 0, datetime.now(UTC)
    text = plan_file_text(planned, caseload.issues, account_id, config, now, is_adopting=is_adopting)
    write_atomically(path, text, mode=ONLY_OWNER)
    settings.info(f"{path} written; after the review, run `sup-sync apply {path}` within 24 hours")
