"""The release that answers a request: each time it is put off staff are told, and when it ships without (clause 23)."""

from __future__ import annotations

from collections.abc import Iterator

from sup_sync.issue import Phase
from sup_sync.notices.case import Case, Notice

SLIPPED, SHIPPED = "slipped", "shipped"


def notices(case: Case) -> Iterator[Notice]:
    """The marker's date moves with the note, so that every slip is told once; its cycle says to which day."""
    judgement, before = case.judgement, case.marker.release_on
    version = judgement.issue.version
    if judgement.phase is not Phase.DEVELOPMENT or version is None:
        return
    after = version.due_on
    if before and after and after > before and SLIPPED in case.policy.alerts:
        words = {"before": case.staff_day(before), "after": case.staff_day(after)}
        yield case.alert(SLIPPED, after.toordinal(), f"put off from {before} to {after}", **words)
    if version.is_closed and case.may_alert(SHIPPED, version.id):
        yield case.alert(SHIPPED, version.id, "its release has shipped, the request is still with development")
