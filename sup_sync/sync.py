"""Gather, decide, act: where reading, judging and writing meet."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sup_sync.audit import Record
from sup_sync.config import Config
from sup_sync.errors import (
    AccessError,
    DecodeError,
    MissingError,
    OutOfTimeError,
    SnapshotError,
    SupSyncError,
    UnfitTrackerError,
)
from sup_sync.http import TrackerSession
from sup_sync.issue import Finding, Issue
from sup_sync.judgement import Judgement, judge_issue
from sup_sync.plan import Plan, make_plan
from sup_sync.preflight import Area, Tracker, check_tracker, may_write_private_notes, role_ids
from sup_sync.redmine import Reader, Writer
from sup_sync.rulebook import Rulebook
from sup_sync.tracker import Directory, Json, decode_issue
from sup_sync.writing import Outcome, OutcomeKind, Run

UNDONE = ("fault", "unreadable")
"""The findings of requests that nothing could be done with."""

Progress = Callable[[int, int], None]
"""Told how many of how many issues are done."""


@dataclass(frozen=True)
class Gathered:
    """What was read, as the tracker gave it; `gaps` are the projects whose reading failed, with why."""

    lists: Json | None
    raw_issues: tuple[Json, ...]
    gaps: dict[str, str]


@dataclass(frozen=True)
class World:
    """What was read, in our words; findings are issues that could not be read."""

    directory: Directory
    issues: tuple[Issue, ...]
    findings: tuple[Finding, ...]


def gather(reader: Reader, lists: Json, *, status: str, updated_since: datetime | None, progress: Progress) -> Gathered:
    """Read the issues of a status with their histories; a history that fails leaves out its whole project.

    Missing data is never "nothing happened". Raises what a failing list raises: without lists there is nothing.
    """
    project_ids = {project["id"] for project in lists["projects"]}
    rows = reader.fetch_rows(project_ids, status=status, updated_since=updated_since)
    issues: list[Json] = []
    gaps: dict[str, str] = {}
    for number, row in enumerate(rows):
        progress(number, len(rows))
        project = row["project"]["name"]
        if project in gaps:
            continue
        try:
            issues.append(reader.fetch_issue(row["id"]))
        except MissingError:
            continue  # deleted or moved between the list and this read: the next run sees where it went
        except OutOfTimeError:
            raise  # nothing is left to write in
        except SupSyncError as error:
            gaps[project] = str(error)
    whole = tuple(issue for issue in issues if issue["project"]["name"] not in gaps)
    return Gathered(lists, whole, gaps)


def gather_current(reader: Reader, lists: Json, config: Config, now: datetime, progress: Progress) -> Gathered:
    """Read what a run may change: open issues, and those closed lately."""
    current = gather(reader, lists, status="open", updated_since=None, progress=progress)
    since = now - timedelta(days=config.closed_days)
    closed = gather(reader, lists, status="closed", updated_since=since, progress=progress)
    gaps = current.gaps | closed.gaps
    issues = {issue["id"]: issue for issue in (*current.raw_issues, *closed.raw_issues)}
    whole = tuple(issues[key] for key in sorted(issues) if issues[key]["project"]["name"] not in gaps)
    return Gathered(lists, whole, gaps)


def read_world(lists: Json | None, raw_issues: Iterable[Json], rules: Rulebook) -> World:
    """Issues in our words; without the tracker's lists, people and old statuses are guessed."""
    raw_issues = tuple(raw_issues)
    directory = Directory.guessed_from(raw_issues, rules.names) if lists is None else _directory(lists, rules)
    issues, findings = [], []
    for raw in raw_issues:
        try:
            issues.append(decode_issue(raw, directory))
        except DecodeError as error:
            findings.append(Finding(raw["id"], "unreadable", str(error)))
    return World(directory, tuple(issues), tuple(findings))


def _directory(lists: Json, rules: Rulebook) -> Directory:
    try:
        return Directory(lists, rules.names)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise SnapshotError(
            "`tracker`: not the lists that `sup-sync snapshot` writes: take the snapshot anew"
        ) from None


def judge_world(world: World, rules: Rulebook, now: datetime) -> tuple[Judgement, ...]:
    """How every issue that was filed by `now` stands then."""
    then = (issue.upto(now) for issue in world.issues)
    return tuple(judge_issue(issue, rules.policy, rules.calendars, now) for issue in then if issue)


def plan_world(
    world: World, judgements: Collection[Judgement], rules: Rulebook, now: datetime, *, is_adopting: bool = False
) -> Plan:
    """What should change in all of it, with the findings of reading and judging."""
    plan = make_plan(judgements, rules, world.directory, now, is_adopting=is_adopting)
    return Plan(plan.changes, tuple(sorted((*world.findings, *plan.findings))), plan.judged)


def current(world: World, closed_days: int, now: datetime) -> World:
    """The part of it that a run may change: open issues, and those closed lately."""
    since = (now - timedelta(days=closed_days)).replace(microsecond=0)
    kept = (each for each in world.issues if not each.status.phase.is_ended or each.updated_at >= since)
    return replace(world, issues=tuple(kept))


@dataclass(frozen=True)
class Applied:
    """What one run did: the plan it made, how each write ended, and what it could not read."""

    plan: Plan
    outcomes: tuple[Outcome, ...]
    gaps: dict[str, str]
    set_aside: int

    @property
    def is_whole(self) -> bool:
        """Whether everything was read, judged and written."""
        done = all(each.kind in (OutcomeKind.APPLIED, OutcomeKind.ALREADY) for each in self.outcomes)
        return done and not self.gaps and not self.set_aside


def groups_of(config: Config) -> set[str]:
    """The groups whose members have to be known: the staff's, and those that contracts name."""
    contracts = {contract.group for contract in config.rules.policy.contracts if contract.group}
    return contracts | config.rules.names.staff_groups


def examine(reader: Reader, config: Config) -> Tracker:
    """The account, its roles and the tracker's lists, as the checks want them."""
    account = reader.fetch_account()
    roles = tuple(reader.fetch_role(role_id) for role_id in role_ids(account))
    return Tracker(config.rules.names, account, roles, reader.fetch_lists(config.projects, groups_of(config)))


def require_fit(tracker: Tracker) -> None:
    """Raise AccessError or UnfitTrackerError with every problem that stops a run: a failed preflight writes nothing."""
    stopping = [problem for problem in check_tracker(tracker) if not problem.is_warning]
    if not stopping:
        return
    fault = AccessError if any(problem.area is Area.ACCESS for problem in stopping) else UnfitTrackerError
    raise fault("\n".join(map(str, stopping)))


def apply(
    session: TrackerSession,
    config: Config,
    now: datetime,
    *,
    force: bool,
    progress: Progress,
    is_adopting: bool = False,
    record: Record = lambda _words: None,
) -> Applied:
    """Plan by what the tracker says at `now`, then write it; raises UnsafePlan over the limits unless `force`."""
    reader = Reader(session)
    tracker = examine(reader, config)
    require_fit(tracker)
    gathered = gather_current(reader, tracker.lists, config, now, progress)
    world = current(read_world(gathered.lists, gathered.raw_issues, config.rules), config.closed_days, now)
    judgements = judge_world(world, config.rules, now)
    plan = plan_world(world, judgements, config.rules, now, is_adopting=is_adopting)
    if not force:
        plan.require_safe(config.limits)
    writer = Writer(session, may_write_private_notes=may_write_private_notes(tracker))
    run = Run(reader, writer, world.directory, world.issues, config.rules, now, is_adopting=is_adopting, record=record)
    total = len({change.issue_id for change in plan.changes})
    outcomes = []
    for outcome in run.act(plan):
        outcomes.append(outcome)
        progress(len(outcomes), total)
    not_read = {finding.issue_id for finding in (*world.findings, *plan.findings) if finding.kind in UNDONE}
    set_aside = not_read | {judgement.issue.id for judgement in judgements if judgement.is_set_aside}
    return Applied(plan, tuple(outcomes), gathered.gaps, len(set_aside))
