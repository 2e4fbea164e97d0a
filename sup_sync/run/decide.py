"""The decision of a run, a pure function of the data read: the writes, and the requests that are idle."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sup_sync.immutable import value
from sup_sync.model.directory import Directory
from sup_sync.model.issue import Finding
from sup_sync.model.rulebook import Rulebook
from sup_sync.planning.next_check import next_check_at
from sup_sync.planning.plan import Plan, PlanPart, merge_plan, plan_request
from sup_sync.run.cache import IdleUntil
from sup_sync.run.caseload import decode_or_report, is_current, judge_filed
from sup_sync.sla.judgement import Judgement
from sup_sync.sla.measures import first_response
from sup_sync.to_json import Json

# Findings of requests that could not be judged or planned.
UNUSABLE = ("internal_error", "unreadable")


@value
class Decision:
    """The plan, the requests that are `idle` (nothing is to be written on them for now), and those `skipped`.

    `urgent` are the requests of the plan, filed under a contract, that support has not answered yet.
    """

    plan: Plan
    idle: tuple[IdleUntil, ...]
    skipped: frozenset[int]
    urgent: frozenset[int]


def decide(
    raw_issues: Iterable[Json],
    directory: Directory,
    rules: Rulebook,
    closed_since: datetime,
    now: datetime,
    *,
    is_adopting: bool,
) -> Decision:
    """Judge issues as of `now` and plan their changes; those closed before `closed_since` are left out.

    The issues are processed one by one and not kept, so that memory stays small for any number of issues.
    """
    parts: list[PlanPart] = []
    unreadable: list[Finding] = []
    idle: list[IdleUntil] = []
    skipped: set[int] = set()
    urgent: set[int] = set()
    judged = 0
    for raw in raw_issues:
        issue = decode_or_report(raw, directory)
        if isinstance(issue, Finding):
            unreadable.append(issue)
            skipped.add(issue.issue_id)
            continue
        judgement = judge_filed(issue, rules, now) if is_current(issue, closed_since) else None
        if judgement is None:
            continue
        judged += 1
        part = plan_request(judgement, rules, directory, now, is_adopting=is_adopting)
        if not part.is_empty:
            parts.append(part)
        issue = judgement.issue
        if judgement.is_unjudged or any(finding.kind in UNUSABLE for finding in part.findings):
            skipped.add(issue.id)
        elif part.changes and _awaits_contract_response(judgement):
            urgent.add(issue.id)
        elif not part.changes and issue.updated_at <= now:
            idle.append(IdleUntil(issue.id, issue.updated_at, next_check_at(judgement, rules, now)))
    plan = merge_plan(parts, judged, rules, unreadable)
    return Decision(plan, tuple(idle), frozenset(skipped), frozenset(urgent))


def _awaits_contract_response(judgement: Judgement) -> bool:
    clock = judgement.clock_measuring(first_response.MEASURE.key)
    return judgement.contract is not None and clock is not None and clock.stopped_at is None
