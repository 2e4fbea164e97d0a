"""The write protocol: compare-and-swap for visible changes, one PUT per note, each read back, without retries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from sup_sync.errors import (
    AmbiguousError,
    AnswerError,
    DecodeError,
    ForbiddenError,
    MissingError,
    OutOfTimeError,
    RedmineUnavailableError,
    RefusedError,
    RejectedError,
    StaleError,
    SupSyncError,
    internal_error,
)
from sup_sync.host.audit import Record
from sup_sync.immutable import value
from sup_sync.model.change import GUARDED_FIELDS, NOTES, Change
from sup_sync.model.directory import Directory
from sup_sync.model.issue import Issue, Side
from sup_sync.model.rulebook import Rulebook
from sup_sync.planning.plan import Plan, make_plan
from sup_sync.redmine.decode import decode_issue, has_other_names
from sup_sync.redmine.edit_form import EditForm
from sup_sync.redmine.reader import Reader
from sup_sync.redmine.writer import Writer
from sup_sync.run.diagnosis import Concern, diagnose
from sup_sync.run.linked import LinkedRequests, from_redmine
from sup_sync.run.second_read import entries_of_others, find_contradiction
from sup_sync.sla.judge import judge_issue
from sup_sync.to_json import Json

Place = tuple[int, str, str]  # a project, by id, a tracker and a status; they decide which fields may be set
Write = tuple[int, tuple[Change, ...]]  # an issue, by id, and its changes

READ_BACK_AT_ONCE = 100
OUT_OF_TIME = "not tried, as the run is out of time; the next run continues"
RENAMED = "a name in Redmine changed since the lists were read; left to the next run"
NO_RESPONSE = "not tried, as Redmine does not respond; the next run continues"
WOULD_PUBLISH = (
    "the account may not write private notes, so Redmine would publish it; grant `set_notes_private` to its role"
)


class OutcomeKind(StrEnum):
    """The result of writing the changes of one issue."""

    APPLIED = "applied"
    UNNEEDED = "unneeded"
    STALE = "stale"
    DEFERRED = "deferred"
    REFUSED = "refused"
    FAILED = "failed"


@value
class WriteOutcome:
    """The outcome of one issue: its kind, the reason unless applied, and the notes that were written.

    `concern` is the scope of a failed write, `form` the digest of the edit form that shows the cause, `updated_at` the
    time of the last change after the write, if it was read. `is_known`: reported by an earlier run, of today.
    """

    issue_id: int
    kind: OutcomeKind
    text: str = ""
    notes: frozenset[str] = frozenset()
    concern: Concern = Concern.NOTHING
    form: str = ""
    updated_at: datetime | None = None
    is_known: bool = False


class PlanWriter:
    """A writer of one run's plan: oldest breach first, each write read back, without retries.

    `record` stores each write before it is sent, and its result, but never the text of a note.
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
        self.unwritable: dict[Place, str] = {}
        self.answered: set[int] = set()  # issues that others changed during the first write
        self.second_writes: set[int] = set()  # issues that need one after the first
        self.notes_written: dict[int, frozenset[str]] = {}  # by the first of an issue's two writes
        self.not_tried = ""  # the reason why nothing more is written

    def write(self, plan: Plan) -> Iterator[WriteOutcome]:
        """Write the plan; yields the outcome of each issue, for silent writes after they are read back."""
        for outcome in self._outcomes(plan):
            self.record({"event": "result", "issue": outcome.issue_id, "kind": outcome.kind, "text": outcome.text})
            yield outcome

    def _outcomes(self, plan: Plan) -> Iterator[WriteOutcome]:
        silent: list[Write] = []
        for issue_id, changes in plan.by_issue():
            if self._is_guarded(changes):
                yield self._record_place(self._guarded(issue_id, changes, self._write_guarded))
            else:
                silent.append((issue_id, changes))
        yield from self._write_silent(silent)

    def _is_guarded(self, changes: Sequence[Change]) -> bool:
        """Return whether an issue is written by compare-and-swap."""
        return any(change.field in GUARDED_FIELDS for change in changes)

    def _send(self, issue_id: int, changes: Sequence[Change], lock_version: int | None = None) -> None:
        values = {change.field: None if change.field in NOTES else change.new for change in changes}
        old = {change.field: change.old for change in changes if change.field not in NOTES}
        self.record({"event": "intent", "issue": issue_id, "changes": values, "old": old})
        self.writer.update(issue_id, changes, self.directory, lock_version)

    def _guarded(
        self, issue_id: int, changes: Sequence[Change], write: Callable[[int, Sequence[Change]], WriteOutcome]
    ) -> WriteOutcome:
        """Write one issue's changes, unless earlier writes showed that it would fail; return the outcome."""
        place = self._place(issue_id)
        if self.not_tried:
            return WriteOutcome(issue_id, OutcomeKind.FAILED, self.not_tried)
        if place in self.unwritable:
            return WriteOutcome(issue_id, OutcomeKind.REFUSED, f"not tried, because {self.unwritable[place]}")
        try:
            return write(issue_id, changes)
        except Exception as error:  # the other issues must still be written
            return self._failed(issue_id, error)

    def _failed(self, issue_id: int, error: Exception) -> WriteOutcome:
        """Return the outcome of a failed write, with the note that the issue's first write left.

        An error that concerns more than this issue is raised again.
        """
        kind, text, concern, form = _kind(error), str(error), Concern.REQUEST, ""
        match error:
            case OutOfTimeError():
                self.not_tried, concern = OUT_OF_TIME, Concern.NOTHING
            case AnswerError():
                pass  # Redmine answers, but not for this request
            case AmbiguousError() | RedmineUnavailableError():
                concern = self._concern_of_silence()
            case ForbiddenError():
                concern = Concern.PLACE
            case RejectedError():
                found = diagnose(self.reader, self.directory, issue_id, messages=error.messages)
                text, form = (f"Redmine rejected it: {found.cause}" if found.cause else text), found.form
            case DecodeError() | MissingError() | RefusedError():
                pass
            case SupSyncError():
                raise error  # such as AuditError: nothing more may be written
            case _:
                text = internal_error(error)
        notes = self.notes_written.get(issue_id, frozenset())
        return WriteOutcome(issue_id, kind, text, notes, concern, form)

    def _concern_of_silence(self) -> Concern:
        """Ask Redmine something cheap after a request without a usable answer; if that fails, write nothing more."""
        try:
            self.reader.require_alive()
        except RedmineUnavailableError:
            self.not_tried = NO_RESPONSE
            return Concern.NOTHING
        return Concern.REQUEST

    def _record_place(self, outcome: WriteOutcome) -> WriteOutcome:
        """Record whether writes in a place succeed; after a failure that concerns it, its others are not tried."""
        place = self._place(outcome.issue_id)
        if outcome.kind is OutcomeKind.APPLIED:
            self.writable.add(place)
        elif outcome.concern is Concern.PLACE and place not in self.writable:
            self.unwritable.setdefault(place, f"#{outcome.issue_id} failed: {outcome.text}")
        return outcome

    def _place(self, issue_id: int) -> Place:
        issue = self.issues[issue_id]
        return issue.project.id, issue.tracker, issue.status.name

    def _write_guarded(self, issue_id: int, planned: Sequence[Change]) -> WriteOutcome:
        """Do a compare-and-swap for each note, the second only after the first is written."""
        outcome = self._compare_and_swap(issue_id, planned)
        if outcome.kind is OutcomeKind.APPLIED and issue_id in self.second_writes:
            self.notes_written[issue_id] = outcome.notes
            second = self._compare_and_swap(issue_id, [change for change in planned if change.write_number])
            if second.kind is not OutcomeKind.UNNEEDED:
                return replace(second, notes=outcome.notes | second.notes)
        return outcome

    def _compare_and_swap(self, issue_id: int, planned: Sequence[Change]) -> WriteOutcome:
        """Read the version, then the state, decide again, send one PUT, and read back."""
        form = self.reader.fetch_edit_form(issue_id)
        before = self._fetch_with_current_names(issue_id)
        decided = self._decide_again(before)
        changes = [change for change in decided if change.write_number == 0]
        is_answered = issue_id in self.answered or any(event.at > self.now for event in before.events[-1:])
        contradiction = find_contradiction(self.issues[issue_id], before, changes, planned, is_answered=is_answered)
        if contradiction:
            return WriteOutcome(issue_id, OutcomeKind.STALE, f"{contradiction}; left to the next run")
        changes, refused = _without_refused_assignee(changes, form)
        if not changes:
            return WriteOutcome(issue_id, OutcomeKind.UNNEEDED, "no changes left at the time of writing")
        if any(change.field == "private_note" for change in changes) and not form.may_note_privately:
            return WriteOutcome(issue_id, OutcomeKind.REFUSED, WOULD_PUBLISH, concern=Concern.PLACE)
        if self._would_drop_marker(changes, form):
            marker = self.rules.names.fields["marker"]
            text = f'the account may not set "{marker}", so each run would send the note; allow it in the workflow'
            return WriteOutcome(issue_id, OutcomeKind.REFUSED, text, concern=Concern.PLACE)
        if len(changes) < len(decided):
            self.second_writes.add(issue_id)
        self._send(issue_id, changes, form.lock_version)
        after = self.issues[issue_id] = self._fetch(issue_id)
        if entries_of_others(after) > entries_of_others(before):
            self.answered.add(issue_id)
        outcome = self._compare(changes, before, after)
        return replace(outcome, text=refused) if refused and outcome.kind is OutcomeKind.APPLIED else outcome

    def _would_drop_marker(self, changes: Sequence[Change], form: EditForm) -> bool:
        """Return whether Redmine would silently drop the marker, so that the note would never count as sent."""
        marker = self.directory.field_ids.get(self.rules.names.fields["marker"])
        return any(change.field == "marker" for change in changes) and marker not in form.fields

    def _decide_again(self, issue: Issue) -> Sequence[Change]:
        judgement = judge_issue(issue, self.rules.policy, self.rules.calendars, self.now)
        linked = LinkedRequests(self.directory, self.rules, self.now, from_redmine(self.reader))
        return make_plan(
            [judgement], self.rules, self.directory, self.now, linked=linked, is_adopting=self.is_adopting
        ).changes

    def _fetch_with_current_names(self, issue_id: int) -> Issue:
        """Fetch an issue; raise StaleError if a name on it changed since the lists were read."""
        raw = self._fetch_raw(issue_id)
        if has_other_names(raw, self.directory):
            raise StaleError(RENAMED)
        return decode_issue(raw, self.directory)

    def _fetch(self, issue_id: int) -> Issue:
        return decode_issue(self._fetch_raw(issue_id), self.directory)

    def _fetch_raw(self, issue_id: int) -> Json:
        return self.reader.fetch_issue(issue_id)

    def _write_silent(self, writes: Sequence[Write]) -> Iterator[WriteOutcome]:
        """Send one PUT per issue, and read back in hundreds; the first of each project and tracker is a trial."""
        left = list(writes)
        while left:
            batch, left = self._batch(left)
            sent: list[Write] = []
            for issue_id, changes in batch:
                outcome = self._guarded(issue_id, changes, self._put)
                if outcome.kind is OutcomeKind.APPLIED:
                    sent.append((issue_id, changes))
                else:
                    yield self._record_place(outcome)
            yield from map(self._record_place, self._read_back(sent))

    def _batch(self, writes: Sequence[Write]) -> tuple[list[Write], list[Write]]:
        """Split off the writes to read back together; of a place that was not written yet only one."""
        batch: list[Write] = []
        rest: list[Write] = []
        tried: set[Place] = set()
        for write in writes:
            place = self._place(write[0])
            is_next = place in self.writable or place in self.unwritable or place not in tried
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
        except Exception as error:  # the outcomes of the other requests must still be reported
            for issue_id, _ in writes:
                yield _not_read_back(issue_id, error)
            return
        for issue_id, changes in writes:
            if issue_id in rows:
                yield self._compare_row(issue_id, changes, rows[issue_id])
            else:
                yield WriteOutcome(
                    issue_id, OutcomeKind.FAILED, "written, but not in the lists; it was deleted or moved"
                )

    def _compare_row(self, issue_id: int, changes: Sequence[Change], row: Json) -> WriteOutcome:
        try:
            return self._compare(changes, self.issues[issue_id], decode_issue(row, self.directory))
        except Exception as error:  # concerns this request only
            return _not_read_back(issue_id, error)

    def _compare(self, changes: Sequence[Change], before: Issue, after: Issue) -> WriteOutcome:
        """Compare an issue with what was written to it; Redmine may answer 204 and change nothing (fact)."""
        missing = [each.field for each in changes if not _is_written(each, before, after)]
        notes = NOTES.intersection(each.field for each in changes) - set(missing)
        if not missing:
            return WriteOutcome(after.id, OutcomeKind.APPLIED, notes=notes)
        found = diagnose(self.reader, self.directory, after.id, ignored=missing)
        advice = "run `sup-sync check`" if found.concern is Concern.PLACE else "set it by hand to see the reason"
        text = f"Redmine ignored {', '.join(missing)}; {advice}"
        return WriteOutcome(
            after.id, OutcomeKind.REFUSED, text, notes, found.concern, found.form, updated_at=after.updated_at
        )


def _kind(error: Exception) -> OutcomeKind:
    if isinstance(error, StaleError | MissingError):  # a missing issue says nothing about its project and tracker
        return OutcomeKind.STALE
    return OutcomeKind.REFUSED if isinstance(error, RefusedError) else OutcomeKind.FAILED


def _not_read_back(issue_id: int, error: Exception) -> WriteOutcome:
    reason = str(error) if isinstance(error, SupSyncError) else internal_error(error)
    return WriteOutcome(issue_id, OutcomeKind.FAILED, f"written, but not read back: {reason}")


def _without_refused_assignee(changes: Sequence[Change], form: EditForm) -> tuple[list[Change], str]:
    """Drop a new assignee whom Redmine would reject together with the note (fact); also return the reason if any."""
    refused = [each for each in changes if each.field == "assignee" and each.assignee_id not in form.assignees]
    names = ", ".join(each.new for each in refused)
    text = f"written, but {names} cannot be assigned there; unlock them, or allow it for their role" if refused else ""
    return [each for each in changes if each not in refused], text


def _is_written(change: Change, before: Issue, after: Issue) -> bool:
    match change.field:
        case "due_date":
            return (after.due_on.isoformat() if after.due_on else "") == change.new
        case "assignee":
            return after.assignee_id == change.assignee_id
        case "status":
            return after.status.name == change.new
        case "private_note" | "public_note":
            return _notes(after, change.field == "private_note") > _notes(before, change.field == "private_note")
        case field:
            return after.fields.get(field) == change.new


def _notes(issue: Issue, is_private: bool) -> int:
    """Count the public or private notes of the tool on the issue."""
    own = (event for event in issue.events if event.by.side is Side.BOT and event.has_note)
    return sum(event.is_private is is_private for event in own)
