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
from sup_sync.cli.loading import judged
from sup_sync.cli.options import from_option, global_options, json_option, now_option


@click.command()
@from_option
@now_option
@json_option
@global_options
@pass_settings
def queue(settings: Settings, source: Path | None, now: datetime | None, as_json: bool) -> int:
    """What to work on, in the regulation's order, with the working time left."""
    from sup_sync.views.work_queue import queue as make_queue

    config = settings.load(require_config=source is None)
    _, _, judgements, code = judged(settings, config, source, now)
    made = make_queue(judgements, config.rules.calendars)
    if as_json:
        print_json(made.to_json())
    elif made.entries or not settings.quiet:
        from sup_sync.output.terminal.layout import make_console
        from sup_sync.output.terminal.work_queue import show_queue

        show_queue(make_console(), made)
    return code
