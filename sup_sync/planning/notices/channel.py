"""A channel that the client's level may not use: the operator gets one private note (clauses 7, 8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sup_sync.planning.notice import Audience, Notice, NoticeKind, Section
from sup_sync.planning.notice_rule import NoticeRule

if TYPE_CHECKING:  # commands that only read the files import the declarations, and not the judging of requests
    from sup_sync.planning.case import Case

MISROUTED = NoticeKind(
    "misrouted",
    Audience.STAFF,
    Section.ALERTS,
    variables=frozenset({"level", "channel", "clause"}),
)


def notices(case: Case) -> Iterator[Notice]:
    """Yield one private note on an open request."""
    judgement, names = case.judgement, case.rules.names
    if not judgement.is_misrouted or judgement.phase.is_final or not case.may_send(MISROUTED):
        return
    reason = f"level {judgement.level} on channel {judgement.channel}"
    level, channel = names.levels[judgement.level or ""], names.channels[judgement.channel or ""]
    yield case.alert(MISROUTED, 0, reason, level=level, channel=channel)


RULE = NoticeRule(order=50, kinds=(MISROUTED,), due=notices)
