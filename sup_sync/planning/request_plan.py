"""The planned changes on one request, field by field, with the notices that are due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sup_sync.errors import internal_error
from sup_sync.model.change import Change
from sup_sync.model.directory import Directory
from sup_sync.model.issue import Finding, Person, Phase, Side
from sup_sync.model.moments import MOMENT_FORMAT
from sup_sync.model.names import due_field, stop_field
from sup_sync.model.rulebook import Rulebook
from sup_sync.planning.addressees import UNAVAILABLE_PERSON, Addressee, addressee
from sup_sync.planning.case import Case
from sup_sync.planning.linked import Linked, closing_obstacle, forbidden_transition, open_duplicates
from sup_sync.planning.marker import Marker, MarkerError, format_marker, read_marker
from sup_sync.planning.notice import Audience, Notice
from sup_sync.planning.notices import due_notices
from sup_sync.planning.notices.release import with_current_release
from sup_sync.planning.notification import Notification
from sup_sync.sla.clock import Clock, TargetStatus
from sup_sync.sla.judge import judge_issue
from sup_sync.sla.judgement import Judgement
from sup_sync.sla.measures import MEASURES, resolution
from sup_sync.sla.unknown_people import is_last_answer_unknown


class RequestPlan:
    """The changes, notifications and findings of one request.

    `linked` looks up the requests that Redmine links with it. `is_adopting`: due notices are only marked as sent, as on
    the first run on an existing Redmine.
    """

    def __init__(
        self,
        judgement: Judgement,
        rules: Rulebook,
        directory: Directory,
        now: datetime,
        *,
        linked: Linked,
        is_adopting: bool = False,
    ) -> None:
        self.linked = linked
        self.is_adopting = is_adopting
        self.judgement = judgement
        self.issue = judgement.issue
        self.rules = rules
        self.directory = directory
        self.now = now
        self.zone = rules.zone
        self.marker_text = judgement.issue.fields.get("marker", "")
        self.marker = Marker()
        self.changes: list[Change] = []
        self.notifications: list[Notification] = []
        self.findings = list(judgement.findings)

    def build(self) -> None:
        """Collect the changes; a request that could not be judged, or cannot be written, has none."""
        try:
            self._build()
        except Exception as error:  # of any kind: the other requests go on
            self.changes.clear()
            self.notifications.clear()
            self._find("internal_error", internal_error(error))

    def _build(self) -> None:
        if self.issue.project.is_closed:
            self._find(
                "closed_project", f'project "{self.issue.project.name}" is closed (read-only); nothing is written'
            )
            return
        if self.judgement.is_unjudged:
            return
        self._require_fields()
        marker, notices = self._notices()
        if self.judgement.is_work_stopped and not notices:
            return
        if not self.is_adopting:
            self._follow_status(notices)
        self._clear_reason_if_reopened()
        self._set_level_and_state()
        self._set_clock_fields()
        self._check_estimated_years()
        self._set_due_date()
        if marker is not None:
            (self._adopt if self.is_adopting else self._add_notes)(marker, notices)

    def _find(self, kind: str, text: str, clause: str = "") -> None:
        self.findings.append(Finding(self.issue.id, kind, text, clause))

    def _change(self, field: str, old: str, new: str, reason: str, clause: str = "", write: int = 0) -> None:
        is_copied = field in (*self.issue.fields, "due_date") and self.issue.is_copied_value(field)
        self.changes.append(Change(self.issue.id, field, old, new, reason, clause, write, is_copied=is_copied))

    def _set(self, field: str, new: str, reason: str, clause: str = "") -> None:
        old = self.issue.fields.get(field)
        if old is not None and old != new:
            self._change(field, old, new, reason, clause)

    def _require_fields(self) -> None:
        missing = [self.rules.names.fields[key] for key in self.rules.names.own_fields if key not in self.issue.fields]
        if missing:
            where = f'tracker "{self.issue.tracker}" of {self.issue.project.name}'
            names = ", ".join(f'"{name}"' for name in missing)
            self._find("field_missing", f"fields missing on {where}: {names}; enable them there")

    def _notices(self) -> tuple[Marker | None, tuple[Notice, ...]]:
        """Return the marker so far and the notices to send now; the marker is None if none may be sent."""
        if "marker" not in self.issue.fields or not self.judgement.is_enforced:
            return None, ()
        try:
            marker = self.marker = read_marker(self.issue)
        except MarkerError:
            self._find("edited_marker", "marker edited by hand, so no notes are sent; clear the field to start over")
            return None, ()
        current = with_current_release(marker, self.judgement)
        case = Case(self.judgement, self.rules, current, self.now, marker.release_on, self.is_adopting)
        due = due_notices(case)
        if due and not self.is_adopting and is_last_answer_unknown(self.issue):
            text = "the last answer is by an unknown person, so no note is sent until staff answer in public"
            self._find("unknown_answer", text)
            return None, ()
        if self.is_adopting:
            return marker, due  # all are marked as sent: a notice left out now would be sent later
        is_quiet = self.rules.is_quiet(self.now)
        due = tuple(each for each in due if self._may_set(each) and not (is_quiet and each.audience is Audience.CLIENT))
        if any(each.status and self.rules.names.statuses[each.status].phase.is_final for each in due):
            due = tuple(each for each in due if each.audience is Audience.CLIENT)  # a closed request has no late clock
        return marker, due

    def _may_set(self, notice: Notice) -> bool:
        """Return whether the status of a notice may be set: Redmine ignores a forbidden status (fact)."""
        allowed, status, finding = self.issue.allowed_statuses, notice.status, None
        if status is None:
            return True
        if self.rules.names.statuses[status].phase.is_final:
            finding = closing_obstacle(self.issue, status, notice.clause, self.linked, self.now)
        elif allowed is not None and status not in allowed:
            finding = forbidden_transition(self.issue, status, notice.clause)
        if finding:
            self.findings.append(finding)
        return finding is None

    def _follow_status(self, notices: Sequence[Notice]) -> None:
        """Judge the request as it will be after a notice sets its status, so that the fields match that status."""
        status = next((self.rules.names.statuses[each.status] for each in notices if each.status), None)
        if status is None:
            return
        after = self.issue.with_status(self.now, self.directory.account, status)
        self.judgement = judge_issue(after, self.rules.policy, self.rules.calendars, self.now)
        if status.phase.is_final:
            waiting = self.judgement.policy.waiting
            self._set("reason", self.rules.names.reasons[waiting.reason], "closed by sup-sync", waiting.clause)

    def _clear_reason_if_reopened(self) -> None:
        """Clear the reason that the tool set when it closed the request; a reason that staff set stays."""
        waiting = self.judgement.policy.waiting
        is_ours = self.issue.reason == waiting.reason and self.issue.reason_set_by.side is Side.BOT
        if is_ours and not self.judgement.phase.is_final:
            self._set("reason", "", "reopened", waiting.clause)

    def _text(self, moment: datetime | None) -> str:
        return moment.astimezone(self.zone).strftime(MOMENT_FORMAT) if moment else ""

    def _set_level_and_state(self) -> None:
        judgement, names = self.judgement, self.rules.names
        if judgement.level:
            contract = judgement.contract
            reason = (
                f"contract of {contract.client} until {contract.last_on}" if contract else "no contract on that day"
            )
            self._set("level", names.levels[judgement.level], reason, judgement.policy.levels[judgement.level].clause)
        if judgement.beyond_calendar:
            return  # the state would look better than it is, since a metric is not judged
        worst = judgement.worst
        is_quiet = judgement.is_waiting and judgement.state in (TargetStatus.ON_TRACK, TargetStatus.MET)
        state = names.states["waiting" if is_quiet else judgement.state]
        self._set("state", state, f"{worst.metric}: {worst.reason}", worst.clause)

    def _set_clock_fields(self) -> None:
        filed = self._filing_text()
        for key, metric in self.judgement.policy.metrics.items():
            clock = self.judgement.clock(key)
            if clock is None:
                continue
            measure, verdict = MEASURES[metric.measures], self.judgement.verdict(key)
            reason = filed if measure.follows_filing else f"{filed}; {verdict.reason}"
            self._set(due_field(key), self._due_text(clock), reason, verdict.clause)
            self._set(stop_field(key), self._text(clock.stopped_at), measure.stopped_by, verdict.clause)

    def _filing_text(self) -> str:
        filed_at, created_at = self.judgement.filed_at, self.issue.created_at
        if filed_at == created_at:
            return f"filed {self._text(filed_at)}"
        return f"contact {self._text(filed_at)}, filed {self._text(created_at)}"

    def _due_text(self, clock: Clock) -> str:
        """Return the due moment, or the name of the state "no target" if the clause sets none (official letters)."""
        verdict = self.judgement.verdict_on(clock)
        is_given_up = self.issue.status.phase is Phase.REFUSED or self.judgement.is_work_stopped
        if verdict.outcome is TargetStatus.NO_TARGET and clock.target.within is None and not is_given_up:
            return self.rules.names.states[TargetStatus.NO_TARGET]
        return self._text(verdict.due_at)

    def _check_estimated_years(self) -> None:
        """Find targets in estimated years: no decree has moved their days off yet."""
        moments = (each.due_at.astimezone(self.zone) for each in self.judgement.verdicts if each.due_at)
        for year in sorted({each.year for each in moments} & self.rules.estimated_years):
            self._find("estimated_year", f"a target is in {year}, for which days off are only estimated")

    def _set_due_date(self) -> None:
        """Set Redmine's own due date to the day of the resolution target, or clear it if the tool set it before."""
        clock, old = self.judgement.clock_measuring(resolution.MEASURE.key), self.issue.due_on
        if clock is None:
            return
        verdict = self.judgement.verdict_on(clock)
        new = self._day_of(verdict.due_at) if verdict.due_at else None
        setter = self.issue.set_by.get("due_date")
        is_persons = setter is not None and setter.side is not Side.BOT
        if new == old or (new is None and is_persons):
            return
        if self.issue.subtasks and self.rules.names.parent_dates_derived:
            self._find("derived_due_date", "due date is derived from subtasks; only the custom field shows the target")
        elif is_persons and self.rules.names.keeps_due_dates:
            self._find_kept_due_date(setter, new)
        elif new and self.issue.start_on and self.issue.start_on > new:
            self._find(
                "start_after_due", f"starts on {self.issue.start_on}, after its target {new}; correct the start date"
            )
        else:
            self._change("due_date", _iso(old), _iso(new), f"{verdict.metric}: {verdict.reason}", verdict.clause)

    def _find_kept_due_date(self, setter: Person | None, target: date | None) -> None:
        if setter and not self.judgement.phase.is_final:
            text = f"due date {self.issue.due_on} set by {setter.name!r} is kept; the target is {target}"
            self._find("due_date_kept", text)

    def _day_of(self, due_at: datetime) -> date:
        """Return the local day of a due moment; 0:00 is the end of the day before."""
        return (due_at - timedelta(microseconds=1)).astimezone(self.zone).date()

    def _add_notes(self, marker: Marker, notices: Sequence[Notice]) -> None:
        """Add the notes, the public one first, each in a write with the marker (fact: a write takes one note)."""
        fields = ((Audience.CLIENT, "public_note"), (Audience.STAFF, "private_note"))
        notes = [(field, [each for each in notices if each.audience is audience]) for audience, field in fields]
        notes = [(field, contents) for field, contents in notes if contents]
        for write, (field, contents) in enumerate(notes):
            if write == len(notes) - 1:  # the release is recorded with the last note, which reports a delay
                marker = with_current_release(marker, self.judgement)
            marker = marker.with_sent(_sent_shares(contents))
            self._set_marker(marker, ", ".join(each.reason for each in contents), write)
            self._add_note(field, contents, write)
        if not notes:
            self._set_marker(with_current_release(marker, self.judgement), "release date of its target", write=0)

    def _adopt(self, marker: Marker, notices: Sequence[Notice]) -> None:
        adopted = with_current_release(marker, self.judgement).with_sent(_sent_shares(notices))
        self._set_marker(adopted, "adopted: notes already due are not sent", write=0)

    def _set_marker(self, marker: Marker, reason: str, write: int) -> None:
        """Set the marker unless it records the same; a number that is missing in it is added with its next change."""
        if marker != self.marker:
            new = format_marker(marker, self.issue.id)
            self._change("marker", self.marker_text, new, reason, write=write)
            self.marker, self.marker_text = marker, new

    def _add_note(self, field: str, notices: Sequence[Notice], write: int) -> None:
        people = dict.fromkeys(self._addressee(person).mentioned for each in notices for person in each.mentions)
        mentions = " ".join(f"@{self.rules.names.people[person].login}" for person in people if person)
        text = "\n\n".join([*([mentions] if mentions else []), *(each.text for each in notices)])
        reason = ", ".join(each.reason for each in notices)
        self._change(field, "", text, reason, " and ".join(sorted({each.clause for each in notices})), write)
        for each in notices:
            if each.status and each.status != self.issue.status.name:
                self._change_status(each.status, each.reason, each.clause, write)
        self._add_notifications(notices)
        self._assign(max(notices, key=lambda each: (each.assign is not None, each.share)), reason, write)

    def _addressee(self, person: str) -> Addressee:
        """Find the person to address instead of one who is not available, with a finding."""
        found = addressee(person, self.issue.project.id, self.directory)
        if found.problem and all(each.text != found.problem for each in self.findings):
            self._find(UNAVAILABLE_PERSON, found.problem)
        return found

    def _change_status(self, status: str, reason: str, clause: str, write: int) -> None:
        is_final = self.rules.names.statuses[status].phase.is_final
        also = tuple(open_duplicates(self.issue, self.linked)) if is_final else ()
        if also:
            reason += f"; Redmine also closes {', '.join(f'#{each}' for each in also)}"
        change = Change(self.issue.id, "status", self.issue.status.name, status, reason, clause, write)
        self.changes.append(replace(change, also_closes=also))

    def _add_notifications(self, notices: Sequence[Notice]) -> None:
        """Add one notification for each person, with the texts of all notices for them."""
        texts: dict[str, list[str]] = {}
        for each in notices:
            for person in dict.fromkeys(self._addressee(person).notified for person in each.notify):
                texts.setdefault(person, []).append(each.text)
        for person, parts in texts.items():
            self.notifications.append(Notification(self.issue.id, person, "\n\n".join(parts)))

    def _assign(self, notice: Notice, reason: str, write: int) -> None:
        """Assign the person of a notice, if available; otherwise Redmine would reject the note too (fact)."""
        person = self._addressee(notice.assign).key if notice.assign else None
        if person is None:
            return
        assignee_id = next(iter(self.directory.staff_ids(person, self.issue.project.id)), None)
        if assignee_id is None or assignee_id != self.issue.assignee_id:
            old = self.directory.name_of(self.issue.assignee_id)
            self.changes.append(
                Change(self.issue.id, "assignee", old, person, reason, write_number=write, assignee_id=assignee_id)
            )

    def changes_in_order(self) -> Iterator[Change]:
        """Yield its changes, write by write."""
        yield from sorted(self.changes, key=lambda change: change.write_number)


def _sent_shares(notices: Sequence[Notice]) -> dict[tuple[str, int], float]:
    """Map the name and cycle of each notice in the marker to its share."""
    return {(each.name, each.cycle): each.share for each in notices}


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
