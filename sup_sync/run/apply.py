"""One run of `apply`: plan, select what may be written, write, remember."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain

from sup_sync.config.load import Config, require_valid_examples
from sup_sync.errors import internal_error
from sup_sync.host.audit import Record
from sup_sync.immutable import value
from sup_sync.planning.budget import within_budget
from sup_sync.planning.mistakes import require_safe
from sup_sync.planning.notification import Notification
from sup_sync.planning.plan import Plan
from sup_sync.redmine.preflight.account import may_write_private_notes
from sup_sync.redmine.preflight.checks import usable_state
from sup_sync.redmine.reader import Reader
from sup_sync.redmine.session import RedmineSession
from sup_sync.redmine.writer import Writer
from sup_sync.run.cache import NO_CACHE, Cache, CacheFile
from sup_sync.run.diagnosis import Concern
from sup_sync.run.gather import IncrementalReader
from sup_sync.run.histories import Progress
from sup_sync.run.last_run import remember_run
from sup_sync.run.redmine_state import files_hash
from sup_sync.run.reported import News, select_news
from sup_sync.run.retries import FAILED_WRITES, Retries
from sup_sync.run.run_plan import RunPlan, plan_run
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


# Findings of requests with a next status that cannot be set; the obstacle can disappear without a trace on them.
OBSTACLES = {"forbidden_transition", "open_subtasks", "blocked", "unasked_duplicate"}

# Outcomes after which Redmine may differ from the cache, though no list shows a change.
REREAD_AFTER = {OutcomeKind.UNNEEDED, OutcomeKind.REFUSED, OutcomeKind.STALE}


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
    return _Run(session, config, now, force, progress, is_adopting, cache, hooks, selection).result()


@value
class _Run:
    """One run with the parameters of `apply`."""

    session: RedmineSession
    config: Config
    now: datetime
    force: bool
    progress: Progress
    is_adopting: bool
    cache: CacheFile
    hooks: RunHooks
    selection: Selection

    def result(self) -> RunResult:
        reader = Reader(self.session)
        decided = self.cache.use(lambda opened: self._plan(reader, opened))
        retries = Retries(decided.failures, decided.issues, files_hash(self.config), decided.urgent)
        retries.end_waits_by_form(reader)
        plan, invalid, postponed = self._select(decided, retries)
        written, failed_notifications = self._write(reader, decided, retries.parts(plan))
        outcomes = (*invalid, *map(retries.record, written), *retries.deferred(self.config.rules.zone))
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
            self._remember(decided, outcomes, retries),
        )

    def _plan(self, reader: Reader, opened: Cache) -> RunPlan:
        reading = IncrementalReader.open(reader, self.config, opened, self.now, self.progress)
        return plan_run(reading, self.config, self.now, is_adopting=self.is_adopting)

    def _select(self, decided: RunPlan, retries: Retries) -> tuple[Plan, tuple[WriteOutcome, ...], tuple[int, ...]]:
        """Return the plan to write, the outcomes of reviewed requests that are no longer valid, and those that wait."""
        account_id = decided.state.account["id"]
        plan, invalid = self.selection.of(decided.plan, decided.issues, account_id, self.now)
        plan = replace(plan, changes=tuple(change for part in retries.parts(plan) for change in part.changes))
        if self.force:
            return plan, invalid, ()
        require_safe(plan, self.config.limits, decided.background)
        plan, postponed = within_budget(plan, self.config.limits)
        return plan, invalid, postponed

    def _write(
        self, reader: Reader, decided: RunPlan, parts: Sequence[Plan]
    ) -> tuple[tuple[WriteOutcome, ...], tuple[str, ...]]:
        """Write the parts of the plan in turn and notify people; returns the outcomes and the failed notifications."""
        config, record = self.config, self.hooks.record
        if any(part.changes for part in parts):
            record({"event": "run", "command": "apply", "mappings": config.mappings_digest})
        plan_writer = self.selection.writer(
            reader,
            Writer(self.session, may_write_private_notes=may_write_private_notes(usable_state(decided.state))),
            decided.directory,
            decided.issues,
            config.rules,
            self.now,
            is_adopting=self.is_adopting,
            record=record,
        )
        outcomes: list[WriteOutcome] = []
        failed_notifications: list[str] = []
        for outcome in chain.from_iterable(map(plan_writer.write, parts)):
            outcomes.append(outcome)
            failed_notifications += _notify(outcome, decided.plan, self.hooks)
            self.progress(len(outcomes), len(decided.issues))
        return tuple(outcomes), tuple(failed_notifications)

    def _remember(self, decided: RunPlan, outcomes: Sequence[WriteOutcome], retries: Retries) -> News:
        """Store what the next run needs; returns what was not reported before.

        Requests that may differ from the cache are invalidated, and the lists if they may be the cause of a failure.
        """
        without_assignee = {each.issue_id for each in outcomes if each.kind is OutcomeKind.APPLIED and each.text}
        invalidated = {each.issue_id for each in outcomes if each.kind in REREAD_AFTER} | without_assignee
        invalidated |= {each.issue_id for each in decided.plan.findings if each.kind in OBSTACLES}
        refused = [each for each in outcomes if each.kind is OutcomeKind.REFUSED]
        are_lists_wrong = not all(each.is_known and each.concern is Concern.REQUEST for each in refused)

        def remember(opened: Cache) -> News:
            select_scope(opened, self.config, decided.state.account, self.now)
            opened.invalidate(invalidated)
            retries.log.save(opened, FAILED_WRITES)
            if without_assignee or are_lists_wrong:
                opened.forget_redmine_state()
            if self.selection.is_whole and not decided.unread_projects:
                remember_run(opened, self.config, self.now)
            day, findings = local_day(self.config, self.now), decided.plan.findings
            return select_news(opened, day, findings, decided.skipped_ids, decided.judged_ids, decided.problems)

        return replace(self.cache, report=lambda _text: None).use(remember)  # planning reported what is wrong with it


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
