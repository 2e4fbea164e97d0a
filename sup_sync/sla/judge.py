"""The judging of one request: its level, channel, category, priority, clocks, verdicts and findings."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sup_sync.errors import CalendarError, internal_error
from sup_sync.model.anonymous import ANONYMOUS_NAMES
from sup_sync.model.issue import Finding, Issue, Phase, Side
from sup_sync.model.moments import MOMENT_FORMAT
from sup_sync.model.policy import Agreement, Calendars, ClockKind, Contract, Policy, Reason
from sup_sync.model.required import ItemProblem
from sup_sync.model.working_time import Span
from sup_sync.sla.clock import SKIPPED, Clock, Verdict, judge_clock, no_target
from sup_sync.sla.completeness import item_problems
from sup_sync.sla.judgement import Judgement
from sup_sync.sla.measures import MEASURES
from sup_sync.sla.measures.measure import MeasuredRequest
from sup_sync.sla.phases import PhasePeriod, phase_periods, set_before_reopening
from sup_sync.sla.priority import effective_priorities
from sup_sync.sla.unknown_people import possible_staff, unknown_responders, with_counted_answers
from sup_sync.sla.waiting import question_at, wait_of

# An earlier contact time is a typing error, not a letter that was entered late.
LONGEST_ENTRY = timedelta(days=90)


def judge_issue(issue: Issue, policy: Policy, calendars: Calendars, now: datetime) -> Judgement:
    """Judge a request at `now`: a pure function of its history, the regulation and the moment.

    An internal error makes a finding and skips only this request.
    """
    try:
        return _Judge(issue, policy, calendars, now).judgement()
    except Exception as error:  # of any kind: the other requests go on
        zone = calendars[ClockKind.WORKING].zone
        return _unjudged(issue, policy, issue.created_at.astimezone(zone).date(), now, error)


def _unjudged(issue: Issue, policy: Policy, filed_on: date, now: datetime, error: Exception) -> Judgement:
    return Judgement(
        issue=issue,
        policy=policy,
        filed_at=issue.created_at,
        filed_on=filed_on,
        level=None,
        channel=None,
        category=issue.category,
        priority=issue.priority,
        agreement=None,
        verdicts=tuple(no_target(metric, "not judged") for metric in policy.metrics),
        phase_periods=(PhasePeriod(issue.status.phase, Span(issue.created_at, max(now, issue.created_at))),),
        findings=(Finding(issue.id, "internal_error", internal_error(error)),),
    )


class _Judge:
    """The judge of one request, with the findings so far."""

    def __init__(self, issue: Issue, policy: Policy, calendars: Calendars, now: datetime) -> None:
        self.zone = calendars[ClockKind.WORKING].zone
        self.issue = issue = with_counted_answers(issue, self.zone)
        self.calendars = calendars
        self.now = now
        self.findings = [Finding(issue.id, "assumption", text) for text in issue.assumptions]
        self.beyond_calendar: set[str] = set()
        self.filed_at = self._filed_at()
        self.filed_on = self.filed_at.astimezone(self.zone).date()
        in_force = policy.in_force_on(self.filed_on)
        self.policy = in_force or policy
        self.has_regulation = in_force is not None
        self.undecidable = self.policy.undecidable_contract(issue, self.filed_on)
        self.reason = self._reason()
        self.phase_periods = tuple(phase_periods(issue, self.filed_at, now))
        self.priorities = tuple(effective_priorities(issue, self.policy, self.filed_at))

    def judgement(self) -> Judgement:
        contract = None if self.undecidable else self.policy.contract_for(self.issue, self.filed_on)
        level = contract.level if contract else None if self.undecidable else self.policy.default_level
        level_problems = tuple(self._contracts_of_missing_groups(level))
        level = None if level_problems else level
        channel = self.policy.channel_of(self.issue)
        agreement = self._agreement(level, channel, level_problems)
        clocks: tuple[Clock, ...] = ()
        if agreement:
            clocks = tuple(self._clocks(agreement))
            self._check_version()
            verdicts = tuple(self._verdicts(clocks, agreement))
            if self.beyond_calendar:
                clocks = tuple(each for each in clocks if each.target.metric not in self.beyond_calendar)
        else:
            verdicts = tuple(no_target(metric, "no agreement matches") for metric in self.policy.metrics)
        self._check_responders()
        judgement = Judgement(
            issue=self.issue,
            policy=self.policy,
            filed_at=self.filed_at,
            filed_on=self.filed_on,
            level=level,
            channel=channel,
            category=self.issue.category,
            priority=self.priorities[-1].priority,
            agreement=agreement,
            clocks=clocks,
            verdicts=verdicts,
            phase_periods=self.phase_periods,
            contract=contract,
            wait=wait_of(self.issue, self.phase_periods, self.policy, self.calendars),
            reason=self.reason,
            item_problems=tuple(item_problems(self.issue, self.policy.requirements)),
            beyond_calendar=frozenset(self.beyond_calendar),
        )
        self._check_channel(judgement)
        self._check_work(judgement)
        return replace(judgement, findings=tuple(self.findings)) if self.findings else judgement

    def _find(self, kind: str, text: str, clause: str = "") -> None:
        self.findings.append(Finding(self.issue.id, kind, text, clause))

    def _filed_at(self) -> datetime:
        """Return the contact time if staff filled it in, since letters and calls are entered later than they came."""
        text = self.issue.fields.get("contact_at", "").strip()
        if not text:
            return self.issue.created_at
        contact_at = _moment(text, self.zone)
        if contact_at is None:
            self._find("bad_contact_time", "invalid contact time; write YYYY-MM-DD HH:MM. Counted from filing")
        elif self.issue.created_at - contact_at > LONGEST_ENTRY:
            limit = f"{LONGEST_ENTRY.days} days"
            text = f"contact time {text} is more than {limit} before filing; correct it. Counted from filing"
            self._find("bad_contact_time", text)
        elif contact_at > self.issue.created_at:
            self._find("bad_contact_time", f"contact time {text} is after filing; correct it. Counted from filing")
        elif contact_at < self.issue.created_at and self.issue.is_copied_value("contact_at"):
            text = f"contact time {text} was copied with the request; clear it or enter it again. Counted from filing"
            self._find("copied_contact_time", text)
        else:
            return contact_at
        return self.issue.created_at

    def _reason(self) -> Reason | None:
        """Return the reason to refuse, defer or stop it; only staff may stop work on a request (clause 16).

        A reason that an open request has from before its reopening, or from another request, does not count.
        """
        reason = self.policy.reasons.get(self.issue.reason or "")
        origin = self._former_reason(reason) if reason else ""
        if reason and origin:
            if self.issue.reason_set_by.side is not Side.BOT:  # the next run clears the reason of the tool
                text = f"reason {reason.key} {origin}, so it does not count; clear it"
                self._find("former_reason", text, reason.clause)
            return None
        if reason is None or not reason.stops_work:
            return reason
        if self.issue.reason_set_by.side in (Side.STAFF, Side.UNKNOWN):
            return reason  # a person who is not a member now was staff when they set it
        self._find("not_stopped", f"reason {reason.key} ignored: only staff may set it", reason.clause)
        return None

    def _former_reason(self, reason: Reason) -> str:
        """Describe the origin of a reason that nobody set for an open request; empty if somebody did."""
        if self.issue.status.phase.is_final:
            return ""
        if self.issue.is_copied and all(event.reason is None for event in self.issue.events):
            return "was copied with the request"
        is_former = set_before_reopening(self.issue) and not reason.stops_work
        return "is from before the reopening" if is_former else ""

    def _agreement(self, level: str | None, channel: str | None, level_problems: Iterable[str]) -> Agreement | None:
        category = self.issue.category
        if not self.has_regulation:
            self._find(
                "no_regulation", f"filed on {self.filed_on}, before the first regulation; add the version in force then"
            )
            return None
        unknown = (
            *self.issue.unknown,
            *possible_staff(self.issue),
            *level_problems,
            *self._values_of_other_versions(level, channel),
        )
        for each in unknown:
            self._find("unmapped_name", each)
        if unknown:
            return None
        if level is None:
            self._find("no_level", self._no_level(), self.policy.clauses.level)
        if channel is None:
            self._find("no_channel", self._no_channel(), self.policy.clauses.channel)
        if level is None or channel is None or category is None:
            return None
        agreement = self.policy.agreement_for(level, channel, category)
        if agreement is None:
            self._find(
                "no_agreement", f"no agreement for {level}, {channel}, {category}; add one", self.policy.clauses.level
            )
        return agreement

    def _contracts_of_missing_groups(self, level: str | None) -> Iterator[str]:
        """Yield a problem for each contract that may apply to the author, but whose group is gone from Redmine."""
        issue = self.issue
        if not issue.missing_groups or issue.author.side in (Side.STAFF, Side.BOT):
            return
        if self.policy.contract_for(issue, self.filed_on):
            return
        for each in self.policy.contracts:
            is_missing = each.group in issue.missing_groups and each.first_on <= self.filed_on <= each.last_on
            if is_missing and self._may_apply(each, level):
                text = f'level unknown: group "{each.group}" (contract of {each.client}) was not found in Redmine'
                yield f"{text}; add it to a project, or correct mappings/clients.yaml"

    def _may_apply(self, contract: Contract, level: str | None) -> bool:
        """Return whether a contract may apply, by the levels in Redmine, which show what applied before.

        Without one, it does not apply: one group that is gone must not hold the requests of all clients.
        """
        issue = self.issue
        if issue.recorded_level:
            return issue.recorded_level != level
        if issue.may_be_in_missing_group:
            return True
        earlier, filed_at = issue.earlier_level or (level, issue.created_at)
        return earlier != level and filed_at.astimezone(self.zone).date() >= contract.first_on

    def _no_level(self) -> str:
        if self.undecidable:
            text = f"level unknown: the snapshot does not show if the contract of {self.undecidable.client} applies"
            return f"{text}; create it with `sup-sync snapshot`"
        return "no level: no contract applies and there is no default level; add one"

    def _no_channel(self) -> str:
        if self.issue.author.side is Side.UNKNOWN:
            advice = "" if self.issue.author.name in ANONYMOUS_NAMES else ", or add the author there"
            return f"no channel, and the author is not a project member; fill in its field{advice}"
        return "no channel; fill in its field, or add a default to `default_channels`"

    def _values_of_other_versions(self, level: str | None, channel: str | None) -> Iterator[str]:
        """Yield a problem for each value that only another version of the regulation has."""
        rules, category = self.policy, self.issue.category
        priorities = dict.fromkeys(each.priority for each in self.priorities)
        values: tuple[tuple[str, str | None, Container[str]], ...] = (
            ("level", level, rules.levels),
            ("channel", channel, rules.channels),
            ("category", category, rules.categories),
            *(("priority", each, rules.priorities) for each in priorities),
        )
        for kind, value, known in () if self.issue.unknown else values:
            if value is not None and value not in known:
                yield f"{kind} {value} is not in the regulation of {self.filed_on}; set another, or add it there"

    def _verdicts(self, clocks: tuple[Clock, ...], agreement: Agreement) -> Iterator[Verdict]:
        """Judge each clock; a metric without a clock has no target."""
        yield from (self._verdict(clock, agreement) for clock in clocks)
        measured = {each.target.metric for each in clocks}
        yield from (no_target(metric, "nothing to measure") for metric in self.policy.metrics if metric not in measured)

    def _verdict(self, clock: Clock, agreement: Agreement) -> Verdict:
        if self.issue.status.phase is Phase.REFUSED or (self.reason and self.reason.stops_work):
            reason, clause = (
                (f": {self.reason.key}", self.reason.clause) if self.reason else ("", self.policy.clauses.refusal)
            )
            event = "refused" if self.issue.status.phase is Phase.REFUSED else "stopped"
            return no_target(clock.target.metric, event + reason, clause, clock.cycle)
        try:
            verdict = judge_clock(clock, self.calendars, self.now, agreement.warning_share)
            if verdict.late is not None:
                self._check_end_of_calendar(clock)
            return verdict
        except CalendarError as error:
            self.beyond_calendar.add(clock.target.metric)
            self._find("calendar", f"{clock.target.metric} cannot be judged: {error}", clock.target.clause)
            text = "outside the calendar's years"
            return no_target(clock.target.metric, text, clock.target.clause, clock.cycle, instead=SKIPPED)

    def _check_end_of_calendar(self, clock: Clock) -> None:
        """Find a breach whose length is not known, as the calendar's years end before the present."""
        until = self.calendars[clock.target.clock].known_until
        if clock.effective_now(self.now) > until:
            text = f"is counted only until {until.astimezone(self.zone).date()}: extend mappings/calendar.yaml"
            self._find("calendar", f"{clock.target.metric} is overdue; the time {text}", clock.target.clause)

    def _clocks(self, agreement: Agreement) -> Iterator[Clock]:
        """Make the clocks of all metrics, each by the rule of its measure."""
        request = MeasuredRequest(
            issue=self.issue,
            policy=self.policy,
            agreement=agreement,
            filed_at=self.filed_at,
            phase_periods=self.phase_periods,
            priorities=self.priorities,
            now=self.now,
        )
        for metric in self.policy.metrics.values():
            yield from MEASURES[metric.measures].clocks(request, metric.key)

    def _check_version(self) -> None:
        """Check the version of a request in development, whose date replaces the target (clause 23)."""
        version = self.issue.version
        clause = self.policy.clauses.development
        if self.phase_periods[-1].phase is not Phase.DEVELOPMENT:
            return
        if version is None:
            self._find("no_version", "in development without a target version; set one", clause)
        elif version.is_closed:
            text = f'version "{version.name}" is closed, but the request is open; set the next version'
            self._find("closed_version", text, clause)
        elif version.due_on is None:
            self._find("no_version_date", f'version "{version.name}" has no date; set one', clause)
        elif version.due_on < self.now.astimezone(self.zone).date():
            text = f'version "{version.name}" was due on {version.due_on}; change its date'
            self._find("past_version", text, clause)

    def _check_channel(self, judgement: Judgement) -> None:
        """Find a channel that the level may not use; such a request is judged by its own level (clauses 7, 8)."""
        if judgement.is_misrouted:
            channel = self.policy.channels[judgement.channel or ""]
            allowed = ", ".join(sorted(channel.levels or ()))
            text = f"channel {channel.key} is only for {allowed}; evaluated as level {judgement.level}"
            self._find("restricted_channel", text, channel.clause)

    def _check_work(self, judgement: Judgement) -> None:
        """Find problems that keep support from the work, or the tool from enforcing the regulation."""
        phase = judgement.phase
        is_unmapped = bool(self.issue.fields.get("reason")) and self.issue.reason is None  # it has a finding already
        if phase is Phase.REFUSED and not is_unmapped and self.issue.reason not in self.policy.reasons:
            self._find("no_reason", self._no_reason(), self.policy.clauses.refusal)
        if phase is Phase.WAITING and judgement.wait is None and question_at(self.issue, self.phase_periods) is None:
            text = "waiting for the client, but no question was asked; ask in a public note and set the status with it"
            self._find("no_question", text, self.policy.waiting.clause)
        if phase.is_final:
            self._check_late_answer()
            return
        if judgement.requested_priority:
            requested, effective = judgement.requested_priority, judgement.priority
            text = f"client requested priority {requested}; {effective} applies until staff confirm it"
            self._find("unconfirmed_priority", text, self.policy.clauses.priority)
        if judgement.item_problems:
            items = ", ".join(_item_text(each) for each in judgement.item_problems)
            clauses = " and ".join(dict.fromkeys(each.clause for each in judgement.item_problems))
            self._find("incomplete", f"missing: {items}", clauses)

    def _check_late_answer(self) -> None:
        """Find an answer of the client to a request that the tool closed for its lack, and that is still closed."""
        closing = next((each for each in reversed(self.issue.events) if each.status), None)
        if closing is None or closing.by.side is not Side.BOT:
            return
        later = self.issue.events[self.issue.events.index(closing) + 1 :]
        if any(each.is_public_answer and each.by.side in (Side.CLIENT, Side.UNKNOWN) for each in later):
            text = "the client answered after sup-sync closed the request; reopen it, or answer why it stays closed"
            self._find("late_answer", text, self.policy.waiting.clause)

    def _no_reason(self) -> str:
        if self.issue.reason is None:
            return "refused without a reason; set one"
        where = f"not in the regulation of {self.filed_on}"
        return f"refused for {self.issue.reason}, which is {where}; set another, or add it there"

    def _check_responders(self) -> None:
        """Find answers that do not count, once for each person who is not in a mapped group or role."""
        for text in unknown_responders(self.issue):
            self._find("unknown_responder", text)


def _item_text(problem: ItemProblem) -> str:
    item = problem.item.replace("_", " ")
    return f"a valid {item}" if problem.is_malformed else item


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        return datetime.strptime(text, MOMENT_FORMAT).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
