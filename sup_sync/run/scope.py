"""The scope of one configuration: the groups that it reads, and its part of the cache."""

from __future__ import annotations

from datetime import datetime

from sup_sync.config.load import Config
from sup_sync.run.cache import Cache
from sup_sync.to_json import Json


def required_groups(config: Config) -> set[str]:
    """Collect the groups of staff and of contracts, with members to read."""
    contracts = {contract.group for contract in config.rules.policy.contracts if contract.group}
    return contracts | config.rules.names.staff_groups


def local_day(config: Config, at: datetime) -> str:
    """Return the day of a moment in the support's zone, ISO."""
    return at.astimezone(config.rules.zone).date().isoformat()


def select_scope(cache: Cache, config: Config, account: Json, now: datetime) -> None:
    """Select the part of the cache that this account read for this configuration."""
    scope = {
        "url": config.server.url,
        "account": account["id"],
        "projects": list(config.projects),
        "groups": sorted(required_groups(config)),
        "closed_days": config.closed_days,
    }
    cache.select_scope(scope, now.astimezone(config.rules.zone).date())
