"""The marker: a record of the notices sent on a request, in a field hidden from clients; none is sent twice.

It has the number of its request. Redmine copies it with a request; the copy has another number and starts fresh.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field, replace
from datetime import date

from sup_sync.immutable import fast_value
from sup_sync.model.issue import NUMBER_PREFIX, Issue

# The precision of shares in the marker.
MARKED_DECIMALS = 2

_SENT = re.compile(r"([a-z_]+)#(\d{1,9})@(\d{1,3}\.\d\d)")
_RELEASE = re.compile(r"release_on=(\d{4}-\d\d-\d\d)")
_NUMBER = re.compile(rf"{NUMBER_PREFIX}\d+")


class MarkerError(ValueError):
    """A marker that sup-sync did not write."""


@fast_value
class Marker:
    """The sent notices: the share of each by name and cycle; `release_on` is the last known release date."""

    sent: Mapping[tuple[str, int], float] = field(default_factory=dict)
    release_on: date | None = None

    def share(self, name: str, cycle: int = 0) -> float:
        """Return the highest share of a notice that was sent; 0 if it was never sent."""
        return self.sent.get((name, cycle), 0.0)

    def has(self, name: str, cycle: int = 0, share: float = 1.0) -> bool:
        """Return whether a step, or a higher one, was sent."""
        return self.share(name, cycle) >= round(share, MARKED_DECIMALS)

    def without(self, name: str) -> Marker:
        return replace(self, sent={key: share for key, share in self.sent.items() if key[0] != name})

    def with_sent(self, sent: Mapping[tuple[str, int], float]) -> Marker:
        return replace(self, sent={**self.sent, **sent})


def read_marker(issue: Issue) -> Marker:
    """Read the marker of a request, blank if it came with a copy; raise MarkerError if it was edited by hand."""
    return parse_marker(issue.fields.get("marker", "")) if issue.has_own_marker else Marker()


def parse_marker(text: str) -> Marker:
    """Parse `issue=7 acknowledged#0@1.00 release_on=2026-06-30 resolution#1@0.75`; raise MarkerError for other forms.

    The number may be missing, as in the markers of earlier versions.
    """
    sent: dict[tuple[str, int], float] = {}
    release_on = None
    for word in text.split():
        if _NUMBER.fullmatch(word):
            continue
        notice, release = _SENT.fullmatch(word), _RELEASE.fullmatch(word)
        try:
            if notice:
                sent[notice[1], int(notice[2])] = float(notice[3])
            else:
                release_on = date.fromisoformat(release[1] if release else "")
        except ValueError:
            raise MarkerError(word) from None
    return Marker(sent, release_on)


def format_marker(marker: Marker, issue_id: int) -> str:
    """Format the text of a request's marker field; empty if nothing is recorded."""
    words = [f"{name}#{cycle}@{share:.{MARKED_DECIMALS}f}" for (name, cycle), share in marker.sent.items()]
    if marker.release_on:
        words.append(f"release_on={marker.release_on}")
    return " ".join([f"{NUMBER_PREFIX}{issue_id}", *sorted(words)]) if words else ""
