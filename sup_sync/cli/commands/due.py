"""`sup-sync due`: compute the targets of a request that options describe."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

import click

from sup_sync.cli.context import Settings, in_support_zone, pass_settings, print_json
from sup_sync.cli.examples import ExampleCommand
from sup_sync.cli.options import global_options, json_option
from sup_sync.cli.parameters import TimeType, complete_keys

if TYPE_CHECKING:
    from sup_sync.config.load import Config
    from sup_sync.model.policy import Calendars, Policy


@click.command(
    cls=ExampleCommand,
    examples=("sup-sync due --filed-at 2026-11-20T17:50 --level vip --channel tracker --category error",),
)
@click.option(
    "--filed-at",
    type=TimeType(),
    required=True,
    help="Time of filing, in the support's time zone: 2026-11-20T17:50",
)
@click.option(
    "--level",
    required=True,
    metavar="KEY",
    help="Service level: base or vip.",
    shell_complete=complete_keys("levels"),
)
@click.option(
    "--channel",
    required=True,
    metavar="KEY",
    help="Channel: online_assistant, email, official_letter, callback or tracker.",
    shell_complete=complete_keys("channels"),
)
@click.option(
    "--category",
    required=True,
    metavar="KEY",
    help="Category: consultation, error or suggestion.",
    shell_complete=complete_keys("categories"),
)
@click.option(
    "--priority",
    metavar="KEY",
    help="Priority: normal, urgent or immediate. Default: the lowest.",
    shell_complete=complete_keys("priorities"),
)
@json_option
@global_options
@pass_settings
def due(
    settings: Settings,
    filed_at: datetime,
    level: str,
    channel: str,
    category: str,
    priority: str | None,
    as_json: bool,
) -> None:
    """Compute the targets of a request you describe. Works offline."""
    config = settings.load()
    filed_in_zone = in_support_zone(filed_at, config)
    policy = _in_force(config, filed_in_zone)
    _require_known("--level", level, policy.levels)
    _require_known("--channel", channel, policy.channels)
    _require_known("--category", category, policy.categories)
    _require_known("--priority", priority or policy.normal_priority, policy.priorities)
    keys = (level, channel, category)
    targets = _targets(config.rules.calendars, policy, filed_in_zone, keys, priority or policy.normal_priority)
    if as_json:
        print_json(targets)
    else:
        from sup_sync.output.terminal.labels import PIPE_WIDTH
        from sup_sync.output.terminal.targets import target_lines

        for line in target_lines(targets, get_terminal_size((PIPE_WIDTH, 0)).columns):
            click.echo(line)


def _in_force(config: Config, filed_at: datetime) -> Policy:
    """Return the regulation in force on the day of filing; raise BadParameter if there was none."""
    day = filed_at.astimezone(config.rules.zone).date()
    policy = config.rules.policy.in_force_on(day)
    if policy is None:
        text = f"no regulation was in force on {day}; choose a later time, or add an earlier version to mappings/"
        raise click.BadParameter(text, param_hint="--filed-at")
    return policy


def _require_known(option: str, value: str, known: Iterable[str]) -> None:
    if value not in known:
        raise click.BadParameter(f"{value!r} is not one of {', '.join(known)}", param_hint=option)


def _targets(
    calendars: Calendars, policy: Policy, filed_at: datetime, keys: tuple[str, str, str], priority: str
) -> list[dict[str, Any]]:
    """Return each target as {"metric", "within" (seconds), "due_at" (in the support's zone), "clause", "agreement"}."""
    from sup_sync.sla.clock import Clock

    agreement = policy.agreement_for(*keys)
    if agreement is None:
        raise click.UsageError(f"no agreement for {', '.join(keys)}; run `sup-sync check --offline`")
    rows = []
    for metric in policy.metrics:
        target = agreement.target(metric, priority)
        clock = Clock(target, filed_at)
        within, due_at = clock.within(calendars), clock.due_at(calendars)
        rows.append(
            {
                "metric": metric,
                "within": within and int(within.total_seconds()),
                "due_at": due_at and due_at.astimezone(calendars[target.clock].zone).isoformat(),
                "clause": target.clause,
                "agreement": agreement.key,
            }
        )
    return rows
