"""What should change in the tracker, and whether it is too much."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby

from sup_sync.clock import Calendars, Standing
from sup_sync.errors import UnsafePlan
from sup_sync.issue import Finding
from sup_sync.judgement import MOMENT_FORMAT, Judgement
from sup_sync.ladder import DueStep, MarkerError, due_step, marker_text, read_marker
from sup_sync.messages import Messages
from sup_sync.policy import ClockKind, Metric, Policy
from sup_sync.tracker import Directory, TrackerNames

OWN_FIELDS = ("level", "first_response_due", "first_response_at", "resolution_due", "state", "marker")
"""The custom fields that the tool writes, by their keys."""

VISIBLE = frozenset({"assignee", "private_note", "public_note", "status"})
"""The fields of a change that a client or staff see at once: written by compare-and-swap."""

NOTES = frozenset({"private_note", "public_note"})

FEW_ISSUES = 20
"""Up to so many issues may change whatever their share: a small tracker changes all of them on a busy day."""


@dataclass(frozen=True, slots=True)
class Change:
    """One value that should become another, why, and by which clause.

    `field` is a key of mappings/tracker.yaml's `fields`, or `due_date` (ISO date), `assignee` (a key of `people`),
    `status` (the tracker's name), `private_note`, `public_note` (the text). Empty text is no value.
    """

    issue_id: int
    field: str
    old: str
    new: str
    reason: str
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one run may do: notes, and the share of the issues judged that lose a value they had."""

    notes: int
    changed_share: float


@dataclass(frozen=True, slots=True)
class Plan:
    """All that should change, in the order it is written (oldest breach first), and what a person should look at."""

    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    judged: int

    def by_issue(self) -> Iterator[tuple[int, tuple[Change, ...]]]:
        for issue_id, changes in groupby(self.changes, key=lambda change: change.issue_id):
            yield issue_id, tuple(changes)

    @property
    def notes(self) -> int:
        return sum(change.field in NOTES for change in self.changes)

    def require_safe(self, limits: Limits) -> None:
        """Raise UnsafePlan where the plan is over the limits: what it would do, and how to allow it once."""
        over = []
        if self.notes > limits.notes:
            over.append(f"{self.notes} notes (limit {limits.notes})")
        changed = len({change.issue_id for change in self.changes if change.old and change.field not in NOTES})
        if changed > max(FEW_ISSUES, limits.changed_share * self.judged):
            over.append(f"new values on {changed} of {self.judged} requests (limit {limits.changed_share:.0%})")
        if over:
            raise UnsafePlan(
                f"over the limits: {' and '.join(over)}; nothing is written."
                " Look at `sup-sync plan`; where all of it is right, run `sup-sync apply --force` once"
            )


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What decides: the regulation, the calendars (some years only estimated), the tracker's names and the texts."""

    policy: Policy
    calendars: Calendars
    names: TrackerNames
    messages: Messages
    estimated_years: frozenset[int] = frozenset()


def make_plan(judgements: Iterable[Judgement], rules: Rulebook, directory: Directory, now: datetime) -> Plan:
    """What should change, for requests judged at `now`: nothing where the tracker already says so."""
    drafts = [_Draft(judgement, rules, directory, now) for judgement in sorted(judgements, key=_urgency)]
    for draft in drafts:
        draft.compare()
    return Plan(
        changes=tuple(change for draft in drafts for change in draft.changes),
        findings=tuple(sorted(finding for draft in drafts for finding in draft.findings)),
        judged=len(drafts),
    )


def _urgency(judgement: Judgement) -> tuple[datetime, int]:
    """Oldest breach first, then by number."""
    breaches = [each.due_at for each in judgement.verdicts if each.outcome is Standing.BREACHED and each.due_at]
    return min(breaches, default=datetime.max.replace(tzinfo=UTC)), judgement.issue.id


class _Draft:
    """What should change on one request, drawn up field by field."""

    def __init__(self, judgement: Judgement, rules: Rulebook, directory: Directory, now: datetime) -> None:
        self.judgement = judgement
        self.issue = judgement.issue
        self.rules = rules
        self.directory = directory
        self.now = now
        self.zone = rules.calendars[ClockKind.WORKING].zone
        self.changes: list[Change] = []
        self.findings = list(judgement.findings)

    def compare(self) -> None:
        """Collect the changes; a request that could not be judged, or cannot be written, has none."""
        if self.issue.project.is_closed:
            self._find(
                "closed_project", f"its project, {self.issue.project.name}, is closed: read-only, nothing is written"
            )
            return
        if self.judgement.is_set_aside:
            return
        self._require_fields()
        self._terms()
        self._moments()
        self._look_at_years()
        self._due_date()
        self._escalation()

    def _find(self, kind: str, text: str, clause: str = "") -> None:
        self.findings.append(Finding(self.issue.id, kind, text, clause))

    def _change(self, field: str, old: str, new: str, reason: str, clause: str = "") -> None:
        self.changes.append(Change(self.issue.id, field, old, new, reason, clause))

    def _set(self, field: str, new: str, reason: str, clause: str = "") -> None:
        old = self.issue.fields.get(field)
        if old is not None and old != new:
            self._change(field, old, new, reason, clause)

    def _require_fields(self) -> None:
        missing = [self.rules.names.fields[key] for key in OWN_FIELDS if key not in self.issue.fields]
        if missing:
            where = f"tracker «{self.issue.tracker}» of {self.issue.project.name}"
            self._find("field_missing", f"fields not on {where}: {', '.join(f'«{name}»' for name in missing)}")

    def _text(self, moment: datetime | None) -> str:
        return moment.astimezone(self.zone).strftime(MOMENT_FORMAT) if moment else ""

    def _terms(self) -> None:
        judgement, names = self.judgement, self.rules.names
        if judgement.level:
            contract = judgement.contract
            reason = (
                f"contract of {contract.client} until {contract.last_on}" if contract else "no contract on that day"
            )
            self._set("level", names.levels[judgement.level], reason, "3")
        worst = min(judgement.verdicts, key=lambda verdict: list(Standing).index(verdict.outcome))
        is_quiet = judgement.is_waiting and judgement.state in (Standing.ON_TRACK, Standing.MET)
        state = names.states["waiting" if is_quiet else judgement.state]
        self._set("state", state, f"{worst.metric}: {worst.reason}", worst.clause)

    def _moments(self) -> None:
        first, closing = (self.judgement.verdict(metric) for metric in Metric)
        answered_at = next(
            (each.stopped_at for each in self.judgement.clocks if each.target.metric is Metric.FIRST_RESPONSE), None
        )
        filed = f"filed {self._text(self.judgement.filed_at)}"
        self._set("first_response_due", self._text(first.due_at), filed, first.clause)
        self._set("first_response_at", self._text(answered_at), "first answer of support", first.clause)
        self._set("resolution_due", self._text(closing.due_at), f"{filed}; {closing.reason}", closing.clause)

    def _look_at_years(self) -> None:
        """No decree fixes yet which days of an estimated year are moved."""
        moments = (each.due_at.astimezone(self.zone) for each in self.judgement.verdicts if each.due_at)
        for year in sorted({each.year for each in moments} & self.rules.estimated_years):
            self._find("estimated_year", f"a target lies in {year}, whose days off are only estimated so far")

    def _due_date(self) -> None:
        """Redmine's own due date: the day of the closing target; without one, only a date of ours is taken back."""
        verdict, old = self.judgement.verdict(Metric.RESOLUTION), self.issue.due_on
        new = verdict.due_at.astimezone(self.zone).date() if verdict.due_at else None
        is_ours = old is not None and self.issue.fields.get("resolution_due", "").startswith(old.isoformat())
        if new == old or (new is None and not is_ours):
            return
        if self.issue.has_children and self.rules.names.parent_dates_derived:
            self._find("derived_due_date", "the due date comes from its subtasks: only the field shows the target")
        elif new and self.issue.start_on and self.issue.start_on > new:
            self._find(
                "start_after_due", f"starts on {self.issue.start_on}, after the target of {new}: correct its start"
            )
        else:
            self._change("due_date", _iso(old), _iso(new), f"{verdict.metric}: {verdict.reason}", verdict.clause)

    def _escalation(self) -> None:
        """One private note for the highest steps that are due, the marker in the same write (clause 3)."""
        agreement, marker = self.judgement.agreement, self.issue.fields.get("marker")
        if agreement is None or self._filed_on() < self.rules.policy.enforce_from:
            return
        try:
            sent = dict(read_marker(marker or ""))
        except MarkerError:
            self._find("marker", "its marker was edited by hand: no escalation; clear the field to start anew")
            return
        due = [
            step
            for clock in self.judgement.clocks
            if (step := due_step(clock, agreement.ladder, sent, self.rules.calendars, self.now))
        ]
        if not due or marker is None:
            return
        reached = {(each.clock.name, each.clock.cycle): each.step.share for each in due}
        reason = ", ".join(
            f"{each.clock.target.metric}: {each.step.key}, since {self._text(each.since)}" for each in due
        )
        self._change("marker", marker, marker_text(sent | reached), reason)
        self._change("private_note", "", self._note(due), reason, " and ".join(sorted({_clause(each) for each in due})))
        self._assign(max(due, key=lambda each: each.step.share), reason)

    def _filed_on(self) -> date:
        return self.judgement.filed_at.astimezone(self.zone).date()

    def _note(self, due: list[DueStep]) -> str:
        lines = [self._line(each) for each in due]
        people = dict.fromkeys(person for each in due for person in each.step.mentions)
        mentions = " ".join(f"@{self.rules.names.people[person].login}" for person in people)
        return "\n\n".join([*([mentions] if mentions else []), *lines])

    def _line(self, due: DueStep) -> str:
        messages, verdict = self.rules.messages, self.judgement.verdict(due.clock.target.metric)
        return messages.for_staff(
            due.step.message,
            metric=messages.for_staff(due.clock.target.metric),
            due=self._text(verdict.due_at),
            since=self._text(due.since),
            clause=verdict.clause,
        )

    def _assign(self, due: DueStep, reason: str) -> None:
        """Only a member can be assigned: Redmine would refuse the note along with the assignee (fact)."""
        person = due.step.assign
        if person is None:
            return
        person_id, name = self.directory.person_id(person), self.rules.names.people[person].name
        is_member = person_id is not None and self.directory.is_member(person_id, self.issue.project.id)
        if not is_member and not self.directory.is_guessed:
            self._find("unknown_staff", f"«{name}» ({person}) is no staff of its project: nobody is assigned")
        elif person_id != self.issue.assignee_id or person_id is None:
            self._change("assignee", self.directory.name_of(self.issue.assignee_id), person, reason)


def _clause(due: DueStep) -> str:
    return "23" if due.clock.release_on else due.clock.target.clause


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
