"""One request before the regulation: its level, channel, category and priority, its clocks, and what is odd."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sup_sync.errors import CalendarError, internal_error
from sup_sync.model.issue import Event, Finding, Issue, Phase, Side
from sup_sync.model.moments import MOMENT_FORMAT
from sup_sync.model.policy import Agreement, Calendars, ClockKind, Policy, Reason
from sup_sync.model.required import ItemProblem
from sup_sync.model.working_time import Span
from sup_sync.sla.clock import Clock, Verdict, judge, no_target
from sup_sync.sla.completeness import item_problems
from sup_sync.sla.judgement import Judgement
from sup_sync.sla.measures import MEASURES
from sup_sync.sla.measures.measure import MeasuredRequest
from sup_sync.sla.phases import PhasePeriod, stretches
from sup_sync.sla.priority import priorities_that_count
from sup_sync.sla.waiting import question_at, wait_of

LONGEST_ENTRY = timedelta(days=90)
"""A moment of contact further back than this is a slip of the pen, not a letter that was entered late."""


def judge_issue(issue: Issue, policy: Policy, calendars: Calendars, now: datetime) -> Judgement:
    """How a request stands at `now`: a pure function of its history, the regulation and the moment.

    A fault of our own sets this request aside, by name, and no other.
    """
    try:
        return _Judge(issue, policy, calendars, now).judgement()
    except Exception as error:  # whatever it is, the others go on
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
        stretches=(PhasePeriod(issue.status.phase, Span(issue.created_at, max(now, issue.created_at))),),
        findings=(Finding(issue.id, "internal_error", internal_error(error)),),
    )


class _Judge:
    """One request being judged; collects its findings."""

    def __init__(self, issue: Issue, policy: Policy, calendars: Calendars, now: datetime) -> None:
        self.issue = issue
        self.calendars = calendars
        self.now = now
        self.findings: list[Finding] = []
        self.beyond_calendar: set[str] = set()
        self.zone = calendars[ClockKind.WORKING].zone
        self.filed_at = self._filed_at()
        self.filed_on = self.filed_at.astimezone(self.zone).date()
        in_force = policy.in_force_on(self.filed_on)
        self.policy = in_force or policy
        self.has_regulation = in_force is not None
        self.reason = self._reason()
        self.stretches = tuple(stretches(issue, self.filed_at, now))
        self.priorities = tuple(priorities_that_count(issue, self.policy, self.filed_at))

    def judgement(self) -> Judgement:
        contract = self.policy.contract_for(self.issue, self.filed_on)
        level = contract.level if contract else self.policy.default_level
        channel = self.policy.channel_of(self.issue)
        agreement = self._agreement(level, channel)
        clocks: tuple[Clock, ...] = ()
        if agreement:
            clocks = tuple(self._clocks(agreement))
            self._look_at_version()
            verdicts = tuple(self._verdicts(clocks, agreement))
            if self.beyond_calendar:
                clocks = tuple(each for each in clocks if each.target.metric not in self.beyond_calendar)
        else:
            verdicts = tuple(no_target(metric, "no agreement matches") for metric in self.policy.metrics)
        self._look_at_people()
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
            stretches=self.stretches,
            contract=contract,
            wait=wait_of(self.issue, self.stretches, self.policy.waiting, self.calendars),
            reason=self.reason,
            item_problems=tuple(item_problems(self.issue, self.policy.requirements)),
            beyond_calendar=frozenset(self.beyond_calendar),
        )
        self._look_at_rights(judgement)
        self._look_at_work(judgement)
        return replace(judgement, findings=tuple(self.findings)) if self.findings else judgement

    def _find(self, kind: str, text: str, clause: str = "") -> None:
        self.findings.append(Finding(self.issue.id, kind, text, clause))

    def _filed_at(self) -> datetime:
        """The moment of contact where staff filled it in (letters and calls are entered later than they came)."""
        text = self.issue.fields.get("contact_at", "").strip()
        if not text:
            return self.issue.created_at
        contact_at = _moment(text, self.zone)
        if contact_at is None:
            self._find("bad_contact_time", "moment of contact: write it as YYYY-MM-DD HH:MM; judged from its filing")
        elif self.issue.created_at - contact_at > LONGEST_ENTRY:
            self._find(
                "bad_contact_time",
                f"moment of contact {text} is long before the filing: correct it; judged from its filing",
            )
        elif contact_at > self.issue.created_at:
            self._find("bad_contact_time", f"moment of contact {text} is after the filing; judged from its filing")
        else:
            return contact_at
        return self.issue.created_at

    def _reason(self) -> Reason | None:
        """Why it is refused, put off or stopped; it is staff who stop work on a request, nobody else (clause 16)."""
        reason = self.policy.reasons.get(self.issue.reason or "")
        if reason is None or not reason.stops_work:
            return reason
        if self.issue.reason_set_by.side in (Side.STAFF, Side.UNKNOWN):
            return reason  # somebody who is no member any more was one when they set it
        self._find("not_stopped", f"reason {reason.key} was not set by staff: it does not count", reason.clause)
        return None

    def _agreement(self, level: str | None, channel: str | None) -> Agreement | None:
        category = self.issue.category
        if not self.has_regulation:
            self._find("no_regulation", f"filed on {self.filed_on}, before any regulation: add that of its day")
            return None
        unknown = (*self.issue.unknown, *self._words_of_other_days(level, channel))
        for each in unknown:
            self._find("unmapped_name", each)
        if unknown:
            return None
        if level is None:
            self._find(
                "no_level", "no level: no contract covers it and no level is the default", self.policy.clauses.level
            )
        if channel is None:
            self._find("no_channel", self._no_channel(), self.policy.clauses.channel)
        if level is None or channel is None or category is None:
            return None
        agreement = self.policy.agreement_for(level, channel, category)
        if agreement is None:
            self._find(
                "no_agreement", f"no agreement for {level}, {channel}, {category}: add one", self.policy.clauses.level
            )
        return agreement

    def _no_channel(self) -> str:
        if self.issue.author.side is Side.UNKNOWN:
            return "no channel, and who filed it is no member: fill in its field, or add them to the project"
        return "no channel: fill in its field, or say in `default_channels` what it is"

    def _words_of_other_days(self, level: str | None, channel: str | None) -> Iterator[str]:
        """What the tracker knows by another version of the regulation only."""
        rules, category = self.policy, self.issue.category
        priorities = dict.fromkeys(each.priority for each in self.priorities)
        words: tuple[tuple[str, str | None, Container[str]], ...] = (
            ("level", level, rules.levels),
            ("channel", channel, rules.channels),
            ("category", category, rules.categories),
            *(("priority", each, rules.priorities) for each in priorities),
        )
        for kind, word, known in () if self.issue.unknown else words:
            if word is not None and word not in known:
                yield f"{kind} {word} is not in the regulation of {self.filed_on}: set another, or add it there"

    def _verdicts(self, clocks: tuple[Clock, ...], agreement: Agreement) -> Iterator[Verdict]:
        """The verdict on each clock, and no target for a metric that has none."""
        yield from (self._verdict(clock, agreement) for clock in clocks)
        measured = {each.target.metric for each in clocks}
        yield from (no_target(metric, "nothing to measure") for metric in self.policy.metrics if metric not in measured)

    def _verdict(self, clock: Clock, agreement: Agreement) -> Verdict:
        if self.issue.status.phase is Phase.REFUSED or (self.reason and self.reason.stops_work):
            what = "refused" if self.issue.status.phase is Phase.REFUSED else "stopped"
            why, clause = (
                (f": {self.reason.key}", self.reason.clause) if self.reason else ("", self.policy.clauses.refusal)
            )
            return no_target(clock.target.metric, what + why, clause, clock.cycle)
        try:
            return judge(clock, self.calendars, self.now, agreement.warning_share)
        except CalendarError as error:
            self.beyond_calendar.add(clock.target.metric)
            self._find("calendar", f"{clock.target.metric} cannot be judged: {error}", clock.target.clause)
            return no_target(clock.target.metric, "outside the calendar's years", clock.target.clause)

    def _clocks(self, agreement: Agreement) -> Iterator[Clock]:
        """The clocks of all metrics, by the rules that these name."""
        request = MeasuredRequest(
            issue=self.issue,
            policy=self.policy,
            agreement=agreement,
            filed_at=self.filed_at,
            phases=self.stretches,
            priorities=self.priorities,
            now=self.now,
        )
        for metric in self.policy.metrics.values():
            yield from MEASURES[metric.measures].clocks(request, metric.key)

    def _look_at_version(self) -> None:
        """The version of a request in development has the date that its target follows (clause 23)."""
        version = self.issue.version
        clause = self.policy.clauses.development
        if self.stretches[-1].phase is not Phase.DEVELOPMENT:
            return
        if version is None:
            self._find("no_version", "handed to development without a target version: set one", clause)
        elif version.is_closed:
            text = f"version «{version.name}» is closed, the request is not: set the next"
            self._find("closed_version", text, clause)
        elif version.due_on is None:
            self._find("no_version_date", f"version «{version.name}» has no date: set one", clause)
        elif version.due_on < self.now.astimezone(self.zone).date():
            self._find("past_version", f"version «{version.name}» was due on {version.due_on}: move its date", clause)

    def _look_at_rights(self, judgement: Judgement) -> None:
        """Call-back and the tracker are for VIP: who uses them without a contract is judged by their own level."""
        if judgement.is_misrouted:
            level, word = judgement.level, self.policy.channels[judgement.channel or ""]
            allowed = ", ".join(sorted(word.levels or ()))
            text = f"level {level} on channel {word.key}, which is for {allowed}: judged as {level}"
            self._find("restricted_channel", text, word.clause)

    def _look_at_work(self, judgement: Judgement) -> None:
        """What keeps support from working on it, or the tool from keeping the regulation."""
        phase = judgement.phase
        is_told = bool(self.issue.fields.get("reason")) and self.issue.reason is None  # a name that no mapping has
        if phase is Phase.REFUSED and not is_told and self.issue.reason not in self.policy.reasons:
            self._find("no_reason", self._no_reason(), self.policy.clauses.refusal)
        if phase is Phase.WAITING and judgement.wait is None and question_at(self.issue, self.stretches) is None:
            text = "waits for the client, but nobody asked since: ask in a public note, with the status"
            self._find("no_question", text, self.policy.waiting.clause)
        if phase.is_final:
            return
        if judgement.requested_priority:
            text = f"priority {judgement.requested_priority} is a wish, {judgement.priority} counts: set or confirm it"
            self._find("unconfirmed_priority", text, self.policy.clauses.priority)
        if judgement.item_problems:
            items = ", ".join(_shown(each) for each in judgement.item_problems)
            clauses = " and ".join(dict.fromkeys(each.clause for each in judgement.item_problems))
            self._find("incomplete", f"lacks {items}", clauses)

    def _no_reason(self) -> str:
        if self.issue.reason is None:
            return "refused without a reason: set one"
        known = f"which is no reason in the regulation of {self.filed_on}"
        return f"refused for {self.issue.reason}, {known}: set another, or add it there"

    def _look_at_people(self) -> None:
        """Answers of people in no mapped group or role are no first response; say so once for each."""
        strangers = (each.by.name for each in self.issue.events if _is_strangers_answer(each, self.issue))
        for name in dict.fromkeys(strangers):
            text = f"answer by {name!r}, who is no member, does not count: was it staff? Add to `staff.former`"
            self._find("unknown_responder", text)


def _shown(shortcoming: ItemProblem) -> str:
    item = shortcoming.item.replace("_", " ")
    return f"a right {item}" if shortcoming.is_malformed else item


def _is_strangers_answer(event: Event, issue: Issue) -> bool:
    return event.by.side is Side.UNKNOWN and event.is_public_answer and event.by.id != issue.author.id


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        return datetime.strptime(text, MOMENT_FORMAT).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
