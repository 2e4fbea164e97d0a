"""The results that change if the same requests are judged by other mappings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Any

from sup_sync.immutable import value
from sup_sync.sla.clock import TargetStatus
from sup_sync.sla.judgement import Judgement
from sup_sync.to_json import json_value


@value
class VerdictChange:
    """A verdict that differs between the mappings; `level` is that of the current mappings."""

    issue: int
    level: str | None
    metric: str
    before: TargetStatus
    after: TargetStatus
    due_before: datetime | None
    due_after: datetime | None


@value
class WhatIf:
    """The changed verdicts of the requests judged by both mappings; times are shown in `zone`."""

    judged: int
    changes: tuple[VerdictChange, ...]
    zone: tzinfo

    @property
    def by_level(self) -> dict[tuple[str | None, TargetStatus, TargetStatus], int]:
        """The number of changed verdicts by level, old outcome and new outcome."""
        return dict(sorted(Counter((each.level, each.before, each.after) for each in self.changes).items(), key=str))

    def to_json(self) -> dict[str, Any]:
        """Return {"judged", "changes": [CHANGE], "by_level": [{"level", "before", "after", "count"}]}.

        CHANGE has the fields of VerdictChange.
        """
        counts = [
            {"level": level, "before": before.value, "after": after.value, "count": count}
            for (level, before, after), count in self.by_level.items()
        ]
        return {"judged": self.judged, "changes": [json_value(each) for each in self.changes], "by_level": counts}


def compare(today: Iterable[Judgement], other: Iterable[Judgement], zone: tzinfo) -> WhatIf:
    """Compare two judgements of the same requests; requests that only one has are left out."""
    others = {judgement.issue.id: judgement for judgement in other}
    pairs = [(each, others[each.issue.id]) for each in today if each.issue.id in others]
    changes = (
        change
        for before, after in pairs
        for metric in _metrics_of(before, after)
        if (change := _change_of(before, after, metric))
    )
    return WhatIf(len(pairs), tuple(changes), zone)


def _metrics_of(before: Judgement, after: Judgement) -> Iterable[str]:
    """Return the metrics of either version, without duplicates."""
    return dict.fromkeys((*before.policy.metrics, *after.policy.metrics))


def _change_of(today: Judgement, other: Judgement, metric: str) -> VerdictChange | None:
    before, after = today.verdict(metric), other.verdict(metric)
    if before.outcome is after.outcome:
        return None
    return VerdictChange(
        today.issue.id, today.level, metric, before.outcome, after.outcome, before.due_at, after.due_at
    )
