"""A CSV table with one row per request: classification, targets, outcomes, and minutes by party."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, tzinfo
from io import StringIO

from sup_sync.model.moments import MOMENT_FORMAT
from sup_sync.model.policy import Calendars, ClockKind, Policy
from sup_sync.sanitize import shortened
from sup_sync.sla.judgement import Judgement
from sup_sync.views.compliance import request_time_by_party
from sup_sync.views.time_by_party import MINUTE, TimeByParty

Cell = str | int

# a spreadsheet runs a cell that starts with one of these, also in the full-width form
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def escape_formula(text: str) -> str:
    """Return a text in one line, with an apostrophe before it if a spreadsheet would run it as a formula."""
    line = shortened(text)
    is_formula = text.startswith(FORMULA_STARTS) or line.lstrip().startswith(FORMULA_STARTS)
    return f"'{line}" if is_formula else line


def csv_text(judgements: Iterable[Judgement], policy: Policy, calendars: Calendars) -> str:
    """Write the requests as CSV with a header row, in order of number; every text cell is escaped."""
    metrics = tuple(policy.all_metrics)
    rows = [_row(each, metrics, calendars) for each in sorted(judgements, key=lambda each: each.issue.id)]
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(column_names(metrics))
    writer.writerows([escape_formula(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return text.getvalue()


_CLASSIFICATION = ("issue", "project", "subject", "filed_at", "level", "channel", "category", "priority", "agreement")
_STATE = ("regulation", "status", "phase", "reason", "findings")
_OF_A_TARGET = ("due_at", "outcome", "stopped_at", "elapsed_min", "late_s", "clause")

# With seconds, because they may decide.
_EXACT_FORMAT = f"{MOMENT_FORMAT}:%S"
_OF_A_PARTY = ("support", "client", "development", "closed", "elapsed")


def column_names(metrics: Iterable[str]) -> tuple[str, ...]:
    """Return the column names: times are in the support's time zone, `_min` are whole minutes, empty is unknown.

    `elapsed_min` of a target and `late_s`, in seconds, are time of its own clock. Its `due_at` is empty while it rests,
    and its outcome is also `skipped` if it could not be judged, or `unanswered`. The minutes of the four parties add
    up to `elapsed_…_min`, from filing to the present.
    """
    return (
        *_CLASSIFICATION,
        *_STATE,
        *(f"{metric}_{name}" for metric in metrics for name in _OF_A_TARGET),
        *(f"{party}_{clock}_min" for clock in ("working", "wall") for party in _OF_A_PARTY),
    )


def _row(judgement: Judgement, metrics: Iterable[str], calendars: Calendars) -> tuple[Cell, ...]:
    working = calendars[ClockKind.WORKING]
    return (
        *_classification(judgement, working.zone),
        *_state(judgement),
        *(cell for metric in metrics for cell in _target(judgement, metric, working.zone)),
        *_party_minutes(request_time_by_party(judgement, working)),
    )


def _classification(judgement: Judgement, zone: tzinfo) -> Iterator[Cell]:
    issue, agreement = judgement.issue, judgement.agreement
    yield from (issue.id, issue.project.identifier, issue.subject, _moment(judgement.filed_at, zone))
    yield from (judgement.level or "", judgement.channel or "", judgement.category or "", judgement.priority)
    yield agreement.key if agreement else ""


def _state(judgement: Judgement) -> Iterator[Cell]:
    yield from (judgement.policy.in_force_from.isoformat(), judgement.issue.status.name, judgement.phase.value)
    yield judgement.reason.key if judgement.reason else ""
    yield " ".join(dict.fromkeys(each.kind for each in judgement.findings))


def _target(judgement: Judgement, metric: str, zone: tzinfo) -> Iterator[Cell]:
    verdict = judgement.verdict(metric)
    is_resting = verdict.paused_at is not None and verdict.stopped_at is None and verdict.late is None
    due = "" if is_resting else _moment(verdict.due_at, zone, _EXACT_FORMAT)
    yield from (due, verdict.result, _moment(verdict.stopped_at, zone, _EXACT_FORMAT))
    yield _minutes(verdict.elapsed) if verdict.elapsed or verdict.due_at else ""
    yield "" if verdict.late is None else int(verdict.late.total_seconds())
    yield verdict.clause


def _party_minutes(times: TimeByParty) -> Iterator[Cell]:
    whole = times.in_minutes()
    rows = (*whole.parts.values(), whole.elapsed)
    yield from ("" if each.working is None else _minutes(each.working) for each in rows)
    yield from (_minutes(each.wall) for each in rows)


def _moment(at: datetime | None, zone: tzinfo, form: str = MOMENT_FORMAT) -> str:
    return f"{at.astimezone(zone):{form}}" if at else ""


def _minutes(length: timedelta) -> int:
    return length // MINUTE
