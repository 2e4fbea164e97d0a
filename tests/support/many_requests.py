"""A larger snapshot than the examples: those that can be judged, repeated in earlier months, at other hours."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from stories.shipped import REPOSITORY

EXAMPLES = REPOSITORY / "examples/requests.jsonl"
NOW = "2026-11-20T18:00"
UNJUDGED_ID = 20  # the request of the examples whose tracker is not mapped
UNJUDGED = f"sup-sync: could not be judged: #{UNJUDGED_ID}; `sup-sync explain {UNJUDGED_ID}` shows why\n"
_MOMENT = re.compile(r'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"')
WEEKS = 4


def write_many(path: Path, months: int) -> Path:
    """Write a snapshot of a number of months to a file."""
    path.write_text("".join(f"{line}\n" for line in _lines(months)), encoding="utf-8")
    return path


def write_with_subjects(path: Path, *subjects: str) -> Path:
    """Write the first examples to a file, one for each subject, with these subjects."""
    lists, *issues = EXAMPLES.read_text(encoding="utf-8").splitlines()
    rows = [{**json.loads(line), "subject": subject} for line, subject in zip(issues, subjects, strict=False)]
    path.write_text("\n".join([lists, *map(json.dumps, rows)]), encoding="utf-8")
    return path


def _lines(months: int) -> Iterator[str]:
    lists, *issues = EXAMPLES.read_text(encoding="utf-8").splitlines()
    yield lists
    judged = [line for line in issues if json.loads(line)["id"] != UNJUDGED_ID]
    jitter = random.Random(7)  # noqa: S311 - not a secret
    for month in range(months):
        for line in judged:
            yield json.dumps(_earlier(line, month, jitter.randrange(-120, 120)))


def _earlier(line: str, month: int, minutes: int) -> dict[str, Any]:
    """Move a request and its history back by months and some minutes, with a new id."""
    by = timedelta(weeks=WEEKS * month, minutes=minutes if month else 0)

    def move(match: re.Match[str]) -> str:
        return f'"{datetime.fromisoformat(match[1]) - by:%Y-%m-%dT%H:%M:%SZ}"'

    issue: dict[str, Any] = json.loads(_MOMENT.sub(move, line))
    return {**issue, "id": issue["id"] + 1000 * month}
