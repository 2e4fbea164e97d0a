"""The undoing of a run: data fields and due dates get their old values back if nobody changed them since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sup_sync.config.load import Config
from sup_sync.errors import DecodeError, MissingError, UndoError
from sup_sync.host.audit import Record
from sup_sync.immutable import value
from sup_sync.model.change import Change
from sup_sync.model.directory import Directory
from sup_sync.model.issue import Issue
from sup_sync.planning.plan import Plan
from sup_sync.redmine.decode import decode_issue
from sup_sync.redmine.lists import decode_directory
from sup_sync.redmine.preflight.account import may_write_private_notes
from sup_sync.redmine.reader import Reader
from sup_sync.redmine.session import RedmineSession
from sup_sync.redmine.writer import Writer
from sup_sync.run.logged_runs import LoggedRun, WrittenValue
from sup_sync.run.redmine_state import fetch_redmine_state
from sup_sync.run.run_plan import require_matching_redmine
from sup_sync.run.write import PlanWriter, WriteOutcome
from sup_sync.to_json import Json

# Never put back: the record of the notes, which cannot be taken back, and what people work with.
KEPT = frozenset({"marker", "status", "assignee", "reason"})


@value
class UndoPlan:
    """The values to put back, the reason for each value that stays, by issue and field, and the issues as read."""

    plan: Plan
    kept: dict[tuple[int, str], str]
    issues: tuple[Issue, ...]


def require_undoable(run: LoggedRun, config: Config) -> None:
    """Raise UndoError if the mappings are those of the run."""
    if run.mappings == config.mappings_digest:
        raise UndoError(
            f"run {run.run_id}: the mappings are those of this run, so the next run would write the same again;"
            " correct them first, or pass --force"
        )


def plan_undo(session: RedmineSession, config: Config, run: LoggedRun) -> UndoPlan:
    """Read the requests of a run, and plan which values to put back."""
    reader = Reader(session)
    state = fetch_redmine_state(reader, config)
    require_matching_redmine(state)
    directory = decode_directory(state.lists, config.rules.names)
    changes: list[Change] = []
    kept: dict[tuple[int, str], str] = {}
    issues: list[Issue] = []
    for issue_id, values in run.by_issue().items():
        try:
            raw = reader.fetch_issue(issue_id)
            issue = decode_issue(raw, directory)
        except (MissingError, DecodeError) as error:
            kept |= {(issue_id, each.field): str(error) for each in values if each.field not in KEPT}
            continue
        issues.append(issue)
        for each in values:
            reason = why_kept(each, issue, raw, directory, run)
            if reason is None:
                changes.append(_change(each, run))
            elif each.field not in KEPT:
                kept[issue_id, each.field] = reason
    return UndoPlan(Plan(tuple(changes), (), len(issues)), kept, tuple(issues))


def _change(written: WrittenValue, run: LoggedRun) -> Change:
    return Change(written.issue_id, written.field, written.new, written.old, f"as before run {run.run_id}")


def why_kept(written: WrittenValue, issue: Issue, raw: Json, directory: Directory, run: LoggedRun) -> str | None:
    """Return why a value may not be put back; None if it may."""
    name = written.field
    if name in KEPT:
        return "never put back"
    if (issue.id, name) in run.rewritten:
        return "written again by a later run"
    if issue.project.id not in directory.projects:
        return "moved out of the projects of config.yaml"
    if name != "due_date" and name not in issue.fields:
        return "its field is not on the request"
    current = (issue.due_on.isoformat() if issue.due_on else "") if name == "due_date" else issue.fields[name]
    if current != written.new or _last_change(name, raw, directory) != (directory.account_id, written.old, written.new):
        return "changed since the run"
    return None


def _last_change(name: str, raw: Json, directory: Directory) -> tuple[int | None, str, str] | None:
    """Return who changed a field last, by id, with its old and new value; None if the history does not show it."""
    key = ("attr", name) if name == "due_date" else ("cf", str(directory.field_ids[directory.names.fields[name]]))
    changes = (
        ((journal.get("user") or {}).get("id"), detail.get("old_value") or "", detail.get("new_value") or "")
        for journal in sorted(raw["journals"], key=lambda each: each["id"], reverse=True)
        for detail in journal.get("details", ())
        if (detail["property"], detail["name"]) == key
    )
    return next(changes, None)


class UndoWriter(PlanWriter):
    """A writer that reads each request again, and puts back only what nobody changed since the run."""

    def __init__(self, run: LoggedRun, *parts: Any, **options: Any) -> None:
        super().__init__(*parts, **options)
        self.run = run
        self.raw: dict[int, Json] = {}

    def _is_guarded(self, _changes: Sequence[Change]) -> bool:
        return True

    def _fetch_raw(self, issue_id: int) -> Json:
        self.raw[issue_id] = super()._fetch_raw(issue_id)
        return self.raw[issue_id]

    def _decide_again(self, issue: Issue) -> Sequence[Change]:
        values: Iterable[WrittenValue] = self.run.by_issue()[issue.id]
        return [
            _change(each, self.run)
            for each in values
            if why_kept(each, issue, self.raw[issue.id], self.directory, self.run) is None
        ]


def write_undo(
    session: RedmineSession, config: Config, run: LoggedRun, undo: UndoPlan, now: datetime, record: Record
) -> Iterator[WriteOutcome]:
    """Put the planned values back; yields the outcome of each request."""
    reader = Reader(session)
    state = fetch_redmine_state(reader, config)
    require_matching_redmine(state)
    record({"event": "run", "command": f"undo {run.run_id}", "mappings": config.mappings_digest})
    writer = UndoWriter(
        run,
        reader,
        Writer(session, may_write_private_notes=may_write_private_notes(state)),
        decode_directory(state.lists, config.rules.names),
        undo.issues,
        config.rules,
        now,
        is_adopting=False,
        record=record,
    )
    yield from writer.write(undo.plan)
