"""The commands that look at the tracker's fitness and write to it: check and apply."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING

import click

from sup_sync.cli.codes import BAD_CONFIG, DONE, INTERRUPTED, NO_ACCESS, OUR_FAULT, PARTLY_DONE
from sup_sync.cli.options import Settings, cache_file, common, connect, pass_settings, state_path, tell_gaps
from sup_sync.errors import SupSyncError

if TYPE_CHECKING:
    from sup_sync.config import Config
    from sup_sync.preflight import Problem, Tracker
    from sup_sync.searches import Search
    from sup_sync.tracker import Json


@click.command()
@click.option("--offline", is_flag=True, help="Check config.yaml and mappings/ alone.")
@common
@pass_settings
def check(settings: Settings, offline: bool) -> int:
    """Check the mappings, and the tracker against them: names, fields, permissions, workflow."""
    from sup_sync.config import check_files
    from sup_sync.terminal.layout import make_console
    from sup_sync.terminal.offline import show_mistakes

    config, mistakes = check_files(settings.path(own=not offline), datetime.now(UTC).date())
    if mistakes:
        show_mistakes(make_console(), mistakes)
    if config is None or offline:
        if not mistakes:
            settings.tell("no mistakes in config.yaml and mappings/")
        return BAD_CONFIG if mistakes else DONE
    problems, searches = _check_tracker(config)
    for problem in problems:
        click.echo(str(problem))
    if not problems:
        settings.tell(f"{config.server.url} is as the mappings say")
    code = _check_code(problems, bool(mistakes))
    if code == DONE and not settings.quiet:
        for search in searches:
            click.echo(f"{search.name}: {search.address(config.server.url)}")
    return code


def _check_tracker(config: Config) -> tuple[list[Problem], tuple[Search, ...]]:
    """What does not fit, and the searches for staff once they are seen to work."""
    from dataclasses import replace

    from sup_sync.preflight import check_tracker
    from sup_sync.reading import examine
    from sup_sync.redmine import Reader
    from sup_sync.searches import check_searches, searches_of
    from sup_sync.tracker import Directory

    reader = Reader(connect(config))
    tracker = examine(reader, config)
    searches = searches_of(Directory(tracker.lists, tracker.names))
    found = [reader.count(search.filters) for search in searches]
    rows = reader.fetch_rows(status="open")
    waiting = (reader.fetch_issue(issue_id) for issue_id in _one_waiting_each(rows, tracker))
    problems = check_tracker(replace(tracker, issues=tuple(waiting)))
    broken = check_searches(searches, found, rows)
    return [*problems, *broken], () if broken else searches


def _one_waiting_each(rows: Iterable[Json], tracker: Tracker) -> Iterable[int]:
    """One request that waits for the client for each of Redmine's trackers: on them the workflow shows."""
    from sup_sync.issue import Phase

    waiting = {name for name, status in tracker.names.statuses.items() if status.phase is Phase.WAITING}
    project_ids = {project["id"] for project in tracker.lists["projects"]}
    here = (row for row in rows if row["project"]["id"] in project_ids)
    return {row["tracker"]["id"]: row["id"] for row in here if row["status"]["name"] in waiting}.values()


def _check_code(problems: list[Problem], has_mistakes: bool) -> int:
    from sup_sync.preflight import Area

    stopping = {problem.area for problem in problems if not problem.is_warning}
    if Area.ACCESS in stopping:
        return NO_ACCESS
    return BAD_CONFIG if stopping or has_mistakes else DONE


@click.command()
@click.option("--force", is_flag=True, help="Write it even over the limits, this once.")
@click.option("--adopt", is_flag=True, help="Set fields alone: what is due already is not said. For the first run.")
@click.option("--ping", "monitor", metavar="URL", help="Ask for URL/start, and then for URL/ and the exit code.")
@common
@pass_settings
def apply(settings: Settings, force: bool, adopt: bool, monitor: str | None) -> int:
    """Plan, then write it; for cron."""
    _tell_monitor(settings, monitor, "start")
    code = OUR_FAULT  # where the run breaks off
    try:
        code = _apply(settings, force=force, adopt=adopt)
    except SupSyncError as error:
        code = error.exit_code
        raise
    except KeyboardInterrupt:
        code = INTERRUPTED
        raise
    finally:
        _tell_monitor(settings, monitor, str(code))
    return code


def _tell_monitor(settings: Settings, monitor: str | None, what: str) -> None:
    from sup_sync.ping import ping

    fault = ping(monitor, what) if monitor else None
    if fault:
        settings.tell(f"the monitor of --ping was not told of `{what}`: {fault}")


def _apply(settings: Settings, *, force: bool, adopt: bool) -> int:
    from sup_sync.audit import open_audit
    from sup_sync.lock import hold_lock
    from sup_sync.sync import apply as apply_plan
    from sup_sync.terminal.layout import make_console
    from sup_sync.terminal.plan import show_applied
    from sup_sync.terminal.progress import progress

    config = settings.load(own=True)
    session = connect(config, ends_at=monotonic() + config.run_time_s)
    with (
        hold_lock(state_path(config, "lock")),
        open_audit(state_path(config, "audit.jsonl"), lambda: datetime.now(UTC)) as record,
        progress(settings.quiet) as advance,
    ):
        now = datetime.now(UTC)
        cache = cache_file(settings, config)
        done = apply_plan(
            session, config, now, force=force, progress=advance, is_adopting=adopt, record=record, cache=cache
        )
    tell_gaps(settings, done.gaps)
    if done.outcomes or done.set_aside or not settings.quiet:
        show_applied(make_console(), done)
    return DONE if done.is_whole else PARTLY_DONE
