"""How history would stand by another set of mappings: the verdicts that flip."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Any

from sup_sync.frozen import value
from sup_sync.model.policy import Metric
from sup_sync.sla.clock import TargetStatus
from sup_sync.sla.judgement import Judgement
from sup_sync.to_json import plain


@value
class VerdictChange:
    """A verdict that is another by the other mappings; `level` is that of today's."""

    issue: int
    level: str | None
    metric: Metric
    before: TargetStatus
    after: TargetStatus
    due_before: datetime | None
    due_after: datetime | None


@value
class WhatIf:
    """The verdicts that flip, by request and metric, of so many requests judged by both; `zone` shows moments."""

    judged: int
    changes: tuple[VerdictChange, ...]
    zone: tzinfo

    @property
    def by_level(self) -> dict[tuple[str | None, TargetStatus, TargetStatus], int]:
        """How many verdicts flip from what to what, by level."""
        return dict(sorted(Counter((each.level, each.before, each.after) for each in self.changes).items(), key=str))

    def to_json(self) -> dict[str, Any]:
        """{"judged", "changes": [CHANGE], "by_level": [{"level", "before", "after", "count"}]}; CHANGE by its fields."""
        counts = [
            {"level": level, "before": before.value, "after": after.value, "count": count}
            for (level, before, after), count in self.by_level.items()
        ]
        return {"judged": self.judged, "changes": [plain(each) for each in self.changes], "by_level": counts}


def compare(today: Iterable[Judgement], other: Iterable[Judgement], zone: tzinfo) -> WhatIf:
    """What flips between two judgings of the same requests."""
    others = {judgement.issue.id: judgement for judgement in other}
    pairs = [(each, others[each.issue.id]) for each in today if each.issue.id in others]
    flips = (flip for before, after in pairs for metric in Metric if (flip := _change_of(before, after, metric)))
    return WhatIf(len(pairs), tuple(flips), zone)


def _change_of(today: Judgement, other: Judgement, metric: Metric) -> VerdictChange | None:
    before, after = today.verdict(metric), other.verdict(metric)
    if before.outcome is after.outcome:
        return None
    return VerdictChange(
        today.issue.id, today.level, metric, before.outcome, after.outcome, before.due_at, after.due_at
    )
