"""The texts that messages.yaml must have: those of all notices, those that every notice shares, and the words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sup_sync.model.policy import Metric
from sup_sync.planning.notice import Text
from sup_sync.planning.notices import RULES

SHARED = (
    Text("day", frozenset({"day", "month", "year"}), required=frozenset({"day", "month", "year"})),
    Text("moment", frozenset({"day", "time"}), required=frozenset({"day", "time"})),
    Text("months"),
    *(Text(metric.value) for metric in Metric),
)


def expected_messages(levels: Iterable[str], reasons: Iterable[str]) -> Mapping[str, Text]:
    """Return each text by its key, with those for the levels and the reasons of the regulation."""
    of_notices = [text for rule in RULES for text in (*(kind.text for kind in rule.kinds), *rule.texts)]
    words = [Text(key) for key in (*(f"level_{key}" for key in levels), *(f"reason_{key}" for key in reasons))]
    return {text.key: text for text in (*SHARED, *of_notices, *words)}
