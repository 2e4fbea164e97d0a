"""One run of `apply`: read, decide, remember, write."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import chain

from sup_sync.config.load import Config
from sup_sync.errors import AccessError, RedmineMismatchError
from sup_sync.host.audit import Record
from sup_sync.immutable import value
from sup_sync.model.change import GUARDED_FIELDS
from sup_sync.model.directory import Directory
from sup_sync.model.issue import Issue
from sup_sync.planning.notification import Notification
from sup_sync.planning.plan import Plan
from sup_sync.redmine.lists import decode_directory
from sup_sync.redmine.preflight.account import may_write_private_notes
from sup_sync.redmine.preflight.checks import stopping_problems
from sup_sync.redmine.preflight.problem import Area, RedmineState
from sup_sync.redmine.reader import Reader
from sup_sync.redmine.session import RedmineSession
from sup_sync.redmine.writer import Writer
from sup_sync.run.cache import NO_CACHE, Cache, CacheFile
from sup_sync.run.caseload import decode_or_report
from sup_sync.run.decide import decide
from sup_sync.run.diagnosis import Concern
from sup_sync.run.failures import FailureLog
from sup_sync.run.gather import IncrementalReader
from sup_sync.run.histories import Progress
from sup_sync.run.redmine_state import files_hash, rules_hash
from sup_sync.run.retries import FAILED_WRITES, Retries
from sup_sync.run.scope import select_scope
from sup_sync.run.write import OutcomeKind, PlanWriter, WriteOutcome

# Notifies a person outside Redmine; returns the error, None if the notification was delivered.
Notify = Callable[[Notification], str | None]


@value
class RunHooks:
    """Callbacks for the writes of a run: `record` for the audit log, `notify` for people outside Redmine."""

    record: Record = lambda _entry: None
    notify: Notify = lambda _notification: None


NO_HOOKS = RunHooks()


@value
class RunResult:
    """The result of one run: its plan, the outcome of each write, and what it could not read, judge or deliver.

    `unread_projects` has the error of each project. `skipped` counts requests that could not be read or judged,
    `histories_read` those that were not in the cache, `judged_requests` those that were judged.
    """

    plan: Plan
    outcomes: tuple[WriteOutcome, ...]
    unread_projects: dict[str, str]
    skipped: int
    failed_notifications: tuple[str, ...]
    histories_read: int
    judged_requests: int

    @property
    def is_complete(self) -> bool:
        """Return whether everything was read, judged, written and delivered."""
        done = all(each.kind in (OutcomeKind.APPLIED, OutcomeKind.UNNEEDED) for each in self.outcomes)
        return done and not self.unread_projects and not self.skipped and not self.failed_notifications

    def without_known(self) -> RunResult:
        """Return the result without the failed writes that an earlier run of today reported."""
        return replace(self, outcomes=tuple(each for each in self.outcomes if not each.is_known))


def require_matching_redmine(state: RedmineState) -> None:
    """Raise AccessError or RedmineMismatchError with every problem that stops a run."""
    stopping = stopping_problems(state)
    if not stopping:
        return
    error = AccessError if any(problem.area is Area.ACCESS for problem in stopping) else RedmineMismatchError
    raise error("\n".join(map(str, stopping)))


@value
class RunPlan:
    """The writes of a run: the plan and the issues that it changes, and the state and directory used to decide.

    `urgent` are the issues of `Decision`. `unread_projects`, `skipped`, `histories_read` and `judged_requests` are
    those of `RunResult`.
    """

    state: RedmineState
    directory: Directory
    plan: Plan
    issues: tuple[Issue, ...]
    urgent: frozenset[int]
    unread_projects: dict[str, str]
    skipped: int
    histories_read: int
    judged_requests: int


def plan_run(reading: IncrementalReader, config: Config, now: datetime, *, is_adopting: bool) -> RunPlan:
    """Read what changed, judge that and what must be checked again by now, and plan.

    Before a note on a request with a release, the releases of its project are reread. If one changed, everything is
    decided again. Raises AccessError or RedmineMismatchError if Redmine does not fit the mappings.
    """
    require_matching_redmine(reading.state)
    reading.read_current()
    decided = _decide_and_remember(reading, config, now, is_adopting=is_adopting)
    guarded = {change.issue_id for change in decided.plan.changes if change.field in GUARDED_FIELDS}
    releases = {each.project.id for each in decided.issues if each.version and each.id in guarded}
    if releases and reading.read_releases(releases):
        decided = _decide_and_remember(reading, config, now, is_adopting=is_adopting)
    return decided


def _decide_and_remember(reading: IncrementalReader, config: Config, now: datetime, *, is_adopting: bool) -> RunPlan:
    """Decide by the cache, and store there until when each idle request need not be judged again."""
    cache, rules = reading.cache, config.rules
    decided_by = rules_hash(config, reading.state)
    directory = decode_directory(reading.state.lists, rules.names)
    raw_issues = reading.cached_issues(cache.ids_to_judge(reading.closed_since, decided_by, now))
    decision = decide(raw_issues, directory, rules, reading.closed_since, now, is_adopting=is_adopting)
    cache.mark_idle(decided_by, now, decision.idle)
    changed = dict.fromkeys(change.issue_id for change in decision.plan.changes)
    decoded = (decode_or_report(raw, directory) for raw in reading.cached_issues(changed))
    return RunPlan(
        state=reading.state,
        directory=directory,
        plan=replace(
            decision.plan,
            judged=cache.count(reading.closed_since),
            findings=tuple(sorted((*decision.plan.findings, *reading.unread_requests))),
        ),
        issues=tuple(each for each in decoded if isinstance(each, Issue)),
        urgent=decision.urgent,
        unread_projects=reading.unread_projects,
        skipped=len(decision.skipped) + len(reading.unread_requests),
        histories_read=reading.histories_read,
        judged_requests=decision.plan.judged,
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
    """Plan by the state of Redmine at `now`, and write the plan; raises UnsafePlan over the limits unless `force`.

    People outside Redmine are notified only after the note of their escalation step is written.
    """
    reader = Reader(session)

    def plan_with(opened: Cache) -> tuple[RunPlan, FailureLog]:
        reading = IncrementalReader.open(reader, config, opened, now, progress)
        planned = plan_run(reading, config, now, is_adopting=is_adopting)
        return planned, FailureLog.load(opened, FAILED_WRITES, now)

    decided, failures = cache.use(plan_with)
    retries = Retries(failures, decided.issues, files_hash(config), decided.urgent)
    retries.end_waits_by_form(reader)
    new, again = retries.parts(decided.plan)
    if not force:
        replace(new, changes=new.changes + again.changes).require_safe(config.limits)
    plans = new, again
    written, failed_notifications = _write(session, config, decided, plans, now, progress, hooks, is_adopting)
    outcomes = (*map(retries.record, written), *retries.deferred(config.rules.zone))
    _remember(cache, config, decided, outcomes, retries, now)
    return RunResult(
        decided.plan,
        outcomes,
        decided.unread_projects,
        decided.skipped,
        failed_notifications,
        decided.histories_read,
        decided.judged_requests,
    )


def _write(
    session: RedmineSession,
    config: Config,
    decided: RunPlan,
    plans: Iterable[Plan],
    now: datetime,
    progress: Progress,
    hooks: RunHooks,
    is_adopting: bool,
) -> tuple[tuple[WriteOutcome, ...], tuple[str, ...]]:
    """Write the plans in turn and notify people outside Redmine; returns the outcomes and the failed messages."""
    reader = Reader(session)
    writer = Writer(session, may_write_private_notes=may_write_private_notes(decided.state))
    issues, record = decided.issues, hooks.record
    plan_writer = PlanWriter(
        reader, writer, decided.directory, issues, config.rules, now, is_adopting=is_adopting, record=record
    )
    outcomes: list[WriteOutcome] = []
    failed_notifications: list[str] = []
    for outcome in chain.from_iterable(map(plan_writer.write, plans)):
        outcomes.append(outcome)
        failed_notifications += _notify(outcome, decided.plan, hooks)
        progress(len(outcomes), len(issues))
    return tuple(outcomes), tuple(failed_notifications)


def _notify(outcome: WriteOutcome, plan: Plan, hooks: RunHooks) -> Iterator[str]:
    """Notify the people outside Redmine for an issue's private note; yields a line for each failure."""
    if "private_note" not in outcome.notes:
        return
    for each in plan.notifications:
        if each.issue_id == outcome.issue_id:
            error = hooks.notify(each)
            hooks.record({"event": "notification", "issue": each.issue_id, "person": each.person, "text": error or ""})
            if error:
                yield f"#{each.issue_id}: {each.person} was not notified: {error}"


# Findings of requests with a next status that the account may not set; that permission can change without a trace.
FORBIDDEN_TRANSITION = "forbidden_transition"

# Outcomes after which Redmine may differ from the cache, though no list shows a change.
REREAD_AFTER = {OutcomeKind.UNNEEDED, OutcomeKind.REFUSED, OutcomeKind.STALE}


def _remember(
    cache: CacheFile,
    config: Config,
    decided: RunPlan,
    outcomes: Collection[WriteOutcome],
    retries: Retries,
    now: datetime,
) -> None:
    """Store the failed writes; mark requests that may differ from the cache, and the lists if they may be a cause."""
    invalidated = {each.issue_id for each in outcomes if each.kind in REREAD_AFTER}
    invalidated |= {each.issue_id for each in decided.plan.findings if each.kind == FORBIDDEN_TRANSITION}
    refused = [each for each in outcomes if each.kind is OutcomeKind.REFUSED]

    def remember(opened: Cache) -> None:
        select_scope(opened, config, decided.state.account, now)
        opened.invalidate(invalidated)
        retries.log.save(opened, FAILED_WRITES)
        if not all(each.is_known and each.concern is Concern.REQUEST for each in refused):
            opened.forget_redmine_state()

    if invalidated or retries.log.is_changed:
        cache.use(remember)
