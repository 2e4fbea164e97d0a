"""One run of `apply`: read, decide, remember, write."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import chain

from sup_sync.config.load import Config, require_valid_examples
from sup_sync.errors import AccessError, RedmineMismatchError, internal_error
from sup_sync.host.audit import Record
from sup_sync.immutable import value
from sup_sync.model.change import GUARDED_FIELDS
from sup_sync.model.directory import Directory
from sup_sync.model.issue import Issue
from sup_sync.planning.addressees import UNAVAILABLE_PERSON
from sup_sync.planning.budget import within_budget
from sup_sync.planning.mistakes import Background, require_safe
from sup_sync.planning.notification import Notification
from sup_sync.planning.plan import Plan
from sup_sync.redmine.lists import decode_directory
from sup_sync.redmine.preflight.account import may_write_private_notes
from sup_sync.redmine.preflight.checks import stopping_problems, usable_state
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
from sup_sync.run.last_run import read_background, remember_run
from sup_sync.run.linked import LinkedRequests
from sup_sync.run.redmine_state import files_hash, rules_hash
from sup_sync.run.reported import News, select_news
from sup_sync.run.retries import FAILED_WRITES, Retries
from sup_sync.run.scope import local_day, select_scope
from sup_sync.run.selection import EVERYTHING, Selection
from sup_sync.run.write import OutcomeKind, WriteOutcome

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

    `unread_projects` has the error of each project, `problems` are the mismatches in Redmine that leave out a part.
    `news` are the findings and problems that were not reported before. `skipped` counts requests that could not be read
    or judged, `histories_read` those that were not in the cache, `judged_requests` those that were judged. `postponed`
    are the requests whose notes the limits left for the next run.
    """

    plan: Plan
    outcomes: tuple[WriteOutcome, ...]
    unread_projects: dict[str, str]
    skipped: int
    failed_notifications: tuple[str, ...]
    histories_read: int
    judged_requests: int
    postponed: tuple[int, ...] = ()
    problems: tuple[str, ...] = ()
    news: News | None = None

    @property
    def is_complete(self) -> bool:
        """Return whether everything was read, judged, written and delivered."""
        done = all(each.kind in (OutcomeKind.APPLIED, OutcomeKind.UNNEEDED) for each in self.outcomes)
        left_out = self.unread_projects or self.problems or self.skipped or self.postponed
        return done and not left_out and not self.failed_notifications

    def only_news(self) -> RunResult:
        """Return the result without failed writes, findings and problems that an earlier run of today reported."""
        outcomes = tuple(each for each in self.outcomes if not each.is_known)
        if self.news is None:
            return replace(self, outcomes=outcomes)
        findings = tuple(each for each in self.plan.findings if each.issue_id in self.news.requests)
        problems = tuple(each for each in self.problems if each in self.news.problems)
        plan = replace(self.plan, findings=findings)
        return replace(self, plan=plan, outcomes=outcomes, skipped=self.news.skipped, problems=problems)


def require_matching_redmine(state: RedmineState) -> None:
    """Raise AccessError or RedmineMismatchError with every problem that stops a run."""
    stopping = stopping_problems(state)
    if not stopping:
        return
    is_access = any(problem.area is Area.ACCESS for problem in stopping) or not usable_state(state).lists["projects"]
    error = AccessError if is_access else RedmineMismatchError
    raise error("\n".join(map(str, stopping)))


@value
class RunPlan:
    """The writes of a run: the plan and the issues that it changes, and the state and directory used to decide.

    `urgent` are the issues of `Decision`. `unread_projects`, `problems`, `skipped`, `histories_read` and
    `judged_requests` are those of `RunResult`. `skipped_ids` and `judged_ids` are the requests that were skipped, and
    that were judged. By the `background` the limits tell a mistake from a busy day.
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
    problems: tuple[str, ...]
    skipped_ids: frozenset[int]
    judged_ids: frozenset[int]
    background: Background


def plan_run(reading: IncrementalReader, config: Config, now: datetime, *, is_adopting: bool) -> RunPlan:
    """Read what changed, judge that and what must be checked again by now, and plan.

    Before a note on a request with a release, the releases of its project are reread, and before a note to a person who
    is not available, the lists. If one changed, everything is decided again. Raises AccessError or RedmineMismatchError
    if Redmine does not fit the mappings.
    """
    state = reading.state
    require_matching_redmine(state)
    reading.read_current()
    if reading.state is not state:  # the requests showed that the lists changed
        require_matching_redmine(reading.state)
    decided = _decide_and_remember(reading, config, now, is_adopting=is_adopting)
    guarded = {change.issue_id for change in decided.plan.changes if change.field in GUARDED_FIELDS}
    releases = {each.project.id for each in decided.issues if each.version and each.id in guarded}
    has_absentee = any(each.kind == UNAVAILABLE_PERSON for each in decided.plan.findings)
    changed = [bool(releases) and reading.read_releases(releases), has_absentee and reading.reread_lists()]
    if any(changed):
        decided = _decide_and_remember(reading, config, now, is_adopting=is_adopting)
    return decided


def _decide_and_remember(reading: IncrementalReader, config: Config, now: datetime, *, is_adopting: bool) -> RunPlan:
    """Decide by the cache, and store there until when each idle request need not be judged again."""
    cache, rules = reading.cache, config.rules
    decided_by = rules_hash(config, reading.state)
    directory = decode_directory(reading.state.lists, rules.names)
    ids_to_judge = cache.ids_to_judge(reading.closed_since, decided_by, now)
    raw_issues = reading.cached_issues(ids_to_judge)
    linked = LinkedRequests(directory, rules, now, reading.cached_issue, reading.fetch_issue)
    decision = decide(raw_issues, directory, rules, reading.closed_since, now, linked=linked, is_adopting=is_adopting)
    cache.mark_idle(decided_by, now, decision.idle)
    changed = dict.fromkeys(change.issue_id for change in decision.plan.changes)
    decoded = (decode_or_report(raw, directory) for raw in reading.cached_issues(changed))
    unread_ids = {each.issue_id for each in reading.unread_requests}
    return RunPlan(
        state=reading.state,
        directory=directory,
        plan=replace(
            decision.plan,
            judged=cache.count(reading.closed_since),
            findings=tuple(sorted((*decision.plan.findings, *reading.unread_requests, *reading.unreported_gaps()))),
        ),
        issues=tuple(each for each in decoded if isinstance(each, Issue)),
        urgent=decision.urgent,
        unread_projects=reading.unread_projects,
        skipped=len(decision.skipped | unread_ids),
        histories_read=reading.histories_read,
        judged_requests=decision.plan.judged,
        problems=reading.problems,
        skipped_ids=decision.skipped | unread_ids,
        judged_ids=frozenset(ids_to_judge) | unread_ids,
        background=read_background(cache, config, now),
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
    selection: Selection = EVERYTHING,
) -> RunResult:
    """Plan by the state of Redmine at `now`, and write the selected part up to the limits, unless `force`.

    Raises ConfigError if the acceptance table fails, and UnsafePlan if the plan looks like a mistake in the
    configuration. People outside Redmine are notified only after the note of their escalation step is written.
    """
    require_valid_examples(config)
    reader = Reader(session)

    def plan_with(opened: Cache) -> RunPlan:
        reading = IncrementalReader.open(reader, config, opened, now, progress)
        return plan_run(reading, config, now, is_adopting=is_adopting)

    decided = cache.use(plan_with)
    account = decided.state.account
    plan, left_out = selection.of(decided.plan, decided.issues, account["id"], now)
    retries = _open_retries(cache, config, decided, now)
    retries.end_waits_by_form(reader)
    new, again = retries.parts(plan)
    plan = replace(plan, changes=new.changes + again.changes)
    postponed: tuple[int, ...] = ()
    if not force:
        require_safe(plan, config.limits, decided.background)
        plan, postponed = within_budget(plan, config.limits)
    decided = replace(decided, plan=plan)
    if plan.changes:
        hooks.record({"event": "run", "command": "apply", "mappings": config.mappings_digest})
    plans = retries.parts(plan)
    written, failed_notifications = _write(
        session, config, decided, plans, now, progress, hooks, is_adopting, selection
    )
    outcomes = (*left_out, *map(retries.record, written), *retries.deferred(config.rules.zone))
    _remember(cache, config, decided, outcomes, retries, now)
    if selection.is_whole and not decided.unread_projects:
        remember_run(cache, config, account, now)
    news = cache.use(lambda opened: _select_news(opened, config, decided, now))
    return RunResult(
        decided.plan,
        outcomes,
        decided.unread_projects,
        decided.skipped,
        failed_notifications,
        decided.histories_read,
        decided.judged_requests,
        postponed,
        decided.problems,
        news,
    )


def _select_news(cache: Cache, config: Config, decided: RunPlan, now: datetime) -> News:
    """Select the findings and problems to report, and record that they are reported."""
    select_scope(cache, config, decided.state.account, now)
    day, findings = local_day(config, now), decided.plan.findings
    return select_news(cache, day, findings, decided.skipped_ids, decided.judged_ids, decided.problems)


def _write(
    session: RedmineSession,
    config: Config,
    decided: RunPlan,
    plans: Iterable[Plan],
    now: datetime,
    progress: Progress,
    hooks: RunHooks,
    is_adopting: bool,
    selection: Selection,
) -> tuple[tuple[WriteOutcome, ...], tuple[str, ...]]:
    """Write the plans in turn and notify people outside Redmine; returns the outcomes and the failed messages."""
    reader = Reader(session)
    writer = Writer(session, may_write_private_notes=may_write_private_notes(usable_state(decided.state)))
    issues, record = decided.issues, hooks.record
    plan_writer = selection.writer(
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
            error = _notify_person(each, hooks)
            hooks.record({"event": "notification", "issue": each.issue_id, "person": each.person, "text": error or ""})
            if error:
                yield f"#{each.issue_id}: {each.person} was not notified: {error}"


def _notify_person(notification: Notification, hooks: RunHooks) -> str | None:
    try:
        return hooks.notify(notification)
    except Exception as error:  # the other requests must still be written
        return internal_error(error)


# Findings of requests with a next status that cannot be set; the obstacle can disappear without a trace on them.
OBSTACLES = {"forbidden_transition", "open_subtasks", "blocked", "unasked_duplicate"}

# Outcomes after which Redmine may differ from the cache, though no list shows a change.
REREAD_AFTER = {OutcomeKind.UNNEEDED, OutcomeKind.REFUSED, OutcomeKind.STALE}


def _open_retries(cache: CacheFile, config: Config, decided: RunPlan, now: datetime) -> Retries:
    def load(opened: Cache) -> FailureLog:
        select_scope(opened, config, decided.state.account, now)
        return FailureLog.load(opened, FAILED_WRITES, now)

    return Retries(cache.use(load), decided.issues, files_hash(config), decided.urgent)


def _remember(
    cache: CacheFile,
    config: Config,
    decided: RunPlan,
    outcomes: Collection[WriteOutcome],
    retries: Retries,
    now: datetime,
) -> None:
    """Store the failed writes; mark requests that may differ from the cache, and the lists if they may be a cause."""
    without_assignee = {each.issue_id for each in outcomes if each.kind is OutcomeKind.APPLIED and each.text}
    invalidated = {each.issue_id for each in outcomes if each.kind in REREAD_AFTER} | without_assignee
    invalidated |= {each.issue_id for each in decided.plan.findings if each.kind in OBSTACLES}
    refused = [each for each in outcomes if each.kind is OutcomeKind.REFUSED]

    def remember(opened: Cache) -> None:
        select_scope(opened, config, decided.state.account, now)
        opened.invalidate(invalidated)
        retries.log.save(opened, FAILED_WRITES)
        if without_assignee or not all(each.is_known and each.concern is Concern.REQUEST for each in refused):
            opened.forget_redmine_state()

    if outcomes or invalidated:
        cache.use(remember)
