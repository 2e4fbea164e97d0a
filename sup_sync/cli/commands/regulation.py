"""`sup-sync regulation`: the configured regulation."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from sup_sync.cli.context import Settings, pass_settings, print_json, today
from sup_sync.cli.examples import ExampleCommand
from sup_sync.cli.files import write_atomically
from sup_sync.cli.options import global_options, json_option, language_option
from sup_sync.cli.pages import page_option, page_texts, require_libraries
from sup_sync.cli.parameters import DayType


@click.command(
    cls=ExampleCommand,
    examples=(
        "sup-sync regulation --language en",
        "sup-sync regulation --on 2026-12-31 --html regulation.html",
    ),
)
@click.option("--on", "day", type=DayType(), help="Show the version in force on DAY. Default: today.")
@language_option
@page_option
@json_option
@global_options
@pass_settings
def regulation(settings: Settings, day: date | None, language: str | None, page: Path | None, as_json: bool) -> None:
    """Show the configured regulation: targets, hours, waiting, escalation steps."""
    from sup_sync.model.policy import ClockKind
    from sup_sync.views.regulation import regulation_on

    if page:
        require_libraries("--html", "jinja2")
    config = settings.load()
    rules = config.rules
    day = day or today(config)
    in_force = regulation_on(day, rules.policy, rules.calendars[ClockKind.WORKING])
    if in_force is None:
        first = (rules.policy, *rules.policy.earlier)[-1].in_force_from
        text = f"no regulation was in force on {day}; choose a day from {first} on"
        raise click.BadParameter(text, param_hint="--on")
    if as_json:
        print_json(in_force.to_json())
        return
    from sup_sync.output.texts.regulation import regulation_text

    texts = page_texts("regulation", config, language)
    sheet = regulation_text(in_force, texts, {key: each.name for key, each in rules.names.people.items()})
    if page:
        from sup_sync.output.pages.frame import render_page

        write_atomically(page, render_page("regulation", texts, regulation=sheet))
        return
    from sup_sync.output.terminal.layout import make_console
    from sup_sync.output.terminal.regulation import show_regulation

    show_regulation(make_console(), sheet)
