"""The command report: on the terminal, as JSON, as a table for a spreadsheet, as a page."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sup_sync.cli.files import write_whole
from sup_sync.cli.options import (
    Settings,
    aware,
    common,
    from_option,
    json_option,
    now_option,
    pass_settings,
    print_json,
)
from sup_sync.cli.read import judged

if TYPE_CHECKING:
    from sup_sync.config import Config
    from sup_sync.judgement import Judgement

STDOUT = Path("-")


@click.command()
@from_option
@now_option
@json_option
@click.option(
    "--csv",
    "table",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="Write one row for each request to this file, for a spreadsheet; - is standard output.",
)
@common
@pass_settings
def report(settings: Settings, source: Path | None, now: datetime | None, as_json: bool, table: Path | None) -> int:
    """Compliance by level, channel, category, priority and month of filing."""
    from sup_sync.report import compliance
    from sup_sync.terminal import make_console, show_report

    if as_json and table == STDOUT:
        raise click.UsageError("--json and --csv - both go to stdout: name a file for --csv")
    config = settings.load(own=source is None)
    moment = aware(now, config)
    _, judgements, code = judged(settings, config, source, moment, everything=True)
    if table:
        _write_table(table, judgements, config)
    made = compliance(judgements, config.rules.policy, config.rules.calendars)
    if as_json:
        print_json(made.to_json())
    elif not table and (judgements or not settings.quiet):
        show_report(make_console(), made)
    return code


def _write_table(path: Path, judgements: tuple[Judgement, ...], config: Config) -> None:
    """The requests as CSV; in a file with the mark by which spreadsheets know UTF-8."""
    from sup_sync.rows import csv_text

    text = csv_text(judgements, config.rules.calendars)
    if path == STDOUT:
        click.echo(text, nl=False)
    else:
        write_whole(path, text, "utf-8-sig")
