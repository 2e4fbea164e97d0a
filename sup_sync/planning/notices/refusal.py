"""Refusals and stopped work: a note with the reason to the client or to the superior (clauses 6, 9, 16)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from sup_sync.model.issue import Issue, Phase, Side
from sup_sync.planning.notice import Audience, Notice, NoticeKind, Section
from sup_sync.planning.notice_rule import NoticeRule
from sup_sync.sla.phases import cycle_of

if TYPE_CHECKING:  # commands that only read the files import the declarations, and not the judging of requests
    from sup_sync.planning.case import Case

REFUSED = NoticeKind(
    "refused",
    Audience.CLIENT,
    Section.CLIENT_NOTES,
    variables=frozenset({"reason", "clause", "quality", "complaints"}),
    required=frozenset({"reason", "quality"}),
)
STOPPED = NoticeKind(
    "stopped",
    Audience.STAFF,
    Section.ALERTS,
    variables=frozenset({"reason", "clause", "quality"}),
)


def notices(case: Case) -> Iterator[Notice]:
    """Yield one notice each time that staff stop work on a request, or refuse it with a reason."""
    issue, reason = case.judgement.issue, case.judgement.reason
    if reason is None:
        return
    quality = case.policy.quality_address
    if reason.stops_work:
        cycle = _last(issue, (each.at for each in issue.events if each.reason and each.reason[1] == reason.key))
        if case.may_send(STOPPED, cycle):
            text = case.staff_text(f"reason_{reason.key}")
            yield case.alert(STOPPED, cycle, f"stopped: {reason.key}", reason=text, quality=quality)
        return
    cycle = _last(issue, (each.at for each in issue.events if each.status and each.status[1].phase is Phase.REFUSED))
    is_ours = (
        issue.reason_set_by.side is Side.BOT
    )  # set when sup-sync closed the request; a later refusal by staff sets its own
    if case.judgement.phase is Phase.REFUSED and not is_ours and case.may_send(REFUSED, cycle):
        text = case.client_text(
            REFUSED.name,
            reason=case.client_text(f"reason_{reason.key}"),
            clause=reason.clause,
            quality=quality,
            complaints=case.policy.client_notes[REFUSED.name],
        )
        yield Notice(REFUSED.audience, REFUSED.name, cycle, text, f"refused: {reason.key}", reason.clause)


def _last(issue: Issue, moments: Iterable[datetime]) -> int:
    """Return the cycle of the last of some moments, or of the filing if there are none."""
    return cycle_of(max(moments, default=issue.created_at))


RULE = NoticeRule(order=40, kinds=(REFUSED, STOPPED), due=notices, is_for_stopped_work=True)
