"""`sup-sync calendar`: a year's working calendar."""

from __future__ import annotations

from pathlib import Path

import click

from sup_sync.cli.context import Settings, pass_settings, print_json, today
from sup_sync.cli.examples import ExampleCommand
from sup_sync.cli.files import write_atomically
from sup_sync.cli.options import global_options, json_option, language_option
from sup_sync.cli.pages import page_option, page_texts, require_libraries
from sup_sync.cli.parameters import YearType


class YearOrCommand(ExampleCommand, click.Group):
    """A group that also takes a year instead of a command, as its hidden option --year."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        _, rest, _ = self.make_parser(ctx).parse_args(list(args))
        if rest and rest[0] not in self.commands:
            before = args[: len(args) - len(rest)]
            args = [*before, *rest[1:], f"--year={rest[0]}"]
        return super().parse_args(ctx, args)


@click.group(
    cls=YearOrCommand,
    invoke_without_command=True,
    subcommand_metavar="[YEAR | refresh YEARS...]",
    examples=("sup-sync calendar", "sup-sync calendar 2026 --language en --html calendar.html"),
)
@click.option("--year", type=YearType(), hidden=True)
@language_option
@page_option
@json_option
@global_options
@pass_settings
@click.pass_context
def calendar(
    ctx: click.Context, settings: Settings, year: int | None, language: str | None, page: Path | None, as_json: bool
) -> None:
    """Show a year's working calendar: days off, moved and shortened days. Default: this year."""
    if ctx.invoked_subcommand is not None:
        return
    from sup_sync.model.policy import ClockKind
    from sup_sync.views.year import year_of

    if page:
        require_libraries("--html", "jinja2")
    config = settings.load()
    working = config.rules.calendars[ClockKind.WORKING]
    number = year or today(config).year
    if number not in working.years:
        known = f"{working.years[0]} to {working.years[-1]}"
        raise click.UsageError(
            f"calendar.yaml covers {known}, not {number}; add the lines of `sup-sync calendar refresh {number}`"
        )
    calendar_year = year_of(number, working, config.calendar_lines, is_estimated=number in config.rules.estimated_years)
    if as_json:
        print_json(calendar_year.to_json())
        return
    from sup_sync.output.texts.year import CalendarTexts, sign_of

    texts = CalendarTexts(page_texts("calendar", config, language))
    if page:
        from sup_sync.output.pages.frame import render_page

        write_atomically(
            page, render_page("calendar", texts.texts, year=calendar_year, calendar=texts, sign_of=sign_of)
        )
        return
    from sup_sync.output.terminal.layout import make_console
    from sup_sync.output.terminal.year import show_year

    show_year(make_console(), calendar_year, texts)


@calendar.command(
    cls=ExampleCommand, short_help="Print lines for calendar.yaml.", examples=("sup-sync calendar refresh 2027 2028",)
)
@click.argument("years", nargs=-1, type=click.IntRange(1991, 2100), required=True)
@global_options
def refresh(years: tuple[int, ...]) -> None:
    """Print holidays and working weekends of YEARS as lines for calendar.yaml (extra `calendar`)."""
    from sup_sync.config.public_holidays import frozen_holidays, render_holidays, render_worked, worked_weekends

    try:
        click.echo(f"holidays:\n{render_holidays(frozen_holidays(years))}", nl=False)
        click.echo(f"changes:\n{render_worked(worked_weekends(years))}", nl=False)
    except ImportError:
        raise click.UsageError("PyPI holidays is not installed; run pip install 'sup-sync[calendar]'") from None
