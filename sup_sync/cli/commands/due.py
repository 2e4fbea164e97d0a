"""`sup-sync due`: compute the targets of a request that options describe."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

import click

from sup_sync.cli.context import Settings, in_support_zone, pass_settings, print_json
from sup_sync.cli.options import global_options, json_option
from sup_sync.cli.parameters import MomentType, complete_keys

if TYPE_CHECKING:
    from sup_sync.config.load import Config
    from sup_sync.model.policy import Calendars, Policy


@click.command()
@click.option("--filed-at", type=MomentType(), required=True, help="When the request was filed.")
@click.option("--level", required=True, metavar="KEY", help="base, vip", shell_complete=complete_keys("levels"))
@click.option(
    "--channel",
    required=True,
    metavar="KEY",
    help="online_assistant, email, official_letter, callback, tracker",
    shell_complete=complete_keys("channels"),
)
@click.option(
    "--category",
    required=True,
    metavar="KEY",
    help="consultation, error, suggestion",
    shell_complete=complete_keys("categories"),
)
@click.option(
    "--priority",
    metavar="KEY",
    help="normal, urgent, immediate; default: the calmest",
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
    """The targets of a request described by options, offline."""
    config = settings.load()
    moment = in_support_zone(filed_at, config)
    policy = _in_force(config, moment)
    _require_known("--level", level, policy.levels)
    _require_known("--channel", channel, policy.channels)
    _require_known("--category", category, policy.categories)
    _require_known("--priority", priority or policy.normal_priority, policy.priorities)
    words = (level, channel, category)
    targets = _targets(config.rules.calendars, policy, moment, words, priority or policy.normal_priority)
    if as_json:
        print_json(targets)
    else:
        from sup_sync.output.terminal.labels import PIPE_WIDTH
        from sup_sync.output.terminal.targets import target_lines

        for line in target_lines(targets, get_terminal_size((PIPE_WIDTH, 0)).columns):
            click.echo(line)


def _in_force(config: Config, filed_at: datetime) -> Policy:
    """The regulation in force on the day of the moment."""

    day = filed_at.astimezone(config.rules.zone).date()
    policy = config.rules.policy.in_force_on(day)
    if policy is None:
        text = f"no regulation was in force on {day}: give a later moment, or add that of its day to mappings/"
        raise click.BadParameter(text, param_hint="--filed-at")
    return policy


def _require_known(option: str, value: str, known: Iterable[str]) -> None:
    if value not in known:
        raise click.BadParameter(f"{value!r} is none of {', '.join(known)}", param_hint=option)


def _targets(
    calendars: Calendars, policy: Policy, filed_at: datetime, words: tuple[str, str, str], priority: str
) -> list[dict[str, Any]]:
    """Each target as {"metric", "within" (seconds), "due_at" (in the support's zone), "clause", "agreement"}."""
    from sup_sync.model.policy import Metric
    from sup_sync.sla.clock import Clock

    agreement = policy.agreement_for(*words)
    if agreement is None:
        raise click.UsageError(f"no agreement for {', '.join(words)}: see `sup-sync check --offline`")
    rows = []
    for metric in Metric:
        target = agreement.target(metric, priority)
        clock = Clock(target, filed_at, filed_at)
        within, due_at = clock.within(calendars), clock.due_at(calendars)
        rows.append(
            {
                "metric": metric.value,
                "within": within and int(within.total_seconds()),
                "due_at": due_at and due_at.astimezone(calendars[target.clock].zone).isoformat(),
                "clause": target.clause,
                "agreement": agreement.key,
            }
        )
    return rows
