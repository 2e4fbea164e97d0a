"""Gather, decide, act: where reading, judging and writing meet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from sup_sync.config.load import Config
from sup_sync.errors import AccessError, RedmineMismatchError
from sup_sync.frozen import value
from sup_sync.host.audit import Record
from sup_sync.model.change import GUARDED_FIELDS
from sup_sync.model.directory import Directory
from sup_sync.model.issue import Finding, Issue
from sup_sync.planning.next_check import next_check_at
from sup_sync.planning.notification import Notification
from sup_sync.planning.plan import Plan, make_plan
from sup_sync.redmine.preflight import Area, RedmineState, may_write_private_notes, stopping_problems
from sup_sync.redmine.reader import Reader
from sup_sync.redmine.session import RedmineSession
from sup_sync.redmine.writer import Writer
from sup_sync.run.cache import NO_CACHE, Cache, CacheFile, IdleUntil
from sup_sync.run.caseload import current_issues, decoded, judged
from sup_sync.run.gather import Progress, Reading, begin
from sup_sync.run.write import OutcomeKind, PlanWriter, WriteOutcome
from sup_sync.sla.judgement import Judgement

UNUSABLE = ("internal_error", "unreadable")
"""The findings of requests that nothing could be done with."""


Notify = Callable[[Notification], str | None]
"""Tells a person outside of the tracker; returns why that failed."""


@value
class RunHooks:
    """Who hears of the writes while they go on: the audit log, and people outside of the tracker."""

    record: Record = lambda _words: None
    notify: Notify = lambda _call: None


NO_HOOKS = RunHooks()


@value
class RunResult:
    """What one run did: the plan it made, how each write ended, what it could not read, and whom nobody reached.

    `read` histories were read anew, `judged_requests` requests were judged.
    """

    plan: Plan
    outcomes: tuple[WriteOutcome, ...]
    gaps: dict[str, str]
    set_aside: int
    failed_notifications: tuple[str, ...]
    read: int
    judged_requests: int

    @property
    def is_whole(self) -> bool:
        """Whether everything was read, judged and written, and everybody told."""
        done = all(each.kind in (OutcomeKind.APPLIED, OutcomeKind.UNNEEDED) for each in self.outcomes)
        return done and not self.gaps and not self.set_aside and not self.failed_notifications


def require_matching_redmine(tracker: RedmineState) -> None:
    """Raise AccessError or UnfitTrackerError with every problem that stops a run: a failed preflight writes nothing."""
    stopping = stopping_problems(tracker)
    if not stopping:
        return
    fault = AccessError if any(problem.area is Area.ACCESS for problem in stopping) else RedmineMismatchError
    raise fault("\n".join(map(str, stopping)))


@value
class RunPlan:
    """What is to be written by what was read: the plan, the issues that it changes, what was left out and why."""

    tracker: RedmineState
    directory: Directory
    plan: Plan
    issues: tuple[Issue, ...]
    gaps: dict[str, str]
    set_aside: int
    read: int
    judged_requests: int


def plan_run(reading: Reading, config: Config, now: datetime, *, is_adopting: bool) -> RunPlan:
    """Read what changed, judge it and whatever time matters to, and plan; a failed preflight ends the run."""
    require_matching_redmine(reading.tracker)
    reading.read_current()
    decided = _decided(reading, config, now, is_adopting=is_adopting)
    fenced = {change.issue_id for change in decided.plan.changes if change.field in GUARDED_FIELDS}
    releases = {each.project.id for each in decided.issues if each.version and each.id in fenced}
    if releases and reading.read_releases(releases):
        decided = _decided(reading, config, now, is_adopting=is_adopting)
    return decided


def _decided(reading: Reading, config: Config, now: datetime, *, is_adopting: bool) -> RunPlan:
    cache, rules, rules_hash = reading.cache, config.rules, reading.rules_hash
    directory = Directory(reading.lists, rules.names)
    unreadable: list[Finding] = []
    quiet: list[IdleUntil] = []
    set_aside: set[int] = set()

    def judged_requests() -> Iterator[Judgement]:
        due = cache.due(reading.closed_since, rules_hash, now)
        issues = current_issues(decoded(reading.stored(due), directory, unreadable), config.closed_days, now)
        for judgement in judged(issues, rules, now):
            if judgement.is_unjudged:
                set_aside.add(judgement.issue.id)
            elif judgement.issue.updated_at <= now:
                issue = judgement.issue
                quiet.append(IdleUntil(issue.id, issue.updated_at, next_check_at(judgement, rules, now)))
            yield judgement

    plan = make_plan(judged_requests(), rules, directory, now, is_adopting=is_adopting)
    findings = (*unreadable, *plan.findings)
    set_aside |= {finding.issue_id for finding in findings if finding.kind in UNUSABLE}
    changed = dict.fromkeys(change.issue_id for change in plan.changes)
    cache.mark_idle(rules_hash, now, (each for each in quiet if each.id not in set_aside | changed.keys()))
    return RunPlan(
        tracker=reading.tracker,
        directory=directory,
        plan=replace(plan, findings=tuple(sorted(findings)), judged=cache.count(reading.closed_since)),
        issues=tuple(decoded(reading.stored(changed), directory, [])),
        gaps=reading.gaps,
        set_aside=len(set_aside),
        read=reading.histories,
        judged_requests=plan.judged,
    )


def apply(
    session: RedmineSession,
    config: Config,
    now: datetime,
    *,
    force: bool,
    progress: Progress,
    is_adopting: bool = False,
    cache: CacheFile = NO_CACHE,
    hooks: RunHooks = NO_HOOKS,
) -> RunResult:
    """Plan by what the tracker says at `now`, then write it; raises UnsafePlan over the limits unless `force`.

    Whom a step of the ladder is to notify is told once its note is there, and at no other time.
    """
    reader = Reader(session)

    def decide_by(kept: Cache) -> RunPlan:
        return plan_run(Reading(reader, config, kept, now, progress), config, now, is_adopting=is_adopting)

    decided = cache.use(decide_by)
    plan = decided.plan
    if not force:
        plan.require_safe(config.limits)
    writer = Writer(session, may_write_private_notes=may_write_private_notes(decided.tracker))
    run = PlanWriter(
        reader,
        writer,
        decided.directory,
        decided.issues,
        config.rules,
        now,
        is_adopting=is_adopting,
        record=hooks.record,
    )
    total = len(decided.issues)
    outcomes: list[WriteOutcome] = []
    failed_notifications: list[str] = []
    for outcome in run.write(plan):
        outcomes.append(outcome)
        failed_notifications += _call(outcome, plan, hooks)
        progress(len(outcomes), total)
    _invalidate(cache, config, decided, outcomes, now)
    return RunResult(
        plan,
        tuple(outcomes),
        decided.gaps,
        decided.set_aside,
        tuple(failed_notifications),
        decided.read,
        decided.judged_requests,
    )


def _call(outcome: WriteOutcome, plan: Plan, hooks: RunHooks) -> Iterator[str]:
    """Tell the people whom the issue's note is to reach outside of the tracker; yields whom it did not, and why."""
    if "private_note" not in outcome.notes:
        return
    for call in plan.notifications:
        if call.issue_id == outcome.issue_id:
            fault = hooks.notify(call)
            hooks.record({"event": "call", "issue": call.issue_id, "person": call.person, "text": fault or ""})
            if fault:
                yield f"#{call.issue_id}: {call.person} was not told outside of the tracker: {fault}"


FORBIDDEN_TRANSITION = "forbidden_transition"
"""The findings of requests whose next status the account may not set, which may be allowed without a trace."""

REREAD_AFTER = {OutcomeKind.UNNEEDED, OutcomeKind.REFUSED, OutcomeKind.STALE}
"""How writes end where the tracker may not be as it is remembered, and maybe no list tells of it."""


def _invalidate(
    cache: CacheFile, config: Config, decided: RunPlan, outcomes: Iterable[WriteOutcome], now: datetime
) -> None:
    """Have the next run read anew what may not be as it is remembered: these requests, and once refused the lists."""
    kinds = {each.issue_id: each.kind for each in outcomes}
    invalidated = {key for key, kind in kinds.items() if kind in REREAD_AFTER}
    invalidated |= {each.issue_id for each in decided.plan.findings if each.kind == FORBIDDEN_TRANSITION}

    def remember(kept: Cache) -> None:
        begin(kept, config, decided.tracker.account, now)
        kept.invalidate(invalidated)
        if OutcomeKind.REFUSED in kinds.values():
            kept.forget_tracker()

    if invalidated:
        cache.use(remember)
