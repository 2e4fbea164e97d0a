"""A snapshot: issues as JSON lines, each as `GET /issues/N.json?include=journals` returns it.

The first line may be `{"tracker": {…}}` with Redmine's lists (see `decode_directory`). Without them, people and
former statuses are guessed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from sup_sync.errors import SnapshotError
from sup_sync.immutable import value
from sup_sync.model.issue import Finding
from sup_sync.to_json import Json


@value
class Gathered:
    """JSON that was read from Redmine.

    `unread_projects` are the projects in which reading failed, with the error. `unread_requests` has a finding for each
    request that could not be read. `problems` are the mismatches in Redmine that left out a part.
    """

    lists: Json | None
    raw_issues: tuple[Json, ...]
    unread_projects: dict[str, str]
    unread_requests: tuple[Finding, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Return whether everything in scope was read."""
        return not (self.unread_projects or self.unread_requests or self.problems)


def load_snapshot(lines: Iterable[str], name: str) -> tuple[Json | None, list[Json]]:
    """Load Redmine's lists, None if the file has none, and the issues; raises SnapshotError naming file and line.

    If an issue is there twice, the later line counts.
    """
    lists: Json | None = None
    issues: dict[int, Json] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        value = _object(line, f"{name}:{number}")
        if "tracker" in value and "id" not in value and "issue" not in value:
            lists = value["tracker"]
            if not isinstance(lists, dict):
                raise SnapshotError(
                    f"{name}:{number}: `tracker` is not an object; create the file with `sup-sync snapshot`"
                )
        else:
            issue = _issue(value, f"{name}:{number}")
            issues[issue["id"]] = issue
    return lists, list(issues.values())


def _object(line: str, where: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise SnapshotError(f"{where}: not a JSON object; each line must be an issue, as `sup-sync snapshot` writes it")
    return value


def _issue(value: dict[str, Any], where: str) -> Json:
    issue = value.get("issue", value)
    if not isinstance(issue, dict) or type(issue.get("id")) is not int or issue["id"] < 1:
        raise SnapshotError(f"{where}: not an issue, as it has no valid `id`; create the file with `sup-sync snapshot`")
    return issue


def snapshot_lines(lists: Json, issues: Iterable[Json]) -> Iterator[str]:
    """Yield the lines of a snapshot, Redmine's lists first."""
    yield json.dumps({"tracker": lists}, ensure_ascii=False)
    for issue in issues:
        yield json.dumps(issue, ensure_ascii=False)
