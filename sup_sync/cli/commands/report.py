"""`sup-sync report`: SLA compliance on the terminal, as JSON, CSV, HTML or a wiki page."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sup_sync.cli.context import Settings, pass_settings, print_json
from sup_sync.cli.exit_codes import DONE
from sup_sync.cli.files import write_atomically
from sup_sync.cli.loading import judged
from sup_sync.cli.options import from_option, global_options, json_option, language_option, now_option
from sup_sync.cli.pages import require_libraries
from sup_sync.cli.publishing import basis_of, is_publishing, publish, publish_options

if TYPE_CHECKING:
    from sup_sync.config.load import Config
    from sup_sync.sla.judgement import Judgement
    from sup_sync.views.compliance import Report

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
@click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a page with charts to this file; it needs no network (extra `report`).",
)
@language_option
@publish_options
@global_options
@pass_settings
def report(
    settings: Settings,
    /,
    source: Path | None,
    now: datetime | None,
    as_json: bool,
    table: Path | None,
    page: Path | None,
    language: str | None,
    **publication: Any,
) -> int:
    """Compliance by level, channel, category, priority and month of filing."""
    from sup_sync.views.compliance import compliance

    if as_json and table == STDOUT:
        raise click.UsageError("--json and --csv - both go to stdout: name a file for --csv")
    if language and not (page or publication["project"]):
        raise click.UsageError("--language is that of --html and --publish: give one of them")
    if page:
        require_libraries("--html", "jinja2", "matplotlib")
    if is_publishing(publication, is_alone=not (source or now or as_json or table or page)):
        return publish(settings, language=language, **publication)
    config = settings.load(require_config=source is None)
    moment, _, judgements, code = judged(settings, config, source, now, everything=True)
    if table:
        _write_table(table, judgements, config)
    made = compliance(judgements, config.rules.policy, config.rules.calendars)
    if page:
        basis = (config, moment, language or config.rules.messages.staff_language)
        write_atomically(page, _page(made, judgements, *basis, is_whole=code == DONE))
    if as_json:
        print_json(made.to_json())
    elif not (table or page) and (judgements or not settings.quiet):
        from sup_sync.output.terminal.layout import make_console
        from sup_sync.output.terminal.report import show_report

        show_report(make_console(), made)
    return code


def _write_table(path: Path, judgements: tuple[Judgement, ...], config: Config) -> None:
    """The requests as CSV; in a file with the mark by which spreadsheets know UTF-8."""
    from sup_sync.views.csv_export import csv_text

    text = csv_text(judgements, config.rules.calendars)
    if path == STDOUT:
        click.echo(text, nl=False)
    else:
        write_atomically(path, text, "utf-8-sig")


def _page(
    made: Report, judgements: tuple[Judgement, ...], config: Config, now: datetime, language: str, *, is_whole: bool
) -> str:
    from sup_sync.output.pages.page import render_report
    from sup_sync.views.figures import figures_of

    rules = config.rules
    figures = figures_of(judgements, rules.policy, rules.calendars, now)
    return render_report(made, figures, basis_of(config, is_whole=is_whole), now, language)
