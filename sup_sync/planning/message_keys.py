"""The texts that messages.yaml must have: those of each notice, those that all notices share, and single terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sup_sync.planning.notice import Text
from sup_sync.planning.notices import RULES

_SHARED = (
    Text("day", frozenset({"day", "month", "year"}), required=frozenset({"day", "month", "year"})),
    Text("moment", frozenset({"day", "time"}), required=frozenset({"day", "time"})),
    Text("months"),
)
_OF_NOTICES = (text for rule in RULES for text in (*(kind.text for kind in rule.kinds), *rule.texts))

FIXED_TEXTS: Mapping[str, Text] = {text.key: text for text in (*_SHARED, *_OF_NOTICES)}


def expected_messages(
    levels: Iterable[str], reasons: Iterable[str], metrics: Iterable[str], promised: frozenset[str]
) -> Mapping[str, Text]:
    """Return each text by its key, with those for the levels, reasons and metrics of the regulation.

    `promised` are the metrics that are not internal.
    """
    terms = [*(f"level_{key}" for key in levels), *(f"reason_{key}" for key in reasons), *metrics]
    texts = {**FIXED_TEXTS, **{key: Text(key) for key in terms}}
    return {key: _with_targets(text, promised) if text.names_targets else text for key, text in texts.items()}


def _with_targets(text: Text, promised: frozenset[str]) -> Text:
    return replace(text, variables=text.variables | promised, required=text.required | promised)
