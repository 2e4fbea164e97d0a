"""The file of a plan: `plan --out` writes it, a person reviews it, and `apply FILE` writes what is still the same."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sup_sync import __version__
from sup_sync.config.load import Config
from sup_sync.errors import AccessError, PlanFileError
from sup_sync.model.change import Change
from sup_sync.model.issue import Issue
from sup_sync.planning.plan import Plan
from sup_sync.planning.reviewed import ReviewedPlan, ReviewedRequest
from sup_sync.to_json import Json, json_text, json_value

VALID_FOR = timedelta(hours=24)
CLOCK_TOLERANCE = timedelta(minutes=5)  # between two computers
NEW_PLAN = "make a new one with `sup-sync plan --out`"


def plan_file_text(
    plan: Plan, issues: Iterable[Issue], account_id: int, config: Config, now: datetime, *, is_adopting: bool
) -> str:
    """Return the text of the file for a plan, with the whole notes."""
    updated_at = {issue.id: issue.updated_at for issue in issues}
    return json_text(
        {
            **_made_with(config),
            "created_at": now.isoformat(),
            "account": account_id,
            "adopt": is_adopting,
            "requests": [
                {"issue": issue_id, "updated_at": json_value(updated_at[issue_id]), "changes": list(map(_row, changes))}
                for issue_id, changes in plan.by_issue()
            ],
        }
    )


def _made_with(config: Config) -> Json:
    """Return what must not differ between the plan and its run."""
    return {"version": __version__, "url": config.server.url, "configuration": config.digest}


def _row(change: Change) -> Json:
    return {
        "field": change.field,
        "old": change.old,
        "new": change.new,
        "reason": change.reason,
        "clause": change.clause,
        "write": change.write_number,
    }


def load_plan_file(path: Path, config: Config, now: datetime) -> ReviewedPlan:
    """Load a plan to write; raises AccessError if others can access the file, PlanFileError if it is not valid now."""
    try:
        data = json.loads(_read_private(path))
        made_with = {key: data[key] for key in _made_with(config)}
        reviewed = _reviewed_plan(data)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise PlanFileError(f"{path}: not a file of `sup-sync plan --out`; {NEW_PLAN}") from None
    for key, value in _made_with(config).items():
        if made_with[key] != value:
            raise PlanFileError(f"{path}: made with another {key}; {NEW_PLAN}")
    if not -CLOCK_TOLERANCE <= now - reviewed.created_at <= VALID_FOR:
        raise PlanFileError(f"{path}: made more than 24 hours ago, or by another clock; {NEW_PLAN}")
    return reviewed


def _read_private(path: Path) -> str:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise PlanFileError(f"{path}: cannot be read ({error.strerror}); correct the path") from None
    with open(descriptor, encoding="utf-8") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise PlanFileError(f"{path}: not a regular file; {NEW_PLAN}")
        if status.st_uid != os.geteuid() or status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise AccessError(f"{path}: other users can access this file; {NEW_PLAN}")
        return file.read()


def _reviewed_plan(data: Any) -> ReviewedPlan:
    created_at = datetime.fromisoformat(data["created_at"])
    if created_at.tzinfo is None or not isinstance(data["account"], int) or not isinstance(data["adopt"], bool):
        raise ValueError
    requests = [(_number(each["issue"]), each) for each in data["requests"]]
    return ReviewedPlan(
        created_at, data["account"], data["adopt"], {issue_id: _request(issue_id, each) for issue_id, each in requests}
    )


def _request(issue_id: int, data: Json) -> ReviewedRequest:
    updated_at = datetime.fromisoformat(data["updated_at"])
    if updated_at.tzinfo is None:
        raise ValueError
    return ReviewedRequest(updated_at, tuple(_change(issue_id, each) for each in data["changes"]))


def _change(issue_id: int, row: Json) -> Change:
    field, old, new, reason, clause = (row[key] for key in ("field", "old", "new", "reason", "clause"))
    if not all(isinstance(each, str) for each in (field, old, new, reason, clause)):
        raise ValueError
    return Change(issue_id, field, old, new, reason, clause, _number(row["write"]))


def _number(value: Any) -> int:
    if type(value) is not int:
        raise ValueError
    return value
