"""The mappings of the last completed run: under other ones, a run is more careful about long overdue requests."""

from __future__ import annotations

from datetime import UTC, datetime

from sup_sync.config.load import Config
from sup_sync.planning.mistakes import Background
from sup_sync.run.cache import Cache

KEY = "last_run"


def read_background(cache: Cache, config: Config, now: datetime) -> Background:
    """Return what the cache knows of the last completed run; nothing if it had other mappings or a later time."""
    last = cache.get_lasting(KEY)
    if last is None or last["mappings"] != config.digest or last["at"] > now.timestamp():
        return Background(now)
    return Background(now, datetime.fromtimestamp(last["at"], UTC))


def remember_run(cache: Cache, config: Config, now: datetime) -> None:
    """Store that a run with these mappings was completed."""
    cache.set_lasting(KEY, {"mappings": config.digest, "at": int(now.timestamp())})
