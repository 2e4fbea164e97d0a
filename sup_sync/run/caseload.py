"""What was read, in our words, and how it stands: all the requests of a tracker or of a snapshot."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from sup_sync.errors import DecodeError, SnapshotError
from sup_sync.frozen import value
from sup_sync.model.directory import Directory, Json
from sup_sync.model.issue import Finding, Issue
from sup_sync.model.rulebook import Rulebook
from sup_sync.planning.plan import Plan, make_plan
from sup_sync.redmine.decode import decode_issue
from sup_sync.sla.judge import judge_issue
from sup_sync.sla.judgement import Judgement


@value
class Caseload:
    """What was read, in our words; findings are issues that could not be read."""

    directory: Directory
    issues: tuple[Issue, ...]
    findings: tuple[Finding, ...]


def decode_caseload(lists: Json | None, raw_issues: Iterable[Json], rules: Rulebook) -> Caseload:
    """Issues in our words; without the tracker's lists, people and old statuses are guessed."""
    raw_issues = tuple(raw_issues)
    directory = Directory.guessed_from(raw_issues, rules.names) if lists is None else _directory(lists, rules)
    findings: list[Finding] = []
    return Caseload(directory, tuple(decoded(raw_issues, directory, findings)), tuple(findings))


def decoded(raw_issues: Iterable[Json], directory: Directory, findings: list[Finding]) -> Iterator[Issue]:
    """The issues in our words; of those that are not in Redmine's form findings tell."""
    for raw in raw_issues:
        try:
            yield decode_issue(raw, directory)
        except DecodeError as error:
            findings.append(Finding(raw["id"], "unreadable", str(error)))


def _directory(lists: Json, rules: Rulebook) -> Directory:
    try:
        return Directory(lists, rules.names)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise SnapshotError(
            "`tracker`: not the lists that `sup-sync snapshot` writes: take the snapshot anew"
        ) from None


def judge_caseload(caseload: Caseload, rules: Rulebook, now: datetime) -> tuple[Judgement, ...]:
    """How every issue that was filed by `now` stands then."""
    return tuple(judged(caseload.issues, rules, now))


def judged(issues: Iterable[Issue], rules: Rulebook, now: datetime) -> Iterator[Judgement]:
    then = (issue.upto(now) for issue in issues)
    return (judge_issue(issue, rules.policy, rules.calendars, now) for issue in then if issue)


def plan_caseload(
    caseload: Caseload, judgements: Collection[Judgement], rules: Rulebook, now: datetime, *, is_adopting: bool = False
) -> Plan:
    """What should change in all of it, with the findings of reading and judging."""
    plan = make_plan(judgements, rules, caseload.directory, now, is_adopting=is_adopting)
    return replace(plan, findings=tuple(sorted((*caseload.findings, *plan.findings))))


def current(caseload: Caseload, closed_days: int, now: datetime) -> Caseload:
    """The part of it that a run may change: open issues, and those closed lately."""
    return replace(caseload, issues=tuple(current_issues(caseload.issues, closed_days, now)))


def current_issues(issues: Iterable[Issue], closed_days: int, now: datetime) -> Iterator[Issue]:
    since = (now - timedelta(days=closed_days)).replace(microsecond=0)
    return (each for each in issues if not each.status.phase.is_final or each.updated_at >= since)
