"""The state of Redmine that a run needs before it reads requests: its account, that account's roles, and the lists."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sup_sync import __version__
from sup_sync.config.checks.files import TRACKER
from sup_sync.config.load import Config
from sup_sync.errors import AccessError, MissingError
from sup_sync.redmine.preflight.account import role_ids
from sup_sync.redmine.preflight.checks import partial_problems, stopping_problems
from sup_sync.redmine.preflight.problem import RedmineState
from sup_sync.redmine.reader import Reader
from sup_sync.run.cache import Cache
from sup_sync.run.scope import local_day, required_groups, select_scope
from sup_sync.to_json import Json


def fetch_redmine_state(
    reader: Reader, config: Config, account: Json | None = None, read_at: datetime | None = None
) -> RedmineState:
    """Fetch the account (unless it is given), its roles and the lists; contracts that ended by `read_at` do not count.

    Raises AccessError if no project can be read.
    """
    account = account or reader.fetch_account()
    roles = [reader.fetch_role(role_id) for role_id in role_ids(account)]
    people = {each.name for each in config.rules.names.people.values()}
    lists = reader.fetch_lists(account, config.projects, required_groups(config), people)
    return _make_state(config, account, roles, lists, read_at)


def open_redmine_state(reader: Reader, config: Config, cache: Cache, read_at: datetime) -> RedmineState:
    """Fetch the account, select its part of the cache, and return the state stored there if it is of today and fits.

    The account is fetched by every run, as only that shows a wrong key. A state with a problem is fetched again, since
    the problem may be solved by now, and so is one that was stored for other names in tracker.yaml.
    """
    account = reader.fetch_account()
    select_scope(cache, config, account, read_at)
    known = cache.get("redmine_state")
    is_of_today = cache.get("full_read_on") == local_day(config, read_at)
    if known is None or known["account"] != account or known["names"] != names_hash(config) or not is_of_today:
        return reread_redmine_state(reader, config, cache, account, read_at)
    state = _make_state(config, account, known["roles"], known["lists"], read_at)
    may_be_solved = any(not each.is_in_account for each in (*stopping_problems(state), *partial_problems(state)))
    return reread_redmine_state(reader, config, cache, account, read_at) if may_be_solved else state


def _make_state(
    config: Config, account: Json, roles: Iterable[Json], lists: Json, read_at: datetime | None
) -> RedmineState:
    policy = config.rules.policy
    today = read_at.astimezone(config.rules.zone).date() if read_at else date.min
    groups = {each.group for each in policy.contracts if each.group and each.last_on >= today}
    clause = policy.waiting.clause
    return RedmineState(config.rules.names, account, tuple(roles), lists, clause, contract_groups=frozenset(groups))


def reread_redmine_state(
    reader: Reader, config: Config, cache: Cache, account: Json, read_at: datetime
) -> RedmineState:
    """Fetch the roles and lists, and store them."""
    state = fetch_redmine_state(reader, config, account, read_at)
    _store(cache, state, names_hash(config))
    return state


def with_releases(config: Config, cache: Cache, state: RedmineState, reread: Iterable[Json]) -> RedmineState | None:
    """Return and store the state with releases that were fetched again; None if none of them changed."""
    fetched = {version["id"]: version for version in reread}
    versions = [fetched.get(version["id"], version) for version in state.lists["versions"]]
    if versions == state.lists["versions"]:
        return None
    changed = replace(state, lists={**state.lists, "versions": versions})
    _store(cache, changed, names_hash(config))
    return changed


def readable_versions(reader: Reader, project_id: int) -> list[Json]:
    """Fetch the releases of a project, as their dates change without a trace on requests.

    None if it was archived or deleted after its requests were read.
    """
    try:
        return reader.fetch_versions(project_id)
    except (AccessError, MissingError):
        return []


def names_hash(config: Config) -> str:
    """Return the digest of the names in Redmine, which decide how the lists and histories are read."""
    return config.digests.get(TRACKER, "")


def rules_hash(config: Config, state: RedmineState) -> str:
    """Hash all that decides, except the requests: this program, the mappings and the lists."""
    return _hash([__version__, dict(config.digests), state.lists])


def files_hash(config: Config) -> str:
    """Hash this program and the configuration: a request that failed is tried at once if they change."""
    return _hash([__version__, dict(config.digests)])


def _hash(parts: list[Any]) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _store(cache: Cache, state: RedmineState, names: str) -> None:
    stored = {"account": state.account, "roles": state.roles, "lists": state.lists, "names": names}
    cache.set("redmine_state", stored)
