"""The state of Redmine that a run needs before it reads requests: its account, that account's roles, and the lists."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sup_sync import __version__
from sup_sync.config.load import Config
from sup_sync.redmine.preflight.account import role_ids
from sup_sync.redmine.preflight.checks import stopping_problems
from sup_sync.redmine.preflight.problem import RedmineState
from sup_sync.redmine.reader import Reader
from sup_sync.run.cache import Cache
from sup_sync.run.scope import local_day, required_groups, select_scope
from sup_sync.to_json import Json


def fetch_redmine_state(reader: Reader, config: Config, account: Json | None = None) -> RedmineState:
    """Fetch the account (unless it is given), its roles and the lists."""
    account = account or reader.fetch_account()
    roles = [reader.fetch_role(role_id) for role_id in role_ids(account)]
    people = {each.name for each in config.rules.names.people.values()}
    lists = reader.fetch_lists(account, config.projects, required_groups(config), people)
    return _make_state(config, account, roles, lists)


def open_redmine_state(reader: Reader, config: Config, cache: Cache, read_at: datetime) -> RedmineState:
    """Fetch the account, select its part of the cache, and return the state stored there if it is of today and fits.

    The account is fetched by every run, as only that shows a wrong key. A state that would stop the run is fetched
    again, since the problem may be fixed by now.
    """
    account = reader.fetch_account()
    select_scope(cache, config, account, read_at)
    known = cache.get("redmine_state")
    is_of_today = cache.get("full_read_on") == local_day(config, read_at)
    if known is None or known["account"] != account or not is_of_today:
        return reread_redmine_state(reader, config, cache, account)
    state = _make_state(config, account, known["roles"], known["lists"])
    return reread_redmine_state(reader, config, cache, account) if stopping_problems(state) else state


def _make_state(config: Config, account: Json, roles: Iterable[Json], lists: Json) -> RedmineState:
    rules = config.rules
    return RedmineState(rules.names, account, tuple(roles), lists, rules.policy.waiting.clause)


def reread_redmine_state(reader: Reader, config: Config, cache: Cache, account: Json) -> RedmineState:
    """Fetch the roles and lists, and store them."""
    state = fetch_redmine_state(reader, config, account)
    _store(cache, state)
    return state


def reread_releases(
    reader: Reader, cache: Cache, state: RedmineState, project_ids: Collection[int]
) -> RedmineState | None:
    """Fetch the releases of projects, as their dates change without a trace on requests; None if nothing changed."""
    fetched = {version["id"]: version for each in project_ids for version in reader.fetch_versions(each)}
    versions = [fetched.get(version["id"], version) for version in state.lists["versions"]]
    if versions == state.lists["versions"]:
        return None
    changed = replace(state, lists={**state.lists, "versions": versions})
    _store(cache, changed)
    return changed


def rules_hash(config: Config, state: RedmineState) -> str:
    """Hash all that decides, except the requests: this program, the mappings and the lists."""
    return _hash([__version__, dict(config.digests), state.lists])


def files_hash(config: Config) -> str:
    """Hash this program and the configuration: a request that failed is tried at once if they change."""
    return _hash([__version__, dict(config.digests)])


def _hash(parts: list[Any]) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _store(cache: Cache, state: RedmineState) -> None:
    cache.set("redmine_state", {"account": state.account, "roles": state.roles, "lists": state.lists})
