"""A channel that is kept for others: flagged once to the operator, and judged by the client's own level (7, 8)."""

from __future__ import annotations

from collections.abc import Iterator

from sup_sync.planning.notices.case import Case, Notice

ALERT = "misrouted"


def notices(case: Case) -> Iterator[Notice]:
    judgement, names = case.judgement, case.rules.names
    if not judgement.is_misrouted or judgement.phase.is_final or not case.may_alert(ALERT):
        return
    words = {"level": names.levels[judgement.level or ""], "channel": names.channels[judgement.channel or ""]}
    yield case.alert(ALERT, 0, f"level {judgement.level} on channel {judgement.channel}", **words)
