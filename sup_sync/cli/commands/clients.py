"""`sup-sync clients`: contracts and the days left on each."""

from __future__ import annotations

from datetime import datetime

import click

from sup_sync.cli.context import Settings, in_support_zone, pass_settings, print_json
from sup_sync.cli.examples import ExampleCommand
from sup_sync.cli.options import global_options, json_option, now_option


@click.command(cls=ExampleCommand, examples=("sup-sync clients", "sup-sync clients --now 2027-01-01"))
@now_option
@json_option
@global_options
@pass_settings
def clients(settings: Settings, now: datetime | None, as_json: bool) -> None:
    """List contracts and the days left on each."""
    from sup_sync.views.contracts import contract_states

    config = settings.load()
    zone = config.rules.zone
    states = contract_states(config.rules.policy.contracts, in_support_zone(now, config).astimezone(zone).date())
    if as_json:
        print_json([state.to_json() for state in states])
    else:
        from sup_sync.output.terminal.contracts import show_clients
        from sup_sync.output.terminal.layout import make_console

        show_clients(make_console(), states)
