"""`sup-sync queue`: open requests in the order to handle them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from sup_sync.cli.context import (
    Settings,
    pass_settings,
    print_json,
)
from sup_sync.cli.examples import ExampleCommand
from sup_sync.cli.loading import load_judgements
from sup_sync.cli.options import from_option, global_options, json_option, now_option


@click.command(
    cls=ExampleCommand,
    examples=("sup-sync queue", "sup-sync queue --from requests.jsonl --now 2026-11-20T18:00"),
)
@from_option
@now_option
@json_option
@global_options
@pass_settings
def queue(settings: Settings, source: Path | None, now: datetime | None, as_json: bool) -> int:
    """List open requests in the order to handle them, with the working time left."""
    from sup_sync.views.work_queue import queue as make_queue

    config = settings.load(require_config=source is None)
    _, _, judgements, code = load_judgements(settings, config, source, now)
    entries = make_queue(judgements, config.rules.calendars)
    if as_json:
        print_json(entries.to_json())
    elif entries.entries or not settings.quiet:
        from sup_sync.output.terminal.layout import make_console
        from sup_sync.output.terminal.work_queue import show_queue

        show_queue(make_console(), entries)
    return code
