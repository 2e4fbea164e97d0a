"""A channel that is kept for others: flagged once to the operator, and judged by the client's own level (7, 8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sup_sync.planning.notice import Audience, Notice, NoticeKind, NoticeRule, Section

if TYPE_CHECKING:  # what only reads the files needs the declarations of notices, and not the judgement of requests
    from sup_sync.planning.case import Case

MISROUTED = NoticeKind(
    "misrouted",
    Audience.STAFF,
    Section.ALERTS,
    variables=frozenset({"level", "channel", "clause"}),
)


def notices(case: Case) -> Iterator[Notice]:
    judgement, names = case.judgement, case.rules.names
    if not judgement.is_misrouted or judgement.phase.is_final or not case.may_send(MISROUTED):
        return
    words = {"level": names.levels[judgement.level or ""], "channel": names.channels[judgement.channel or ""]}
    yield case.alert(MISROUTED, 0, f"level {judgement.level} on channel {judgement.channel}", **words)


RULE = NoticeRule(order=50, kinds=(MISROUTED,), due=notices)
