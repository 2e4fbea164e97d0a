"""`sup-sync provision`: a script that creates what Redmine lacks."""

from __future__ import annotations

import click

from sup_sync.cli.context import Settings, pass_settings
from sup_sync.cli.examples import ExampleCommand
from sup_sync.cli.options import global_options


@click.command(
    cls=ExampleCommand,
    examples=(
        "sup-sync provision --script > provision.rb",
        "sup-sync provision --script | RAILS_ENV=production bin/rails runner -",
    ),
)
@click.option(
    "--script",
    is_flag=True,
    required=True,
    expose_value=False,
    help="Print the script, for Redmine's `bin/rails runner`.",
)
@global_options
@pass_settings
def provision(settings: Settings) -> None:
    """Generate a script that creates what Redmine lacks: trackers, statuses, fields, roles, workflow."""
    from sup_sync.redmine.provision import make_script

    click.echo(make_script(settings.load(require_config=True).rules.names), nl=False)
