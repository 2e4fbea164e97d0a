"""`sup-sync whatif`: past results under other mappings."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from sup_sync.cli.context import (
    Settings,
    aware,
    pass_settings,
    print_json,
)
from sup_sync.cli.loading import gather, tell_left_out
from sup_sync.cli.options import common, from_option, json_option, now_option


@click.command()
@click.argument("mappings", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@from_option
@now_option
@json_option
@common
@pass_settings
def whatif(settings: Settings, mappings: Path, source: Path | None, now: datetime | None, as_json: bool) -> int:
    """Judge history by today's mappings and by those in DIR, and list the verdicts that flip."""
    from sup_sync.run.caseload import judge_world, read_world
    from sup_sync.views.whatif import compare

    if not (mappings / "regulation.yaml").exists() and (mappings / "mappings").is_dir():
        mappings /= "mappings"
    config, other = settings.load(own=source is None), settings.load(own=source is None, mappings=mappings)
    moment = aware(now, config)
    gathered = gather(settings, config, source, now, everything=True)
    world, other_world = (read_world(gathered.lists, gathered.raw_issues, each.rules) for each in (config, other))
    code = tell_left_out(settings, gathered.gaps, world)
    today, then = judge_world(world, config.rules, moment), judge_world(other_world, other.rules, moment)
    compared = compare(today, then, config.rules.zone)
    if as_json:
        print_json(compared.to_json())
    else:
        from sup_sync.output.terminal.layout import make_console
        from sup_sync.output.terminal.report import show_whatif

        show_whatif(make_console(), compared)
    return code
