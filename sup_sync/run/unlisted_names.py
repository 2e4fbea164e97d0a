"""The mapped names that the lists of a snapshot lack, such as after a rename in Redmine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date

from sup_sync.model.rulebook import Rulebook
from sup_sync.to_json import Json

TRACKER, CLIENTS = "mappings/tracker.yaml", "mappings/clients.yaml"


def unlisted_names(lists: Json, rules: Rulebook, today: date) -> Iterator[str]:
    """Yield a line for each name that the lists lack; contracts that ended before `today` are history.

    A list that is missing, or has another form, is not checked: decoding reports it.
    """
    contracts = [each for each in rules.policy.contracts if each.last_on >= today]
    projects = (each.project for each in contracts if each.project)
    groups = (each.group for each in contracts if each.group)
    yield from _missing(lists, "statuses", "status", rules.names.statuses, TRACKER)
    yield from _missing(lists, "priorities", "priority", rules.names.priorities.values(), TRACKER)
    yield from _missing(lists, "trackers", "tracker", rules.names.trackers, TRACKER)
    yield from _missing(lists, "groups", "group", rules.names.staff_groups, TRACKER)
    yield from _missing(lists, "groups", "group", groups, CLIENTS)
    yield from _missing(lists, "projects", "project", projects, CLIENTS)


def _missing(lists: Json, key: str, kind: str, names: Iterable[str], file: str) -> Iterator[str]:
    with suppress(KeyError, TypeError, AttributeError):
        listed = {row[name] for row in lists[key] for name in ("name", "identifier") if name in row}
        for each in sorted(set(names) - listed):
            yield f'{kind} "{each}" is not in its lists of Redmine; correct {file}, or create the file again'
