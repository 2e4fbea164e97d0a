"""Refusals and stopped work: the client is told why and where to complain, the superior is informed (6, 9, 16)."""

from __future__ import annotations

from collections.abc import Iterator

from sup_sync.issue import Phase
from sup_sync.notices.case import Audience, Case, Notice

STOPPED, REFUSED = "stopped", "refused"


def notices(case: Case) -> Iterator[Notice]:
    """Once for each time that staff stopped work on it, or refused it with a reason."""
    judgement, reason = case.judgement, case.judgement.reason
    if reason is None:
        return
    events, quality = judgement.issue.events, case.policy.quality_address
    if reason.stops:
        times = sum(each.reason is not None and each.reason[1] == reason.key for each in events)
        if case.may_alert(STOPPED, times):
            words = {"reason": case.staff_text(f"reason_{reason.key}"), "quality": quality}
            yield case.alert(STOPPED, times, f"stopped: {reason.key}", **words)
        return
    times = sum(each.status is not None and each.status[1].phase is Phase.REFUSED for each in events)
    if judgement.phase is Phase.REFUSED and case.may_tell(REFUSED, times):
        words = {"reason": case.client_text(f"reason_{reason.key}"), "quality": quality, "clause": reason.clause}
        text = case.client_text(REFUSED, **words)
        yield Notice(Audience.CLIENT, REFUSED, times, text, f"refused: {reason.key}", reason.clause)
