"""`sup-sync snapshot`: export requests as JSON lines."""

from __future__ import annotations

from pathlib import Path

import click

from sup_sync.cli.context import Settings, pass_settings
from sup_sync.cli.examples import ExampleCommand
from sup_sync.cli.exit_codes import DONE, PARTLY_DONE
from sup_sync.cli.files import write_atomically
from sup_sync.cli.loading import gather, report_skipped
from sup_sync.cli.options import global_options


@click.command(cls=ExampleCommand, examples=("sup-sync snapshot --output requests.jsonl",))
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="Output file. Default: stdout.")
@global_options
@pass_settings
def snapshot(settings: Settings, output: Path | None) -> int:
    """Export requests with their history as JSON lines, for --from."""
    from sup_sync.host.state_files import ONLY_OWNER
    from sup_sync.redmine.snapshot import snapshot_lines

    config = settings.load(require_config=True)
    gathered = gather(settings, config, None, everything=True)
    report_skipped(settings, gathered.unread_requests)
    text = "".join(line + "\n" for line in snapshot_lines(gathered.lists or {}, gathered.raw_issues))
    if output:
        write_atomically(output, text, mode=ONLY_OWNER)  # it contains client texts
    else:
        click.echo(text, nl=False)
    return DONE if gathered.is_whole else PARTLY_DONE
