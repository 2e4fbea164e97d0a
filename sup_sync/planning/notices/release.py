"""The release that answers a request: each time it is put off staff are told, and when it ships without (clause 23)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING

from sup_sync.model.issue import Phase
from sup_sync.planning.marker import Marker
from sup_sync.planning.notice import Audience, Notice, NoticeKind, NoticeRule, Section
from sup_sync.sla.measures import resolution

if TYPE_CHECKING:  # what only reads the files needs the declarations of notices, and not the judgement of requests
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


def of_this_release(marker: Marker, judgement: Judgement) -> Marker:
    """The marker with the release last known: each has a ladder of its own, and none outlives the request's end."""
    clock = judgement.clock_that(resolution.MEASURE.key)
    if clock is None:
        return marker
    since_opened = takewhile(lambda each: not each.phase.is_final, reversed(judgement.stretches))
    if all(each.phase is not Phase.DEVELOPMENT for each in since_opened):
        return replace(marker, release_on=None)
    if clock.release_on is None or clock.release_on == marker.release_on:
        return marker
    return replace(marker.without("release"), release_on=clock.release_on)


def notices(case: Case) -> Iterator[Notice]:
    """The marker's date moves with the note, so that every slip is told once; its cycle says to which day."""
    judgement, before = case.judgement, case.promised_on
    clock, version = judgement.clock_that(resolution.MEASURE.key), judgement.issue.version
    if clock is None or judgement.phase.is_final:
        return
    after = clock.release_on
    if before and after and after > before and case.has_line(SLIPPED):
        words = {"before": case.staff_day(before), "after": case.staff_day(after)}
        yield case.alert(SLIPPED, after.toordinal(), f"put off from {before} to {after}", **words)
    is_out = version is not None and version.is_closed and judgement.phase is Phase.DEVELOPMENT
    if version and is_out and case.may_send(SHIPPED, version.id):
        yield case.alert(SHIPPED, version.id, "its release has shipped, the request is still with development")


RULE = NoticeRule(order=60, kinds=(SLIPPED, SHIPPED), due=notices)
