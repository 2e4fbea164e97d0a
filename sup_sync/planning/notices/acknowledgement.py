"""The acknowledgement: number, level, targets and the address of the help centre (clauses 10, 13, 14, 18, 24)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sup_sync.model.issue import Phase
from sup_sync.planning.notice import Audience, Notice, NoticeKind, Section, Text
from sup_sync.planning.notice_rule import NoticeRule
from sup_sync.sla.measures import first_response

if TYPE_CHECKING:  # commands that only read the files import the declarations, and not the judging of requests
    from sup_sync.planning.case import Case

ACKNOWLEDGED = NoticeKind(
    "acknowledged",
    Audience.CLIENT,
    Section.CLIENT_NOTES,
    variables=frozenset({"number", "filed", "level", "help_centre", "clause"}),
    required=frozenset({"number", "level", "help_centre"}),
    names_targets=True,
)


def notices(case: Case) -> Iterator[Notice]:
    """Yield one public note on a request that support has not answered yet.

    If a target is outside the calendar's years, the note waits until the calendar contains that year.
    """
    judgement = case.judgement
    answer = judgement.clock_measuring(first_response.MEASURE.key)
    if judgement.is_unjudged or judgement.beyond_calendar or (answer and answer.stopped_at is not None):
        return
    if judgement.phase is not Phase.OPEN or not case.may_send(ACKNOWLEDGED):
        return
    clause = case.policy.client_notes[ACKNOWLEDGED.name]
    promised = [metric.key for metric in case.rules.policy.all_metrics.values() if not metric.is_internal]
    targets = {metric: _target(case, metric) for metric in promised}
    text = case.client_text(
        ACKNOWLEDGED.name,
        number=str(judgement.issue.id),
        filed=case.client_moment(judgement.issue.created_at),
        level=case.client_text(f"level_{judgement.level}"),
        help_centre=case.policy.help_centre,
        clause=clause,
        **targets,
    )
    yield Notice(ACKNOWLEDGED.audience, ACKNOWLEDGED.name, 0, "\n\n".join([text, *_contact(case)]), "filed", clause)


def _target(case: Case, metric: str) -> str:
    verdict = case.judgement.verdict(metric)
    if verdict.due_at is None:
        return case.client_text("no_target", clause=verdict.clause or case.policy.client_notes[ACKNOWLEDGED.name])
    return case.client_moment(verdict.due_at)


def _contact(case: Case) -> Iterator[str]:
    """Yield a text with both moments for letters and calls, whose targets count from the contact."""
    judgement = case.judgement
    if judgement.filed_at != judgement.issue.created_at:
        yield case.client_text(
            "contacted",
            contact=case.client_moment(judgement.filed_at),
            filed=case.client_moment(judgement.issue.created_at),
        )


RULE = NoticeRule(
    order=10,
    kinds=(ACKNOWLEDGED,),
    due=notices,
    texts=(
        Text("no_target", frozenset({"clause"})),
        Text("contacted", frozenset({"contact", "filed"})),
    ),
)
