"""The plan of a run: Redmine is read into the cache, and what is due now is decided by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sup_sync.config.load import Config
from sup_sync.errors import AccessError, RedmineMismatchError
from sup_sync.immutable import value
from sup_sync.model.change import GUARDED_FIELDS
from sup_sync.model.directory import Directory
from sup_sync.model.issue import Issue
from sup_sync.planning.addressees import UNAVAILABLE_PERSON
from sup_sync.planning.mistakes import Background
from sup_sync.planning.plan import Plan
from sup_sync.redmine.lists import decode_directory
from sup_sync.redmine.preflight.checks import stopping_problems, usable_state
from sup_sync.redmine.preflight.problem import Area, RedmineState
from sup_sync.redmine.recorded_levels import with_recorded_levels
from sup_sync.run.caseload import decode_or_report
from sup_sync.run.decide import decide
from sup_sync.run.failures import FailureLog
from sup_sync.run.gather import IncrementalReader
from sup_sync.run.last_run import read_background
from sup_sync.run.linked import LinkedRequests
from sup_sync.run.redmine_state import rules_hash
from sup_sync.run.retries import FAILED_WRITES


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
    that were judged. By the `background` the limits tell a mistake from a busy day. `failures` are the earlier failed
    writes.
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
    failures: FailureLog


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
    if directory.missing_groups & reading.state.contract_groups:
        directory = with_recorded_levels(directory, reading.cached_issues(cache.ids(reading.closed_since)))
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
        failures=FailureLog.load(cache, FAILED_WRITES, now),
    )
