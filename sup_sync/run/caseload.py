"""The requests of a Redmine server or of a snapshot, decoded and judged."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from sup_sync.errors import DecodeError, SnapshotError, internal_error
from sup_sync.immutable import value
from sup_sync.model.directory import Directory
from sup_sync.model.issue import Finding, Issue
from sup_sync.model.names import RedmineNames
from sup_sync.model.rulebook import Rulebook
from sup_sync.planning.linked import Linked, not_read
from sup_sync.planning.plan import Plan, make_plan
from sup_sync.redmine.decode import decode_issue
from sup_sync.redmine.lists import decode_directory, guess_directory
from sup_sync.redmine.recorded_levels import with_recorded_levels
from sup_sync.sla.judge import judge_issue
from sup_sync.sla.judgement import Judgement
from sup_sync.to_json import Json


@value
class Caseload:
    """The issues that could be decoded, and a finding for each of the others."""

    directory: Directory
    issues: tuple[Issue, ...]
    findings: tuple[Finding, ...]


def decode_caseload(
    lists: Json | None,
    raw_issues: Iterable[Json],
    rules: Rulebook,
    now: datetime | None = None,
    *,
    unread: Iterable[Finding] = (),
    others: Iterable[Json] = (),
) -> Caseload:
    """Decode issues as of `now`; without lists, people and former statuses are guessed.

    `unread` are findings of reading, `others` more requests of the same authors.
    """
    raw_issues = tuple(each for each in raw_issues if ignored_tracker(each, lists, rules.names) is None)
    directory = guess_directory(raw_issues, rules.names) if lists is None else _directory(lists, rules)
    if directory.missing_groups:
        directory = with_recorded_levels(directory, (*raw_issues, *others))
    decoded = [decode_or_report(raw, directory, now) for raw in raw_issues]
    return Caseload(
        directory,
        issues=tuple(each for each in decoded if isinstance(each, Issue)),
        findings=(*unread, *(each for each in decoded if isinstance(each, Finding))),
    )


def ignored_tracker(raw: Json, lists: Json | None, names: RedmineNames) -> str | None:
    """Return the name of an issue's tracker if the mappings ignore it."""
    if not names.ignored_trackers:
        return None
    with suppress(KeyError, TypeError, AttributeError):  # decoding the issue reports the error
        current = {each["id"]: each["name"] for each in (lists or {}).get("trackers", ())}
        name: str = current.get(raw["tracker"]["id"], raw["tracker"]["name"])
        return name if name in names.ignored_trackers else None
    return None


def decode_or_report(raw: Json, directory: Directory, now: datetime | None = None) -> Issue | Finding:
    """Decode an issue as of `now`, or return the finding that it is not of Redmine's form."""
    try:
        return decode_issue(raw, directory, now)
    except DecodeError as error:
        return Finding(raw["id"], "unreadable", str(error))
    except Exception as error:  # of any kind: the other requests go on
        return Finding(raw["id"], "internal_error", internal_error(error))


def _directory(lists: Json, rules: Rulebook) -> Directory:
    try:
        return decode_directory(lists, rules.names)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise SnapshotError(
            "`tracker`: not the lists that `sup-sync snapshot` writes; create the snapshot again"
        ) from None


def judge_caseload(caseload: Caseload, rules: Rulebook, now: datetime) -> tuple[Judgement, ...]:
    """Judge every issue that was filed by `now`; they must have been decoded as of then."""
    judged = (judge_filed(issue, rules, now) for issue in caseload.issues)
    return tuple(each for each in judged if each)


def judge_filed(issue: Issue, rules: Rulebook, now: datetime) -> Judgement | None:
    """Judge an issue that was decoded as of `now`; None if it was filed later."""
    return judge_issue(issue, rules.policy, rules.calendars, now) if issue.created_at <= now else None


def plan_caseload(
    caseload: Caseload,
    judgements: Collection[Judgement],
    rules: Rulebook,
    now: datetime,
    *,
    linked: Linked = not_read,
    is_adopting: bool = False,
) -> Plan:
    """Plan the changes of all issues, with the findings of reading and judging."""
    plan = make_plan(judgements, rules, caseload.directory, now, linked=linked, is_adopting=is_adopting)
    return replace(plan, findings=tuple(sorted((*caseload.findings, *plan.findings))))


def only_current(caseload: Caseload, closed_days: int, now: datetime) -> Caseload:
    """Return the part that a run may change: open issues, and those closed lately."""
    since = closed_since(closed_days, now)
    return replace(caseload, issues=tuple(each for each in caseload.issues if is_current(each, since)))


def closed_since(closed_days: int, now: datetime) -> datetime:
    """Return the time since when closed issues still count as current; Redmine's times have whole seconds."""
    return (now - timedelta(days=closed_days)).replace(microsecond=0)


def is_current(issue: Issue, since: datetime) -> bool:
    """Return whether a run may change an issue: it is open, or was changed since then."""
    return not issue.status.phase.is_final or issue.updated_at >= since
