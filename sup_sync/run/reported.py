"""What runs have reported: a text is reported when it appears, when it changes, and then once a local day.

This is kept in the cache: after the cache is deleted, everything is reported once more.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from hashlib import sha256

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


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]
