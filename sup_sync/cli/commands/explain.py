"""`sup-sync explain`: the history and the clocks of one request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sup_sync.cli.context import (
    Settings,
    connect,
    in_support_zone,
    pass_settings,
    print_json,
)
from sup_sync.cli.examples import ExampleCommand
from sup_sync.cli.exit_codes import DONE, PARTLY_DONE
from sup_sync.cli.loading import read_snapshot
from sup_sync.cli.options import from_option, global_options, json_option, now_option
from sup_sync.cli.parameters import RequestNumberType
from sup_sync.errors import DecodeError, MissingError

if TYPE_CHECKING:
    from sup_sync.config.load import Config
    from sup_sync.redmine.snapshot import Gathered
    from sup_sync.to_json import Json


@click.command(
    cls=ExampleCommand,
    examples=("sup-sync explain 30", "sup-sync explain 30 --from requests.jsonl --now 2026-11-20T18:00"),
)
@click.argument("issue_id", metavar="N", type=RequestNumberType(min=1))
@from_option
@now_option
@json_option
@global_options
@pass_settings
def explain(settings: Settings, issue_id: int, source: Path | None, now: datetime | None, as_json: bool) -> int:
    """Explain one request: history, clocks, SLA status and time spent, with clauses."""
    from sup_sync.run.caseload import decode_caseload, ignored_tracker, judge_caseload
    from sup_sync.views.explanation import explain as explain_issue

    config = settings.load(require_config=source is None)
    time = in_support_zone(now, config)
    gathered, others = _gather_one(settings, config, source, issue_id, time)
    tracker = ignored_tracker(gathered.raw_issues[0], gathered.lists, config.rules.names)
    if tracker is not None:
        text = f'request #{issue_id} is in tracker "{tracker}", which mappings/tracker.yaml ignores'
        raise MissingError(f"{text}; to evaluate it, map the tracker to a category there")
    caseload = decode_caseload(gathered.lists, gathered.raw_issues, config.rules, time, others=others)
    for finding in caseload.findings:
        raise DecodeError(finding.text)
    judgements = judge_caseload(caseload, config.rules, time)
    if not judgements:
        raise MissingError(f"request #{issue_id} was not filed yet at {time:%Y-%m-%d %H:%M %z}; choose a later --now")
    explanation = explain_issue(judgements[0], config.rules, time)
    if as_json:
        print_json(explanation.to_json())
    else:
        from sup_sync.output.terminal.explanation import show_explanation
        from sup_sync.output.terminal.layout import make_console

        show_explanation(make_console(), explanation)
    return PARTLY_DONE if judgements[0].is_unjudged else DONE


def _gather_one(
    settings: Settings, config: Config, source: Path | None, issue_id: int, time: datetime
) -> tuple[Gathered, Sequence[Json]]:
    """Load one request, and other requests of its author if their levels may tell its own."""
    from dataclasses import replace

    from sup_sync.redmine.reader import Reader
    from sup_sync.redmine.snapshot import Gathered
    from sup_sync.run.caseload import closed_since
    from sup_sync.run.redmine_state import fetch_redmine_state

    if source:
        gathered = read_snapshot(settings, config, source)
        matching = tuple(issue for issue in gathered.raw_issues if issue["id"] == issue_id)
        if not matching:
            raise MissingError(
                f"{source.name}: request #{issue_id} not found; create a newer file with `sup-sync snapshot`"
            )
        return replace(gathered, raw_issues=matching), gathered.raw_issues
    reader = Reader(connect(config))
    lists, issue = fetch_redmine_state(reader, config).lists, reader.fetch_issue(issue_id)
    since, others = closed_since(config.closed_days, time), []
    if lists["missing_groups"]:
        others = reader.fetch_rows_by(issue["author"]["id"], {each["id"] for each in lists["projects"]}, since)
    return Gathered(lists, (issue,), {}), others
