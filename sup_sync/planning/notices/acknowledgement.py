"""The acknowledgement: the number, the level, the targets, and where to look first (clauses 10, 13, 14, 18, 24)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sup_sync.model.issue import Phase
from sup_sync.model.policy import Metric
from sup_sync.planning.notice import Audience, Notice, NoticeKind, NoticeRule, Section, Text

if TYPE_CHECKING:  # what only reads the files needs the declarations of notices, and not the judgement of requests
    from sup_sync.planning.case import Case

ACKNOWLEDGED = NoticeKind(
    "acknowledged",
    Audience.CLIENT,
    Section.CLIENT_NOTES,
    variables=frozenset({"number", "filed", "level", *Metric, "help_centre", "clause"}),
    required=frozenset({"number", "level", *Metric, "help_centre"}),
)


def notices(case: Case) -> Iterator[Notice]:
    """One public note on a request that support has not answered yet; an answer says more than it could.

    A target that cannot be worked out yet is not said to be none: the note waits for the calendar's next years.
    """
    judgement = case.judgement
    first_response, closing = (judgement.clock(metric) for metric in Metric)
    if first_response is None or closing is None or first_response.stopped_at is not None:
        return
    if judgement.phase is not Phase.OPEN or not case.may_send(ACKNOWLEDGED):
        return
    clause = case.policy.client_notes[ACKNOWLEDGED.name]
    words = {metric.value: _target(case, metric) for metric in Metric}
    text = case.client_text(
        ACKNOWLEDGED.name,
        number=str(judgement.issue.id),
        filed=case.client_moment(judgement.issue.created_at),
        level=case.client_text(f"level_{judgement.level}"),
        help_centre=case.policy.help_centre,
        clause=clause,
        **words,
    )
    yield Notice(ACKNOWLEDGED.audience, ACKNOWLEDGED.name, 0, "\n\n".join([text, *_contact(case)]), "filed", clause)


def _target(case: Case, metric: Metric) -> str:
    verdict = case.judgement.verdict(metric)
    if verdict.due_at is None:
        return case.client_text("no_target", clause=verdict.clause)
    return case.client_moment(verdict.due_at)


def _contact(case: Case) -> Iterator[str]:
    """Letters and calls count from when they came: then both moments are told."""
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
