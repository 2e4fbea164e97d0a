"""The runs in the audit log, with the values that they wrote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sup_sync.immutable import value


@value
class WrittenValue:
    """A value that a run wrote, and the one before."""

    issue_id: int
    field: str
    old: str
    new: str


@dataclass
class LoggedRun:
    """A run in the audit log: its start as in the log, the digest of its mappings, and its values in order.

    `notes` is the number of notes. `rewritten` are the values, by issue and field, that a later run wrote again.
    """

    run_id: str
    started_at: str
    command: str
    mappings: str
    values: list[WrittenValue] = field(default_factory=list)
    notes: int = 0
    rewritten: set[tuple[int, str]] = field(default_factory=set)

    def by_issue(self) -> Mapping[int, list[WrittenValue]]:
        """Return the values by issue; of two writes of one field the first old and the last new value."""
        merged: dict[tuple[int, str], WrittenValue] = {}
        for each in self.values:
            first = merged.get((each.issue_id, each.field), each)
            merged[each.issue_id, each.field] = WrittenValue(each.issue_id, each.field, first.old, each.new)
        issues: dict[int, list[WrittenValue]] = {}
        for each in merged.values():
            issues.setdefault(each.issue_id, []).append(each)
        return issues


def logged_runs(records: Iterable[Mapping[str, Any]]) -> dict[str, LoggedRun]:
    """Collect the runs that wrote something, by id, from records in their order."""
    runs: dict[str, LoggedRun] = {}
    writers: dict[tuple[int, str], set[str]] = {}
    for record in records:
        run_id = str(record.get("run"))
        if record.get("event") == "run":
            command, mappings = str(record.get("command")), str(record.get("mappings"))
            runs[run_id] = LoggedRun(run_id, str(record.get("at")), command, mappings)
        elif record.get("event") == "intent" and run_id in runs:
            _add_write(runs, writers, run_id, record)
    return {run_id: run for run_id, run in runs.items() if run.values or run.notes}


def _add_write(
    runs: Mapping[str, LoggedRun],
    writers: dict[tuple[int, str], set[str]],
    run_id: str,
    record: Mapping[str, Any],
) -> None:
    run, issue_id, old = runs[run_id], int(record["issue"]), record.get("old", {})
    for name, new in record["changes"].items():
        run.notes += new is None
        key = issue_id, name
        for earlier in writers.get(key, ()):
            if earlier != run_id:
                runs[earlier].rewritten.add(key)
        writers.setdefault(key, set()).add(run_id)
        if new is not None and name in old:
            run.values.append(WrittenValue(issue_id, name, str(old[name]), str(new)))
