"""Refusals and stopped work: the client is told why and where to complain, the superior is informed (6, 9, 16)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from sup_sync.model.issue import Issue, Phase, Side
from sup_sync.planning.notice import Audience, Notice, NoticeKind, NoticeRule, Section
from sup_sync.sla.phases import cycle_of

if TYPE_CHECKING:  # what only reads the files needs the declarations of notices, and not the judgement of requests
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
    """Once for each time that staff stopped work on it, or refused it with a reason."""
    issue, reason = case.judgement.issue, case.judgement.reason
    if reason is None:
        return
    quality = case.policy.quality_address
    if reason.stops_work:
        cycle = _last(issue, (each.at for each in issue.events if each.reason and each.reason[1] == reason.key))
        if case.may_send(STOPPED, cycle):
            words = {"reason": case.staff_text(f"reason_{reason.key}"), "quality": quality}
            yield case.alert(STOPPED, cycle, f"stopped: {reason.key}", **words)
        return
    cycle = _last(issue, (each.at for each in issue.events if each.status and each.status[1].phase is Phase.REFUSED))
    is_ours = issue.reason_set_by.side is Side.BOT  # as it ended the request: what staff refuse later has another
    if case.judgement.phase is Phase.REFUSED and not is_ours and case.may_send(REFUSED, cycle):
        words = {"reason": case.client_text(f"reason_{reason.key}"), "quality": quality, "clause": reason.clause}
        text = case.client_text(REFUSED.name, complaints=case.policy.client_notes[REFUSED.name], **words)
        why = f"refused: {reason.key}"
        yield Notice(REFUSED.audience, REFUSED.name, cycle, text, why, reason.clause)


def _last(issue: Issue, moments: Iterable[datetime]) -> int:
    """The cycle of what happened last, at the filing if not since."""
    return cycle_of(max(moments, default=issue.created_at))


RULE = NoticeRule(order=40, kinds=(REFUSED, STOPPED), due=notices, is_for_stopped_work=True)
