"""What should change on one request, drawn up field by field, with the notices that are due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sup_sync.errors import internal_error
from sup_sync.model.change import OWN_FIELDS, Change
from sup_sync.model.directory import Directory
from sup_sync.model.issue import Finding, Phase, Side
from sup_sync.model.moments import MOMENT_FORMAT
from sup_sync.model.policy import Metric
from sup_sync.model.rulebook import Rulebook
from sup_sync.planning.marker import Marker, MarkerError, marker_text, read_marker
from sup_sync.planning.notices import Audience, Case, Notice, due_notices
from sup_sync.planning.notices.release import of_this_release
from sup_sync.planning.notification import Notification
from sup_sync.sla.clock import Clock, TargetStatus
from sup_sync.sla.judge import judge_issue
from sup_sync.sla.judgement import Judgement


class RequestPlan:
    """One request's changes, in the order of its writes, and what a person should look at.

    `is_adopting`: what is due is only remembered as said, as on the first run over a tracker that is already full.
    """

    def __init__(
        self,
        judgement: Judgement,
        rules: Rulebook,
        directory: Directory,
        now: datetime,
        *,
        is_adopting: bool = False,
    ) -> None:
        self.is_adopting = is_adopting
        self.judgement = judgement
        self.issue = judgement.issue
        self.rules = rules
        self.directory = directory
        self.now = now
        self.zone = rules.zone
        self.marked = judgement.issue.fields.get("marker", "")
        self.changes: list[Change] = []
        self.notifications: list[Notification] = []
        self.findings = list(judgement.findings)

    def compare(self) -> None:
        """Collect the changes; a request that could not be judged, or cannot be written, has none."""
        try:
            self._compare()
        except Exception as error:  # whatever it is, the others go on
            self.changes.clear()
            self.notifications.clear()
            self._find("internal_error", internal_error(error))

    def _compare(self) -> None:
        if self.issue.project.is_closed:
            self._find(
                "closed_project", f"its project, {self.issue.project.name}, is closed: read-only, nothing is written"
            )
            return
        if self.judgement.is_unjudged:
            return
        self._require_fields()
        marker, notices = self._notices()
        if self.judgement.is_work_stopped and not notices:
            return
        if not self.is_adopting:
            self._move(notices)
        self._reopen()
        self._terms()
        self._moments()
        self._look_at_years()
        self._due_date()
        if marker is not None:
            (self._adopt if self.is_adopting else self._say)(marker, notices)

    def _find(self, kind: str, text: str, clause: str = "") -> None:
        self.findings.append(Finding(self.issue.id, kind, text, clause))

    def _change(self, field: str, old: str, new: str, reason: str, clause: str = "", put: int = 0) -> None:
        self.changes.append(Change(self.issue.id, field, old, new, reason, clause, put))

    def _set(self, field: str, new: str, reason: str, clause: str = "") -> None:
        old = self.issue.fields.get(field)
        if old is not None and old != new:
            self._change(field, old, new, reason, clause)

    def _require_fields(self) -> None:
        missing = [self.rules.names.fields[key] for key in OWN_FIELDS if key not in self.issue.fields]
        if missing:
            where = f"tracker «{self.issue.tracker}» of {self.issue.project.name}"
            self._find("field_missing", f"fields not on {where}: {', '.join(f'«{name}»' for name in missing)}")

    def _notices(self) -> tuple[Marker | None, tuple[Notice, ...]]:
        """What is to say now, and the marker so far: None where nothing may be said."""
        text = self.issue.fields.get("marker")
        if text is None or not self.judgement.is_enforced:
            return None, ()
        try:
            marker = read_marker(text)
        except MarkerError:
            self._find("edited_marker", "its marker was edited by hand: nothing is said; clear the field to start anew")
            return None, ()
        known = of_this_release(marker, self.judgement)
        case = Case(self.judgement, self.rules, known, self.now, marker.release_on, self.is_adopting)
        due = due_notices(case)
        if self.is_adopting:
            return marker, due  # whatever is due is remembered: what is kept back now would be said later
        is_quiet = self.rules.is_quiet(self.now)
        due = tuple(each for each in due if self._may_set(each) and not (is_quiet and each.audience is Audience.CLIENT))
        if any(each.status and self.rules.names.statuses[each.status].phase.is_final for each in due):
            due = tuple(each for each in due if each.audience is Audience.CLIENT)  # no clock of what ended is late
        return marker, due

    def _may_set(self, notice: Notice) -> bool:
        """A note that says the request is ended goes only with the ending: Redmine drops a status it forbids (fact)."""
        allowed = self.issue.allowed_statuses
        if notice.status is None or allowed is None or notice.status in allowed:
            return True
        text = f"the account may not set «{notice.status}»: allow its role that transition in Redmine's workflow"
        self._find("forbidden_transition", text, notice.clause)
        return False

    def _move(self, notices: Sequence[Notice]) -> None:
        """Where a notice sets a status, the fields are set as they stand then."""
        status = next((self.rules.names.statuses[each.status] for each in notices if each.status), None)
        if status is None:
            return
        after = self.issue.moved(self.now, self.directory.account, status)
        self.judgement = judge_issue(after, self.rules.policy, self.rules.calendars, self.now)
        if status.phase.is_final:
            reason, waiting = self.rules.names.reasons, self.judgement.policy.waiting
            self._set("reason", reason[waiting.reason], "ended by the tool", waiting.clause)

    def _reopen(self) -> None:
        """What the tool ended for want of an answer, and is open again, is so no more; a reason of staff stays."""
        waiting = self.judgement.policy.waiting
        is_ours = self.issue.reason == waiting.reason and self.issue.reason_set_by.side is Side.BOT
        if is_ours and not self.judgement.phase.is_final:
            self._set("reason", "", "opened again", waiting.clause)

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
        if len(judgement.clocks) < len(judgement.verdicts):
            return  # what cannot be judged does not make the whole better
        worst = judgement.worst
        is_quiet = judgement.is_waiting and judgement.state in (TargetStatus.ON_TRACK, TargetStatus.MET)
        state = names.states["waiting" if is_quiet else judgement.state]
        self._set("state", state, f"{worst.metric}: {worst.reason}", worst.clause)

    def _moments(self) -> None:
        first, closing = (self.judgement.verdict(metric) for metric in Metric)
        answer, filed = self.judgement.clock(Metric.FIRST_RESPONSE), self._filed()
        if answer:
            self._set("first_response_due", self._due(answer), filed, first.clause)
            self._set("first_response_at", self._text(answer.stopped_at), "first answer of support", first.clause)
        clock = self.judgement.clock(Metric.RESOLUTION)
        if clock:
            self._set("resolution_due", self._due(clock), f"{filed}; {closing.reason}", closing.clause)

    def _filed(self) -> str:
        filed_at, created_at = self.judgement.filed_at, self.issue.created_at
        if filed_at == created_at:
            return f"filed {self._text(filed_at)}"
        return f"contact {self._text(filed_at)}, filed {self._text(created_at)}"

    def _due(self, clock: Clock) -> str:
        """The target's moment; of one that the clause excepts the words that there is none (official letters)."""
        verdict = self.judgement.verdict(clock.target.metric)
        is_out = self.issue.status.phase is Phase.REFUSED or self.judgement.is_work_stopped
        if verdict.outcome is TargetStatus.NO_TARGET and clock.target.within is None and not is_out:
            return self.rules.names.states[TargetStatus.NO_TARGET]
        return self._text(verdict.due_at)

    def _look_at_years(self) -> None:
        """No decree fixes yet which days of an estimated year are moved."""
        moments = (each.due_at.astimezone(self.zone) for each in self.judgement.verdicts if each.due_at)
        for year in sorted({each.year for each in moments} & self.rules.estimated_years):
            self._find("estimated_year", f"a target lies in {year}, whose days off are only estimated so far")

    def _due_date(self) -> None:
        """Redmine's own due date: the day of the closing target; without one, only a date of ours is taken back."""
        verdict, old = self.judgement.verdict(Metric.RESOLUTION), self.issue.due_on
        if self.judgement.clock(Metric.RESOLUTION) is None:
            return
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

    def _say(self, marker: Marker, notices: Sequence[Notice]) -> None:
        """The notes, each with the marker in one write: Redmine takes one note a write, the client's goes first."""
        kinds = ((Audience.CLIENT, "public_note"), (Audience.STAFF, "private_note"))
        notes = [(field, [each for each in notices if each.audience is audience]) for audience, field in kinds]
        notes = [(field, said) for field, said in notes if said]
        for put, (field, said) in enumerate(notes):
            if put == len(notes) - 1:  # by then a slip is told
                marker = of_this_release(marker, self.judgement)
            marker = marker.with_sent(_places(said))
            self._mark(marker, ", ".join(each.reason for each in said), put)
            self._note(field, said, put)
        if not notes:
            self._mark(of_this_release(marker, self.judgement), "the release that its target follows", put=0)

    def _adopt(self, marker: Marker, notices: Sequence[Notice]) -> None:
        known = of_this_release(marker, self.judgement).with_sent(_places(notices))
        self._mark(known, "adopted: what is due already is not said", put=0)

    def _mark(self, marker: Marker, reason: str, put: int) -> None:
        old, new = self.marked, marker_text(marker)
        if new != old:
            self._change("marker", old, new, reason, put=put)
            self.marked = new

    def _note(self, field: str, said: Sequence[Notice], put: int) -> None:
        people = dict.fromkeys(person for each in said for person in each.mentions)
        mentions = " ".join(f"@{self.rules.names.people[person].login}" for person in people)
        text = "\n\n".join([*([mentions] if mentions else []), *(each.text for each in said)])
        reason = ", ".join(each.reason for each in said)
        self._change(field, "", text, reason, " and ".join(sorted({each.clause for each in said})), put)
        for each in said:
            if each.status and each.status != self.issue.status.name:
                self._change("status", self.issue.status.name, each.status, each.reason, each.clause, put)
        self._call(said)
        self._assign(max(said, key=lambda each: (each.assign is not None, each.share)), reason, put)

    def _call(self, said: Sequence[Notice]) -> None:
        """One message for each person, with all that is to reach them."""
        for person in dict.fromkeys(person for each in said for person in each.notify):
            text = "\n\n".join(each.text for each in said if person in each.notify)
            self.notifications.append(Notification(self.issue.id, person, text))

    def _assign(self, due: Notice, reason: str, put: int) -> None:
        """Only a member can be assigned: Redmine would refuse the note along with the assignee (fact)."""
        person = due.assign
        if person is None:
            return
        person_id, name = self.directory.person_id(person), self.rules.names.people[person].name
        is_member = person_id is not None and self.directory.is_member(person_id, self.issue.project.id)
        if not is_member and not self.directory.is_guessed:
            self._find("assignee_not_member", f"«{name}» ({person}) is no staff of its project: nobody is assigned")
        elif person_id != self.issue.assignee_id or person_id is None:
            self._change("assignee", self.directory.name_of(self.issue.assignee_id), person, reason, put=put)

    def in_order(self) -> Iterator[Change]:
        """Its changes, write by write."""
        yield from sorted(self.changes, key=lambda change: change.put)


def _places(said: Sequence[Notice]) -> dict[tuple[str, int], float]:
    """The places of notices in the marker, and how far each went."""
    return {(each.name, each.cycle): each.share for each in said}


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
