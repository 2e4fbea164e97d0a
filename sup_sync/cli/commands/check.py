"""`sup-sync check`: check the configuration and compare it with Redmine."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from sup_sync.cli.context import Settings, connect, pass_settings, shipped_folder
from sup_sync.cli.examples import ExampleCommand
from sup_sync.cli.exit_codes import BAD_CONFIG, DONE, NO_ACCESS
from sup_sync.cli.notifications import find_unreachable
from sup_sync.cli.options import global_options

if TYPE_CHECKING:
    from sup_sync.config.load import Config
    from sup_sync.redmine.preflight.problem import Problem, RedmineState
    from sup_sync.redmine.searches import Search
    from sup_sync.to_json import Json


@click.command(cls=ExampleCommand, examples=("sup-sync check", "sup-sync check --offline"))
@click.option("--offline", is_flag=True, help="Check the files only; do not contact Redmine.")
@global_options
@pass_settings
def check(settings: Settings, offline: bool) -> int:
    """Check the configuration and compare it with Redmine: names, fields, permissions, workflow."""
    return run_check(settings, offline=offline)


def run_check(settings: Settings, *, offline: bool) -> int:
    """Print mistakes of the files and then, unless `offline`, problems in Redmine; return the exit code."""
    from sup_sync.config.load import check_files
    from sup_sync.output.terminal.contracts import show_mistakes
    from sup_sync.output.terminal.layout import make_console

    path = settings.path(require_config=not offline)
    config, mistakes = check_files(path, datetime.now(UTC).date())
    if mistakes:
        show_mistakes(make_console(), mistakes)
    has_mistakes = any(not each.is_warning for each in mistakes)
    if config is None or offline:
        if not mistakes:
            name = "the shipped config.yaml" if path == shipped_folder() / "config.yaml" else str(path)
            settings.info(f"{name} and its mappings are valid")
        return BAD_CONFIG if has_mistakes else DONE
    problems, searches = _check_redmine(config)
    for problem in problems:
        click.echo(str(problem))
    if not problems:
        settings.info(f"{config.server.url} matches the mappings")
    unreachable = find_unreachable(config)
    for line in unreachable:
        click.echo(line)
    code = _check_code(problems, bool(has_mistakes or unreachable))
    if code == DONE and not settings.quiet:
        for search in searches:
            click.echo(f"{search.name}: {search.address(config.server.url)}")
    return code


def _check_redmine(config: Config) -> tuple[list[Problem], tuple[Search, ...]]:
    """Return the problems in Redmine, and the searches for staff if they work."""
    from dataclasses import replace

    from sup_sync.redmine.lists import decode_directory
    from sup_sync.redmine.preflight.checks import check_redmine
    from sup_sync.redmine.reader import Reader
    from sup_sync.redmine.searches import check_searches, make_searches
    from sup_sync.run.redmine_state import fetch_redmine_state

    reader = Reader(connect(config))
    state = fetch_redmine_state(reader, config)
    searches = make_searches(decode_directory(state.lists, state.names))
    counts = [reader.count(search.filters) for search in searches]
    rows = reader.fetch_rows(status="open")
    in_scope = _rows_in_scope(rows, state)
    waiting = (reader.fetch_issue(issue_id) for issue_id in _one_waiting_per_tracker(in_scope, state))
    forms = {name: reader.fetch_form_state(issue_id) for name, issue_id in _one_per_tracker(in_scope).items()}
    problems = check_redmine(replace(state, issues=tuple(waiting), forms=forms, rows=in_scope))
    broken = check_searches(searches, counts, rows)
    return [*problems, *broken], () if broken else searches


def _one_waiting_per_tracker(rows: Iterable[Json], state: RedmineState) -> Iterable[int]:
    """Return a request that waits for the client for each tracker: its allowed statuses show the workflow.

    One without open subtasks is preferred, as Redmine offers no closing status otherwise (fact).
    """
    from sup_sync.model.issue import Phase

    waiting = {name for name, status in state.names.statuses.items() if status.phase is Phase.WAITING}
    parents = {row["parent"]["id"] for row in rows if "parent" in row}
    in_order = sorted(rows, key=lambda row: row["id"] not in parents)  # the last of a tracker is returned
    return {row["tracker"]["id"]: row["id"] for row in in_order if row["status"]["name"] in waiting}.values()


def _rows_in_scope(rows: Iterable[Json], state: RedmineState) -> tuple[Json, ...]:
    """Return the rows of projects that can be used and written, in trackers that are mapped."""
    from sup_sync.redmine.preflight.checks import usable_state
    from sup_sync.redmine.preflight.problem import writable_projects

    project_ids = {project["id"] for project in writable_projects(usable_state(state))}
    mapped = (row for row in rows if row["tracker"]["name"] in state.names.trackers)
    return tuple(row for row in mapped if row["project"]["id"] in project_ids)


def _one_per_tracker(rows: Iterable[Json]) -> dict[str, int]:
    """Return the newest request of each tracker by name: its edit form shows what Redmine requires and offers."""
    return {row["tracker"]["name"]: row["id"] for row in rows}


def _check_code(problems: list[Problem], has_mistakes: bool) -> int:
    from sup_sync.redmine.preflight.problem import Area

    stopping = {problem.area for problem in problems if not problem.is_warning}
    if Area.ACCESS in stopping:
        return NO_ACCESS
    return BAD_CONFIG if stopping or has_mistakes else DONE
