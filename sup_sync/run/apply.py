"""Gather, decide, act: where reading, judging and writing meet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from sup_sync.config import Config
from sup_sync.errors import AccessError, UnfitTrackerError
from sup_sync.frozen import frozen
from sup_sync.host.audit import Record
from sup_sync.model.change import FENCED
from sup_sync.model.directory import Directory
from sup_sync.model.issue import Finding, Issue
from sup_sync.planning.next_check import matters_at
from sup_sync.planning.notification import Call
from sup_sync.planning.plan import Plan, make_plan
from sup_sync.redmine import Reader, Writer
from sup_sync.redmine.preflight import Area, Tracker, may_write_private_notes, stopping_problems
from sup_sync.redmine.session import TrackerSession
from sup_sync.run.cache import NO_CACHE, Cache, CacheFile, Quiet
from sup_sync.run.caseload import current_issues, decoded, judged
from sup_sync.run.gather import Progress, Reading, begin
from sup_sync.run.write import Outcome, OutcomeKind, Run
from sup_sync.sla.judgement import Judgement

UNDONE = ("fault", "unreadable")
"""The findings of requests that nothing could be done with."""


Notify = Callable[[Call], str | None]
"""Tells a person outside of the tracker; returns why that failed."""


@frozen
class Ears:
    """Who hears of the writes while they go on: the audit log, and people outside of the tracker."""

    record: Record = lambda _words: None
    notify: Notify = lambda _call: None


NOBODY = Ears()


@frozen
class Applied:
    """What one run did: the plan it made, how each write ended, what it could not read, and whom nobody reached.

    `read` histories were read anew, `looked_at` requests were judged.
    """

    plan: Plan
    outcomes: tuple[Outcome, ...]
    gaps: dict[str, str]
    set_aside: int
    unreached: tuple[str, ...]
    read: int
    looked_at: int

    @property
    def is_whole(self) -> bool:
        """Whether everything was read, judged and written, and everybody told."""
        done = all(each.kind in (OutcomeKind.APPLIED, OutcomeKind.ALREADY) for each in self.outcomes)
        return done and not self.gaps and not self.set_aside and not self.unreached


def require_fit(tracker: Tracker) -> None:
    """Raise AccessError or UnfitTrackerError with every problem that stops a run: a failed preflight writes nothing."""
    stopping = stopping_problems(tracker)
    if not stopping:
        return
    fault = AccessError if any(problem.area is Area.ACCESS for problem in stopping) else UnfitTrackerError
    raise fault("\n".join(map(str, stopping)))


@frozen
class Decided:
    """What is to be written by what was read: the plan, the issues that it changes, what was left out and why."""

    tracker: Tracker
    directory: Directory
    plan: Plan
    issues: tuple[Issue, ...]
    gaps: dict[str, str]
    set_aside: int
    read: int
    looked_at: int


def decide(reading: Reading, config: Config, now: datetime, *, is_adopting: bool) -> Decided:
    """Read what changed, judge it and whatever time matters to, and plan; a failed preflight ends the run."""
    require_fit(reading.tracker)
    reading.read_current()
    decided = _decided(reading, config, now, is_adopting=is_adopting)
    fenced = {change.issue_id for change in decided.plan.changes if change.field in FENCED}
    releases = {each.project.id for each in decided.issues if each.version and each.id in fenced}
    if releases and reading.read_releases(releases):
        decided = _decided(reading, config, now, is_adopting=is_adopting)
    return decided


def _decided(reading: Reading, config: Config, now: datetime, *, is_adopting: bool) -> Decided:
    cache, rules, edition = reading.cache, config.rules, reading.edition
    directory = Directory(reading.lists, rules.names)
    unreadable: list[Finding] = []
    quiet: list[Quiet] = []
    set_aside: set[int] = set()

    def looked_at() -> Iterator[Judgement]:
        due = cache.due(reading.closed_since, edition, now)
        issues = current_issues(decoded(reading.stored(due), directory, unreadable), config.closed_days, now)
        for judgement in judged(issues, rules, now):
            if judgement.is_set_aside:
                set_aside.add(judgement.issue.id)
            elif judgement.issue.updated_at <= now:
                issue = judgement.issue
                quiet.append(Quiet(issue.id, issue.updated_at, matters_at(judgement, rules, now)))
            yield judgement

    plan = make_plan(looked_at(), rules, directory, now, is_adopting=is_adopting)
    findings = (*unreadable, *plan.findings)
    set_aside |= {finding.issue_id for finding in findings if finding.kind in UNDONE}
    changed = dict.fromkeys(change.issue_id for change in plan.changes)
    cache.settle(edition, now, (each for each in quiet if each.id not in set_aside | changed.keys()))
    return Decided(
        tracker=reading.tracker,
        directory=directory,
        plan=replace(plan, findings=tuple(sorted(findings)), judged=cache.count(reading.closed_since)),
        issues=tuple(decoded(reading.stored(changed), directory, [])),
        gaps=reading.gaps,
        set_aside=len(set_aside),
        read=reading.histories,
        looked_at=plan.judged,
    )


def apply(
    session: TrackerSession,
    config: Config,
    now: datetime,
    *,
    force: bool,
    progress: Progress,
    is_adopting: bool = False,
    cache: CacheFile = NO_CACHE,
    ears: Ears = NOBODY,
) -> Applied:
    """Plan by what the tracker says at `now`, then write it; raises UnsafePlan over the limits unless `force`.

    Whom a step of the ladder is to notify is told once its note is there, and at no other time.
    """
    reader = Reader(session)

    def decide_by(kept: Cache) -> Decided:
        return decide(Reading(reader, config, kept, now, progress), config, now, is_adopting=is_adopting)

    decided = cache.use(decide_by)
    plan = decided.plan
    if not force:
        plan.require_safe(config.limits)
    writer = Writer(session, may_write_private_notes=may_write_private_notes(decided.tracker))
    run = Run(
        reader,
        writer,
        decided.directory,
        decided.issues,
        config.rules,
        now,
        is_adopting=is_adopting,
        record=ears.record,
    )
    total = len(decided.issues)
    outcomes: list[Outcome] = []
    unreached: list[str] = []
    for outcome in run.act(plan):
        outcomes.append(outcome)
        unreached += _call(outcome, plan, ears)
        progress(len(outcomes), total)
    _doubt(cache, config, decided, outcomes, now)
    return Applied(
        plan, tuple(outcomes), decided.gaps, decided.set_aside, tuple(unreached), decided.read, decided.looked_at
    )


def _call(outcome: Outcome, plan: Plan, ears: Ears) -> Iterator[str]:
    """Tell the people whom the issue's note is to reach outside of the tracker; yields whom it did not, and why."""
    if "private_note" not in outcome.notes:
        return
    for call in plan.calls:
        if call.issue_id == outcome.issue_id:
            fault = ears.notify(call)
            ears.record({"event": "call", "issue": call.issue_id, "person": call.person, "text": fault or ""})
            if fault:
                yield f"#{call.issue_id}: {call.person} was not told outside of the tracker: {fault}"


FORBIDDEN = "workflow"
"""The findings of requests whose next status the account may not set, which may be allowed without a trace."""

DOUBTFUL = {OutcomeKind.ALREADY, OutcomeKind.REFUSED, OutcomeKind.STALE}
"""How writes end where the tracker may not be as it is remembered, and maybe no list tells of it."""


def _doubt(cache: CacheFile, config: Config, decided: Decided, outcomes: Iterable[Outcome], now: datetime) -> None:
    """Have the next run read anew what may not be as it is remembered: these requests, and once refused the lists."""
    kinds = {each.issue_id: each.kind for each in outcomes}
    doubtful = {key for key, kind in kinds.items() if kind in DOUBTFUL}
    doubtful |= {each.issue_id for each in decided.plan.findings if each.kind == FORBIDDEN}

    def remember(kept: Cache) -> None:
        begin(kept, config, decided.tracker.account, now)
        kept.doubt(doubtful)
        if OutcomeKind.REFUSED in kinds.values():
            kept.forget_tracker()

    if doubtful:
        cache.use(remember)
