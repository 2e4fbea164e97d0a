"""The command check: whether the mappings are sound, and the tracker as they say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from sup_sync.cli.context import Settings, connect, pass_settings, shipped
from sup_sync.cli.exit_codes import BAD_CONFIG, DONE, NO_ACCESS
from sup_sync.cli.notifications import unreachable
from sup_sync.cli.options import global_options

if TYPE_CHECKING:
    from sup_sync.config.load import Config
    from sup_sync.redmine.preflight import Problem, RedmineState
    from sup_sync.redmine.searches import Search
    from sup_sync.to_json import Json


@click.command()
@click.option("--offline", is_flag=True, help="Check config.yaml and mappings/ alone.")
@global_options
@pass_settings
def check(settings: Settings, offline: bool) -> int:
    """Check the mappings, and the tracker against them: names, fields, permissions, workflow."""
    return run_check(settings, offline=offline)


def run_check(settings: Settings, *, offline: bool) -> int:
    """Print what is wrong with the mappings, or else with the tracker; returns the exit code."""
    from sup_sync.config.load import check_files
    from sup_sync.output.terminal.contracts import show_mistakes
    from sup_sync.output.terminal.layout import make_console

    path = settings.path(require_config=not offline)
    config, mistakes = check_files(path, datetime.now(UTC).date())
    if mistakes:
        show_mistakes(make_console(), mistakes)
    if config is None or offline:
        if not mistakes:
            which = "the shipped config.yaml" if path == shipped() / "config.yaml" else str(path)
            settings.tell(f"no mistakes in {which} and its mappings")
        return BAD_CONFIG if mistakes else DONE
    problems, searches = _check_tracker(config)
    for problem in problems:
        click.echo(str(problem))
    if not problems:
        settings.tell(f"{config.server.url} is as the mappings say")
    silent = unreachable(config)
    for line in silent:
        click.echo(line)
    code = _check_code(problems, bool(mistakes or silent))
    if code == DONE and not settings.quiet:
        for search in searches:
            click.echo(f"{search.name}: {search.address(config.server.url)}")
    return code


def _check_tracker(config: Config) -> tuple[list[Problem], tuple[Search, ...]]:
    """What does not fit, and the searches for staff once they are seen to work."""
    from dataclasses import replace

    from sup_sync.redmine.lists import decode_directory
    from sup_sync.redmine.preflight import check_redmine
    from sup_sync.redmine.reader import Reader
    from sup_sync.redmine.searches import check_searches, make_searches
    from sup_sync.run.redmine_state import fetch_redmine_state

    reader = Reader(connect(config))
    tracker = fetch_redmine_state(reader, config)
    searches = make_searches(decode_directory(tracker.lists, tracker.names))
    found = [reader.count(search.filters) for search in searches]
    rows = reader.fetch_rows(status="open")
    waiting = (reader.fetch_issue(issue_id) for issue_id in _one_waiting_each(rows, tracker))
    problems = check_redmine(replace(tracker, issues=tuple(waiting)))
    broken = check_searches(searches, found, rows)
    return [*problems, *broken], () if broken else searches


def _one_waiting_each(rows: Iterable[Json], tracker: RedmineState) -> Iterable[int]:
    """One request that waits for the client for each of Redmine's trackers: on them the workflow shows."""
    from sup_sync.model.issue import Phase

    waiting = {name for name, status in tracker.names.statuses.items() if status.phase is Phase.WAITING}
    project_ids = {project["id"] for project in tracker.lists["projects"]}
    here = (row for row in rows if row["project"]["id"] in project_ids)
    return {row["tracker"]["id"]: row["id"] for row in here if row["status"]["name"] in waiting}.values()


def _check_code(problems: list[Problem], has_mistakes: bool) -> int:
    from sup_sync.redmine.preflight import Area

    stopping = {problem.area for problem in problems if not problem.is_warning}
    if Area.ACCESS in stopping:
        return NO_ACCESS
    return BAD_CONFIG if stopping or has_mistakes else DONE
