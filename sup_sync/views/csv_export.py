"""The requests one by one, as a table for a spreadsheet: keys, targets, outcomes, and where the minutes went."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, tzinfo
from io import StringIO

from sup_sync.model.moments import MOMENT_FORMAT
from sup_sync.model.policy import Calendars, ClockKind, Metric
from sup_sync.sanitize import shortened
from sup_sync.sla.judgement import Judgement
from sup_sync.views.compliance import request_time_by_party
from sup_sync.views.time_by_party import MINUTE, TimeByParty

Cell = str | int

FORMULA_SIGNS = tuple("=+-@\t\r\n＝＋－＠")
"""With these a cell begins that a spreadsheet would run, in any width of letter."""


def escape_formula(words: str) -> str:
    """A text of somebody else's that no spreadsheet runs: an apostrophe before what begins like a formula."""
    line = shortened(words)
    is_formula = words.startswith(FORMULA_SIGNS) or line.lstrip().startswith(FORMULA_SIGNS)
    return f"'{line}" if is_formula else line


def csv_text(judgements: Iterable[Judgement], calendars: Calendars) -> str:
    """The requests as CSV with a head, in order of number; all text cells are harmless."""
    rows = [_row(each, calendars) for each in sorted(judgements, key=lambda each: each.issue.id)]
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([escape_formula(cell) if isinstance(cell, str) else cell for cell in row.values()] for row in rows)
    return text.getvalue()


_TERMS = ("issue", "project", "subject", "filed_at", "level", "channel", "category", "priority", "agreement")
_STANDING = ("regulation", "status", "phase", "reason", "findings")
_OF_A_TARGET = ("due_at", "outcome", "stopped_at", "elapsed_min", "clause")
_OF_A_PARTY = ("support", "client", "development", "closed", "elapsed")

COLUMNS = (
    *_TERMS,
    *_STANDING,
    *(f"{metric}_{name}" for metric in Metric for name in _OF_A_TARGET),
    *(f"{party}_{clock}_min" for clock in ("working", "wall") for party in _OF_A_PARTY),
)
"""What the head names: moments are on the support's wall clock, `_min` are whole minutes, what is not there is empty.

`elapsed_min` of a target is time of its own clock. The four parties' minutes add up to `elapsed_…_min`, from the
filing to the present.
"""


def _row(judgement: Judgement, calendars: Calendars) -> dict[str, Cell]:
    working = calendars[ClockKind.WORKING]
    cells = (
        *_terms(judgement, working.zone),
        *_standing(judgement),
        *(cell for metric in Metric for cell in _target(judgement, metric, working.zone)),
        *_minutes_of(request_time_by_party(judgement, working)),
    )
    return dict(zip(COLUMNS, cells, strict=True))


def _terms(judgement: Judgement, zone: tzinfo) -> Iterator[Cell]:
    issue, agreement = judgement.issue, judgement.agreement
    yield from (issue.id, issue.project.identifier, issue.subject, _moment(judgement.filed_at, zone))
    yield from (judgement.level or "", judgement.channel or "", judgement.category or "", judgement.priority)
    yield agreement.key if agreement else ""


def _standing(judgement: Judgement) -> Iterator[Cell]:
    yield from (judgement.policy.in_force_from.isoformat(), judgement.issue.status.name, judgement.phase.value)
    yield judgement.reason.key if judgement.reason else ""
    yield " ".join(dict.fromkeys(each.kind for each in judgement.findings))


def _target(judgement: Judgement, metric: Metric, zone: tzinfo) -> Iterator[Cell]:
    verdict = judgement.verdict(metric)
    yield from (_moment(verdict.due_at, zone), verdict.outcome.value, _moment(verdict.stopped_at, zone))
    yield _minutes(verdict.elapsed) if verdict.elapsed or verdict.due_at else ""
    yield verdict.clause


def _minutes_of(ledger: TimeByParty) -> Iterator[Cell]:
    whole = ledger.in_minutes()
    times = (*whole.parts.values(), whole.elapsed)
    yield from ("" if each.working is None else _minutes(each.working) for each in times)
    yield from (_minutes(each.wall) for each in times)


def _moment(at: datetime | None, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):{MOMENT_FORMAT}}" if at else ""


def _minutes(length: timedelta) -> int:
    return length // MINUTE
