"""The marker: what the tool has said on a request, in a field that clients cannot see; nothing is said twice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field, replace
from datetime import date

from sup_sync.frozen import fast_value

MARKED_DECIMALS = 2
"""How exactly the marker says the share of a step that was sent."""

_SENT = re.compile(r"([a-z_]+)#(\d{1,9})@(\d{1,3}\.\d\d)")
_RELEASE = re.compile(r"release_on=(\d{4}-\d\d-\d\d)")


class MarkerError(ValueError):
    """A marker that this tool did not write."""


@fast_value
class Marker:
    """What was said: the share of each notice by its name and cycle, and the release that was last known."""

    sent: Mapping[tuple[str, int], float] = field(default_factory=dict)
    release_on: date | None = None

    def share(self, name: str, cycle: int = 0) -> float:
        """How far a notice went; 0 where it was never sent."""
        return self.sent.get((name, cycle), 0.0)

    def has(self, name: str, cycle: int = 0, share: float = 1.0) -> bool:
        """Whether a step, or a higher one, was sent."""
        return self.share(name, cycle) >= round(share, MARKED_DECIMALS)

    def without(self, name: str) -> Marker:
        return replace(self, sent={key: share for key, share in self.sent.items() if key[0] != name})

    def with_sent(self, sent: Mapping[tuple[str, int], float]) -> Marker:
        return replace(self, sent={**self.sent, **sent})


def read_marker(text: str) -> Marker:
    """The marker field: `acknowledged#0@1.00 release_on=2026-06-30 resolution#1@0.75`; raises MarkerError."""
    sent: dict[tuple[str, int], float] = {}
    release_on = None
    for word in text.split():
        said, release = _SENT.fullmatch(word), _RELEASE.fullmatch(word)
        try:
            if said:
                sent[said[1], int(said[2])] = float(said[3])
            else:
                release_on = date.fromisoformat(release[1] if release else "")
        except ValueError:
            raise MarkerError(word) from None
    return Marker(sent, release_on)


def marker_text(marker: Marker) -> str:
    """The marker field's text."""
    words = [f"{name}#{cycle}@{share:.{MARKED_DECIMALS}f}" for (name, cycle), share in marker.sent.items()]
    if marker.release_on:
        words.append(f"release_on={marker.release_on}")
    return " ".join(sorted(words))
