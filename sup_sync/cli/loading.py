"""The loading of requests, from Redmine or a snapshot, for the commands that only read."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sup_sync.cli.context import (
    Settings,
    cache_file,
    connect,
    in_support_zone,
    progress_bar,
    report_unread_projects,
)
from sup_sync.cli.exit_codes import DONE, PARTLY_DONE
from sup_sync.errors import SnapshotError

if TYPE_CHECKING:
    from sup_sync.config.load import Config
    from sup_sync.redmine.snapshot import Gathered
    from sup_sync.run.caseload import Caseload
    from sup_sync.sla.judgement import Judgement


def read_file(settings: Settings, source: Path) -> Gathered:
    from sup_sync.redmine.snapshot import Gathered, load_snapshot

    try:
        with click.open_file(str(source), encoding="utf-8") as file:
            lists, issues = load_snapshot(file, source.name)
    except UnicodeDecodeError:
        raise SnapshotError(f"{source.name}: no UTF-8 text: take it with `sup-sync snapshot`") from None
    if lists is None:
        text = (
            "no first line with the tracker's lists, as `sup-sync snapshot` writes it: all but authors count as staff"
        )
        settings.tell(f"{source.name}: {text}")
    return Gathered(lists, tuple(issues), {})


def gather(
    settings: Settings, config: Config, source: Path | None, now: datetime | None = None, *, everything: bool
) -> Gathered:
    """Issues from a snapshot or the tracker: all of them, or those that a run may change.

    What runs remember is of the present: for another moment all is read anew.
    """
    if source:
        return read_file(settings, source)
    from sup_sync.redmine.preflight import stopping_problems
    from sup_sync.redmine.reader import Reader
    from sup_sync.run.cache import NO_CACHE, Cache
    from sup_sync.run.gather import Reading

    with progress_bar(settings) as advance:

        def read(cache: Cache) -> Gathered:
            reading = Reading(Reader(connect(config)), config, cache, in_support_zone(now, config), advance)
            for problem in () if everything else stopping_problems(reading.tracker):
                settings.tell(f"`apply` would stop here: {problem}", is_news=True)
            return reading.everything() if everything else reading.current()

        return (cache_file(settings, config) if now is None else NO_CACHE).use(read)


def judged(
    settings: Settings, config: Config, source: Path | None, now: datetime | None, *, everything: bool = False
) -> tuple[datetime, Caseload, tuple[Judgement, ...], int]:
    """The moment, what a snapshot or the tracker says, how it stands then, and the exit code: whether it is whole."""
    from sup_sync.run.caseload import current, decode_caseload, judge_caseload

    gathered = gather(settings, config, source, now, everything=everything)
    moment, gaps = in_support_zone(now, config), gathered.gaps
    caseload = decode_caseload(gathered.lists, gathered.raw_issues, config.rules)
    del gathered  # the tracker's JSON is not needed any more, and takes much room
    caseload = caseload if everything else current(caseload, config.closed_days, moment)
    return moment, caseload, judge_caseload(caseload, config.rules, moment), report_unreadable(settings, gaps, caseload)


def report_unreadable(settings: Settings, gaps: dict[str, str], caseload: Caseload) -> int:
    """Name what could not be read; returns the exit code, which says whether all was."""
    report_unread_projects(settings, gaps)
    for finding in caseload.findings:
        settings.tell(f"left out: {finding.text}", is_news=True)
    return PARTLY_DONE if gaps or caseload.findings else DONE
