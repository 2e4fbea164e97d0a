"""A request described in a test's docstring, line by line, with its judgement and plan.

A line has a moment and an event: `Mon 09:00 filed by client, VIP, error, urgent`, `Mon 10:00 staff: public note and
waiting for client`, `Mon 10:30 sup-sync runs` (its plan is written into the request), `Mon 10:30 sup-sync adopts` (the
same with the plan of `--adopt`), and at last `Tue 13:00 now`.
A line without a moment changes the shipped configuration for all lines after it. A line that matches no pattern is an
error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from stories import redmine_json as redmine
from stories.moments import MOMENT, read_moment, show_length, show_moment
from stories.shipped import Copy, shipped_config
from stories.story_request import DAY, StoryError, StoryRequest

from sup_sync.model.directory import Directory
from sup_sync.model.rulebook import Rulebook
from sup_sync.planning.next_check import next_check_at
from sup_sync.planning.plan import Plan, make_plan
from sup_sync.redmine.decode import decode_issue
from sup_sync.redmine.lists import decode_directory
from sup_sync.sla.clock import Verdict
from sup_sync.sla.judge import judge_issue
from sup_sync.sla.judgement import Judgement

_TIMED = re.compile(rf"({MOMENT}) (.+)")
_FILED = re.compile(r"filed by (client|operator|guest|developer)(?:, (.+))?")
_ACTED = re.compile(rf"({'|'.join(redmine.PEOPLE)}): (.+)")
_DERIVED = re.compile(rf"Redmine derives due_date ({DAY})")
_CHANGED = re.compile(r"in (\w+\.yaml) «(.+)» becomes «(.*)»")
_CONTRACT = re.compile(
    r"contract of (?P<kind>project|group|bin) «(?P<whose>.+)» from (?P<on>\S+) until (?P<end>[^\s,]+)"
    r"(?:, language (?P<language>\w+))?"
)


@dataclass(frozen=True)
class ShownVerdict:
    """A verdict with moments and durations in the format of stories."""

    outcome: str
    due: str | None
    stopped: str | None
    elapsed: str | None
    left: str | None
    reason: str
    clause: str


def show_verdict(verdict: Verdict) -> ShownVerdict:
    return ShownVerdict(
        outcome=verdict.outcome.value,
        due=show_moment(verdict.due_at),
        stopped=show_moment(verdict.stopped_at),
        elapsed=show_length(verdict.elapsed),
        left=show_length(verdict.left),
        reason=verdict.reason,
        clause=verdict.clause,
    )


class Story:
    """A request up to its `now`; `folder` is the place of a changed configuration."""

    def __init__(self, text: str, folder: Path, issue_id: int = 1) -> None:
        self.folder = folder
        self.copy: Copy | None = None
        self.config = shipped_config()
        self.request = StoryRequest(issue_id)
        self.runs: list[Plan] = []
        self.now: datetime | None = None
        for line in filter(None, map(str.strip, text.splitlines())):
            try:
                self._read_line(line)
            except StoryError as error:
                raise StoryError(f"{error} (in the line {line!r})") from None
        if self.now is None:
            raise StoryError("the story does not come to `now`")

    @property
    def rules(self) -> Rulebook:
        return self.config.rules

    @property
    def directory(self) -> Directory:
        return decode_directory(self.request.lists, self.rules.names)

    @property
    def judgement(self) -> Judgement:
        return self._judged(self.request.raw, self._now())

    @property
    def first_response(self) -> ShownVerdict:
        return show_verdict(self.judgement.verdict("first_response"))

    @property
    def resolution(self) -> ShownVerdict:
        return show_verdict(self.judgement.verdict("resolution"))

    @property
    def plan(self) -> Plan:
        return self._planned(self.request.raw, self._now())

    @property
    def second_plan(self) -> Plan:
        """The plan after the first plan is written."""
        return self._planned(self._applied(self.plan, self._now()), self._now())

    @property
    def next_check_at(self) -> datetime | None:
        """The moment of the next check after the plan is written; None for never."""
        raw = self._applied(self.plan, self._now())
        return next_check_at(self._judged(raw, self._now()), self.rules, self._now())

    def plan_at(self, moment: datetime) -> Plan:
        """Make the plan of a later moment, if nothing happens after the plan is written."""
        return self._planned(self._applied(self.plan, self._now()), moment)

    @property
    def adoption(self) -> Plan:
        """The plan of `--adopt` now."""
        return self._planned(self.request.raw, self._now(), is_adopting=True)

    @property
    def changes(self) -> dict[str, str]:
        """The new values of the plan, by field; the marker without the number of the request."""
        return {change.field: self._without_number(change.new) for change in self.plan.changes}

    def _without_number(self, text: str) -> str:
        return text.removeprefix(f"issue={self.request.issue_id} ")

    @property
    def findings(self) -> dict[str, str]:
        """The texts of the plan's findings, by kind."""
        return {finding.kind: finding.text for finding in self.plan.findings}

    @property
    def notes(self) -> list[str]:
        """The private notes of all runs, and the one of the current plan."""
        return self._notes("private_note")

    @property
    def public_notes(self) -> list[str]:
        """The public notes of all runs, and the one of the current plan."""
        return self._notes("public_note")

    def _notes(self, kind: str) -> list[str]:
        plans = [*self.runs, self.plan]
        return [change.new for plan in plans for change in plan.changes if change.field == kind]

    @property
    def status(self) -> str:
        """The status after the plan is written, by its name in stories."""
        names = {name: word for word, name in redmine.STATUSES.items()}
        return names[self._applied(self.plan, self._now())["status"]["name"]]

    def value(self, key: str) -> str:
        """Return the value of a custom field in Redmine; of the marker without the number of the request."""
        entry = redmine.field(self.request.raw, key)
        assert entry is not None, f"{key} is not on this request"
        return self._without_number(str(entry["value"]))

    def _now(self) -> datetime:
        assert self.now is not None
        return self.now

    def _judged(self, raw: redmine.Json, now: datetime) -> Judgement:
        issue = decode_issue(raw, self.directory, now)
        return judge_issue(issue, self.rules.policy, self.rules.calendars, now)

    def _planned(self, raw: redmine.Json, now: datetime, *, is_adopting: bool = False) -> Plan:
        return make_plan([self._judged(raw, now)], self.rules, self.directory, now, is_adopting=is_adopting)

    def _read_line(self, line: str) -> None:
        timed = _TIMED.fullmatch(line)
        if not timed:
            self._configure(line)
            return
        at, event = read_moment(timed[1]), timed[2]
        if self.now or (self.request.raw and redmine.utc(at) < self.request.raw["updated_on"]):
            raise StoryError("earlier than a line before it")
        filed, acted, derived = (pattern.fullmatch(event) for pattern in (_FILED, _ACTED, _DERIVED))
        if filed and not self.request.raw:
            self.request.file(at, filed[1], filed[2] or "")
        elif not self.request.raw:
            raise StoryError("a story begins with `filed by`")
        elif acted:
            self.request.act(at, acted[1], acted[2])
        elif event in ("sup-sync runs", "sup-sync adopts"):
            self._run(at, is_adopting=event == "sup-sync adopts")
        elif derived:
            self.request.raw["due_date"] = derived[1]
        elif event == "now":
            self.now = at
        else:
            raise StoryError(f"not understood: {event}")

    def _run(self, at: datetime, *, is_adopting: bool) -> None:
        """Judge, plan and write as `apply` or `apply --adopt` does."""
        plan = self._planned(self.request.raw, at, is_adopting=is_adopting)
        self.request.raw = self._applied(plan, at)
        self.runs.append(plan)

    def _applied(self, plan: Plan, at: datetime) -> redmine.Json:
        derived = self.rules.names.parent_dates_derived
        return redmine.applied(self.request.raw, plan.changes, at, parent_dates_derived=derived)

    def _configure(self, line: str) -> None:
        changed, contract = _CHANGED.fullmatch(line), _CONTRACT.fullmatch(line)
        self.copy = self.copy or Copy(self.folder)
        if changed:
            self.copy.replace(changed[1], changed[2], changed[3])
        elif contract:
            terms = 'client: X, level: vip, {kind}: "{whose}", from: {on}, until: {end}'
            terms += ", language: {language}" if contract["language"] else ""
            line = f"{{{terms.format_map(contract.groupdict())}}}"
            self.copy.replace("clients.yaml", "\ncontracts:\n", f"\ncontracts:\n  - {line}\n")
        else:
            raise StoryError(f"not understood: {line}")
        self.config = self.copy.load()
