"""The release with the answer to a request: staff get a note when it is delayed or ships without (clause 23)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING

from sup_sync.model.issue import Phase
from sup_sync.planning.marker import Marker
from sup_sync.planning.notice import Audience, Notice, NoticeKind, Section
from sup_sync.planning.notice_rule import NoticeRule
from sup_sync.sla.measures import resolution

if TYPE_CHECKING:  # commands that only read the files import the declarations, and not the judging of requests
    from sup_sync.planning.case import Case
    from sup_sync.sla.judgement import Judgement

SLIPPED = NoticeKind(
    "slipped",
    Audience.STAFF,
    Section.ALERTS,
    variables=frozenset({"before", "after", "clause"}),
    required=frozenset({"before", "after"}),
)
SHIPPED = NoticeKind("shipped", Audience.STAFF, Section.ALERTS, variables=frozenset({"clause"}))


def with_current_release(marker: Marker, judgement: Judgement) -> Marker:
    """Return the marker with the current release date: a new date starts a new ladder, a closed request clears it."""
    clock = judgement.clock_measuring(resolution.MEASURE.key)
    if clock is None:
        return marker
    since_opened = takewhile(lambda each: not each.phase.is_final, reversed(judgement.phase_periods))
    if all(each.phase is not Phase.DEVELOPMENT for each in since_opened):
        return replace(marker, release_on=None)
    if clock.release_on is None or clock.release_on == marker.release_on:
        return marker
    return replace(marker.without("release"), release_on=clock.release_on)


def notices(case: Case) -> Iterator[Notice]:
    """Yield a note for each delay, once because the marker gets the new date with it; the cycle is the new date."""
    judgement, before = case.judgement, case.promised_on
    clock, version = judgement.clock_measuring(resolution.MEASURE.key), judgement.issue.version
    if clock is None or judgement.phase.is_final:
        return
    after = clock.release_on
    if before and after and after > before and case.has_line(SLIPPED):
        days = {"before": case.staff_day(before), "after": case.staff_day(after)}
        yield case.alert(SLIPPED, after.toordinal(), f"release delayed from {before} to {after}", **days)
    has_shipped = version is not None and version.is_closed and judgement.phase is Phase.DEVELOPMENT
    if version and has_shipped and case.may_send(SHIPPED, version.id):
        yield case.alert(SHIPPED, version.id, "its release has shipped, but the request is still in development")


RULE = NoticeRule(order=60, kinds=(SLIPPED, SHIPPED), due=notices)
