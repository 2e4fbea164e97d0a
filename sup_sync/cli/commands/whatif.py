"""`sup-sync whatif`: past results under other mappings."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from sup_sync.cli.context import (
    Settings,
    in_support_zone,
    pass_settings,
    print_json,
)
from sup_sync.cli.examples import ExampleCommand
from sup_sync.cli.loading import gather, report_unreadable
from sup_sync.cli.options import from_option, global_options, json_option, now_option


@click.command(
    cls=ExampleCommand,
    examples=(
        "sup-sync whatif new/mappings",
        "sup-sync whatif new/mappings --from requests.jsonl",
    ),
)
@click.argument("mappings", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@from_option
@now_option
@json_option
@global_options
@pass_settings
def whatif(settings: Settings, mappings: Path, source: Path | None, now: datetime | None, as_json: bool) -> int:
    """Compare past results under the current mappings and those in DIR."""
    from sup_sync.run.caseload import decode_caseload, judge_caseload
    from sup_sync.views.whatif import compare

    if not (mappings / "regulation.yaml").exists() and (mappings / "mappings").is_dir():
        mappings /= "mappings"
    config, other = (
        settings.load(require_config=source is None),
        settings.load(require_config=source is None, mappings=mappings),
    )
    time = in_support_zone(now, config)
    gathered = gather(settings, config, source, now, everything=True)
    caseload, other_caseload = (
        decode_caseload(gathered.lists, gathered.raw_issues, each.rules, gathered.unread_requests)
        for each in (config, other)
    )
    code = report_unreadable(settings, caseload, is_whole=gathered.is_whole)
    today, then = judge_caseload(caseload, config.rules, time), judge_caseload(other_caseload, other.rules, time)
    comparison = compare(today, then, config.rules.zone)
    if as_json:
        print_json(comparison.to_json())
    else:
        from sup_sync.output.terminal.layout import make_console
        from sup_sync.output.terminal.report import show_whatif

        show_whatif(make_console(), comparison)
    return code
