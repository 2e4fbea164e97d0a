"""The write protocol: compare-and-swap for what people see, one PUT a note, each read back, nothing tried twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from sup_sync.errors import (
    AmbiguousError,
    DecodeError,
    MissingError,
    OutOfTimeError,
    RedmineUnavailableError,
    RefusedError,
    StaleError,
    SupSyncError,
)
from sup_sync.frozen import value
from sup_sync.host.audit import Record
from sup_sync.model.change import GUARDED_FIELDS, NOTES, Change
from sup_sync.model.directory import Directory
from sup_sync.model.issue import Issue, Side
from sup_sync.model.rulebook import Rulebook
from sup_sync.planning.plan import Plan, make_plan
from sup_sync.redmine.decode import decode_issue
from sup_sync.redmine.edit_form import EditForm
from sup_sync.redmine.reader import Reader
from sup_sync.redmine.writer import Writer
from sup_sync.sla.judge import judge_issue

Place = tuple[int, str]
"""A project, by id, and one of Redmine's trackers: where a field is, or is not."""

Write = tuple[int, tuple[Change, ...]]
"""An issue, by id, and its changes."""

READ_BACK_AT_ONCE = 100
OUT_OF_TIME = "not tried: the run's time is over; the next run goes on"
PUBLISHES = "the account may write no private notes there, so everybody would see one: give its role set_notes_private"
AWAY_IN_A_ROW = 3
"""After so many writes in a row without an answer the tracker is taken to be away, and the rest is left alone."""


class OutcomeKind(StrEnum):
    """How the writing of one issue's changes ended."""

    APPLIED = "applied"
    UNNEEDED = "unneeded"
    STALE = "stale"
    REFUSED = "refused"
    FAILED = "failed"


@value
class WriteOutcome:
    """How the writing of one issue's changes ended, why where they were not applied, and which notes are there now."""

    issue_id: int
    kind: OutcomeKind
    text: str = ""
    notes: frozenset[str] = frozenset()


FAULTS = (AmbiguousError, DecodeError, MissingError, RefusedError, RedmineUnavailableError)
"""What may end the write of one issue; anything else ends the run."""


class PlanWriter:
    """One run's writes: by the plan, oldest breach first, each read back; nothing is tried twice.

    `record` keeps what is sent, before it is sent, and how it ended: never the text of a note.
    """

    def __init__(
        self,
        reader: Reader,
        writer: Writer,
        directory: Directory,
        issues: Iterable[Issue],
        rules: Rulebook,
        now: datetime,
        *,
        is_adopting: bool,
        record: Record,
    ) -> None:
        self.is_adopting = is_adopting
        self.record = record
        self.reader = reader
        self.writer = writer
        self.rules = rules
        self.now = now
        self.directory = directory
        self.issues = {issue.id: issue for issue in issues}
        self.writable: set[Place] = set()
        self.distrusted: dict[Place, str] = {}
        self.unanswered = 0
        self.is_out_of_time = False

    def write(self, plan: Plan) -> Iterator[WriteOutcome]:
        """Write the plan; yields each issue's outcome, silent writes as soon as they are read back."""
        for outcome in self._outcomes(plan):
            self.record({"event": "result", "issue": outcome.issue_id, "kind": outcome.kind, "text": outcome.text})
            yield outcome

    def _outcomes(self, plan: Plan) -> Iterator[WriteOutcome]:
        silent: list[Write] = []
        for issue_id, changes in plan.by_issue():
            if any(change.field in GUARDED_FIELDS for change in changes):
                yield self._record_place(self._guarded(issue_id, changes, self._write_guarded))
            else:
                silent.append((issue_id, changes))
        yield from self._write_silent(silent)

    def _send(self, issue_id: int, changes: Sequence[Change], lock_version: int | None = None) -> None:
        values = {change.field: None if change.field in NOTES else change.new for change in changes}
        self.record({"event": "intent", "issue": issue_id, "changes": values})
        self.writer.update(issue_id, changes, self.directory, lock_version)

    def _guarded(
        self, issue_id: int, changes: Sequence[Change], write: Callable[[int, Sequence[Change]], WriteOutcome]
    ) -> WriteOutcome:
        """The outcome of one write, which is not tried where others showed that it would be in vain."""
        place = self._place(issue_id)
        if self.is_out_of_time:
            return WriteOutcome(issue_id, OutcomeKind.FAILED, OUT_OF_TIME)
        if self.unanswered >= AWAY_IN_A_ROW:
            return WriteOutcome(
                issue_id, OutcomeKind.FAILED, "not tried: the tracker does not answer; the next run goes on"
            )
        if place in self.distrusted:
            return WriteOutcome(issue_id, OutcomeKind.REFUSED, f"not tried: {self.distrusted[place]}")
        try:
            outcome = write(issue_id, changes)
        except OutOfTimeError as error:
            self.is_out_of_time = True
            return WriteOutcome(issue_id, OutcomeKind.FAILED, str(error))
        except FAULTS as error:
            self.unanswered = self.unanswered + 1 if isinstance(error, AmbiguousError | RedmineUnavailableError) else 0
            return WriteOutcome(issue_id, _kind(error), str(error))
        self.unanswered = 0
        return outcome

    def _record_place(self, outcome: WriteOutcome) -> WriteOutcome:
        """The first write in each project and tracker decides whether the others there are tried."""
        place = self._place(outcome.issue_id)
        if outcome.kind is OutcomeKind.APPLIED:
            self.writable.add(place)
        elif outcome.kind is OutcomeKind.REFUSED and place not in self.writable:
            self.distrusted.setdefault(place, f"#{outcome.issue_id} showed that {outcome.text}")
        return outcome

    def _place(self, issue_id: int) -> Place:
        issue = self.issues[issue_id]
        return issue.project.id, issue.tracker

    def _write_guarded(self, issue_id: int, planned: Sequence[Change]) -> WriteOutcome:
        """One swap for each note, the second only once the first is there."""
        outcome = self._compare_and_swap(issue_id, planned)
        if outcome.kind is OutcomeKind.APPLIED and any(change.put for change in planned):
            second = self._compare_and_swap(issue_id, planned)
            if second.kind is not OutcomeKind.UNNEEDED:
                return replace(second, notes=outcome.notes | second.notes)
        return outcome

    def _compare_and_swap(self, issue_id: int, planned: Sequence[Change]) -> WriteOutcome:
        """Compare and swap: the version first, then the state, decide again, one PUT, read back."""
        form = self.reader.fetch_edit_form(issue_id)
        before = self._fetch(issue_id)
        if before.project.id != self.issues[issue_id].project.id:
            return WriteOutcome(issue_id, OutcomeKind.STALE, "moved to another project meanwhile; the next run decides")
        changes = [change for change in self._decide_again(before) if change.put == 0]
        if not changes:
            return WriteOutcome(issue_id, OutcomeKind.UNNEEDED, "nothing left to change when it was to be written")
        if {change.new for change in changes if change.field in NOTES} - {change.new for change in planned}:
            return WriteOutcome(
                issue_id, OutcomeKind.STALE, "it changed meanwhile, and so would its note; the next run decides"
            )
        if any(change.field == "private_note" for change in changes) and not form.may_note_privately:
            return WriteOutcome(issue_id, OutcomeKind.REFUSED, PUBLISHES)
        if self._would_drop_marker(changes, form):
            marker = self.rules.names.fields["marker"]
            text = f"the account may not set «{marker}», so a note would come in every run: allow it in the workflow"
            return WriteOutcome(issue_id, OutcomeKind.REFUSED, text)
        self._send(issue_id, changes, form.lock_version)
        return _compared(changes, before, self._fetch(issue_id), self.directory)

    def _would_drop_marker(self, changes: Sequence[Change], form: EditForm) -> bool:
        """Whether Redmine would drop the marker without a word, and so the note would never count as sent."""
        marker = self.directory.field_ids.get(self.rules.names.fields["marker"])
        return any(change.field == "marker" for change in changes) and marker not in form.fields

    def _decide_again(self, issue: Issue) -> Sequence[Change]:
        judgement = judge_issue(issue, self.rules.policy, self.rules.calendars, self.now)
        return make_plan([judgement], self.rules, self.directory, self.now, is_adopting=self.is_adopting).changes

    def _fetch(self, issue_id: int) -> Issue:
        return decode_issue(self.reader.fetch_issue(issue_id), self.directory)

    def _write_silent(self, writes: Sequence[Write]) -> Iterator[WriteOutcome]:
        """One PUT each, read back by the hundred; the first in each project and tracker shows whether others follow."""
        left = list(writes)
        while left:
            batch, left = self._batch(left)
            unseen: list[Write] = []
            for issue_id, changes in batch:
                outcome = self._guarded(issue_id, changes, self._put)
                if outcome.kind is OutcomeKind.APPLIED:
                    unseen.append((issue_id, changes))
                else:
                    yield self._record_place(outcome)
            yield from map(self._record_place, self._read_back(unseen))

    def _batch(self, writes: Sequence[Write]) -> tuple[list[Write], list[Write]]:
        """What to write and then read back at once, and the rest: of a place that is not trusted yet just one."""
        batch: list[Write] = []
        rest: list[Write] = []
        tried: set[Place] = set()
        for write in writes:
            place = self._place(write[0])
            is_next = place in self.writable or place in self.distrusted or place not in tried
            (batch if is_next and len(batch) < READ_BACK_AT_ONCE else rest).append(write)
            tried.add(place)
        return batch, rest

    def _put(self, issue_id: int, changes: Sequence[Change]) -> WriteOutcome:
        self._send(issue_id, changes)
        return WriteOutcome(issue_id, OutcomeKind.APPLIED)

    def _read_back(self, writes: Sequence[Write]) -> Iterator[WriteOutcome]:
        if not writes:
            return
        try:
            rows = {row["id"]: row for row in self.reader.fetch_rows_of([issue_id for issue_id, _ in writes])}
        except SupSyncError as error:
            for issue_id, _ in writes:
                yield WriteOutcome(issue_id, OutcomeKind.FAILED, f"written, but not read back: {error}")
            return
        for issue_id, changes in writes:
            if issue_id in rows:
                after = decode_issue(rows[issue_id], self.directory)
                yield _compared(changes, self.issues[issue_id], after, self.directory)
            else:
                yield WriteOutcome(issue_id, OutcomeKind.FAILED, "written, but gone from the lists: deleted or moved")


def _kind(error: SupSyncError) -> OutcomeKind:
    if isinstance(error, StaleError | MissingError):  # one that is gone says nothing about its place
        return OutcomeKind.STALE
    return OutcomeKind.REFUSED if isinstance(error, RefusedError) else OutcomeKind.FAILED


def _compared(changes: Sequence[Change], before: Issue, after: Issue, directory: Directory) -> WriteOutcome:
    """Whether the tracker now says what was written: it may answer 204 and change nothing (fact)."""
    missing = [change.field for change in changes if not _is_there(change, before, after, directory)]
    if missing:
        text = f"the tracker took the write but not {', '.join(missing)}: see `sup-sync check`"
        return WriteOutcome(after.id, OutcomeKind.REFUSED, text)
    return WriteOutcome(after.id, OutcomeKind.APPLIED, notes=NOTES.intersection(change.field for change in changes))


def _is_there(change: Change, before: Issue, after: Issue, directory: Directory) -> bool:
    match change.field:
        case "due_date":
            return (after.due_on.isoformat() if after.due_on else "") == change.new
        case "assignee":
            return after.assignee_id == directory.person_id(change.new)
        case "status":
            return after.status.name == change.new
        case "private_note" | "public_note":
            return _notes(after, change.field == "private_note") > _notes(before, change.field == "private_note")
        case field:
            return after.fields.get(field) == change.new


def _notes(issue: Issue, is_private: bool) -> int:
    """How many notes of the tool the issue has."""
    ours = (event for event in issue.events if event.by.side is Side.BOT and event.has_note)
    return sum(event.is_private is is_private for event in ours)
