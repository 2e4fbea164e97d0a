"""`sup-sync report`: SLA compliance on the terminal, as JSON, CSV, HTML or a wiki page."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sup_sync.cli.context import Settings, pass_settings, print_json
from sup_sync.cli.examples import ExampleCommand
from sup_sync.cli.exit_codes import DONE
from sup_sync.cli.files import write_atomically
from sup_sync.cli.loading import load_judgements
from sup_sync.cli.options import from_option, global_options, json_option, language_option, now_option, page_language
from sup_sync.cli.pages import require_libraries
from sup_sync.cli.publishing import basis_of, is_publishing, publish, publish_options

if TYPE_CHECKING:
    from sup_sync.config.load import Config
    from sup_sync.sla.judgement import Judgement
    from sup_sync.views.compliance import Report

STDOUT = Path("-")


@click.command(
    cls=ExampleCommand,
    examples=(
        "sup-sync report",
        "sup-sync report --from requests.jsonl --csv requests.csv --html report.html",
        "sup-sync report --publish support --month 2026-10",
    ),
)
@from_option
@now_option
@json_option
@click.option(
    "--csv",
    "table",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="Write CSV to FILE, one row per request; - for stdout.",
)
@click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a self-contained HTML report with charts (extra `report`).",
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
    """Report SLA compliance by level, channel, category, priority and month filed."""
    from sup_sync.views.compliance import compliance

    if as_json and table == STDOUT:
        raise click.UsageError("--json and --csv - both write to stdout; pass a file name to --csv")
    if language and not (page or publication["project"]):
        raise click.UsageError("--language needs --html or --publish; pass one of them")
    if page:
        require_libraries("--html", "jinja2", "matplotlib")
    if is_publishing(publication, has_other_options=bool(source or now or as_json or table or page)):
        return publish(settings, language=language, **publication)
    config = settings.load(require_config=source is None)
    in_language = page_language(language, config)
    time, _, judgements, code = load_judgements(settings, config, source, now, everything=True)
    if table:
        _write_table(table, judgements, config)
    rows = compliance(judgements, config.rules.policy, config.rules.calendars)
    if page:
        basis = (config, time, in_language)
        write_atomically(page, _page(rows, judgements, *basis, is_whole=code == DONE))
    if as_json:
        print_json(rows.to_json())
    elif not (table or page) and (judgements or not settings.quiet):
        from sup_sync.output.terminal.layout import make_console
        from sup_sync.output.terminal.report import show_report

        show_report(make_console(), rows)
    return code


def _write_table(path: Path, judgements: tuple[Judgement, ...], config: Config) -> None:
    """Write the requests as CSV; a file starts with the byte order mark by which spreadsheets detect UTF-8."""
    from sup_sync.views.csv_export import csv_text

    text = csv_text(judgements, config.rules.policy, config.rules.calendars)
    if path == STDOUT:
        click.echo(text, nl=False)
    else:
        write_atomically(path, text, "utf-8-sig")


def _page(
    rows: Report,
    judgements: tuple[Judgement, ...],
    config: Config,
    now: datetime,
    language: str,
    *,
    is_whole: bool,
) -> str:
    from sup_sync.output.pages.page import render_report
    from sup_sync.views.figures import figures_of

    rules = config.rules
    figures = figures_of(judgements, rules.policy, rules.calendars)
    return render_report(rows, figures, basis_of(config, is_whole=is_whole), now, language)
