"""What runs have reported: a text is reported when it appears, when it changes, and then once a local day.

This is kept in the cache: after the cache is deleted, everything is reported once more.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping
from hashlib import sha256

from sup_sync.immutable import value
from sup_sync.model.issue import Finding
from sup_sync.run.cache import Cache


def select_unreported(
    cache: Cache, kind: str, texts: Mapping[str, str], day: str, checked: Container[str] | None = None
) -> frozenset[str]:
    """Return the keys of the texts to report on this local day (ISO), and record them as reported.

    `texts` are all texts of this kind by key, for example by request. A key that is missing in it counts as solved,
    so that its text is reported if it appears again. If only some keys were checked, only these of them count.
    """
    key = f"reported {kind}"
    before = cache.get(key) or {}
    now = {name: [day, _digest(text)] for name, text in texts.items()}
    kept = {name: entry for name, entry in before.items() if name not in now and entry[0] == day}
    kept = {name: entry for name, entry in kept.items() if checked is not None and name not in checked}
    after = {**kept, **now}
    if after != before:
        cache.set(key, after)
    return frozenset(name for name, entry in now.items() if before.get(name) != entry)


@value
class News:
    """What a run has not reported before: requests with findings, how many of these were skipped, and problems."""

    requests: frozenset[int]
    skipped: int
    problems: frozenset[str]


def select_news(
    cache: Cache,
    day: str,
    findings: Iterable[Finding],
    skipped: Collection[int],
    judged: Collection[int],
    problems: Iterable[str],
) -> News:
    """Select what was not reported on this local day (ISO), and record it; only `judged` requests were checked."""
    texts: dict[str, str] = {}
    for each in sorted(findings):
        texts[str(each.issue_id)] = f"{texts.get(str(each.issue_id), '')}\n{each.text}"
    requests = {int(key) for key in select_unreported(cache, "findings", texts, day, set(map(str, judged)))}
    new_problems = select_unreported(cache, "problems", dict.fromkeys(problems, ""), day)
    return News(frozenset(requests), len(requests.intersection(skipped)), new_problems)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]
