"""The loading of requests, from Redmine or a snapshot, for the commands that only read."""

from __future__ import annotations

from collections.abc import Iterable
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
    report_left_out,
    today,
)
from sup_sync.cli.exit_codes import DONE, PARTLY_DONE
from sup_sync.errors import SnapshotError

if TYPE_CHECKING:
    from sup_sync.config.load import Config
    from sup_sync.model.issue import Finding
    from sup_sync.redmine.snapshot import Gathered
    from sup_sync.run.caseload import Caseload
    from sup_sync.run.linked import Source
    from sup_sync.sla.judgement import Judgement


def read_snapshot(settings: Settings, config: Config, source: Path) -> Gathered:
    """Read the requests of a snapshot file, and print the mapped names that its lists lack; raise SnapshotError."""
    from sup_sync.redmine.snapshot import Gathered, load_snapshot
    from sup_sync.run.unlisted_names import unlisted_names

    try:
        with click.open_file(str(source), encoding="utf-8") as file:
            lists, issues = load_snapshot(file, source.name)
    except UnicodeDecodeError:
        raise SnapshotError(f"{source.name}: not UTF-8 text; create it with `sup-sync snapshot`") from None
    if lists is None:
        text = "the first line does not contain the lists of Redmine, so everyone except the authors counts as staff"
        settings.info(f"{source.name}: {text}; create the file with `sup-sync snapshot`")
    for line in unlisted_names(lists or {}, config.rules, today(config)):
        settings.info(f"{source.name}: {line}", always=True)
    return Gathered(lists, tuple(issues), {})


def gather(
    settings: Settings, config: Config, source: Path | None, now: datetime | None = None, *, everything: bool
) -> Gathered:
    """Load issues from a snapshot or Redmine: all of them, or only those that a run may change.

    The cache holds the current state: with `now` it is neither read nor written.
    """
    if source:
        return read_snapshot(settings, config, source)
    from dataclasses import replace

    from sup_sync.redmine.preflight.checks import stopping_problems
    from sup_sync.redmine.reader import Reader
    from sup_sync.run.cache import NO_CACHE, Cache
    from sup_sync.run.gather import IncrementalReader

    with progress_bar(settings) as advance:

        def read(cache: Cache) -> Gathered:
            time = in_support_zone(now, config)
            reader = IncrementalReader.open(Reader(connect(config)), config, cache, time, advance)
            stopping = stopping_problems(reader.state)
            for problem in () if everything else stopping:
                settings.info(f"`apply` would refuse to run: {problem}", always=True)
            gathered = reader.everything() if everything else reader.current()
            report_left_out(settings, gathered.unread_projects, () if stopping else gathered.problems)
            return replace(gathered, problems=(*map(str, stopping), *gathered.problems))

        return (cache_file(settings, config) if now is None else NO_CACHE).use(read)


def issue_source(config: Config) -> Source:
    """Make the source of issues that were not loaded."""
    from sup_sync.redmine.reader import Reader
    from sup_sync.run.linked import from_redmine

    return from_redmine(Reader(connect(config)))


def load_judgements(
    settings: Settings, config: Config, source: Path | None, now: datetime | None, *, everything: bool = False
) -> tuple[datetime, Caseload, tuple[Judgement, ...], int]:
    """Load requests and judge them; return the time, the requests, their judgements and the exit code."""
    from sup_sync.run.caseload import decode_caseload, judge_caseload, only_current

    gathered = gather(settings, config, source, now, everything=everything)
    time, is_whole = in_support_zone(now, config), gathered.is_whole
    unread = gathered.unread_requests
    caseload = decode_caseload(gathered.lists, gathered.raw_issues, config.rules, time, unread=unread)
    del gathered  # Redmine's JSON is no longer needed, and takes much memory
    caseload = caseload if everything else only_current(caseload, config.closed_days, time)
    judgements = judge_caseload(caseload, config.rules, time)
    codes = report_unreadable(settings, caseload, is_whole=is_whole), report_unjudged(settings, judgements)
    return time, caseload, judgements, max(codes)


def report_skipped(settings: Settings, findings: Iterable[Finding]) -> None:
    """Print the requests that could not be read, even with --quiet."""
    for finding in findings:
        settings.info(f"skipped: {finding.text}", always=True)


def report_unreadable(settings: Settings, caseload: Caseload, *, is_whole: bool) -> int:
    """Print the requests that could not be read; return the exit code, PARTLY_DONE if anything is missing.

    `is_whole`: all projects were read.
    """
    report_skipped(settings, caseload.findings)
    return DONE if is_whole and not caseload.findings else PARTLY_DONE


def report_unjudged(settings: Settings, judgements: Iterable[Judgement]) -> int:
    """Print the numbers of the requests that could not be judged; return the exit code."""
    unjudged = [each.issue.id for each in judgements if each.is_unjudged]
    if not unjudged:
        return DONE
    from sup_sync.output.terminal.labels import numbers

    text = f"could not be judged: {numbers(unjudged)}; `sup-sync explain {unjudged[0]}` shows why"
    settings.info(text, always=True)
    return PARTLY_DONE
